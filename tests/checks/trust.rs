//! A role is one that somebody can assume.

use serde_json::{Value, json};

use super::{found_in_resource, resource_passes};

const ROLE: &str = "AWS::IAM::Role";

fn role(statements: &Value) -> Value {
    json!({ "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": statements } })
}

fn trusts(service: &str) -> Value {
    role(&json!([{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }]))
}

#[test]
fn a_role_that_nobody_can_assume_is_found_however_it_is_written() {
    let to = json!({ "Service": "ec2.amazonaws.com" });
    for statements in [
        json!([]),
        json!([{ "Effect": "Deny", "Principal": to, "Action": "sts:AssumeRole" }]),
        json!([{ "Effect": "Allow", "Principal": to, "Action": "s3:GetObject" }]),
        json!([{ "Effect": "Allow", "Principal": { "AWS": [] }, "Action": "sts:AssumeRole" }]),
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole" }),
    ] {
        assert_eq!(
            found_in_resource(ROLE, role(&statements)),
            "error[policy-document] It AssumeRolePolicyDocument: nobody can assume this role\n  \
             help: name who may: in `assumed_by`, such as `Principal::service(\"ecs-tasks.amazonaws.com\")`\n",
            "{statements}"
        );
    }
}

#[test]
fn what_somebody_may_assume_passes() {
    let by =
        |principal: Value, action: Value| role(&json!({ "Effect": "Allow", "Principal": principal, "Action": action }));
    resource_passes(ROLE, by(json!("*"), json!("sts:AssumeRole")));
    resource_passes(ROLE, by(json!({ "AWS": "111111111111" }), json!(["sts:TagSession", "sts:AssumeRole"])));
    resource_passes(
        ROLE,
        by(json!({ "Federated": "cognito-identity.amazonaws.com" }), json!("sts:AssumeRoleWithWebIdentity")),
    );
    resource_passes(ROLE, by(json!({ "AWS": { "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root" } }), json!("sts:*")));
}

#[test]
fn a_name_that_no_service_has_is_an_error() {
    for (name, help) in [
        ("lambda", "names of services end in `.amazonaws.com`; did you mean `lambda.amazonaws.com`?"),
        (
            "ecs-tasks.amazonaws.co",
            "names of services end in `.amazonaws.com`; did you mean `ecs-tasks.amazonaws.com`?",
        ),
        ("printer.example.com", "names of services end in `.amazonaws.com`"),
    ] {
        assert_eq!(
            found_in_resource(ROLE, trusts(name)),
            format!(
                "error[policy-document] It AssumeRolePolicyDocument: no service is called `{name}`\n  help: {help}\n"
            )
        );
    }
}

#[test]
fn a_name_that_is_one_slip_from_a_service_is_doubted() {
    let told = found_in_resource(ROLE, trusts("ecs-task.amazonaws.com"));
    let said = "warning[policy-document] It AssumeRolePolicyDocument: is there a service called `ecs-task.amazonaws.com`? \
                There is `ecs-tasks.amazonaws.com`\n";
    assert!(told.starts_with(said), "{told}");
    for known in ["ecs-tasks", "ec2", "replicator.lambda", "delivery.logs", "codestar-notifications"] {
        resource_passes(ROLE, trusts(&format!("{known}.amazonaws.com")));
    }
    resource_passes(ROLE, trusts("ec2.amazonaws.com.cn"));
}
