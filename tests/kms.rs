//! Keys: what they are by default, their names, who may use them, and what is encrypted with them.

use formwork::aws::iam::{PolicyDocument, Principal, RoleSpec, Statement, UserSpec};
use formwork::aws::kms::{AliasSpec, Key, KeySpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;
use formwork::aws::secretsmanager::SecretSpec;
use formwork::aws::sns::TopicSpec;
use formwork::aws::sqs::QueueSpec;
use formwork::cfn::kms;
use formwork::testing::{Template, absent, any, exactly, json};
use formwork::{App, DeletionPolicy, Env, Stack};

use crate::checks::{found, found_in_app};
use crate::program::snapshot;

const KEY: &str = "AWS::KMS::Key";
const ALIAS: &str = "AWS::KMS::Alias";
const POLICY: &str = "AWS::IAM::Policy";

fn key(s: &mut Stack) -> Key {
    s.add("Key", KeySpec::new())
}

#[test]
fn the_smallest_key_is_as_its_snapshot_says() {
    snapshot("kms_key", &Template::of(key).snapshot());
}

#[test]
fn a_key_and_its_alias_have_aws_cdks_ids() {
    let template = Template::of(|s| s.add("Key", KeySpec { alias: Some("x".into()), ..KeySpec::new() }));
    template.has_resource(ALIAS, json!({ "AliasName": "alias/x" }));
    for id in ["Key961B73FD", "KeyAlias910D852D"] {
        let _ = template.resource(id);
    }
}

#[test]
fn a_key_has_every_option() {
    let policy =
        PolicyDocument::new([Statement::allow(["kms:*"], ["*"]).principal(Principal::account("111111111111"))]);
    let spec = KeySpec {
        description: Some("orders".into()),
        rotation_period_in_days: Some(180),
        pending_window_in_days: Some(7),
        multi_region: true,
        policy: Some(policy),
        deletion_policy: DeletionPolicy::Delete,
        ..KeySpec::new()
    };
    let template = Template::of(|s| s.add("Key", spec));
    template.has_resource_with(
        KEY,
        json!({
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "Description": "orders", "EnableKeyRotation": true, "RotationPeriodInDays": 180,
                "PendingWindowInDays": 7, "MultiRegion": true,
                "KeyPolicy": { "Statement": exactly(json!([{
                    "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                    "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:root" } },
                }])) },
            },
        }),
    );
}

#[test]
fn a_key_that_signs_is_not_rotated() {
    let template = Template::of(|s| {
        let (spec, usage) = (Some("ECC_NIST_P256".into()), Some("SIGN_VERIFY".into()));
        let key = s.add("Key", KeySpec { key_spec: spec, key_usage: usage, ..KeySpec::new() });
        let user = s.add("User", UserSpec::default());
        key.grant_sign(s, user);
        key.grant_verify(s, user);
    });
    let wanted = json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY", "EnableKeyRotation": absent() });
    template.has_resource(KEY, wanted);
    let statement = json!([{ "Effect": "Allow", "Action": ["kms:Sign", "kms:Verify"], "Resource": arn() }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
}

#[test]
fn rotation_can_be_turned_off() {
    let template = Template::of(|s| s.add("Key", KeySpec { enable_key_rotation: Some(false), ..KeySpec::new() }));
    template.has_resource(KEY, json!({ "EnableKeyRotation": absent() }));
}

#[test]
fn a_key_may_have_more_names() {
    let template = Template::of(|s| {
        let key = key(s);
        s.add("Reports", AliasSpec::new("shop/reports", &key));
        s.add("Orders", AliasSpec::new("alias/shop/orders", &key));
    });
    for name in ["alias/shop/reports", "alias/shop/orders"] {
        template.has_resource(ALIAS, json!({ "AliasName": name, "TargetKeyId": arn() }));
    }
}

fn arn() -> serde_json::Value {
    json!({ "Fn::GetAtt": ["Key961B73FD", "Arn"] })
}

/// The actions that a grant to an identity gives, on this key alone, in a policy of its own.
#[track_caller]
fn granted(grant: fn(&Key, &mut Stack, formwork::aws::iam::Role), actions: &serde_json::Value) {
    let template = Template::of(|s| {
        let key = key(s);
        let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
        grant(&key, s, role);
    });
    let statement = json!([{ "Effect": "Allow", "Action": actions, "Resource": arn() }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
    assert_eq!(key_statements(&template).len(), 1, "the key's own policy stays as it is");
}

fn key_statements(template: &Template) -> Vec<serde_json::Value> {
    let statements = &template.resource("Key961B73FD")["Properties"]["KeyPolicy"]["Statement"];
    statements.as_array().unwrap().clone()
}

#[test]
fn an_identity_is_granted_exactly_what_is_said_by_its_own_policy() {
    let encrypt = json!(["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]);
    granted(|key, s, role| key.grant_encrypt(s, role), &encrypt);
    granted(|key, s, role| key.grant_decrypt(s, role), &json!("kms:Decrypt"));
    let both = json!(["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]);
    granted(|key, s, role| key.grant_encrypt_decrypt(s, role), &both);
    let own = |key: &Key, s: &mut Stack, role| key.grant(s, role, Statement::allow(["kms:DescribeKey"], [key.arn()]));
    granted(own, &json!("kms:DescribeKey"));
}

#[test]
fn another_account_and_a_service_are_let_in_by_the_keys_policy_about_this_key() {
    let template = Template::of(|s| {
        let key = key(s);
        key.grant_decrypt(s, Principal::account("333333333333"));
        let account = formwork::intrinsics::account_id();
        let service = Principal::service("events.amazonaws.com").when("StringEquals", "aws:SourceAccount", account);
        key.grant_encrypt(s, service);
    });
    let statements = key_statements(&template);
    assert_eq!(
        statements[1..],
        [
            json!({
                "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
                "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::333333333333:root" } },
            }),
            json!({
                "Effect": "Allow", "Action": ["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"], "Resource": "*",
                "Principal": { "Service": "events.amazonaws.com" },
                "Condition": { "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } },
            }),
        ]
    );
    template.resource_count(POLICY, 0);
}

#[test]
fn an_identity_is_granted_a_key_of_an_earlier_stack() {
    let mut app = App::new();
    let key = app.stack("keys", Env::any(), key);
    app.stack("jobs", Env::any(), |s| {
        let user = s.add("User", UserSpec::default());
        key.grant_decrypt(s, user);
    });
    let jobs = Template::from(app.synth().unwrap().stack("jobs").unwrap());
    let statement = json!([{ "Action": "kms:Decrypt", "Resource": { "Fn::ImportValue": any() } }]);
    jobs.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statement } }));
}

#[test]
fn the_policies_of_an_earlier_stack_are_not_added_to() {
    let found = found_in_app(|app| {
        let (key, bucket, topic, queue) = app.stack("earlier", Env::any(), |s| {
            let (bucket, topic) = (s.add("Bucket", BucketSpec::default()), s.add("Topic", TopicSpec::default()));
            (key(s), bucket, topic, s.add("Queue", QueueSpec::default()))
        });
        app.stack("jobs", Env::any(), |s| {
            s.add("User", UserSpec::default());
            let account = || Principal::account("333333333333");
            key.grant_decrypt(s, account());
            bucket.grant_read(s, account());
            topic.grant_publish(s, account());
            queue.grant_purge(s, account());
        });
    });
    let key = "error[not-this-stack]: a resource of `earlier` cannot be edited here\n  \
               help: do it in the definition of its own stack\n";
    let other = "error[not-this-stack]: the policy of a resource of another stack cannot be added to here\n  \
                 help: do it in the definition of its own stack, or grant it to a role, a user or a group\n";
    assert_eq!(found, format!("{key}{other}{other}{other}"));
}

#[test]
fn what_cannot_be_is_told() {
    for (spec, wanted) in [
        (
            KeySpec { key_spec: Some("RSA_2048".into()), enable_key_rotation: Some(true), ..KeySpec::new() },
            "error[exclusive-properties] Key: only symmetric keys are rotated by AWS\n  help: leave `enable_key_rotation` out\n",
        ),
        (
            KeySpec { enable_key_rotation: Some(false), rotation_period_in_days: Some(90), ..KeySpec::new() },
            "error[exclusive-properties] Key: `rotation_period_in_days` is set, and the key is not rotated\n  \
             help: turn `enable_key_rotation` on, or leave the period out\n",
        ),
        (
            KeySpec { deletion_policy: DeletionPolicy::Snapshot, ..KeySpec::new() },
            "error[allowed-values] Key: there are no snapshots of keys\n  help: write `DeletionPolicy::Retain`\n",
        ),
        (
            KeySpec { alias: Some("aws/orders".into()), ..KeySpec::new() },
            "error[name] Key/Alias: `alias/aws/orders` is a name of AWS's own keys\n  help: leave out `aws/` at the beginning\n",
        ),
    ] {
        let found = found(|s| s.add("Key", spec));
        assert!(found.starts_with(wanted), "{found}");
    }
}

#[test]
fn days_out_of_their_bounds_are_told() {
    for (spec, property) in [
        (KeySpec { pending_window_in_days: Some(6), ..KeySpec::new() }, "PendingWindowInDays"),
        (KeySpec { pending_window_in_days: Some(31), ..KeySpec::new() }, "PendingWindowInDays"),
        (KeySpec { rotation_period_in_days: Some(89), ..KeySpec::new() }, "RotationPeriodInDays"),
        (KeySpec { rotation_period_in_days: Some(2561), ..KeySpec::new() }, "RotationPeriodInDays"),
    ] {
        let found = found(|s| s.add("Key", spec));
        assert!(found.starts_with(&format!("error[range] Key/Resource {property}: ")), "{found}");
    }
    for days in [7, 30] {
        let spec = KeySpec { pending_window_in_days: Some(days), ..KeySpec::new() };
        assert_eq!(self::found(|s| s.add("Key", spec)), "");
    }
}

#[test]
fn what_is_doubtful_in_a_keys_policy_is_told() {
    let found = found(|s| {
        let statement = Statement::allow(["kms:Decrpyt"], ["*"]).principal(Principal::account("333333333333"));
        key(s).add_to_policy(s, statement);
    });
    let wanted =
        "warning[unknown-action] Key/Resource: `kms` has no action `Decrpyt`\n  help: did you mean `kms:Decrypt`?";
    assert!(found.starts_with(wanted), "{found}");
}

#[test]
fn the_log_service_may_use_a_key_for_the_groups_it_encrypts() {
    let template = Template::of(|s| {
        let key = key(s);
        let name = Some("/shop/orders".into());
        s.add("Named", LogGroupSpec { kms_key: Some(key.arn()), log_group_name: name, ..LogGroupSpec::default() });
        s.add("Any", LogGroupSpec { kms_key: Some(key.arn()), ..LogGroupSpec::default() });
    });
    let statement = |group: &str| {
        let arn = format!("arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{group}");
        json!({
            "Effect": "Allow", "Resource": "*",
            "Principal": { "Service": { "Fn::Sub": "logs.${AWS::Region}.amazonaws.com" } },
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Condition": { "ArnLike": { "kms:EncryptionContext:aws:logs:arn": { "Fn::Sub": arn } } },
        })
    };
    assert_eq!(key_statements(&template)[1..], [statement("/shop/orders"), statement("*")]);
}

#[test]
fn whoever_may_use_a_bucket_may_use_its_key() {
    let template = Template::of(|s| {
        let key = key(s);
        let bucket = s.add("Bucket", BucketSpec { kms_key: Some(key.arn()), ..BucketSpec::default() });
        let [reads, writes, deletes] = ["Reads", "Writes", "Deletes"].map(|id| s.add(id, UserSpec::default()));
        bucket.grant_read(s, reads);
        bucket.grant_write(s, writes);
        bucket.grant_delete(s, deletes);
        bucket.grant_read(s, Principal::account("333333333333"));
    });
    let read = json!(["kms:Decrypt", "kms:DescribeKey"]);
    let write = json!(["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Decrypt"]);
    for actions in [&read, &write] {
        let statements = json!([any(), { "Effect": "Allow", "Action": actions, "Resource": arn() }]);
        template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statements } }));
    }
    template.has_resource(
        POLICY,
        json!({ "PolicyDocument": { "Statement": exactly(json!([
        { "Effect": "Allow", "Action": "s3:DeleteObject*", "Resource": { "Fn::Sub": any() } },
    ])) } }),
    );
    assert_eq!(key_statements(&template)[1]["Action"], read);
}

#[test]
fn whoever_may_publish_to_a_topic_may_use_its_key() {
    let template = Template::of(|s| {
        let key = key(s);
        let topic = s.add("Topic", TopicSpec { kms_key: Some(key.arn()), ..TopicSpec::default() });
        let user = s.add("User", UserSpec::default());
        topic.grant_publish(s, user);
        topic.allow_service(s, "budgets.amazonaws.com");
    });
    let actions = json!(["kms:Decrypt", "kms:GenerateDataKey*"]);
    let statements = json!([any(), { "Effect": "Allow", "Action": actions, "Resource": arn() }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statements } }));
    let service = json!({
        "Effect": "Allow", "Action": actions, "Resource": "*",
        "Principal": { "Service": "budgets.amazonaws.com" },
        "Condition": { "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } },
    });
    assert_eq!(key_statements(&template)[1..], [service]);
}

#[test]
fn the_policy_of_a_key_that_others_define_is_left_alone() {
    let mut app = App::new();
    let earlier = app.stack("keys", Env::any(), key);
    app.stack("shop", Env::any(), |s| {
        let plain = s.add("Plain", kms::Key::new());
        for (id, kms_key) in [("A", plain.arn()), ("B", earlier.arn())] {
            s.add(id, LogGroupSpec { kms_key: Some(kms_key.clone()), ..LogGroupSpec::default() });
            let topic = s.add(format!("{id}Topic"), TopicSpec { kms_key: Some(kms_key), ..TopicSpec::default() });
            topic.allow_service(s, "budgets.amazonaws.com");
        }
    });
    let assembly = app.synth().unwrap();
    let shop = Template::from(assembly.stack("shop").unwrap());
    assert_eq!(shop.resource("Plain")["Properties"], json!(null));
    assert_eq!(key_statements(&Template::from(assembly.stack("keys").unwrap())).len(), 1);
}

#[test]
fn a_secrets_key_is_used_through_secrets_manager_alone() {
    let template = Template::of(|s| {
        let key = key(s);
        let secret = s.add("Secret", SecretSpec { encryption_key: Some(key), ..SecretSpec::new() });
        let [reads, writes] = ["Reads", "Writes"].map(|id| s.add(id, UserSpec::default()));
        secret.grant_read(s, reads);
        secret.grant_write(s, writes);
        secret.grant_read(s, Principal::account("333333333333"));
    });
    let through = json!({ "StringEquals": {
        "kms:ViaService": { "Fn::Sub": "secretsmanager.${AWS::Region}.amazonaws.com" },
    } });
    for actions in [json!("kms:Decrypt"), json!(["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"])] {
        let statements = json!([any(), { "Action": actions, "Resource": arn(), "Condition": through }]);
        template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statements } }));
    }
    let account = &key_statements(&template)[1];
    assert_eq!((&account["Action"], &account["Condition"]), (&json!("kms:Decrypt"), &through));
}
