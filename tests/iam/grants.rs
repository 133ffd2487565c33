//! Grants: where a right stands, and how statements join.

use formwork::aws::iam::{Grantee, Principal, Role, RoleSpec, Statement, UserSpec};
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
