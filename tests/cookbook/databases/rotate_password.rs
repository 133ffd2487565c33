//! Exchange a database's password every month, by itself.

use formwork::testing::{any, assert_reachable, assert_unreachable, json};

use crate::cookbook::databases::rotate_password::rotate_password;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, statements, template};

#[test]
fn the_secret_is_rotated_every_30_days_by_the_function_in_the_vpc() {
    let template = template(rotate_password);
    let schedule = &one(&template, "SecretsManager::RotationSchedule")["Properties"];
    assert_eq!(schedule["RotationRules"], json!({ "ScheduleExpression": "rate(30 days)" }));
    assert_eq!(schedule["SecretId"], template.json()["Outputs"]["RdsSecretArn"]["Value"]);
    let function = template.has_resource("AWS::Lambda::Function", json!({ "VpcConfig": any(), "Layers": any() }));
    assert_eq!(schedule["RotationLambdaARN"], json!({ "Fn::GetAtt": [function.id, "Arn"] }));
    // It has the driver, and the authority of the database's certificate.
    assert_eq!(one(&template, "Lambda::Function")["Properties"]["Layers"].as_array().unwrap().len(), 2);
    template.has_resource("AWS::RDS::DBInstance", json!({ "CACertificateIdentifier": "rds-ca-rsa2048-g1" }));
}

#[test]
fn secrets_manager_may_invoke_the_function_for_this_secret_and_nobody_else_may() {
    let template = template(rotate_password);
    let permission = &one(&template, "Lambda::Permission")["Properties"];
    assert_eq!(permission["Principal"], "secretsmanager.amazonaws.com");
    assert_eq!(permission["SourceArn"]["Ref"], template.resources("AWS::SecretsManager::Secret")[0].id);
}

#[test]
fn the_function_reads_and_writes_this_secret_alone() {
    let template = template(rotate_password);
    let function = &one(&template, "Lambda::Function")["Properties"];
    let role = function["Role"]["Fn::GetAtt"][0].as_str().unwrap();
    let all = statements(&template, role);
    let [secret, random] = &all.as_array().unwrap()[..] else { panic!("{all}") };
    assert_eq!(secret["Resource"], template.json()["Outputs"]["RdsSecretArn"]["Value"]);
    assert_eq!(random, &json!({ "Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*" }));
}

#[test]
fn the_function_and_the_instance_reach_the_database_and_nobody_else_does() {
    let app = app(rotate_password);
    assert_reachable(&app, "recipe/Rotate", "recipe/Database", Some(3306.into()));
    assert_reachable(&app, "recipe/Rotate", "recipe/Vpc/SecretsManager", Some(443.into()));
    assert_reachable(&app, "recipe/Instance", "recipe/Database", Some(3306.into()));
    for outside in ["internet", "recipe/Vpc/IsolatedSubnet1"] {
        assert_unreachable(&app, outside, "recipe/Database", Some(3306.into()));
    }
    assert_unreachable(&app, "recipe/Rotate", "internet", Some(443.into()));
}

#[test]
fn the_first_rotation_waits_until_the_function_reaches_what_it_needs() {
    let template = template(rotate_password);
    let waits = one(&template, "SecretsManager::RotationSchedule")["DependsOn"].to_string();
    for rule in template.resources("AWS::EC2::SecurityGroupIngress") {
        assert!(waits.contains(rule.id), "{waits}");
    }
    assert!(waits.contains("VpcSecretsManager"), "{waits}");
}

#[test]
fn its_outputs_are_those_of_the_book_and_it_leaves_nothing() {
    let template = template(rotate_password);
    assert_leaves_nothing(&template);
    let outputs = [
        "InstanceId",
        "VpcId",
        "PyMysqlLambdaLayerArn",
        "RdsDatabaseId",
        "RdsSecurityGroup",
        "RdsEndpoint",
        "IsolatedSubnets",
        "DbName",
        "RdsSecretArn",
        "LogGroupName",
    ];
    assert_outputs(&template, &outputs);
}
