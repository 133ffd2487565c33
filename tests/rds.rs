//! Databases: instances, clusters and proxies, their credentials and groups, who may connect.

mod access;
mod cluster;
mod groups;
mod instance;
mod proxy;

use formwork::Stack;
use formwork::aws::ec2::{Peer, Vpc, VpcSpec};
use formwork::aws::iam::{Principal, Role, RoleSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::rds::{AuroraPostgresSpec, MySqlSpec, PostgresSpec, ProxySpec};
use formwork::testing::{Template, json};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

fn vpc(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") })
}

fn role(s: &mut Stack) -> Role {
    s.add("R", RoleSpec::new(Principal::service("ec2.amazonaws.com")))
}

#[test]
fn an_instance_and_its_proxy_have_aws_cdks_ids() {
    let template = Template::of(|s| {
        let (vpc, role) = (vpc(s), role(s));
        let db = s.add("Db", PostgresSpec { monitoring_interval: Some(60), ..PostgresSpec::new(&vpc) });
        db.allow_from(s, Peer::ipv4("10.0.0.0/8"));
        db.grant_connect(s, role, "app");
        let my = s.add("My", MySqlSpec::new(&vpc));
        s.add("Px2", ProxySpec::new(&my, &vpc)).grant_connect(s, role, "app");
    });
    for id in [
        "Db5D02A0A9",
        "DbSubnetGroup6F6C177A",
        "DbSecurityGroupC34ABFAB",
        "DbSecurityGroupfrom100008IndirectPort7494DB02",
        "DbSecretCF6D79B0",
        "DbSecretAttachment7AED447C",
        "DbMonitoringRole0A2030F1",
        "Px26D70B61A",
        "Px2IAMRoleF3750D51",
        "Px2ProxySecurityGroup73F5A08B",
        "Px2ProxyTargetGroupF1565F0F",
    ] {
        let _ = template.resource(id);
    }
    template
        .has_resource("AWS::RDS::DBInstance", json!({ "EnableIAMDatabaseAuthentication": true, "Engine": "postgres" }));
    template.has_resource("AWS::EC2::SecurityGroupIngress", json!({ "FromPort": 3306, "ToPort": 3306 }));
}

#[test]
fn a_cluster_and_a_key_have_aws_cdks_ids() {
    let template = Template::of(|s| {
        let (vpc, role) = (vpc(s), role(s));
        let cluster = s.add("Cl", AuroraPostgresSpec::new(&vpc));
        cluster.grant_data_api(s, role);
        let key = s.add("Key", KeySpec { alias: Some("x".into()), ..KeySpec::new() });
        key.grant_encrypt_decrypt(s, role);
    });
    for id in ["Cl0F69D6D9", "ClSubnets72655941", "ClSecretAttachment6B3E0FBF", "Clwriter9427C25A", "KeyAlias910D852D"]
    {
        let _ = template.resource(id);
    }
    template.has_resource("AWS::RDS::DBCluster", json!({ "EnableHttpEndpoint": true }));
    template.has_resource("AWS::KMS::Key", json!({ "EnableKeyRotation": true }));
}
