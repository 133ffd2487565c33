//! Organizational units.

use super::{Parent, keep, last_in_turn, wait_for};
use crate::cfn::organizations;
use crate::core::{Construct, DeletionPolicy, Ref, Stack, Value};

/// An organizational unit: accounts and further units that policies hold for together. Units are five deep at most below
/// the root.
///
/// It is retained when its stack is deleted, for the accounts in it are. Units, accounts and policies of a stack are made
/// one after the other, as Organizations wants it.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::new("111111111111", "us-east-1"), |s| {
/// use formwork::aws::organizations::{OrganizationSpec, OrganizationalUnitSpec};
///
/// let organization = s.add("Organization", OrganizationSpec::default());
/// let custom = s.add("Custom", OrganizationalUnitSpec::new(organization, "Custom"));
/// s.add("Staging", OrganizationalUnitSpec::new(custom, "Staging"));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct OrganizationalUnitSpec {
    /// Where it is. A change replaces the unit, which must be empty for that.
    pub parent: Parent,
    /// Its name, up to 128 characters, unique in its parent.
    pub name: Value<String>,
    /// What becomes of it when the stack is deleted. Only an empty unit can be deleted. Default: it stays.
    pub deletion_policy: DeletionPolicy,
}

impl OrganizationalUnitSpec {
    /// A unit of this name, with the defaults of every field.
    #[must_use]
    pub fn new(parent: impl Into<Parent>, name: impl Into<Value<String>>) -> Self {
        Self { parent: parent.into(), name: name.into(), deletion_policy: DeletionPolicy::Retain }
    }
}

/// A unit that was added.
#[derive(Clone, Copy, Debug)]
pub struct OrganizationalUnit {
    /// The unit itself.
    pub unit: Ref<organizations::OrganizationalUnit>,
}

impl Construct for OrganizationalUnitSpec {
    type Out = OrganizationalUnit;

    fn build(self, stack: &mut Stack) -> OrganizationalUnit {
        let (before, parent) = (last_in_turn(stack), self.parent.0);
        let unit = stack.add("Resource", organizations::OrganizationalUnit::new(self.name, parent.clone()));
        wait_for(stack, unit, before, &[parent.expr()]);
        keep(stack, unit, self.deletion_policy);
        OrganizationalUnit { unit }
    }
}

impl OrganizationalUnit {
    /// Its id: `ou-…`.
    #[must_use]
    pub fn id(&self) -> Value<String> {
        Value::from_expr(self.unit.id().into_expr())
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.unit.arn()
    }
}

crate::aws::iam::has_arn! { OrganizationalUnit, "an organizational unit"; }
