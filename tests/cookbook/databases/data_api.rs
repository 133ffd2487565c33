//! Ask a database over HTTPS.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::databases::data_api::data_api;
use crate::support::{app, assert_leaves_nothing, assert_outputs, statements, template};

#[test]
fn the_cluster_is_serverless_and_takes_sql_over_https() {
    let template = template(data_api);
    template.has_resource("AWS::RDS::DBCluster", json!({ "Engine": "aurora-postgresql", "EnableHttpEndpoint": true }));
    template.has_resource("AWS::RDS::DBInstance", json!({ "DBInstanceClass": "db.serverless" }));
    assert_leaves_nothing(&template);
    let outputs =
        ["InstanceId", "VpcId", "SecretArn", "ClusterArn", "ClusterIdentifier", "DatabaseName", "InstanceRoleName"];
    assert_outputs(&template, &outputs);
}

#[test]
fn the_instances_role_sends_sql_to_this_cluster_and_reads_this_secret_alone() {
    let template = template(data_api);
    let outputs = &template.json()["Outputs"];
    let all = statements(&template, outputs["InstanceRoleName"]["Value"]["Ref"].as_str().unwrap());
    let [sql, secret] = &all.as_array().unwrap()[..] else { panic!("{all}") };
    let actions = sql["Action"].as_array().unwrap();
    assert!(actions.iter().all(|action| action.as_str().unwrap().starts_with("rds-data:")), "{sql}");
    assert!(actions.contains(&json!("rds-data:ExecuteStatement")), "{sql}");
    assert_eq!(sql["Resource"], outputs["ClusterArn"]["Value"]);
    let reads = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    assert_eq!(secret["Action"], json!(reads));
    assert_eq!(secret["Resource"], outputs["SecretArn"]["Value"]);
}

#[test]
fn the_instance_reaches_the_api_and_not_the_database() {
    let app = app(data_api);
    assert_reachable(&app, "recipe/Instance", "recipe/Vpc/RdsData", Some(443.into()));
    for outside in ["recipe/Instance", "internet", "recipe/Vpc/IsolatedSubnet1"] {
        assert_unreachable(&app, outside, "recipe/Database", Some(5432.into()));
    }
}
