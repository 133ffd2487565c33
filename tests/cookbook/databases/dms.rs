//! Move a database's tables to another database.

use formwork::testing::{absent, any, assert_reachable, assert_unreachable, json};
use serde_json::Value;

use crate::cookbook::databases::dms::dms;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, properties, statements, template};

#[test]
fn the_replication_instance_reaches_both_databases_on_3306() {
    let app = app(dms);
    for database in ["recipe/Source", "recipe/Target"] {
        assert_reachable(&app, "recipe/Replication", database, Some(3306.into()));
        assert_reachable(&app, "recipe/Instance", database, Some(3306.into()));
        assert_unreachable(&app, "recipe/Replication", database, Some(22.into()));
        assert_unreachable(&app, "internet", database, Some(3306.into()));
        assert_unreachable(&app, "recipe/Vpc/IsolatedSubnet1", database, Some(3306.into()));
    }
    // Where it reads user and password.
    assert_reachable(&app, "recipe/Replication", "recipe/Vpc/SecretsManager", Some(443.into()));
    assert_unreachable(&app, "internet", "recipe/Replication", None);
}

#[test]
fn the_function_fills_the_source_and_does_not_reach_the_target() {
    let app = app(dms);
    assert_reachable(&app, "recipe/Load", "recipe/Source", Some(3306.into()));
    assert_reachable(&app, "recipe/Load", "recipe/Vpc/SecretsManager", Some(443.into()));
    assert_unreachable(&app, "recipe/Load", "recipe/Target", Some(3306.into()));
    let template = template(dms);
    let role = one(&template, "Lambda::Function")["Properties"]["Role"]["Fn::GetAtt"][0].as_str().unwrap();
    let all = statements(&template, role);
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    assert_eq!(all[0]["Resource"], template.json()["Outputs"]["SourceRdsSecretArn"]["Value"]);
}

#[test]
fn the_task_loads_all_tables_of_the_schema_once() {
    let template = template(dms);
    let task = &one(&template, "DMS::ReplicationTask")["Properties"];
    assert_eq!(task["MigrationType"], "full-load");
    let mappings: Value = serde_json::from_str(task["TableMappings"].as_str().unwrap()).unwrap();
    let [rule] = &mappings["rules"].as_array().unwrap()[..] else { panic!("{mappings}") };
    let tables = json!({ "schema-name": "cookbook", "table-name": "%" });
    assert_eq!((&rule["rule-action"], &rule["object-locator"]), (&json!("include"), &tables));
    for output in ["SourceDbName", "TargetDbName"] {
        assert_eq!(template.json()["Outputs"][output]["Value"], "cookbook");
    }
}

#[test]
fn the_endpoints_check_certificates_and_have_no_password_in_the_template() {
    let template = template(dms);
    let [source, target] = properties(&template, "DMS::Endpoint")[..] else { panic!("two endpoints") };
    for (endpoint, kind, secret) in [(source, "source", "SourceRdsSecretArn"), (target, "target", "TargetRdsSecretArn")]
    {
        assert_eq!((&endpoint["EndpointType"], &endpoint["SslMode"]), (&json!(kind), &json!("verify-full")));
        let settings = &endpoint["MySqlSettings"];
        assert_eq!(settings["SecretsManagerSecretId"], template.json()["Outputs"][secret]["Value"]);
        assert!(endpoint["Password"].is_null());
    }
    for database in properties(&template, "RDS::DBInstance") {
        assert_eq!(database["CACertificateIdentifier"], "rds-ca-rsa2048-g1");
    }
    let authority = template.json()["Parameters"]["RdsCertificate"]["Default"].as_str().unwrap();
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----") && authority.len() < 4096, "{authority}");
}

#[test]
fn the_role_of_the_service_has_its_name_and_is_left_out_where_the_account_has_it() {
    let template = template(dms);
    let role = json!({
        "Condition": "CreatesDmsVpcRole",
        "Properties": { "RoleName": "dms-vpc-role", "ManagedPolicyArns": any() },
    });
    let role = template.has_resource_with("AWS::IAM::Role", role).id;
    // The subnet group needs it, and so waits for it.
    let named = json!({ "Fn::If": ["CreatesDmsVpcRole", { "Ref": role }, "dms-vpc-role"] });
    let tags = json!([{ "Key": "VpcRole", "Value": named }]);
    template.has_resource("AWS::DMS::ReplicationSubnetGroup", json!({ "Tags": tags }));
    template
        .has_resource("AWS::DMS::ReplicationInstance", json!({ "PubliclyAccessible": false, "KmsKeyId": absent() }));
}

#[test]
fn its_outputs_are_those_of_the_book_and_it_leaves_nothing() {
    let template = template(dms);
    assert_leaves_nothing(&template);
    let outputs = [
        "VpcId",
        "InstanceId",
        "SourceRdsDatabaseId",
        "SourceRdsSecurityGroup",
        "SourceDbName",
        "SourceRdsSecretArn",
        "SourceRdsEndpoint",
        "TargetRdsDatabaseId",
        "TargetRdsSecurityGroup",
        "TargetDbName",
        "TargetRdsSecretArn",
        "TargetRdsEndpoint",
        "IsolatedSubnets",
        "LambdaArn",
        "RdsSourceSecretName",
        "RdsTargetSecretName",
        // For the runbook.
        "ReplicationInstanceArn",
        "SourceEndpointArn",
        "TargetEndpointArn",
        "ReplicationTaskArn",
    ];
    assert_outputs(&template, &outputs);
}
