//! Users: identities of people, with a password or none. Access keys are nobody's business here: they are secrets.

use super::{Group, Identity, PolicyArn, Principal, Statement};
use crate::cfn::iam;
use crate::core::{Construct, NodeId, Ref, Stack, Value};

/// A user. Default: in no group, without a password, so that nobody can sign in as it.
///
/// A password is only taken as a reference to where it is kept: `secret.field("password")`, never as text; text is a
/// problem, found at synth.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::UserSpec;
///
/// s.add("Ana", UserSpec { user_name: Some("ana".into()), ..UserSpec::default() });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserSpec {
    /// Its name, up to 64 characters, unique in the account. A change replaces the user. Default: CloudFormation makes
    /// one.
    pub user_name: Option<Value<String>>,
    /// The groups it is in. Default: none.
    pub groups: Vec<Group>,
    /// Policies that exist on their own. Default: none.
    pub managed_policies: Vec<PolicyArn>,
    /// The most it may be allowed to do, whatever its policies say. Default: no limit.
    pub permissions_boundary: Option<PolicyArn>,
    /// The password for the console, as a reference to a secret. Default: none, and no way to sign in.
    pub password: Option<Value<String>>,
    /// Whether the password must be changed at the first sign-in. Default: false.
    pub password_reset_required: bool,
    /// Where it stands among the account's names, with `/` at both ends. Default: `/`.
    pub path: Option<String>,
}

/// A user that was added.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The user itself.
    pub user: Ref<iam::User>,
    node: NodeId,
}

impl Construct for UserSpec {
    type Out = User;

    fn build(self, stack: &mut Stack) -> User {
        let mut user = iam::User::new();
        if let Some(name) = self.user_name {
            user = user.user_name(name);
        }
        if !self.groups.is_empty() {
            user = user.groups(self.groups.iter().map(Group::name).collect::<Vec<_>>());
        }
        if !self.managed_policies.is_empty() {
            user = user
                .managed_policy_arns(self.managed_policies.into_iter().map(PolicyArn::into_value).collect::<Vec<_>>());
        }
        if let Some(boundary) = self.permissions_boundary {
            user = user.permissions_boundary(boundary.into_value());
        }
        if let Some(password) = self.password {
            let profile = iam::user::LoginProfile::new(password);
            let profile = if self.password_reset_required { profile.password_reset_required(true) } else { profile };
            user = user.login_profile(profile);
        }
        if let Some(path) = self.path {
            user = user.path(path);
        }
        let node = stack.current();
        let user = stack.add("Resource", user);
        User { user, node: node.unwrap_or(user.node()) }
    }
}

impl User {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<iam::UserName> {
        self.user.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.user.arn().into()
    }

    /// What grants are given to.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        Identity::user(self.node, self.user)
    }

    /// Lets it do more.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.identity().add_to_policy(stack, statement);
    }
}

impl From<&User> for Principal {
    fn from(user: &User) -> Self {
        Self::arn(user.arn())
    }
}
