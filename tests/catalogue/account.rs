//! `account`: what a new account needs first.

use std::process::Command;

use serde_json::json;

use super::{has, resources, template};
use crate::program::{Run, STACKS};

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

#[test]
fn a_days_charges_and_a_months_are_told_where_their_metrics_are() {
    let template = template("account/billing");
    has(&template, &[("SNS::Topic", 1), ("SNS::Subscription", 1), ("CloudWatch::Alarm", 1), ("Budgets::Budget", 2)]);
    assert_eq!(resources(&template, "AWS::SNS::Topic")[0]["TopicName"], "billing-alarm");
    assert_eq!(resources(&template, "AWS::SNS::Subscription")[0]["Protocol"], "email");
    let alarm = resources(&template, "AWS::CloudWatch::Alarm")[0];
    assert_eq!((&alarm["AlarmName"], &alarm["Threshold"]), (&json!("DailyEstimatedCharges"), &json!(1)));
    assert_eq!(alarm["TreatMissingData"], "breaching");
    let metrics = alarm["Metrics"].as_array().unwrap();
    assert_eq!(metrics[0]["Expression"], "IF(RATE(m1)>0,RATE(m1)*86400,0)");
    let charges = &metrics[1]["MetricStat"];
    assert_eq!(charges["Metric"]["Namespace"], "AWS/Billing");
    assert_eq!((&charges["Metric"]["MetricName"], &charges["Period"]), (&json!("EstimatedCharges"), &json!(86400)));
    for budget in resources(&template, "AWS::Budgets::Budget") {
        assert_eq!(budget["Budget"]["BudgetLimit"], json!({ "Amount": 20, "Unit": "USD" }));
        let told = budget["NotificationsWithSubscribers"].as_array().unwrap().iter();
        let at: Vec<_> = told.map(|one| &one["Notification"]["Threshold"]).collect();
        assert_eq!(at, [50, 75, 100]);
    }
    let credits = |budget: &serde_json::Value| budget["Budget"]["CostTypes"]["IncludeCredit"].clone();
    let credits: Vec<_> = resources(&template, "AWS::Budgets::Budget").into_iter().map(credits).collect();
    assert_eq!(credits, [json!(true), json!(false)]);
    assert_eq!(region("account/billing"), "us-east-1");
}

#[test]
fn data_lands_and_is_worked_on_in_private_buckets_that_keep_versions() {
    let template = template("account/data-buckets");
    has(&template, &[("S3::Bucket", 2), ("S3::BucketPolicy", 2)]);
    let buckets = resources(&template, "AWS::S3::Bucket");
    let names: Vec<_> = buckets.iter().map(|bucket| &bucket["BucketName"]).collect();
    assert_eq!(names, ["formwork-demo-landing-zone", "formwork-demo-analysis"]);
    for bucket in buckets {
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
        assert_eq!(bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced");
        assert!(bucket["PublicAccessBlockConfiguration"].as_object().unwrap().values().all(|on| on == true));
    }
    for policy in resources(&template, "AWS::S3::BucketPolicy") {
        let statement = &policy["PolicyDocument"]["Statement"][0];
        assert_eq!((&statement["Effect"], &statement["Action"]), (&json!("Deny"), &json!("s3:*")));
        assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false");
    }
    assert_eq!(region("account/data-buckets"), "ap-southeast-2");
}

#[test]
fn the_groups_policies_are_about_the_buckets_that_there_are() {
    let buckets = template("account/data-buckets");
    let policies = template("account/groups").to_string();
    for bucket in resources(&buckets, "AWS::S3::Bucket") {
        let name = bucket["BucketName"].as_str().unwrap();
        assert!(policies.contains(&format!("arn:aws:s3:::{name}")), "nobody may work in {name}");
    }
}

/// Where a stack goes.
fn region(path: &str) -> String {
    let listed = Run::from(Command::new(STACKS).args(["ls", path]).output().unwrap()).done().out;
    let environment = listed.lines().nth(1).unwrap().split_whitespace().nth(1).unwrap();
    environment.split_once('/').unwrap().1.to_owned()
}
