//! A database that grows and shrinks with its load, and pauses without any.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::databases::aurora_serverless::aurora_serverless;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, template};

#[test]
fn the_cluster_has_up_to_16_units_and_pauses_after_300_seconds() {
    let template = template(aurora_serverless);
    let capacity = json!({ "MinCapacity": 0, "MaxCapacity": 16, "SecondsUntilAutoPause": 300 });
    template.has_resource(
        "AWS::RDS::DBCluster",
        json!({ "Engine": "aurora-postgresql", "ServerlessV2ScalingConfiguration": capacity, "StorageEncrypted": true }),
    );
    template.has_resource("AWS::RDS::DBInstance", json!({ "DBInstanceClass": "db.serverless" }));
    template.has_resource("AWS::RDS::DBClusterParameterGroup", json!({ "Family": "aurora-postgresql17" }));
    assert_leaves_nothing(&template);
    assert_outputs(
        &template,
        &[
            "InstanceId",
            "VpcId",
            "SubnetId1",
            "SubnetId2",
            "InstanceSg",
            "ClusterEndpoint",
            "ClusterIdentifier",
            "SecretArn",
        ],
    );
}

#[test]
fn the_password_is_generated_without_punctuation_and_only_referred_to() {
    let template = template(aurora_serverless);
    let generated = &one(&template, "SecretsManager::Secret")["Properties"]["GenerateSecretString"];
    assert_eq!((&generated["ExcludePunctuation"], &generated["PasswordLength"]), (&json!(true), &json!(30)));
    let password = one(&template, "RDS::DBCluster")["Properties"]["MasterUserPassword"].to_string();
    assert!(password.contains("{{resolve:secretsmanager:${Login"), "{password}");
}

#[test]
fn the_instance_connects_on_5432_and_nobody_else_does() {
    let app = app(aurora_serverless);
    assert_reachable(&app, "recipe/Instance", "recipe/Database", Some(5432.into()));
    assert_unreachable(&app, "recipe/Instance", "recipe/Database", Some(22.into()));
    assert_unreachable(&app, "internet", "recipe/Database", None);
    assert_unreachable(&app, "recipe/Vpc/IsolatedSubnet1", "recipe/Database", Some(5432.into()));
    assert_unreachable(&app, "internet", "recipe/Instance", None);
    assert_unreachable(&app, "recipe/Instance", "internet", Some(443.into()));
}
