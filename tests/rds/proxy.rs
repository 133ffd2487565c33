//! Proxies: each option, who may connect, what is wrong with one.

use formwork::Stack;
use formwork::aws::ec2::SecurityGroupSpec;
use formwork::aws::iam::UserSpec;
use formwork::aws::rds::{AuroraPostgresSpec, ClusterInstance, MySqlSpec, PostgresSpec, Proxy, ProxySpec, Source};
use formwork::aws::secretsmanager::{SecretSpec, SecretStringGenerator};
use formwork::testing::{Template, absent, any, array_with, exactly, json};

use super::vpc;
use crate::checks::found;
use crate::program::snapshot;

const PROXY: &str = "AWS::RDS::DBProxy";
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";

/// A proxy in front of MySQL with some of the options, and the rest as they are.
fn mysql(s: &mut Stack, change: impl FnOnce(&mut ProxySpec)) -> Proxy {
    let vpc = vpc(s);
    let db = s.add("Db", MySqlSpec::new(&vpc));
    let mut spec = ProxySpec::new(&db, &vpc);
    change(&mut spec);
    s.add("Proxy", spec)
}

#[test]
fn the_smallest_proxy_is_as_its_snapshot_says() {
    let text = Template::of(|s| mysql(s, |_| {})).snapshot();
    snapshot("rds_proxy", &text[text.find("\n  Proxy").unwrap() + 1..]);
}

#[test]
fn a_proxy_has_every_option() {
    let template = Template::of(|s| {
        let generate = SecretStringGenerator::json_key("{\"username\":\"app\"}", "password");
        let app = s.add("App", SecretSpec { generate, ..SecretSpec::new() });
        mysql(s, |spec| {
            spec.secrets.push(app);
            spec.proxy_name = Some("shop".into());
            spec.require_tls = false;
            spec.require_iam = false;
            spec.idle_client_timeout = Some(600);
            spec.max_connections_percent = Some(50);
        })
    });
    let auth =
        |secret: serde_json::Value| json!({ "AuthScheme": "SECRETS", "IAMAuth": "DISABLED", "SecretArn": secret });
    let wanted = json!({
        "DBProxyName": "shop", "EngineFamily": "MYSQL", "RequireTLS": false, "IdleClientTimeout": 600,
        "Auth": [auth(json!({ "Ref": "DbSecretAttachment7AED447C" })), auth(json!({ "Ref": any() }))],
    });
    template.has_resource(PROXY, wanted);
    let pool = json!({ "MaxConnectionsPercent": 50 });
    let wanted = json!({
        "DBInstanceIdentifiers": [{ "Ref": "Db5D02A0A9" }], "ConnectionPoolConfigurationInfo": pool,
        "TargetGroupName": "default",
    });
    template.has_resource(TARGETS, wanted);
}

#[test]
fn its_role_reads_its_secrets_and_no_others() {
    let template = Template::of(|s| {
        s.add("Other", SecretSpec::new());
        mysql(s, |_| {})
    });
    let statement = json!([{
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": { "Ref": "DbSecretAttachment7AED447C" },
    }]);
    template.has_resource("AWS::IAM::Policy", json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
}

#[test]
fn the_database_lets_the_proxy_in_and_the_proxy_whom_it_is_told_to() {
    let template = Template::of(|s| {
        let proxy = mysql(s, |_| {});
        let vpc = s.add(
            "Other",
            formwork::aws::ec2::VpcSpec { nat_gateways: 0, ..formwork::aws::ec2::VpcSpec::new("10.1.0.0/16") },
        );
        let function = s.add("Function", SecurityGroupSpec::new(&vpc, "function"));
        proxy.allow_from(s, function);
    });
    let rules = template.resources("AWS::EC2::SecurityGroupIngress");
    let rules: Vec<_> = rules.iter().map(|rule| &rule.resource["Properties"]).collect();
    assert_eq!(rules.len(), 2);
    assert!(rules.iter().all(|rule| rule["FromPort"] == 3306 && rule["ToPort"] == 3306), "{rules:?}");
    let own = json!({ "Fn::GetAtt": ["ProxyProxySecurityGroupC42FC3CE", "GroupId"] });
    assert_eq!((&rules[0]["SourceSecurityGroupId"], &rules[1]["GroupId"]), (&own, &own));
}

#[test]
fn an_identity_signs_in_as_one_user_of_one_proxy() {
    let template = Template::of(|s| {
        let user = s.add("User", UserSpec::default());
        let proxy = mysql(s, |_| {});
        proxy.grant_connect(s, user, "app");
    });
    let arn = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${ResourceId}/app";
    let id = json!({ "Fn::Select": [6, { "Fn::Split": [":", { "Fn::GetAtt": ["ProxyCB0DFB71", "DBProxyArn"] }] }] });
    let statement = json!([{
        "Effect": "Allow", "Action": "rds-db:connect", "Resource": { "Fn::Sub": [arn, { "ResourceId": id }] },
    }]);
    template.has_resource("AWS::IAM::Policy", json!({ "PolicyDocument": { "Statement": exactly(statement) } }));
}

#[test]
fn a_proxy_of_a_cluster_waits_for_its_instances() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let spec = AuroraPostgresSpec {
            readers: vec![ClusterInstance::serverless_v2("reader")],
            ..AuroraPostgresSpec::new(&vpc)
        };
        let cluster = s.add("Db", spec);
        s.add("Proxy", ProxySpec::new(&cluster, &vpc));
    });
    template.has_resource(PROXY, json!({ "EngineFamily": "POSTGRESQL" }));
    let wanted = json!({
        "DependsOn": array_with([json!("Dbwriter9B286E50"), json!("DbreaderC0A3D1E4")]),
        "Properties": { "DBClusterIdentifiers": [{ "Ref": "Db5D02A0A9" }], "DBInstanceIdentifiers": absent() },
    });
    template.has_resource_with(TARGETS, wanted);
}

#[test]
fn a_proxy_that_cannot_sign_in_is_told() {
    let found = found(|s| {
        let vpc = vpc(s);
        let spec = PostgresSpec { source: Source::Snapshot("before".into()), ..PostgresSpec::new(&vpc) };
        let db = s.add("Db", spec);
        s.add("Proxy", ProxySpec::new(&db, &vpc));
    });
    let wanted = "error[item-count] Proxy: a proxy without a secret cannot sign in to its database\n  \
                  help: name the secrets of database users in `secrets`\n";
    assert!(found.contains(wanted), "{found}");
}

#[test]
fn numbers_out_of_their_bounds_are_told() {
    let found = found(|s| {
        mysql(s, |spec| {
            spec.idle_client_timeout = Some(28_801);
            spec.max_connections_percent = Some(101);
        })
    });
    for wanted in [
        "error[range] Proxy: a proxy disconnects idle clients after 1 to 28,800 seconds\n  help: change `idle_client_timeout`\n",
        "error[range] Proxy: a proxy takes 1 to 100 percent of the connections\n  help: change `max_connections_percent`\n",
    ] {
        assert!(found.contains(wanted), "{found}");
    }
}
