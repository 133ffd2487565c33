//! Grants: where a right stands, and how statements join.

use formwork::aws::cloudwatch::{AlarmSpec, Metric};
use formwork::aws::ec2::{InstanceSpec, VpcSpec};
use formwork::aws::ecs::ClusterSpec;
use formwork::aws::events::{RuleSpec, Schedule};
use formwork::aws::iam::{
    Grantee, HasArn, ManagedPolicySpec, PolicyDocument, Principal, Role, RoleSpec, Statement, UserSpec,
};
use formwork::testing::{Template, absent};
use formwork::{App, Env, Stack};
use serde_json::json;

const POLICY: &str = "AWS::IAM::Policy";

fn role(s: &mut Stack) -> Role {
    s.add("Task", RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com")))
}

#[test]
fn a_roles_first_right_makes_aws_cdks_default_policy() {
    let template = Template::of(|s| role(s).add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["*"])));
    let policy = &template.resource("TaskDefaultPolicyC8C51F1B");
    assert_eq!(
        policy["Properties"],
        json!({
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" }],
            },
            "PolicyName": "TaskDefaultPolicyC8C51F1B",
            "Roles": [{ "Ref": "Task79114B6B" }],
        })
    );
}

#[test]
fn statements_that_differ_in_one_list_become_one() {
    let template = Template::of(|s| {
        let task = role(s);
        task.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["a"]));
        task.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["b"]));
        task.add_to_policy(s, Statement::allow(["sqs:GetQueueUrl"], ["a", "b"]));
        task.add_to_policy(s, Statement::allow(["sqs:GetQueueUrl"], ["a", "b"]));
    });
    let statement = json!([{
        "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"], "Resource": ["a", "b"],
    }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statement } }));
}

#[test]
fn statements_with_another_effect_condition_or_id_stay_apart() {
    let template = Template::of(|s| {
        let task = role(s);
        let send = || Statement::allow(["sqs:SendMessage"], ["a"]);
        task.add_to_policy(s, send());
        task.add_to_policy(s, Statement::deny(["sqs:SendMessage"], ["a"]));
        task.add_to_policy(s, send().when("Bool", "aws:SecureTransport", "true"));
        task.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["b"]).sid("Other"));
    });
    let found = template.has_resource(POLICY, json!({}));
    assert_eq!(found.resource["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap().len(), 4);
}

#[test]
fn what_is_said_twice_of_one_condition_key_is_a_list_of_both() {
    let template = Template::of(|s| {
        let from = |block: &str| ("IpAddress", "aws:SourceIp", block.to_owned());
        let mut statement = Statement::allow(["sqs:SendMessage"], ["a"]);
        for (operator, key, block) in [from("192.0.2.0/24"), from("198.51.100.0/24")] {
            statement = statement.when(operator, key, block);
        }
        role(s).add_to_policy(s, statement);
    });
    let both = json!({ "IpAddress": { "aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"] } });
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": [{ "Condition": both }] } }));
}

#[test]
fn a_role_of_another_stack_gets_a_policy_of_this_one() {
    let mut app = App::new();
    let task = app.stack("first", Env::any(), role);
    app.stack("second", Env::any(), |s| {
        task.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["a"]));
        task.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["b"]));
    });
    let assembly = app.synth().unwrap();
    Template::from(&assembly.stacks[0]).resource_count(POLICY, 0);
    let second = Template::from(&assembly.stacks[1]);
    let statement = json!([{ "Resource": ["a", "b"], "Condition": absent() }]);
    let found = second.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statement } }));
    let role = &found.resource["Properties"]["Roles"][0]["Fn::ImportValue"];
    assert!(role.as_str().unwrap().starts_with("first:ExportsOutputRefTask79114B6B"), "{role}");
}

#[test]
fn a_principal_gets_its_right_from_the_resources_policy() {
    let template = Template::of(|s| {
        let task = role(s);
        task.grant_assume(s, Principal::account("333333333333").when("StringEquals", "sts:ExternalId", "shop-7"));
    });
    let statement = json!({
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::333333333333:root" } },
        "Condition": { "StringEquals": { "sts:ExternalId": "shop-7" } },
        "Resource": absent(),
    });
    let trust = json!({ "AssumeRolePolicyDocument": { "Statement": [{}, statement] } });
    template.has_resource("AWS::IAM::Role", trust);
}

#[test]
fn an_identity_may_assume_and_pass_a_role_by_its_own_policy() {
    let template = Template::of(|s| {
        let task = role(s);
        let ana = s.add("Ana", UserSpec::default());
        task.grant_assume(s, ana);
        task.grant_pass_role(s, ana);
    });
    let arn = json!({ "Fn::GetAtt": ["Task79114B6B", "Arn"] });
    let statement = json!([{ "Action": ["sts:AssumeRole", "iam:PassRole"], "Resource": arn }]);
    template.has_resource(
        POLICY,
        json!({ "PolicyDocument": { "Statement": statement }, "Users": [{ "Ref": "Ana1DFF4572" }] }),
    );
}

#[test]
fn a_principal_cannot_be_given_what_only_an_identity_can_have() {
    let problems = Template::problems_of(Env::any(), |s| {
        let task = role(s);
        task.grant_pass_role(s, Grantee::from(Principal::service("events.amazonaws.com")));
    });
    assert!(
        problems.contains("the right to pass a role has no policy of its own that could name a principal"),
        "{problems}"
    );
    assert!(problems.contains("grant it to a role, a user or a group"), "{problems}");
}

#[test]
fn what_has_an_arn_is_granted_action_by_action() {
    let template = Template::of(|s| {
        let task = role(s);
        let alarm = s.add("Errors", AlarmSpec::of(Metric::new("Shop", "Errors"), 1.0));
        alarm.grant_actions(s, task, ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"]);
        let nightly = s.add("Nightly", RuleSpec::schedule(Schedule::rate(1, "day")));
        nightly.grant_actions(s, task, ["events:DisableRule"]);
        let read = Statement::allow(["s3:GetObject"], ["arn:aws:s3:::reports/*"]);
        let policy = s.add("Readers", ManagedPolicySpec::new(PolicyDocument::new([read])));
        policy.grant_actions(s, task, ["iam:GetPolicy"]);
    });
    let statements = json!([
        {
            "Action": ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
            "Resource": { "Fn::GetAtt": ["ErrorsFA5270DE", "Arn"] },
        },
        { "Action": "events:DisableRule", "Resource": { "Fn::GetAtt": ["NightlyC44EE0A7", "Arn"] } },
        { "Action": "iam:GetPolicy", "Resource": { "Ref": "ReadersF07297A3" } },
    ]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statements } }));
}

#[test]
fn a_principal_has_no_policy_that_actions_could_be_written_in() {
    let mut app = App::new();
    app.stack("shop", Env::any(), |s| {
        let alarm = s.add("Errors", AlarmSpec::of(Metric::new("Shop", "Errors"), 1.0));
        alarm.grant_actions(s, Principal::account("333333333333"), ["cloudwatch:DisableAlarmActions"]);
    });
    let problems = app.synth().unwrap_err().to_string();
    let said = "actions on an alarm are written in the policy of who may do them, and a principal has none here";
    assert!(problems.contains(said), "{problems}");
    assert!(problems.contains("grant them to a role, a user or a group"), "{problems}");
}

#[test]
fn who_starts_sessions_on_an_instance_comes_back_to_their_own_alone() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let bastion = s.add("Bastion", InstanceSpec::new(&vpc));
        let support = s.add("Support", UserSpec::default());
        bastion.grant_start_session(s, support);
    });
    let shell = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/SSM-SessionManagerRunShell";
    let found = template.has_resource(POLICY, json!({}));
    let statements = &found.resource["Properties"]["PolicyDocument"]["Statement"];
    assert_eq!(statements[0]["Action"], "ssm:StartSession");
    assert_eq!(statements[0]["Resource"][1], json!({ "Fn::Sub": shell }));
    assert_eq!(
        statements[1]["Resource"],
        json!({ "Fn::Sub": "arn:${AWS::Partition}:ssm:*:*:session/${!aws:userid}-*" })
    );
    assert_eq!(
        statements[1]["Action"],
        json!(["ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession"])
    );
}

#[test]
fn a_task_protects_the_tasks_of_its_cluster_from_being_stopped() {
    let template = Template::of(|s| {
        let cluster = s.add("Cluster", ClusterSpec::default());
        let task = role(s);
        cluster.grant_task_protection(s, task);
    });
    let policy = template.has_resource(POLICY, json!({}));
    let statement = &policy.resource["Properties"]["PolicyDocument"]["Statement"][0];
    assert_eq!(statement["Action"], "ecs:UpdateTaskProtection");
    let text = statement["Resource"].to_string();
    assert!(text.contains("task/") && text.contains("Cluster"), "{text}");
}
