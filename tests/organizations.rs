//! Organizations: units, accounts, policies and their quotas.

use formwork::aws::iam::{PolicyDocument, Statement};
use formwork::aws::organizations::{
    AccountSpec, BackupPlan, BackupPolicy, BackupRule, BackupSelection, Organization, OrganizationSpec,
    OrganizationalUnitSpec, Parent, PolicySpec, TagPolicy, TagRule, Target,
};
use formwork::testing::{Template, absent};
use formwork::{App, DeletionPolicy, Env, Stack};
use serde_json::json;

use crate::program::snapshot;

const ACCOUNT: &str = "AWS::Organizations::Account";
const POLICY: &str = "AWS::Organizations::Policy";
const UNIT: &str = "AWS::Organizations::OrganizationalUnit";

fn organization(s: &mut Stack) -> Organization {
    s.add("Organization", OrganizationSpec::default())
}

fn deny(action: &str) -> PolicyDocument {
    PolicyDocument::new([Statement::deny([action], ["*"])])
}

fn on(target: impl Into<Target>, spec: PolicySpec) -> PolicySpec {
    PolicySpec { targets: vec![target.into()], ..spec }
}

fn problems<T>(define: impl FnOnce(&mut Stack) -> T) -> String {
    Template::problems_of(Env::any(), define)
}

#[test]
fn the_smallest_organization() {
    let template = Template::of(|s| {
        let organization = organization(s);
        let unit = s.add("Unit", OrganizationalUnitSpec::new(organization, "unit"));
        s.add("Account", AccountSpec::new(unit, "account", "aws@example.com"));
        s.add("Policy", PolicySpec::service_control("policy", deny("organizations:LeaveOrganization")));
    });
    snapshot("organizations_smallest", template.yaml());
}

#[test]
fn what_holds_data_is_kept_unless_it_is_said_otherwise() {
    let template = Template::of(|s| {
        let organization = organization(s);
        let delete = DeletionPolicy::Delete;
        let unit = OrganizationalUnitSpec::new(organization, "unit");
        let unit = s.add("Unit", OrganizationalUnitSpec { deletion_policy: delete, ..unit });
        let account = AccountSpec::new(unit, "account", "aws@example.com");
        s.add("Account", AccountSpec { deletion_policy: delete, role_name: "Enter".into(), ..account });
    });
    assert_eq!(template.resources("AWS::Organizations::Organization")[0].resource["DeletionPolicy"], "Retain");
    assert_eq!(template.resources(UNIT)[0].resource["DeletionPolicy"], "Delete");
    let account = template.has_resource(ACCOUNT, json!({ "RoleName": "Enter" }));
    assert_eq!(account.resource["UpdateReplacePolicy"], "Delete");
}

#[test]
fn an_organization_can_have_one_bill_and_no_more() {
    let template = Template::of(|s| {
        s.add("Organization", OrganizationSpec { all_features: false, ..OrganizationSpec::default() })
    });
    template.has_resource("AWS::Organizations::Organization", json!({ "FeatureSet": "CONSOLIDATED_BILLING" }));
}

#[test]
fn changes_are_made_one_after_the_other() {
    let template = Template::of(|s| {
        for name in ["one", "two", "three"] {
            s.add(name, AccountSpec::new(Parent::id("r-ab12"), name, format!("aws-{name}@example.com")));
        }
    });
    let accounts = template.resources(ACCOUNT);
    assert_eq!(accounts[0].resource["DependsOn"], json!(null));
    assert_eq!(accounts[1].resource["DependsOn"], json!(accounts[0].id));
    assert_eq!(accounts[2].resource["DependsOn"], json!(accounts[1].id));
}

#[test]
fn a_policy_is_attached_to_the_root_units_and_accounts() {
    let template = Template::of(|s| {
        let organization = organization(s);
        let unit = s.add("Unit", OrganizationalUnitSpec::new(organization, "unit"));
        let account = s.add("Account", AccountSpec::new(unit, "account", "aws@example.com"));
        let policy = s.add("Policy", on(organization, PolicySpec::service_control("p", deny("s3:*"))));
        policy.attach(s, unit);
        policy.attach(s, account);
        policy.attach(s, account);
        policy.attach(s, Target::id("222222222222"));
    });
    let found = template.resources(POLICY)[0].resource["Properties"]["TargetIds"].as_array().unwrap().clone();
    let attributes: Vec<_> = found.iter().map(|target| &target["Fn::GetAtt"][1]).collect();
    assert_eq!(attributes, [&json!("RootId"), &json!("Id"), &json!("AccountId"), &json!(null)]);
    assert_eq!(found[3], "222222222222");
}

#[test]
fn a_sixth_service_control_policy_on_one_target_is_a_problem_that_names_the_five() {
    let told = problems(|s| {
        let organization = organization(s);
        let unit = s.add("Unit", OrganizationalUnitSpec::new(organization, "unit"));
        for name in ["one", "two", "three", "four", "five", "six"] {
            s.add(name, on(unit, PolicySpec::service_control(name, deny("s3:*"))));
        }
        s.add("Elsewhere", on(organization, PolicySpec::service_control("seven", deny("s3:*"))));
    });
    snapshot("organizations_six_policies", &without_lines(&told));
}

#[test]
fn policies_of_other_stacks_count() {
    let mut app = App::new();
    let root = app.stack("first", Env::any(), |s| {
        let organization = organization(s);
        for name in ["one", "two", "three", "four", "five"] {
            s.add(name, on(organization, PolicySpec::service_control(name, deny("s3:*"))));
        }
        organization
    });
    app.stack("second", Env::any(), |s| s.add("Six", on(root, PolicySpec::service_control("six", deny("s3:*")))));
    let told = app.synth().unwrap_err().to_string();
    assert!(told.contains("the root of `Organization` has more than 5 service control policies"), "{told}");
}

/// Attaches so many service control policies to the root.
fn control(s: &mut Stack, organization: Organization, count: usize) {
    for index in 0..count {
        let policy = PolicySpec::service_control(format!("c{index}"), deny("s3:*"));
        s.add(format!("C{index}"), on(organization, policy));
    }
}

#[test]
fn four_policies_pass_and_ten_of_a_management_type() {
    let told = problems(|s| {
        let organization = organization(s);
        control(s, organization, 4);
        for index in 0..10 {
            let policy = TagPolicy { rules: vec![TagRule::new("CostCenter")] };
            s.add(format!("T{index}"), on(organization, PolicySpec::tag(format!("t{index}"), policy)));
        }
    });
    assert_eq!(told, "");
}

#[test]
fn a_fifth_policy_is_one_too_many_where_aws_has_attached_its_own() {
    let told = problems(|s| {
        let organization = organization(s);
        control(s, organization, 5);
    });
    assert!(
        told.starts_with("warning[item-count]: the root of `Organization` has 5 service control policies, and"),
        "{told}"
    );
    assert!(told.contains("`FullAWSAccess`, which AWS attaches, is one too many"), "{told}");
    assert!(told.contains("help: detach `FullAWSAccess` where another of them allows"), "{told}");
}

#[test]
fn a_service_control_policy_takes_5120_bytes() {
    let of = |length: usize| {
        let text = |resource: &str| {
            let statement = format!(r#"{{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::{resource}"}}"#);
            format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
        };
        // Two bytes, one character.
        let text = text(&format!("é{}", "a".repeat(length - text("é").len())));
        problems(|s| s.add("Policy", PolicySpec::service_control("p", PolicyDocument::from_json("p.json", text))))
    };
    assert_eq!(of(5_120), "");
    snapshot("organizations_policy_too_long", &without_lines(&of(5_121)));
}

#[test]
fn a_service_control_policy_in_rust_has_the_same_limit() {
    let told = problems(|s| {
        let resources = (0..200).map(|index| format!("arn:aws:s3:::a-bucket-with-a-long-name-{index}"));
        s.add("Policy", PolicySpec::service_control("p", [Statement::deny(["s3:*"], resources)]));
    });
    assert!(told.contains("bytes without white space, and a service control policy takes 5,120"), "{told}");
}

#[test]
fn a_service_control_policy_names_no_principal() {
    let text = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" } }"#;
    let told = problems(|s| s.add("P", PolicySpec::service_control("p", PolicyDocument::from_json("p.json", text))));
    assert!(told.contains("a service control policy names no principal\n"), "{told}");
    assert!(told.contains("at p.json:1:61 (this element)"), "{told}");
}

#[test]
fn a_tag_policy_says_how_a_tag_is_written() {
    let template = Template::of(|s| {
        let rule = TagRule {
            values: vec!["Production".into()],
            enforced_for: vec!["dynamodb:table".into()],
            ..TagRule::new("CostCenter")
        };
        let policy = PolicySpec::tag("tags", TagPolicy { rules: vec![rule] });
        s.add("Tags", PolicySpec { description: Some("costs".into()), ..policy })
    });
    let rule = json!({
        "tag_key": { "@@assign": "CostCenter" },
        "tag_value": { "@@assign": ["Production"] },
        "enforced_for": { "@@assign": ["dynamodb:table"] },
    });
    template.has_resource(
        POLICY,
        json!({
            "Type": "TAG_POLICY",
            "Description": "costs",
            "Content": { "tags": { "costcenter": rule } },
            "TargetIds": absent(),
        }),
    );
}

#[test]
fn a_backup_policy_has_plans() {
    let template = Template::of(|s| {
        let rule =
            BackupRule { start_window_minutes: Some(60), ..BackupRule::new("R", "cron(0 5 ? * * *)", "Default") };
        let plan = BackupPlan {
            regions: vec!["us-east-1".into()],
            rules: vec![BackupRule { delete_after_days: Some(7), ..rule }],
            selections: vec![BackupSelection::new("S", "arn:aws:iam::$account:role/backup", "Backup", ["yes"])],
            ..BackupPlan::new("Daily")
        };
        s.add("Backup", PolicySpec::backup("backup", BackupPolicy { plans: vec![plan] }))
    });
    snapshot("organizations_backup_policy", template.yaml());
}

#[test]
fn a_backup_plan_that_backs_up_nothing_is_a_problem() {
    let told = problems(|s| {
        let policy =
            BackupPolicy { plans: vec![BackupPlan { regions: vec!["us-east-1".into()], ..BackupPlan::new("P") }] };
        s.add("Backup", PolicySpec::backup("backup", policy))
    });
    assert!(told.contains("the backup plan `P` has no rules, and backs up nothing"), "{told}");
    assert!(told.contains("help: give it one at least in `selections`"), "{told}");
}

#[test]
fn a_tag_policy_takes_10000_characters() {
    let told = problems(|s| {
        let rules = (0..300).map(|index| TagRule::new(format!("CostCenter{index}"))).collect();
        s.add("Tags", PolicySpec::tag("tags", TagPolicy { rules }))
    });
    assert!(told.contains("the policy `tags` has ") && told.contains("tag policies take 10,000"), "{told}");
}

#[test]
fn a_policy_of_another_type_is_json() {
    let template = Template::of(|s| {
        let content = formwork::json!({ "services": { "default": { "opt_out_policy": { "@@assign": "optOut" } } } });
        s.add("NoTraining", PolicySpec::other("no-training", "AISERVICES_OPT_OUT_POLICY", content))
    });
    template.has_resource(POLICY, json!({ "Type": "AISERVICES_OPT_OUT_POLICY" }));
}

/// Without the lines of this file, which move.
fn without_lines(told: &str) -> String {
    told.lines().filter(|line| !line.contains("tests/organizations.rs")).collect::<Vec<_>>().join("\n")
}
