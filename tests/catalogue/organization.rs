//! `organization`: the accounts, and what holds for all of them.

use std::process::Command;

use serde_json::{Value, json};

use super::{has, resources, template};
use crate::program::{Run, STACKS};

const POLICY: &str = "AWS::Organizations::Policy";
const UNIT: &str = "AWS::Organizations::OrganizationalUnit";

fn names(template: &Value, type_name: &str) -> Vec<String> {
    resources(template, type_name).iter().map(|unit| unit["Name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_account_is_in_each_of_two_units_and_all_is_kept() {
    let template = template("organization/accounts");
    has(
        &template,
        &[("Organizations::Organization", 1), ("Organizations::OrganizationalUnit", 2), ("Organizations::Account", 2)],
    );
    assert_eq!(names(&template, UNIT), ["development", "production"]);
    assert_eq!(resources(&template, "AWS::Organizations::Organization")[0]["FeatureSet"], "ALL");
    for resource in template["Resources"].as_object().unwrap().values() {
        assert_eq!(
            (&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]),
            (&json!("Retain"), &json!("Retain"))
        );
    }
}

#[test]
fn every_region_but_one_is_denied_and_the_access_role_cannot_be_changed() {
    let template = template("organization/guards");
    let policies = resources(&template, POLICY);
    assert_eq!(policies.len(), 2);
    assert!(policies.iter().all(|policy| policy["TargetIds"].as_array().unwrap().len() == 2));
    let region = &policies[0]["Content"]["Statement"][0];
    assert_eq!(region["Condition"], json!({ "StringNotEquals": { "aws:RequestedRegion": "us-east-1" } }));
    assert!(region["NotAction"].as_array().unwrap().contains(&json!("iam:*")));
    let role = &policies[1]["Content"]["Statement"][0];
    assert_eq!(role["Resource"], "arn:aws:iam::*:role/OrganizationAccountAccessRole");
    assert_eq!((role["Effect"].as_str(), &role["Condition"]), (Some("Deny"), &Value::Null));
}

#[test]
fn each_account_keeps_state_in_a_private_versioned_bucket_with_a_table_of_locks() {
    for stage in ["dev", "prod"] {
        let template = template(&format!("organization/{stage}/state"));
        has(&template, &[("S3::Bucket", 1), ("S3::BucketPolicy", 1), ("DynamoDB::Table", 1)]);
        let bucket = resources(&template, "AWS::S3::Bucket")[0];
        assert_eq!(bucket["BucketName"], format!("{stage}-financial-data-api-demo-state"));
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
        assert!(bucket["PublicAccessBlockConfiguration"].as_object().unwrap().values().all(|blocked| *blocked == true));
        assert!(bucket["BucketEncryption"].is_object());
        let table = resources(&template, "AWS::DynamoDB::Table")[0];
        assert_eq!(table["TableName"], "financial-data-api-demo-locks");
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
        assert_eq!(table["KeySchema"], json!([{ "AttributeName": "LockID", "KeyType": "HASH" }]));
    }
}

#[test]
fn the_management_account_is_changed_by_one_stack_at_a_time() {
    let listed = Run::from(Command::new(STACKS).args(["ls", "organization/*"]).output().unwrap()).done().out;
    let rows: Vec<Vec<&str>> = listed.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 6, "{listed}");
    for pair in rows.windows(2) {
        let before = pair[0][0].trim_start_matches("organization/");
        let needs: Vec<&str> = pair[1][2..].iter().map(|name| name.trim_end_matches(',')).collect();
        assert!(needs.contains(&before), "{} does not wait for {before}: {listed}", pair[1][0]);
    }
}

#[test]
fn units_are_ordered_by_purpose() {
    let template = template("organization/core-custom");
    has(&template, &[("Organizations::OrganizationalUnit", 7)]);
    let names = names(&template, UNIT);
    assert_eq!(names, ["Core", "Custom", "Central Logging", "Audit", "Development", "Staging", "Production"]);
}

#[test]
fn the_unit_custom_has_two_service_control_policies() {
    let template = template("organization/scp");
    has(&template, &[("Organizations::Policy", 2)]);
    let policies = resources(&template, POLICY);
    let statement = |index: usize| &policies[index]["Content"]["Statement"][0];
    assert_eq!(
        statement(0)["Action"],
        json!([
            "ec2:AttachInternetGateway",
            "ec2:CreateInternetGateway",
            "ec2:CreateEgressOnlyInternetGateway",
            "ec2:CreateVpcPeeringConnection",
            "ec2:AcceptVpcPeeringConnection",
            "globalaccelerator:Create*",
            "globalaccelerator:Update*",
        ])
    );
    assert_eq!(statement(1)["Action"].as_array().unwrap().len(), 10);
    assert!(statement(1)["Condition"]["StringNotLike"]["aws:PrincipalArn"].is_string());
    assert!(policies.iter().all(|policy| policy["Type"] == "SERVICE_CONTROL_POLICY"));
}

#[test]
fn cost_centers_are_written_in_one_way() {
    let template = template("organization/tag-policy");
    let policy = resources(&template, POLICY)[0];
    let rule = &policy["Content"]["tags"]["costcenter"];
    assert_eq!(rule["tag_key"]["@@assign"], "CostCenter");
    let values = json!(["Production", "Staging", "Development", "Sandbox", "Security"]);
    assert_eq!(rule["tag_value"]["@@assign"], values);
    assert!(policy["TargetIds"][0].to_string().contains("RootId"), "{policy}");
}

#[test]
fn tables_are_backed_up_daily_in_production_and_weekly_in_development() {
    let template = template("organization/backup-policy");
    let policies = resources(&template, POLICY);
    for (policy, unit, rule, schedule) in [
        (policies[0], "Production", "Daily", "cron(0 5 ? * * *)"),
        (policies[1], "Development", "Weekly", "cron(0 5 ? * SUN *)"),
    ] {
        let plan = &policy["Content"]["plans"][format!("DynamoDB-{rule}")];
        assert_eq!(plan["rules"][rule]["schedule_expression"]["@@assign"], schedule);
        assert_eq!(plan["selections"]["tags"]["DynamoDB"]["tag_key"]["@@assign"], "BackupPlan");
        assert!(policy["TargetIds"][0].to_string().contains(unit), "{policy}");
    }
}

#[test]
fn what_cloudformation_cannot_do_has_a_runbook() {
    let run = Run::from(Command::new(STACKS).arg("runbook").output().unwrap()).done();
    for runbook in [
        "organization/accounts#policy-types",
        "organization/accounts#accounts",
        "organization/guards#policy-types",
        "organization/dev/state#password-policy",
        "organization/prod/state#account-alias",
        "organization/scp#policy-types",
        "organization/tag-policy#policy-types",
        "organization/backup-policy#policy-types",
    ] {
        assert!(run.out.contains(runbook), "{runbook} is not in\n{}", run.out);
    }
}

#[test]
fn a_runbook_is_printed_for_its_stage() {
    let runbook = |name: &str| {
        let mut program = Command::new(STACKS);
        Run::from(program.args(["runbook", name, "--offline"]).output().unwrap()).done().out
    };
    assert!(runbook("organization/prod/state#account-alias").contains("financial-data-api-prod"));
    let types = runbook("organization/scp#policy-types");
    assert!(types.starts_with("# Enable the types of policies\n\n") && types.contains("--root-id <RootId>"), "{types}");
}
