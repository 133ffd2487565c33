//! Encrypt a database that is not.

use formwork::testing::{absent, assert_unreachable, json};

use crate::cookbook::databases::encrypt_rds::encrypt_rds;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, template};

const INSTANCE: &str = "AWS::RDS::DBInstance";

#[test]
fn a_replica_follows_the_database_that_is_not_encrypted() {
    let template = template(encrypt_rds);
    let database =
        json!({ "StorageEncrypted": false, "BackupRetentionPeriod": 1, "SourceDBInstanceIdentifier": absent() });
    let database = template.has_resource(INSTANCE, database).id;
    let source = json!({ "Fn::GetAtt": [database, "DBInstanceArn"] });
    template.has_resource(INSTANCE, json!({ "SourceDBInstanceIdentifier": source, "Engine": absent() }));
    template.resource_count(INSTANCE, 3);
}

#[test]
fn a_database_is_restored_once_there_is_an_encrypted_snapshot() {
    let template = template(encrypt_rds);
    let snapshot = json!({ "DBSnapshotIdentifier": { "Ref": "EncryptedSnapshot" }, "StorageEncrypted": absent() });
    let restored = template.has_resource(INSTANCE, snapshot);
    assert_eq!(restored.resource["Condition"], "Restores");
    let condition = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "EncryptedSnapshot" }, ""] }] });
    assert_eq!(template.json()["Conditions"]["Restores"], condition);
    // It is where the other is, and in its group.
    let database = template.has_resource(INSTANCE, json!({ "StorageEncrypted": false }));
    for key in ["DBSubnetGroupName", "VPCSecurityGroups"] {
        assert_eq!(restored.resource["Properties"][key], database.resource["Properties"][key]);
    }
    assert_eq!(template.json()["Parameters"]["EncryptedSnapshot"]["Default"], "");
}

#[test]
fn the_key_has_a_name_that_the_runbook_calls_it_by() {
    let template = template(encrypt_rds);
    let alias = &one(&template, "KMS::Alias")["Properties"];
    assert_eq!(alias["AliasName"], "alias/cookbook/encrypt-rds");
    assert_eq!(alias["TargetKeyId"]["Fn::GetAtt"][0], template.resources("AWS::KMS::Key")[0].id);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/stacks/cookbook/databases/runbooks/encrypt-rds.md");
    assert!(std::fs::read_to_string(file).unwrap().contains("--kms-key-id alias/cookbook/encrypt-rds"));
}

#[test]
fn nobody_reaches_any_of_them_and_the_stack_leaves_nothing() {
    let app = app(encrypt_rds);
    // The restored one is in the group of these two, and in their subnets.
    for database in ["recipe/Database", "recipe/Replica"] {
        for outside in ["internet", "recipe/Vpc/IsolatedSubnet1"] {
            assert_unreachable(&app, outside, database, Some(3306.into()));
        }
    }
    let template = template(encrypt_rds);
    assert_leaves_nothing(&template);
    assert_outputs(&template, &["RdsSubnetGroup", "RdsDatabaseId", "RdsReplicaId", "EncryptedRdsDatabaseId"]);
}
