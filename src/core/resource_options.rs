//! The options of a resource that its type does not decide.

use super::{
    At, ConditionRef, CreationPolicy, DeletionPolicy, IntoExpr, NodeId, ResourceNode, Stack, UpdatePolicy,
    UpdateReplacePolicy,
};

/// The options that every resource has, beside its properties.
#[derive(Debug)]
pub struct ResourceOptions<'a> {
    stack: &'a mut Stack,
    node: NodeId,
    at: At,
}

impl<'a> ResourceOptions<'a> {
    pub(super) const fn of(stack: &'a mut Stack, node: NodeId, at: At) -> Self {
        Self { stack, node, at }
    }

    fn change(self, f: impl FnOnce(&mut ResourceNode)) -> Self {
        if let Some(resource) = self.stack.own_resource(self.node, self.at, "changed") {
            f(resource);
        }
        self
    }

    /// What happens to it when it leaves the stack. Default: see [`DeletionPolicy`].
    pub fn deletion_policy(self, policy: DeletionPolicy) -> Self {
        self.change(|resource| resource.deletion_policy = Some(policy))
    }

    /// What happens to the old one when an update replaces it. Default: see [`UpdateReplacePolicy`].
    pub fn update_replace_policy(self, policy: UpdateReplacePolicy) -> Self {
        self.change(|resource| resource.update_replace_policy = Some(policy))
    }

    /// When it counts as created. Default: when its service says so.
    pub fn creation_policy(self, policy: CreationPolicy) -> Self {
        self.change(|resource| resource.creation_policy = Some(policy))
    }

    /// How an update reaches it. Default: the service's own way.
    pub fn update_policy(self, policy: UpdatePolicy) -> Self {
        self.change(|resource| resource.update_policy = Some(policy))
    }

    /// Creates it after another, though it refers to nothing there; after every resource of a construct. One of another
    /// stack makes the whole stack wait.
    pub fn depends_on(self, other: impl Into<NodeId>) -> Self {
        let (other, at) = (other.into(), self.at);
        if other.stack != self.node.stack {
            self.stack.wait_for(other.stack, at);
            return self;
        }
        self.change(|resource| {
            if !resource.depends_on.iter().any(|(before, _)| *before == other) {
                resource.depends_on.push((other, at));
            }
        })
    }

    /// What happens to it when it leaves its stack, and to the old one when it is replaced: both policies in one.
    pub fn removal_policy(self, policy: DeletionPolicy) -> Self {
        self.deletion_policy(policy).update_replace_policy(policy.of_replaced())
    }

    /// Makes it only where the condition is true. Default: always.
    pub fn condition(self, condition: &ConditionRef) -> Self {
        self.change(|resource| resource.condition = Some(condition.0.clone()))
    }

    /// Adds to its metadata in the template.
    pub fn metadata(self, key: impl Into<String>, value: impl IntoExpr) -> Self {
        let at = self.at;
        self.change(|resource| resource.metadata.set_at(key.into(), value.into_expr(), at))
    }

    /// Gives it another logical id than its path does: one letter or digit at least, alphanumeric. To CloudFormation
    /// a new logical id is a new resource.
    pub fn logical_id(self, id: impl Into<String>) -> Self {
        self.change(|resource| resource.logical_id = Some(id.into()))
    }
}
