//! References to resources, and the ids of constructs.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::{Att, Expr, Resource, Takes, Value};

/// One stack of one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackKey {
    pub(crate) app: u32,
    pub(crate) index: u32,
}

/// One construct of one stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// The stack it is in.
    pub stack: StackKey,
    pub(crate) index: u32,
}

/// A reference to a resource of type `R`, in this stack or an earlier one. Small and `Copy`.
///
/// Where a property wants what CloudFormation's `Ref` returns, a `Ref` is passed as it is; attributes
/// (`Fn::GetAtt`) are methods: `vpc.cidr_block()`. A reference to another stack becomes an export and an import
/// without a word.
pub struct Ref<R> {
    node: NodeId,
    of: PhantomData<fn() -> R>,
}

impl<R> Ref<R> {
    pub(crate) const fn new(node: NodeId) -> Self {
        Self { node, of: PhantomData }
    }

    /// The construct it refers to.
    #[must_use]
    pub const fn node(self) -> NodeId {
        self.node
    }

    /// An attribute by its CloudFormation name, for what the specification does not know yet. Synth checks that the
    /// type has it.
    #[must_use]
    pub fn get_att<T>(self, name: impl Into<Cow<'static, str>>) -> Value<T> {
        Value::from_expr(Expr::Att(Box::new(Att { node: self.node, name: name.into() })))
    }

    /// What CloudFormation's `Ref` returns for it.
    #[must_use]
    pub fn get_ref(self) -> Value<R::Id>
    where
        R: Resource,
    {
        Value::from_expr(Expr::Ref(self.node))
    }
}

impl<R> Clone for Ref<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Ref<R> {}

impl<R> fmt::Debug for Ref<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ref({}:{})", self.node.stack.index, self.node.index)
    }
}

impl<R> PartialEq for Ref<R> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<R> Eq for Ref<R> {}

impl<R> From<Ref<R>> for NodeId {
    fn from(reference: Ref<R>) -> Self {
        reference.node
    }
}

impl<R: Resource, T: Takes<R::Id>> From<Ref<R>> for Value<T> {
    fn from(reference: Ref<R>) -> Self {
        Self::from_expr(Expr::Ref(reference.node))
    }
}

impl<R: Resource, T: Takes<R::Id>> From<&Ref<R>> for Value<T> {
    fn from(reference: &Ref<R>) -> Self {
        Self::from_expr(Expr::Ref(reference.node))
    }
}

/// An earlier stack, to be deployed before: see [`Stack::depends_on`](super::Stack::depends_on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackRef(pub(crate) StackKey);

impl<R> From<Ref<R>> for StackRef {
    fn from(reference: Ref<R>) -> Self {
        Self(reference.node.stack)
    }
}

impl<R> From<&Ref<R>> for StackRef {
    fn from(reference: &Ref<R>) -> Self {
        Self(reference.node.stack)
    }
}

impl From<NodeId> for StackRef {
    fn from(node: NodeId) -> Self {
        Self(node.stack)
    }
}
