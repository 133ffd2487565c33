//! Secrets: how they are generated, read by reference, completed, rotated, copied, and who may read them.

use formwork::aws::ec2::{SecurityGroupSpec, VpcSpec};
use formwork::aws::iam::{Principal, Statement, UserSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::secretsmanager::{
    HostedRotation, ReplicaRegion, Rotation, Secret, SecretSpec, SecretStringGenerator, SecretTarget,
};
use formwork::testing::{Template, absent, any, exactly, json};
use formwork::{App, DeletionPolicy, Env, Stack};

use crate::checks::{found, found_in_app};
use crate::program::snapshot;

const SECRET: &str = "AWS::SecretsManager::Secret";
const POLICY: &str = "AWS::IAM::Policy";
const RESOURCE_POLICY: &str = "AWS::SecretsManager::ResourcePolicy";
const SCHEDULE: &str = "AWS::SecretsManager::RotationSchedule";

fn secret(s: &mut Stack) -> Secret {
    s.add("Secret", SecretSpec::new())
}

fn generated(generate: SecretStringGenerator) -> SecretSpec {
    SecretSpec { generate, ..SecretSpec::new() }
}

#[test]
fn the_smallest_secret_is_as_its_snapshot_says() {
    snapshot("secretsmanager_secret", &Template::of(secret).snapshot());
}

#[test]
fn a_secret_its_policy_and_its_attachment_have_aws_cdks_ids() {
    let template = Template::of(|s| {
        let secret = secret(s);
        let target = SecretTarget { id: "orders".into(), target_type: "AWS::RDS::DBInstance" };
        let attached = secret.attach(s, target);
        attached.rotate(s, "Rotation", Rotation::function("arn:aws:lambda:eu-west-1:111111111111:function:rotate"));
        secret.grant_read(s, Principal::account("333333333333"));
    });
    for id in ["SecretA720EF05", "SecretAttachment2E1B7C3B", "SecretAttachmentRotation1255AC01", "SecretPolicy06C9821C"]
    {
        let _ = template.resource(id);
    }
}

#[test]
fn a_secret_has_every_option() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        let spec = SecretSpec {
            secret_name: Some("db/credentials".into()),
            description: Some("login".into()),
            generate: SecretStringGenerator::json_key("{\"username\":\"shop\"}", "password"),
            encryption_key: Some(key),
            replica_regions: vec![
                ReplicaRegion::new("eu-central-1"),
                ReplicaRegion {
                    encryption_key: Some(
                        "arn:aws:kms:eu-north-1:111111111111:key/0a1b2c3d-0000-4000-8000-0123456789ab".into(),
                    ),
                    ..ReplicaRegion::new("eu-north-1")
                },
            ],
            deletion_policy: DeletionPolicy::Retain,
        };
        s.add("Secret", spec)
    });
    template.has_resource_with(
        SECRET,
        json!({
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "Name": "db/credentials",
                "Description": "login",
                "KmsKeyId": { "Fn::GetAtt": ["Key961B73FD", "Arn"] },
                "SecretString": absent(),
                "ReplicaRegions": [
                    { "Region": "eu-central-1", "KmsKeyId": absent() },
                    { "Region": "eu-north-1", "KmsKeyId": any() },
                ],
                "GenerateSecretString": {
                    "SecretStringTemplate": "{\"username\":\"shop\"}", "GenerateStringKey": "password",
                },
            },
        }),
    );
}

#[test]
fn the_generator_has_every_option() {
    let generate = SecretStringGenerator {
        password_length: Some(40),
        exclude_characters: Some("/@".into()),
        exclude_punctuation: true,
        exclude_uppercase: true,
        exclude_lowercase: true,
        include_space: true,
        ..SecretStringGenerator::default()
    };
    let template = Template::of(|s| s.add("Secret", generated(generate)));
    let wanted = json!({
        "PasswordLength": 40, "ExcludeCharacters": "/@", "ExcludePunctuation": true, "ExcludeUppercase": true,
        "ExcludeLowercase": true, "IncludeSpace": true,
    });
    template.has_resource(SECRET, json!({ "GenerateSecretString": exactly(wanted) }));
    let generate = SecretStringGenerator { exclude_numbers: true, ..SecretStringGenerator::default() };
    let template = Template::of(|s| s.add("Secret", generated(generate)));
    template.has_resource(SECRET, json!({ "GenerateSecretString": exactly(json!({ "ExcludeNumbers": true })) }));
}

#[test]
fn a_value_is_read_through_a_reference_all_of_it_or_one_key() {
    let template = Template::of(|s| {
        let secret = s.add("Secret", generated(SecretStringGenerator::json_key("{}", "password")));
        s.add("User", UserSpec { password: Some(secret.field("password").into()), ..UserSpec::default() });
        s.add("Other", UserSpec { password: Some(secret.value().into()), ..UserSpec::default() });
    });
    for (id, reference) in [
        ("User00B015A1", "{{resolve:secretsmanager:${SecretA720EF05}:SecretString:password::}}"),
        ("Other34654A52", "{{resolve:secretsmanager:${SecretA720EF05}:SecretString:::}}"),
    ] {
        let password = &template.resource(id)["Properties"]["LoginProfile"]["Password"];
        assert_eq!(*password, json!({ "Fn::Sub": reference }));
    }
}

#[test]
fn an_attached_secret_is_referred_to_by_its_attachment() {
    let template = Template::of(|s| {
        let target = SecretTarget { id: "orders".into(), target_type: "AWS::RDS::DBCluster" };
        let attached = secret(s).attach(s, target);
        let user = s.add("User", UserSpec::default());
        attached.grant_read(s, user);
    });
    let attachment = template.has_resource(
        "AWS::SecretsManager::SecretTargetAttachment",
        json!({ "SecretId": { "Ref": "SecretA720EF05" }, "TargetId": "orders", "TargetType": "AWS::RDS::DBCluster" }),
    );
    let statement = json!([{
        "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": { "Ref": attachment.id },
    }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
}

#[test]
fn a_secrets_name_is_its_arn_without_what_is_around_it_attached_or_not() {
    let template = Template::of(|s| {
        let made = s.add("Made", SecretSpec::new());
        let target = SecretTarget { id: "db-1".into(), target_type: "AWS::RDS::DBInstance" };
        let attached = made.attach(s, target);
        s.output("MadeName", made.secret_name());
        s.output("AttachedName", attached.secret_name());
        let given = s.add("Given", SecretSpec { secret_name: Some("a-b-c".into()), ..SecretSpec::new() });
        s.output("GivenName", given.secret_name());
    });
    let outputs = &template.json()["Outputs"];
    assert_eq!(outputs["MadeName"], outputs["AttachedName"]);
    let parts = |output: &str| outputs[output]["Value"]["Fn::Join"][1].as_array().unwrap().len();
    // Secrets Manager puts a hyphen and six letters behind.
    assert_eq!((parts("MadeName"), parts("GivenName")), (2, 3));
    let last = json!({ "Fn::Split": [":", { "Ref": "GivenEA18D9CA" }] });
    let name = json!({ "Fn::Split": ["-", { "Fn::Select": [6, last] }] });
    assert_eq!(outputs["GivenName"]["Value"]["Fn::Join"][1][2], json!({ "Fn::Select": [2, name] }));
}

#[test]
fn an_identity_writes_a_secret_with_exactly_these_actions() {
    let template = Template::of(|s| {
        let secret = secret(s);
        let user = s.add("User", UserSpec::default());
        secret.grant_write(s, user);
    });
    let actions = json!([
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage"
    ]);
    let statement = json!([{ "Effect": "Allow", "Action": actions, "Resource": { "Ref": "SecretA720EF05" } }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
}

#[test]
fn anybody_else_is_let_in_by_the_one_policy_of_the_secret_attached_or_not() {
    let template = Template::of(|s| {
        let secret = secret(s);
        secret.grant_read(s, Principal::account("333333333333"));
        let target = SecretTarget { id: "orders".into(), target_type: "AWS::RDS::DBCluster" };
        let attached = secret.attach(s, target);
        let delete = Statement::deny(["secretsmanager:DeleteSecret"], ["*"]).principal(Principal::any());
        attached.add_to_policy(s, delete);
    });
    template.resource_count(RESOURCE_POLICY, 1);
    let statements = json!([
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::333333333333:root" } },
            "Resource": "*",
        },
        { "Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Principal": { "AWS": "*" }, "Resource": "*" },
    ]);
    let wanted =
        json!({ "SecretId": { "Ref": "SecretA720EF05" }, "ResourcePolicy": { "Statement": exactly(statements) } });
    template.has_resource(RESOURCE_POLICY, wanted);
}

#[test]
fn a_secret_is_rotated_by_a_function() {
    let function = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";
    let template = Template::of(|s| {
        let mut rotation = Rotation::function(function).every_days(1);
        rotation.rotate_immediately = Some(false);
        secret(s).rotate(s, "Rotation", rotation);
    });
    let wanted = json!({
        "SecretId": { "Ref": "SecretA720EF05" }, "RotationLambdaARN": function, "RotateImmediatelyOnUpdate": false,
        "RotationRules": exactly(json!({ "ScheduleExpression": "rate(1 day)" })), "HostedRotationLambda": absent(),
    });
    let schedule = template.has_resource(SCHEDULE, wanted);
    assert_eq!(template.json()["Transform"], json!(null));
    // Secrets Manager tries the function out at once, so it must be let in before; for this secret alone.
    let permission = json!({
        "Action": "lambda:InvokeFunction", "FunctionName": function, "Principal": "secretsmanager.amazonaws.com",
        "SourceArn": { "Ref": "SecretA720EF05" },
    });
    let permission = template.has_resource("AWS::Lambda::Permission", permission);
    assert_eq!(schedule.resource["DependsOn"], json!(permission.id));
}

#[test]
fn a_hosted_function_rotates_in_a_vpc_with_both_keys() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "rotation"));
        let key = s.add("Key", KeySpec::new());
        let [own, master] =
            ["Own", "Master"].map(|id| s.add(id, SecretSpec { encryption_key: Some(key), ..SecretSpec::new() }));
        let hosted = HostedRotation {
            rotation_type: "PostgreSQLMultiUser".into(),
            subnets: vpc.isolated_subnets().into_iter().map(Into::into).collect(),
            security_groups: vec![group],
            exclude_characters: "/@".into(),
            master_secret: Some(master),
        };
        own.rotate(s, "Rotation", Rotation::hosted(hosted));
        own.rotate(s, "Single", Rotation::hosted(HostedRotation::mysql_single_user()));
    });
    let key = json!({ "Fn::GetAtt": ["Key961B73FD", "Arn"] });
    let hosted = json!({
        "RotationType": "PostgreSQLMultiUser", "KmsKeyArn": key, "MasterSecretKmsKeyArn": key, "ExcludeCharacters": "/@",
        "MasterSecretArn": any(), "VpcSecurityGroupIds": any(), "VpcSubnetIds": any(),
    });
    let rules = json!({ "ScheduleExpression": "rate(30 days)" });
    template.has_resource(SCHEDULE, json!({ "HostedRotationLambda": hosted, "RotationRules": rules }));
    let single = json!({ "RotationType": "MySQLSingleUser", "VpcSubnetIds": absent(), "MasterSecretArn": absent() });
    template.has_resource(SCHEDULE, json!({ "HostedRotationLambda": single }));
    assert_eq!(template.json()["Transform"], "AWS::SecretsManager-2024-09-16");
}

#[test]
fn what_cannot_be_generated_is_told() {
    let default = SecretStringGenerator::default;
    for (generate, wanted) in [
        (
            SecretStringGenerator { secret_string_template: Some("{}".into()), ..default() },
            "error[dependent-properties] Secret: `secret_string_template` and `generate_string_key` are only good together\n  \
             help: set both, or neither\n",
        ),
        (
            SecretStringGenerator::json_key("[]", "password"),
            "error[format] Secret: `secret_string_template` is not a JSON object\n  \
             help: write one, such as `{\"username\":\"app\"}`\n",
        ),
        (
            SecretStringGenerator { password_length: Some(0), ..default() },
            "error[range] Secret: a password has 1 to 4,096 characters\n  help: change `password_length`\n",
        ),
        (
            SecretStringGenerator {
                exclude_lowercase: true,
                exclude_uppercase: true,
                exclude_numbers: true,
                exclude_punctuation: true,
                ..default()
            },
            "error[exclusive-properties] Secret: a password of no kind of characters\n  \
             help: leave one of the `exclude_` options out\n",
        ),
    ] {
        assert_eq!(found(|s| s.add("Secret", generated(generate))), wanted);
    }
}

#[test]
fn a_secret_is_not_copied_to_its_own_region() {
    let replica_regions = vec![ReplicaRegion::new("eu-west-1")];
    let problems = Template::problems_of(Env::region("eu-west-1"), |s| {
        s.add("Secret", SecretSpec { replica_regions, ..SecretSpec::new() })
    });
    assert!(problems.contains("a secret of eu-west-1 cannot be copied to eu-west-1"), "{problems}");
    assert!(problems.contains("leave its own region out"), "{problems}");
}

#[test]
fn a_name_of_wrong_characters_is_told() {
    let name =
        |name: &str| found(|s| s.add("Secret", SecretSpec { secret_name: Some(name.into()), ..SecretSpec::new() }));
    assert_eq!(name("db/credentials_1+=.@-"), "");
    let found = name("db credentials");
    assert!(found.starts_with("error[pattern] Secret: a secret's name has no space"), "{found}");
    let found = name(&"n".repeat(513));
    assert!(found.starts_with("error[length] Secret: a secret's name of 513 characters"), "{found}");
}

#[test]
fn what_cannot_be_rotated_so_is_told() {
    let found_in = |rotation: Rotation| found(|s| secret(s).rotate(s, "Rotation", rotation));
    let function = || Rotation::function("arn:aws:lambda:eu-west-1:111111111111:function:rotate");
    for days in [0, 1001] {
        let wanted = format!(
            "error[range] Secret/Rotation: a secret cannot be rotated every {days} days\n  help: write 1 to 1,000 days\n"
        );
        assert_eq!(found_in(function().every_days(days)), wanted);
    }
    let multi = HostedRotation { rotation_type: "MySQLMultiUser".into(), ..HostedRotation::mysql_single_user() };
    assert_eq!(
        found_in(Rotation::hosted(multi)),
        "error[dependent-properties] Secret/Rotation: `master_secret` is for rotation of several users, and this is \
         `MySQLMultiUser`\n  help: set `master_secret`\n"
    );
}

#[test]
fn what_is_doubtful_in_a_secrets_policy_is_told() {
    let found = found(|s| {
        let statement =
            Statement::allow(["secretsmanager:GetSecret"], ["*"]).principal(Principal::account("333333333333"));
        secret(s).add_to_policy(s, statement);
    });
    let wanted = "warning[unknown-action] Secret: `secretsmanager` has no action `GetSecret`\n";
    assert!(found.starts_with(wanted), "{found}");
}

#[test]
fn the_policy_of_a_secret_of_an_earlier_stack_is_not_added_to() {
    let found = found_in_app(|app| {
        let secret = app.stack("secrets", Env::any(), secret);
        app.stack("jobs", Env::any(), |s| {
            s.add("User", UserSpec::default());
            secret.grant_read(s, Principal::account("333333333333"));
        });
    });
    let wanted = "error[not-this-stack]: the policy of a resource of another stack cannot be added to here\n  \
                  help: do it in the definition of its own stack, or grant it to a role, a user or a group\n";
    assert_eq!(found, wanted);
}

#[test]
fn a_secret_of_an_earlier_stack_can_be_granted_and_read() {
    let mut app = App::new();
    let secret = app.stack("secrets", Env::any(), secret);
    app.stack("jobs", Env::any(), |s| {
        let user = s.add("User", UserSpec::default());
        secret.grant_read(s, user);
    });
    let jobs = Template::from(app.synth().unwrap().stack("jobs").unwrap());
    let statement = json!([{ "Resource": { "Fn::ImportValue": any() } }]);
    jobs.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statement } }));
}
