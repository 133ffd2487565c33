//! `account`: what a new account needs first.

use serde_json::json;

use super::{has, resources, template};

#[test]
fn three_groups_have_a_policy_each() {
    let template = template("account/groups");
    has(&template, &[("IAM::Group", 3), ("IAM::ManagedPolicy", 3)]);
    let groups = resources(&template, "AWS::IAM::Group");
    assert_eq!(groups.iter().map(|group| &group["GroupName"]).collect::<Vec<_>>(), ["admin", "engineer", "analyst"]);
    let policies = resources(&template, "AWS::IAM::ManagedPolicy");
    for (policy, name) in policies.iter().zip(["admin_access", "engineer_access", "analyst_access"]) {
        assert_eq!(policy["ManagedPolicyName"], name);
        assert_eq!(policy["Groups"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn engineers_manage_their_own_credentials_through_iams_variable() {
    let template = template("account/groups");
    let document = &resources(&template, "AWS::IAM::ManagedPolicy")[1]["PolicyDocument"];
    let statements = document["Statement"].as_array().unwrap();
    let own = statements.iter().find(|statement| statement["Sid"] == "ManageOwnSecurityCredentials").unwrap();
    assert_eq!(own["Resource"], "arn:aws:iam::*:user/${aws:username}");
    assert!(!template.to_string().contains("Fn::Sub"));
}

#[test]
fn administrators_have_one_region_and_the_global_services() {
    let template = template("account/groups");
    let statements = &resources(&template, "AWS::IAM::ManagedPolicy")[0]["PolicyDocument"]["Statement"];
    let regions: Vec<_> = statements.as_array().unwrap().iter().map(|statement| &statement["Condition"]).collect();
    let only = |region: &str| json!({ "StringEquals": { "aws:RequestedRegion": region } });
    assert_eq!(regions, [&only("ap-southeast-2"), &only("us-east-1")]);
}
