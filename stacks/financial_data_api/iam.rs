//! Who works on the stage, and as whom its parts run. No access key is made: a key is a secret, and an output is not.

use formwork::aws::iam::{
    Group, GroupSpec, ManagedPolicySpec, PolicyArn, Principal, Role, RoleSpec, Statement, User, UserSpec,
};
use formwork::aws::secretsmanager::SecretSpec;
use formwork::{Stack, intrinsics};

use super::rds::CREDENTIALS;

/// What somebody without MFA may still do: set it up, and change the password they were given. Source: the AWS IAM user
/// guide, "AWS: Allows MFA-authenticated IAM users to manage their own credentials".
const MFA_SET_UP: [&str; 8] = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
];

/// The roles that the other modules run as.
pub struct Roles {
    pub execution: Role,
    pub app: Role,
}

/// An administrator who needs MFA, and the roles of the app.
pub fn iam(s: &mut Stack) -> Roles {
    s.description("Identities of the financial data API");
    let (admin, admins) = administrator(s);
    s.add(
        "EnforceMfa",
        ManagedPolicySpec {
            groups: vec![admins],
            description: Some("Denies all but setting up MFA to who signed in without it".into()),
            ..ManagedPolicySpec::new([without_mfa()])
        },
    );
    let tasks = || Principal::service("ecs-tasks.amazonaws.com");
    let execution = s.add(
        "Execution",
        RoleSpec {
            managed_policies: vec![PolicyArn::aws("service-role/AmazonECSTaskExecutionRolePolicy")],
            ..RoleSpec::new(tasks())
        },
    );
    let app = s.add(
        "App",
        RoleSpec { assumed_by: vec![tasks(), Principal::service("ec2.amazonaws.com")], ..RoleSpec::new(tasks()) },
    );
    s.add("AppAccess", ManagedPolicySpec { roles: vec![app], ..ManagedPolicySpec::new([read_credentials()]) });
    s.runbook("first-sign-in", "Sign in for the first time", include_str!("runbooks/first-sign-in.md"));
    s.output("AdminUser", admin.name()).description("Who administers the stage");
    s.output("AppRole", app.arn()).description("The role of the app and the bastion");
    Roles { execution, app }
}

/// A user whose first password is generated, and lies in a secret.
fn administrator(s: &mut Stack) -> (User, Group) {
    let password =
        s.add("AdminPassword", SecretSpec { description: Some("First password".into()), ..SecretSpec::default() });
    let admins = s.add(
        "Admins",
        GroupSpec { managed_policies: vec![PolicyArn::aws("AdministratorAccess")], ..GroupSpec::default() },
    );
    let admin = s.add(
        "Admin",
        UserSpec {
            groups: vec![admins],
            password: Some(password.value().into()),
            password_reset_required: true,
            ..UserSpec::default()
        },
    );
    s.output("AdminPasswordSecret", password.arn()).description("Where the administrator's first password is");
    (admin, admins)
}

fn without_mfa() -> Statement {
    Statement::deny([""; 0], ["*"]).sid("DenyAllExceptMfaSetUp").not_actions(MFA_SET_UP).when(
        "BoolIfExists",
        "aws:MultiFactorAuthPresent",
        "false",
    )
}

/// The database's credentials, which are made later than these roles: by their name.
fn read_credentials() -> Statement {
    let secrets = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret";
    let secret = format!("{secrets}:{CREDENTIALS}-??????");
    Statement::allow(["secretsmanager:GetSecretValue"], [intrinsics::sub(secret, [])])
}
