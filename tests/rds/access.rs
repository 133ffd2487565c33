//! Who may connect: by network, with a token of IAM's, over the Data API.

use formwork::aws::ec2::SecurityGroupSpec;
use formwork::aws::iam::{Principal, UserSpec};
use formwork::aws::rds::{AuroraPostgresSpec, MySqlSpec, PostgresSpec};
use formwork::testing::{Template, absent, any, exactly, json};
use formwork::{App, Env};

use super::{CLUSTER, INSTANCE, vpc};
use crate::checks::{found, found_in_app};

const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const POLICY: &str = "AWS::IAM::Policy";

#[test]
fn a_peer_is_let_in_on_the_databases_port_alone() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        s.add("Pg", PostgresSpec::new(&vpc)).allow_from(s, web);
        s.add("Odd", PostgresSpec { port: Some(5433), ..PostgresSpec::new(&vpc) }).allow_from(s, web);
        s.add("My", MySqlSpec::new(&vpc)).allow_from(s, web);
        s.add("Au", AuroraPostgresSpec { port: Some(5434), ..AuroraPostgresSpec::new(&vpc) }).allow_from(s, web);
    });
    template.resource_count(INGRESS, 4);
    for port in [5432, 5433, 3306, 5434] {
        let wanted = json!({
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": absent(),
            "SourceSecurityGroupId": any(),
        });
        template.has_resource(INGRESS, wanted);
    }
}

#[test]
fn an_identity_signs_in_as_one_user_of_one_database() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let user = s.add("User", UserSpec::default());
        s.add("Db", PostgresSpec::new(&vpc)).grant_connect(s, user, "app");
        let other = s.add("Other", UserSpec::default());
        s.add("Cl", AuroraPostgresSpec::new(&vpc)).grant_connect(s, other, "app");
    });
    for resource in ["Db5D02A0A9.DbiResourceId", "Cl0F69D6D9.DBClusterResourceId"] {
        let arn =
            format!("arn:${{AWS::Partition}}:rds-db:${{AWS::Region}}:${{AWS::AccountId}}:dbuser:${{{resource}}}/app");
        let statement = json!([{ "Effect": "Allow", "Action": "rds-db:connect", "Resource": { "Fn::Sub": arn } }]);
        template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
    }
    for type_name in [INSTANCE, CLUSTER] {
        template.has_resource(type_name, json!({ "EnableIAMDatabaseAuthentication": true }));
    }
}

#[test]
fn an_identity_sends_sql_over_the_data_api_and_reads_the_secret() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let user = s.add("User", UserSpec::default());
        s.add("Db", AuroraPostgresSpec::new(&vpc)).grant_data_api(s, user);
    });
    template.has_resource(CLUSTER, json!({ "EnableHttpEndpoint": true }));
    let arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Db5D02A0A9}";
    let statements = json!([
        {
            "Effect": "Allow",
            "Action": [
                "rds-data:BatchExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction",
                "rds-data:ExecuteStatement", "rds-data:RollbackTransaction",
            ],
            "Resource": { "Fn::Sub": arn },
        },
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": { "Ref": "DbSecretAttachment7AED447C" },
        },
    ]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": exactly(statements) } }));
}

#[test]
fn who_is_no_identity_cannot_sign_in() {
    let found = found(|s| {
        let vpc = vpc(s);
        let db = s.add("Db", PostgresSpec { iam_authentication: true, ..PostgresSpec::new(&vpc) });
        db.grant_connect(s, Principal::account("333333333333"), "app");
        let cluster = s.add("Cl", AuroraPostgresSpec { data_api: true, ..AuroraPostgresSpec::new(&vpc) });
        cluster.grant_data_api(s, Principal::account("333333333333"));
    });
    for what in ["a database", "a cluster"] {
        let wanted = format!(
            "error[grant]: {what} has no policy of its own that could name a principal\n  \
             help: grant it to a role, a user or a group, which the principal can be or assume\n"
        );
        assert!(found.contains(&wanted), "{found}");
    }
}

#[test]
fn what_a_database_of_an_earlier_stack_has_turned_on_is_granted() {
    let mut app = App::new();
    let (db, cluster) = app.stack("data", Env::any(), |s| {
        let vpc = vpc(s);
        let db = s.add("Db", PostgresSpec { iam_authentication: true, ..PostgresSpec::new(&vpc) });
        let on = AuroraPostgresSpec { iam_authentication: true, data_api: true, ..AuroraPostgresSpec::new(&vpc) };
        (db, s.add("Cl", on))
    });
    app.stack("web", Env::any(), |s| {
        let user = s.add("User", UserSpec::default());
        db.grant_connect(s, user, "app");
        cluster.grant_connect(s, user, "app");
        cluster.grant_data_api(s, user);
    });
    let assembly = app.synth().unwrap();
    Template::from(assembly.stack("web").unwrap()).resource_count(POLICY, 1);
}

#[test]
fn what_a_database_of_an_earlier_stack_has_not_turned_on_is_told_with_the_way_out() {
    let found = found_in_app(|app| {
        let (db, cluster) = app.stack("data", Env::any(), |s| {
            let vpc = vpc(s);
            (s.add("Db", PostgresSpec::new(&vpc)), s.add("Cl", AuroraPostgresSpec::new(&vpc)))
        });
        app.stack("web", Env::any(), |s| {
            let user = s.add("User", UserSpec::default());
            db.grant_connect(s, user, "app");
            cluster.grant_data_api(s, user);
        });
    });
    let told = |option: &str| {
        format!(
            "error[not-this-stack]: `{option}` of a database of another stack is off, and cannot be turned on here\n  \
             help: set `{option}: true` in the spec of the database, where its stack is defined\n"
        )
    };
    assert_eq!(found, told("iam_authentication") + &told("data_api"));
}
