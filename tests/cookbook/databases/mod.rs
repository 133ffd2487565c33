//! Databases.

mod aurora_serverless;
mod data_api;
mod dms;
mod dynamodb_autoscaling;
mod encrypt_rds;
mod functions;
mod rds_iam_auth;
mod rds_proxy;
mod rotate_password;

use formwork::testing::Template;
use serde_json::{Value, json};

/// The statements of the policies that a role was given: AWS's own are not among them.
fn statements(template: &Template, role: &str) -> Value {
    let policies = template.resources("AWS::IAM::Policy").into_iter();
    let policies = policies.filter(|policy| policy.resource["Properties"]["Roles"] == json!([{ "Ref": role }]));
    let all = policies.map(|policy| policy.resource["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap());
    all.flatten().cloned().collect()
}

/// The one resource of a type.
#[track_caller]
fn one<'a>(template: &'a Template, type_name: &str) -> &'a Value {
    let found = template.resources(type_name);
    assert_eq!(found.len(), 1, "{type_name}");
    found[0].resource
}

/// Nothing is kept when the stack goes: what has a policy is deleted, and nothing refuses to be.
#[track_caller]
fn assert_leaves_nothing(template: &Template) {
    for (id, resource) in template.json()["Resources"].as_object().unwrap() {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            let policy = &resource[policy];
            assert!(policy.is_null() || policy == "Delete", "{id}: {policy}");
        }
        // Without a policy, CloudFormation takes a last snapshot of these.
        let taken = ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"].contains(&resource["Type"].as_str().unwrap());
        assert!(!taken || resource["DeletionPolicy"] == "Delete", "{id} leaves a snapshot");
        assert!(resource["Properties"]["DeletionProtection"] != true, "{id} is protected");
    }
}
