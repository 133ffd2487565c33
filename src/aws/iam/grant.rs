//! Grants: giving rights to whoever is to have them.

use std::panic::Location;

use super::{Principal, Statement, document};
use crate::aws::Nested;
use crate::cfn::iam;
use crate::core::{Construct, Expr, Json, NodeId, Problem, Ref, Resource, Stack, StackRef, Value};

/// Who is given rights: an identity of this app, whose policy says so then, or a principal, whom the resource's policy
/// names.
#[derive(Clone, Debug)]
pub enum Grantee {
    /// A role, user or group that was added.
    Identity(Identity),
    /// Anybody else: a service, an account, an ARN.
    Principal(Principal),
}

/// A role, user or group that was added, in this stack or an earlier one.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// The construct that has the policy.
    node: NodeId,
    /// The resource, and the property of a policy that lists it.
    resource: NodeId,
    list: &'static str,
}

impl Identity {
    pub(super) const fn role(node: NodeId, role: Ref<iam::Role>) -> Self {
        Self { node, resource: role.node(), list: "Roles" }
    }

    pub(super) const fn user(node: NodeId, user: Ref<iam::User>) -> Self {
        Self { node, resource: user.node(), list: "Users" }
    }

    pub(super) const fn group(node: NodeId, group: Ref<iam::Group>) -> Self {
        Self { node, resource: group.node(), list: "Groups" }
    }

    /// Adds a statement to the identity's policy, which is made with the first one: AWS CDK's `DefaultPolicy`. For an
    /// identity of another stack the policy is one of `stack`, attached to it.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        let policy = if stack.owns(self.node) {
            stack.within(self.node, |stack| self.policy(stack, "DefaultPolicy".to_owned()))
        } else {
            let id = format!("{}Policy", stack.unique_id(self.node));
            stack.at_root(|stack| self.policy(stack, id))
        };
        document::add_statement(stack, policy, "PolicyDocument", statement, Some(self.node));
    }

    /// The policy that this stack has for an identity of another one, if a grant made it.
    #[cfg(feature = "ecs")]
    pub(in crate::aws) fn policy_of_another_stacks(&self, stack: &mut Stack) -> Option<NodeId> {
        let id = format!("{}Policy", stack.unique_id(self.node));
        stack.at_root(|stack| stack.child(&id))
    }

    /// What its rights in this stack are written in, if grants made any.
    #[cfg(any(feature = "cloudtrail", feature = "codedeploy"))]
    pub(in crate::aws) fn granted(&self, stack: &mut Stack) -> Option<NodeId> {
        if stack.owns(self.node) {
            return stack.within(self.node, |stack| stack.child("DefaultPolicy"));
        }
        let id = format!("{}Policy", stack.unique_id(self.node));
        stack.at_root(|stack| stack.child(&id))
    }

    /// The policy called `id` here, made if it is not there.
    #[track_caller]
    fn policy(self, stack: &mut Stack, id: String) -> Ref<iam::Policy> {
        let resource = |stack: &mut Stack, scope| stack.within(scope, |stack| stack.child("Resource"));
        let known = stack.child(&id).and_then(|scope| resource(stack, scope));
        if let Some(policy) = known {
            return Ref::new(policy);
        }
        let policy = stack.add(id, Attached(self));
        let name = stack.logical_id(policy);
        stack.edit(policy, |policy| policy.policy_name(name));
        policy
    }
}

/// Adds a statement to the policy of a resource: the child `id` of the construct that is being built, which `make` makes
/// of a document when there is none yet. Two statements that can be one become one.
#[track_caller]
pub fn add_to_resource_policy<R: Resource>(
    stack: &mut Stack,
    id: &str,
    statement: Statement,
    make: impl FnOnce(Value<Json>) -> R,
) {
    let known = stack.child(id).and_then(|scope| stack.within(scope, |stack| stack.child("Resource")));
    let policy: Ref<R> = match known {
        Some(policy) => Ref::new(policy),
        None => stack.add(id, Nested(make(crate::json!({})))),
    };
    document::add_statement(stack, policy, "PolicyDocument", statement, None);
}

/// Whether the policy of a resource is one of this stack, and a problem where it is not: a resource has one policy, which
/// is made where it is.
#[cfg(any(feature = "ecr", feature = "s3", feature = "secretsmanager", feature = "sns", feature = "sqs"))]
#[track_caller]
pub fn owns_policy_of(stack: &mut Stack, resource: NodeId) -> bool {
    let own = stack.owns(resource);
    if !own {
        let message = "the policy of a resource of another stack cannot be added to here";
        let problem = Problem::error("not-this-stack", message)
            .help("do it in the definition of its own stack, or grant it to a role, a user or a group")
            .at(Location::caller(), "granted here");
        stack.report(problem);
    }
    own
}

/// A policy that is attached to an identity, and says nothing yet.
struct Attached(Identity);

impl Construct for Attached {
    type Out = Ref<iam::Policy>;

    fn build(self, stack: &mut Stack) -> Ref<iam::Policy> {
        let list = Value::<Json>::from_expr(Expr::List(vec![Expr::Ref(self.0.resource)]));
        stack.add("Resource", iam::Policy::new(crate::json!({}), "").raw(self.0.list, list))
    }
}

impl Grantee {
    /// Gives the rights of a statement that names no principal: an identity in its own policy, anybody else through
    /// `resource_policy`, which gets the statement with the principal in it.
    #[track_caller]
    pub fn grant(&self, stack: &mut Stack, statement: Statement, resource_policy: impl FnOnce(&mut Stack, Statement)) {
        match self {
            Self::Identity(identity) => identity.add_to_policy(stack, statement),
            Self::Principal(principal) => resource_policy(stack, statement.principal(principal.clone())),
        }
    }

    /// Gives the rights of a statement on something that has no policy of its own: `what` says what that is, with its
    /// article. A principal that is no identity of this app is a problem.
    #[track_caller]
    pub fn grant_identity(&self, stack: &mut Stack, statement: Statement, what: &str) {
        let message = format!("{what} has no policy of its own that could name a principal");
        self.grant_to_identity(stack, statement, message, "it");
    }

    /// Gives the rights of a statement in the policy of an identity; for a principal, `message` is the problem, and `it` what
    /// was granted.
    #[track_caller]
    pub(super) fn grant_to_identity(&self, stack: &mut Stack, statement: Statement, message: String, it: &str) {
        let at = Location::caller();
        self.grant(stack, statement, |stack, _| {
            let help = format!("grant {it} to a role, a user or a group, which the principal can be or assume");
            stack.report_at(None, Problem::error("grant", message).help(help).at(at, "granted here"));
        });
    }
}

impl From<Identity> for Grantee {
    fn from(identity: Identity) -> Self {
        Self::Identity(identity)
    }
}

impl From<Principal> for Grantee {
    fn from(principal: Principal) -> Self {
        Self::Principal(principal)
    }
}

impl From<Identity> for StackRef {
    fn from(identity: Identity) -> Self {
        identity.resource.into()
    }
}

/// `&Handle` and `Handle` are grantees, stack references and constructs to allow something at, as the identity that
/// `identity()` returns.
macro_rules! is_identity {
    ($($handle:ty)*) => {$(
        impl From<&$handle> for Grantee {
            fn from(handle: &$handle) -> Self {
                Self::Identity(handle.identity())
            }
        }

        impl From<$handle> for Grantee {
            fn from(handle: $handle) -> Self {
                Self::Identity(handle.identity())
            }
        }

        impl From<&$handle> for NodeId {
            fn from(handle: &$handle) -> Self {
                handle.identity().node
            }
        }

        impl From<&$handle> for StackRef {
            fn from(handle: &$handle) -> Self {
                handle.identity().into()
            }
        }
    )*};
}
is_identity!(super::Role super::User super::Group);
