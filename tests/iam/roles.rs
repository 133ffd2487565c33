//! Roles, users, groups, profiles: their options.

use formwork::aws::iam::{
    GroupSpec, InstanceProfileSpec, ManagedPolicySpec, PolicyArn, PolicyDocument, Principal, RoleSpec,
    ServiceLinkedRoleSpec, Statement, UserSpec,
};
use formwork::testing::{Template, absent};
use formwork::{Env, intrinsics};
use serde_json::json;

use crate::program::snapshot;

const ROLE: &str = "AWS::IAM::Role";

fn task() -> RoleSpec {
    RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com"))
}

#[test]
fn the_smallest_identities() {
    let template = Template::of(|s| {
        let role = s.add("Role", task());
        s.add("Profile", InstanceProfileSpec::new(&role));
        s.add("Group", GroupSpec::default());
        s.add("User", UserSpec::default());
        s.add("Policy", ManagedPolicySpec::new([Statement::allow(["s3:GetObject"], ["*"])]));
        s.add("Linked", ServiceLinkedRoleSpec::new("ecs.amazonaws.com"));
    });
    snapshot("iam_smallest", template.yaml());
}

#[test]
fn a_role_has_every_option() {
    let template = Template::of(|s| {
        let spec = RoleSpec {
            role_name: Some("task".into()),
            description: Some("runs the app".into()),
            managed_policies: vec![PolicyArn::aws("ReadOnlyAccess")],
            inline_policies: vec![("send".into(), PolicyDocument::new([Statement::allow(["sqs:SendMessage"], ["*"])]))],
            permissions_boundary: Some(PolicyArn::new("arn:aws:iam::111111111111:policy/boundary")),
            max_session_duration: Some(7_200),
            path: Some("/app/".into()),
            ..task()
        };
        s.add("Role", spec)
    });
    template.has_resource(
        ROLE,
        json!({
            "RoleName": "task",
            "Description": "runs the app",
            "ManagedPolicyArns": [{ "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess" }],
            "Policies": [{ "PolicyName": "send", "PolicyDocument": { "Statement": [{ "Action": "sqs:SendMessage" }] } }],
            "PermissionsBoundary": "arn:aws:iam::111111111111:policy/boundary",
            "MaxSessionDuration": 7200,
            "Path": "/app/",
        }),
    );
}

#[test]
fn services_that_may_assume_a_role_share_a_statement() {
    let template = Template::of(|s| {
        let services = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"].map(Principal::service);
        s.add("Role", RoleSpec { assumed_by: services.into(), ..task() })
    });
    let principal = json!({ "Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] });
    let statement = json!([{ "Action": "sts:AssumeRole", "Principal": principal, "Resource": absent() }]);
    template.has_resource(ROLE, json!({ "AssumeRolePolicyDocument": { "Statement": statement } }));
}

#[test]
fn each_kind_of_principal_is_written_as_iam_wants_it() {
    let trusts = [
        (Principal::any(), json!({ "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" })),
        (Principal::arn("arn:aws:iam::1:user/a"), json!({ "Principal": { "AWS": "arn:aws:iam::1:user/a" } })),
        (
            Principal::this_account(),
            json!({ "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } } }),
        ),
        (
            Principal::organization("o-a1b2c3d4e5"),
            json!({
                "Principal": { "AWS": "*" },
                "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
            }),
        ),
        (
            Principal::web_identity("arn:aws:iam::1:oidc-provider/a"),
            json!({
                "Principal": { "Federated": "arn:aws:iam::1:oidc-provider/a" },
                "Action": "sts:AssumeRoleWithWebIdentity",
            }),
        ),
        (
            Principal::saml("arn:aws:iam::1:saml-provider/a"),
            json!({
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": { "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
            }),
        ),
        (Principal::canonical_user("79a5"), json!({ "Principal": { "CanonicalUser": "79a5" } })),
    ];
    for (principal, statement) in trusts {
        let template = Template::of(|s| s.add("Role", RoleSpec::new(principal)));
        template.has_resource(ROLE, json!({ "AssumeRolePolicyDocument": { "Statement": [statement] } }));
    }
}

#[test]
fn an_account_can_be_a_parameter() {
    let template = Template::of(|s| {
        let account = intrinsics::account_id();
        s.add("Role", RoleSpec::new(Principal::account(account)))
    });
    template.resource_count(ROLE, 1);
}

#[test]
fn a_role_that_nobody_can_assume_is_a_problem() {
    let problems = Template::problems_of(Env::any(), |s| s.add("Role", RoleSpec { assumed_by: Vec::new(), ..task() }));
    assert!(problems.contains("nobody can assume this role"), "{problems}");
    assert!(problems.contains("name who may: in `assumed_by`"), "{problems}");
}

#[test]
fn a_name_that_is_too_long_is_a_problem() {
    let spec = RoleSpec { role_name: Some("r".repeat(65).into()), ..task() };
    let problems = Template::problems_of(Env::any(), |s| s.add("Role", spec));
    assert!(problems.contains("64"), "{problems}");
}

#[test]
fn a_user_is_in_groups_and_signs_in_with_a_secrets_password() {
    let template = Template::of(|s| {
        let admins = s.add("Admins", GroupSpec { group_name: Some("admins".into()), ..GroupSpec::default() });
        let password = intrinsics::secretsmanager("login", Some("password"));
        let spec = UserSpec {
            user_name: Some("admin".into()),
            groups: vec![admins],
            password: Some(password.into()),
            password_reset_required: true,
            ..UserSpec::default()
        };
        s.add("Admin", spec)
    });
    template.has_resource(
        "AWS::IAM::User",
        json!({
            "UserName": "admin",
            "Groups": [{ "Ref": "Admins8B360DEA" }],
            "LoginProfile": { "Password": "{{resolve:secretsmanager:login:SecretString:password::}}", "PasswordResetRequired": true },
        }),
    );
}

#[test]
fn a_password_written_out_is_a_problem_that_does_not_repeat_it() {
    let spec = UserSpec { password: Some("hunter2-and-more".into()), ..UserSpec::default() };
    let problems = Template::problems_of(Env::any(), |s| s.add("Ana", spec));
    assert!(problems.contains("secret") && !problems.contains("hunter2"), "{problems}");
}

#[test]
fn a_managed_policy_is_attached_to_roles_users_and_groups() {
    let template = Template::of(|s| {
        let role = s.add("Role", task());
        let user = s.add("User", UserSpec::default());
        let group = s.add("Group", GroupSpec::default());
        let spec = ManagedPolicySpec {
            managed_policy_name: Some("read".into()),
            description: Some("reads".into()),
            path: Some("/app/".into()),
            roles: vec![role],
            users: vec![user],
            groups: vec![group],
            ..ManagedPolicySpec::new([Statement::allow(["s3:GetObject"], ["*"])])
        };
        let policy = s.add("Policy", spec);
        let other = s.add("Other", task());
        other.add_managed_policy(s, &policy);
        other.add_managed_policy(s, &policy);
    });
    let arns = json!([{ "Ref": "Policy23B91518" }]);
    template.has_resource(ROLE, json!({ "ManagedPolicyArns": arns }));
    let found =
        template.has_resource("AWS::IAM::ManagedPolicy", json!({ "ManagedPolicyName": "read", "Path": "/app/" }));
    for list in ["Roles", "Users", "Groups"] {
        assert_eq!(found.resource["Properties"][list].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_profile_has_the_name_and_the_place_it_is_given() {
    let template = Template::of(|s| {
        let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
        let name = Some("workers".into());
        s.add(
            "Profile",
            InstanceProfileSpec {
                instance_profile_name: name,
                path: Some("/batch/".into()),
                ..InstanceProfileSpec::new(&role)
            },
        );
    });
    let expected = json!({ "InstanceProfileName": "workers", "Path": "/batch/" });
    template.has_resource("AWS::IAM::InstanceProfile", expected);
}

#[test]
fn one_of_several_roles_of_a_service_has_its_own_suffix_and_stays() {
    let spec = ServiceLinkedRoleSpec {
        custom_suffix: Some("batch".into()),
        description: Some("scales the batch machines".into()),
        ..ServiceLinkedRoleSpec::new("autoscaling.amazonaws.com")
    };
    let template = Template::of(|s| s.add("Scaling", spec));
    let found = template.has_resource(
        "AWS::IAM::ServiceLinkedRole",
        json!({
            "AWSServiceName": "autoscaling.amazonaws.com",
            "CustomSuffix": "batch",
            "Description": "scales the batch machines",
        }),
    );
    assert_eq!(found.resource["DeletionPolicy"], "Retain");
}
