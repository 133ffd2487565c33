//! Share a database's connections among many functions.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::databases::rds_proxy::rds_proxy;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, statements, template};

#[test]
fn the_function_reaches_the_proxy_and_the_proxy_alone_the_database() {
    let app = app(rds_proxy);
    let port = || Some(3306.into());
    assert_reachable(&app, "recipe/DbApp", "recipe/Proxy", port());
    assert_reachable(&app, "recipe/Proxy", "recipe/Database", port());
    assert_unreachable(&app, "recipe/DbApp", "recipe/Database", port());
    for outside in ["internet", "recipe/Vpc/IsolatedSubnet1", "recipe/Vpc/IsolatedSubnet2"] {
        assert_unreachable(&app, outside, "recipe/Proxy", port());
        assert_unreachable(&app, outside, "recipe/Database", port());
    }
}

#[test]
fn the_proxy_takes_tls_and_tokens_alone_and_its_role_reads_one_secret() {
    let template = template(rds_proxy);
    let proxy = &one(&template, "RDS::DBProxy")["Properties"];
    let secret = &template.json()["Outputs"]["RdsSecretArn"]["Value"];
    assert_eq!(proxy["RequireTLS"], true);
    assert_eq!(proxy["Auth"], json!([{ "AuthScheme": "SECRETS", "IAMAuth": "REQUIRED", "SecretArn": secret }]));
    let role = proxy["RoleArn"]["Fn::GetAtt"][0].as_str().unwrap();
    let actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    assert_eq!(statements(&template, role), json!([{ "Effect": "Allow", "Action": actions, "Resource": secret }]));
}

#[test]
fn the_functions_role_connects_to_this_proxy_as_one_user_and_knows_no_password() {
    let template = template(rds_proxy);
    let role = template.json()["Outputs"]["DbAppFunctionRoleName"]["Value"]["Ref"].as_str().unwrap();
    let all = statements(&template, role);
    let [files, connect] = &all.as_array().unwrap()[..] else { panic!("{all}") };
    assert_eq!(files["Action"], "s3:GetObject");
    assert_eq!(connect["Action"], "rds-db:connect");
    let arn = &connect["Resource"]["Fn::Sub"];
    assert!(arn[0].as_str().unwrap().ends_with("dbuser:${ResourceId}/admin"), "{arn}");
    assert!(arn[1].to_string().contains("DBProxyArn"), "{arn}");
    let function = one(&template, "Lambda::Function").to_string();
    assert!(!function.contains("resolve:secretsmanager") && !function.contains("Secret"), "{function}");
}

#[test]
fn its_outputs_are_those_of_the_book_and_it_leaves_nothing() {
    let template = template(rds_proxy);
    assert_leaves_nothing(&template);
    // RDS would make this group, and leave it.
    let logs = template.has_resource("AWS::Logs::LogGroup", json!({ "LogGroupName": "/aws/rds/proxy/test" })).id;
    let proxy = json!({ "DependsOn": logs, "Properties": { "DBProxyName": "test" } });
    template.has_resource_with("AWS::RDS::DBProxy", proxy);
    let outputs = [
        "VpcId",
        "PyMysqlLambdaLayerArn",
        "RdsDatabaseId",
        "RdsSecurityGroup",
        "DbName",
        "RdsSecretArn",
        "RdsEndpoint",
        "RdsPort",
        "IsolatedSubnets",
        "DbAppFunctionRoleName",
        "DbAppFunctionArn",
        "DbAppFunctionName",
        "BucketName",
        "DbAppFunctionSgId",
        "DbProxyName",
    ];
    assert_outputs(&template, &outputs);
}
