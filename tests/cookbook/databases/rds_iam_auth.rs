//! Sign in to a database as an IAM role, without a password.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::databases::rds_iam_auth::rds_iam_auth;
use crate::support::{app, assert_leaves_nothing, assert_outputs, one, statements, template};

#[test]
fn the_instances_role_connects_as_db_user_to_this_database_alone() {
    let template = template(rds_iam_auth);
    let database = one(&template, "RDS::DBInstance");
    assert_eq!(database["Properties"]["Engine"], "mysql");
    assert_eq!(database["Properties"]["EnableIAMDatabaseAuthentication"], true);
    let user = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${DatabaseB269D8BB.DbiResourceId}/db_user";
    let expected = json!([
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": { "Fn::Sub": "${Bucket83908E77.Arn}/*" } },
        { "Effect": "Allow", "Action": "rds-db:connect", "Resource": { "Fn::Sub": user } },
    ]);
    let role = template.json()["Outputs"]["InstanceRoleName"]["Value"]["Ref"].as_str().unwrap();
    assert_eq!(statements(&template, role), expected);
}

#[test]
fn the_instance_connects_on_3306_and_nobody_else_does() {
    let app = app(rds_iam_auth);
    assert_reachable(&app, "recipe/Instance", "recipe/Database", Some(3306.into()));
    assert_unreachable(&app, "internet", "recipe/Database", None);
    assert_unreachable(&app, "recipe/Vpc/IsolatedSubnet2", "recipe/Database", Some(3306.into()));
    assert_unreachable(&app, "recipe/Instance", "internet", Some(443.into()));
}

#[test]
fn the_user_is_made_over_tls_alone_and_reads() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/stacks/cookbook/databases/rds_iam_auth/db_user.sql");
    let sql = std::fs::read_to_string(file).unwrap();
    assert!(sql.contains("AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL"), "{sql}");
    assert!(sql.contains("GRANT SELECT ON cookbook.*"), "{sql}");
}

#[test]
fn its_outputs_are_those_of_the_book_and_it_leaves_nothing() {
    let template = template(rds_iam_auth);
    assert_leaves_nothing(&template);
    let outputs = [
        "InstanceId",
        "VpcId",
        "RdsSecurityGroup",
        "RdsDatabaseId",
        "RdsEndpoint",
        "RdsPort",
        "BucketName",
        "IsolatedSubnets",
        "InstanceRoleName",
        "RdsSecretArn",
    ];
    assert_outputs(&template, &outputs);
}
