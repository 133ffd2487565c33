//! Identities.

use formwork::Stack;
use formwork::aws::iam::{
    GroupSpec, InstanceProfileSpec, ManagedPolicySpec, PolicyArn, Principal, RoleSpec, Statement, UserSpec,
};

use super::Case;

pub const CASES: &[Case] = &[
    ("role", role),
    ("role_with_rights", role_with_rights),
    ("user_in_group", user_in_group),
    ("managed_policy", managed_policy),
    ("trust_for_another_account", trust_for_another_account),
    ("instance_profile", instance_profile),
];

fn tasks() -> Principal {
    Principal::service("ecs-tasks.amazonaws.com")
}

fn role(s: &mut Stack) {
    s.add(
        "Role",
        RoleSpec {
            assumed_by: vec![tasks(), Principal::service("ec2.amazonaws.com")],
            description: Some("runs the app".into()),
            managed_policies: vec![PolicyArn::aws("ReadOnlyAccess")],
            max_session_duration: Some(7_200),
            ..RoleSpec::new(tasks())
        },
    );
}

fn role_with_rights(s: &mut Stack) {
    let role = s.add("Task", RoleSpec::new(tasks()));
    role.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["a"]));
    role.add_to_policy(s, Statement::allow(["sqs:SendMessage"], ["b"]));
    role.add_to_policy(s, Statement::deny(["sqs:*"], ["c"]));
}

fn user_in_group(s: &mut Stack) {
    let group = s.add("Group", GroupSpec { group_name: Some("admins".into()), ..GroupSpec::default() });
    group.add_to_policy(s, Statement::allow(["s3:GetObject"], ["*"]));
    s.add("User", UserSpec { user_name: Some("ana".into()), groups: vec![group], ..UserSpec::default() });
}

fn managed_policy(s: &mut Stack) {
    let group = s.add("Group", GroupSpec::default());
    let statement = Statement::allow(["s3:GetObject"], ["*"]);
    s.add("Policy", ManagedPolicySpec { groups: vec![group], ..ManagedPolicySpec::new([statement]) });
}

fn trust_for_another_account(s: &mut Stack) {
    let vendor = Principal::account("333333333333").when("StringEquals", "sts:ExternalId", "shop-7");
    s.add("Role", RoleSpec::new(vendor));
}

fn instance_profile(s: &mut Stack) {
    let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
    s.add("Profile", InstanceProfileSpec::new(&role));
}
