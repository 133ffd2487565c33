//! Roles: identities that services, accounts and people take on.

use std::panic::Location;

use super::{Grantee, Identity, ManagedPolicy, PolicyArn, PolicyDocument, PolicyUse, Principal, Statement, document};
use crate::cfn::iam;
use crate::core::{At, Construct, Expr, NodeId, Ref, Resource as _, Stack, Value};

/// A role: who may assume it, and what it may do then. What it may do comes from grants: `bucket.grant_read(s, &role)`.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{PolicyArn, Principal, RoleSpec, Statement};
///
/// let task = s.add("Task", RoleSpec {
///     managed_policies: vec![PolicyArn::aws("service-role/AmazonECSTaskExecutionRolePolicy")],
///     ..RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com"))
/// });
/// task.add_to_policy(s, Statement::allow(["ses:SendEmail"], ["*"]));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RoleSpec {
    /// Who may assume it; at least one.
    pub assumed_by: Vec<Principal>,
    /// Its name, up to 64 characters of `A-Za-z0-9+=,.@_-`, unique in the account. A change replaces the role.
    /// Default: CloudFormation makes one.
    pub role_name: Option<Value<String>>,
    /// What it is for, up to 1,000 characters. Default: none.
    pub description: Option<String>,
    /// Policies that exist on their own: AWS's, or a [`ManagedPolicy`]'s. Default: none.
    pub managed_policies: Vec<PolicyArn>,
    /// Policies inside the role, by name. Default: none.
    pub inline_policies: Vec<(String, PolicyDocument)>,
    /// The most it may be allowed to do, whatever its policies say. Default: no limit.
    pub permissions_boundary: Option<PolicyArn>,
    /// How long a session lasts at most, in seconds, 3,600 to 43,200. Default: 3,600, from AWS.
    pub max_session_duration: Option<u32>,
    /// Where it stands among the account's names, with `/` at both ends. A change replaces the role. Default: `/`.
    pub path: Option<String>,
}

impl RoleSpec {
    /// A role that `principal` may assume, with the defaults of every field.
    #[must_use]
    pub fn new(principal: impl Into<Principal>) -> Self {
        Self {
            assumed_by: vec![principal.into()],
            role_name: None,
            description: None,
            managed_policies: Vec::new(),
            inline_policies: Vec::new(),
            permissions_boundary: None,
            max_session_duration: None,
            path: None,
        }
    }
}

/// A role that was added.
#[derive(Clone, Copy, Debug)]
pub struct Role {
    /// The role itself.
    pub role: Ref<iam::Role>,
    node: NodeId,
}

/// Lets a principal assume the role whose trust policy this is.
fn trust(principal: Principal) -> Statement {
    let actions = principal.trust.to_vec();
    Statement::allow(actions, Vec::<Value<String>>::new()).principal(principal)
}

impl Construct for RoleSpec {
    type Out = Role;

    fn build(self, stack: &mut Stack) -> Role {
        let policy = PolicyDocument::new(self.assumed_by.into_iter().map(trust)).build(stack);
        let mut role = iam::Role::new(policy);
        if let Some(name) = self.role_name {
            role = role.role_name(name);
        }
        if let Some(description) = self.description {
            role = role.description(description);
        }
        if !self.managed_policies.is_empty() {
            role = role
                .managed_policy_arns(self.managed_policies.into_iter().map(PolicyArn::into_value).collect::<Vec<_>>());
        }
        if !self.inline_policies.is_empty() {
            let policies = self.inline_policies.into_iter();
            let policies =
                policies.map(|(name, policy)| iam::role::Policy::new(policy.build_for(PolicyUse::Inline, stack), name));
            let policies: Vec<_> = policies.collect();
            role = role.policies(policies);
        }
        if let Some(boundary) = self.permissions_boundary {
            role = role.permissions_boundary(boundary.into_value());
        }
        if let Some(seconds) = self.max_session_duration {
            role = role.max_session_duration(seconds);
        }
        if let Some(path) = self.path {
            role = role.path(path);
        }
        let node = stack.current();
        let role = stack.add("Resource", role);
        Role { role, node: node.unwrap_or(role.node()) }
    }
}

impl Role {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<iam::RoleArn> {
        self.role.arn()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<iam::RoleName> {
        self.role.get_ref()
    }

    /// A role that a construct of this stack has made before, by its child `id`.
    #[cfg(feature = "events")]
    pub(in crate::aws) fn made_before(stack: &mut Stack, id: &str) -> Option<Self> {
        let node = stack.child(id)?;
        let role = stack.within(node, |stack| stack.child("Resource"))?;
        Some(Self { role: Ref::new(role), node })
    }

    /// What grants are given to.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        Identity::role(self.node, self.role)
    }

    /// Lets it do more. The statement goes into the role's own policy, made with the first one.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.identity().add_to_policy(stack, statement);
    }

    /// Attaches a policy that exists on its own.
    #[track_caller]
    pub fn add_managed_policy(&self, stack: &mut Stack, policy: impl Into<PolicyArn>) {
        let (policy, at) = (policy.into(), Location::caller());
        self.change(stack, |props| push(props, "ManagedPolicyArns", policy.into_value().into_expr(), at));
    }

    /// Lets one more principal assume it.
    #[track_caller]
    pub fn allow_assume(&self, stack: &mut Stack, principal: impl Into<Principal>) {
        let statement = trust(principal.into());
        document::add_statement(stack, self.role, "AssumeRolePolicyDocument", statement, Some(self.node));
    }

    /// Lets an identity assume this role. The role must trust it, or its account, too.
    #[track_caller]
    pub fn grant_assume(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let statement = Statement::allow(["sts:AssumeRole"], [self.arn()]);
        grantee.into().grant(stack, statement, |stack, statement| {
            for principal in statement.principals {
                self.allow_assume(stack, principal);
            }
        });
    }

    /// Lets an identity hand this role to a service.
    #[track_caller]
    pub fn grant_pass_role(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let statement = Statement::allow(["iam:PassRole"], [self.arn()]);
        grantee.into().grant_identity(stack, statement, "the right to pass a role");
    }

    #[track_caller]
    fn change(self, stack: &mut Stack, f: impl FnOnce(&mut crate::core::Props)) {
        stack.edit(self.role, |role| {
            let type_name = role.type_name();
            let mut props = role.into_props();
            f(&mut props);
            iam::Role::from_props(type_name, props)
        });
    }
}

/// Adds an item to a list, once.
fn push(props: &mut crate::core::Props, key: &'static str, item: Expr, at: At) {
    props.edit_list(key, at, |list| {
        if !list.contains(&item) {
            list.push(item);
        }
    });
}

impl From<&Role> for Principal {
    fn from(role: &Role) -> Self {
        Self::arn(role.arn())
    }
}

impl From<&Role> for Value<iam::RoleArn> {
    fn from(role: &Role) -> Self {
        role.arn()
    }
}

impl From<&ManagedPolicy> for PolicyArn {
    fn from(policy: &ManagedPolicy) -> Self {
        policy.arn()
    }
}
