//! Places in an organization: where units and accounts are, and what policies are attached to.

use super::{Account, Organization, OrganizationalUnit};
use crate::core::{Expr, Stack, Value};

/// Where a unit or an account is: in the root (the organization) or in a unit.
#[derive(Clone, Debug)]
pub struct Parent(pub(super) Value<String>);

/// What a policy is attached to: the root (the organization), a unit or an account.
#[derive(Clone, Debug)]
pub struct Target(pub(super) Value<String>);

impl Parent {
    /// By its id: `r-…` or `ou-…`.
    #[must_use]
    pub fn id(id: impl Into<Value<String>>) -> Self {
        Self(id.into())
    }
}

impl Target {
    /// By its id: `r-…`, `ou-…`, or an account's twelve digits.
    #[must_use]
    pub fn id(id: impl Into<Value<String>>) -> Self {
        Self(id.into())
    }
}

/// What people call a place.
pub(super) fn called(stack: &Stack, place: &Expr) -> String {
    let node = match place {
        Expr::String(id) => return format!("`{id}`"),
        Expr::Ref(node) => *node,
        Expr::Att(att) => att.node,
        _ => return "this target".into(),
    };
    let path = stack.path_of(node);
    let path = path.strip_suffix(&["Resource"]).unwrap_or(&path).join("/");
    match place {
        Expr::Att(att) if att.name == "RootId" => format!("the root of `{path}`"),
        _ => format!("`{path}`"),
    }
}

/// `&Handle` and `Handle` are places, by an id that a method returns.
macro_rules! is_place {
    ($($place:ident: $handle:ty, $id:ident;)*) => {$(
        impl From<&$handle> for $place {
            fn from(handle: &$handle) -> Self {
                Self(Value::from_expr(handle.$id().into_expr()))
            }
        }

        impl From<$handle> for $place {
            fn from(handle: $handle) -> Self {
                Self::from(&handle)
            }
        }
    )*};
}
is_place! {
    Parent: Organization, root_id;
    Parent: OrganizationalUnit, id;
    Target: Organization, root_id;
    Target: OrganizationalUnit, id;
    Target: Account, id;
}
