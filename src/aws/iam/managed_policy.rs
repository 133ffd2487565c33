//! Managed policies: policies that exist on their own and are attached to several identities.

use super::{Group, PolicyDocument, PolicyUse, Role, User};
use crate::cfn::iam;
use crate::core::{Construct, NodeId, Ref, Stack, Value, intrinsics};

/// A managed policy, by its ARN: one of AWS's, or one that was added.
#[derive(Clone, Debug)]
pub struct PolicyArn(Value<iam::ManagedPolicyPolicyArn>);

impl PolicyArn {
    /// A policy of AWS's, by its path and name as the console shows it: `ReadOnlyAccess`,
    /// `service-role/AmazonECSTaskExecutionRolePolicy`.
    #[must_use]
    pub fn aws(name: &str) -> Self {
        Self(intrinsics::sub(format!("arn:${{AWS::Partition}}:iam::aws:policy/{name}"), []).into())
    }

    /// A policy by its ARN.
    #[must_use]
    pub fn new(arn: impl Into<Value<iam::ManagedPolicyPolicyArn>>) -> Self {
        Self(arn.into())
    }

    /// Its ARN, as a property takes it.
    #[must_use]
    pub fn into_value(self) -> Value<iam::ManagedPolicyPolicyArn> {
        self.0
    }
}

/// A policy that exists on its own.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{GroupSpec, ManagedPolicySpec, Statement};
///
/// let engineers = s.add("Engineers", GroupSpec::default());
/// let glue = Statement::allow(["glue:*"], ["*"]).when("StringEquals", "aws:RequestedRegion", "ap-southeast-2");
/// s.add("EngineerAccess", ManagedPolicySpec { groups: vec![engineers], ..ManagedPolicySpec::new([glue]) });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ManagedPolicySpec {
    /// What it says.
    pub document: PolicyDocument,
    /// Its name, up to 128 characters, unique in the account. A change replaces the policy. Default: CloudFormation
    /// makes one.
    pub managed_policy_name: Option<Value<String>>,
    /// What it is for, up to 1,000 characters. A change replaces the policy. Default: none.
    pub description: Option<String>,
    /// Where it stands among the account's names, with `/` at both ends. A change replaces it. Default: `/`.
    pub path: Option<String>,
    /// Roles it is attached to. Default: none.
    pub roles: Vec<Role>,
    /// Users it is attached to. Default: none.
    pub users: Vec<User>,
    /// Groups it is attached to. Default: none.
    pub groups: Vec<Group>,
}

impl ManagedPolicySpec {
    /// A policy that says this, with the defaults of every field.
    #[must_use]
    #[track_caller]
    pub fn new(document: impl Into<PolicyDocument>) -> Self {
        Self {
            document: document.into(),
            managed_policy_name: None,
            description: None,
            path: None,
            roles: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
        }
    }
}

/// A managed policy that was added.
#[derive(Clone, Copy, Debug)]
pub struct ManagedPolicy {
    /// The policy itself.
    pub policy: Ref<iam::ManagedPolicy>,
    node: NodeId,
}

impl From<&ManagedPolicy> for NodeId {
    fn from(policy: &ManagedPolicy) -> Self {
        policy.node
    }
}

impl ManagedPolicy {
    /// Its ARN, as roles, users and groups take it.
    #[must_use]
    pub fn arn(&self) -> PolicyArn {
        PolicyArn(self.policy.get_ref())
    }
}

impl Construct for ManagedPolicySpec {
    type Out = ManagedPolicy;

    fn build(self, stack: &mut Stack) -> ManagedPolicy {
        // CDK writes the defaults of path and description out; they replace nothing here if they are left out there.
        let mut policy = iam::ManagedPolicy::new(self.document.build_for(PolicyUse::Managed, stack))
            .path(self.path.unwrap_or_else(|| "/".into()))
            .description(self.description.unwrap_or_default());
        if let Some(name) = self.managed_policy_name {
            policy = policy.managed_policy_name(name);
        }
        if !self.roles.is_empty() {
            policy = policy.roles(self.roles.iter().map(Role::name).collect::<Vec<_>>());
        }
        if !self.users.is_empty() {
            policy = policy.users(self.users.iter().map(User::name).collect::<Vec<_>>());
        }
        if !self.groups.is_empty() {
            policy = policy.groups(self.groups.iter().map(Group::name).collect::<Vec<_>>());
        }
        let node = stack.current();
        let policy = stack.add("Resource", policy);
        ManagedPolicy { policy, node: node.unwrap_or(policy.node()) }
    }
}

impl super::HasArn for ManagedPolicy {
    const CALLED: &'static str = "a managed policy";

    fn policy_arn(&self) -> Value<String> {
        self.arn().into_value().into()
    }
}
