//! The organization itself.

use super::keep;
use crate::cfn::organizations;
use crate::core::{Construct, DeletionPolicy, Ref, Stack, Value};

/// An organization with all features, whose management account is the stack's. An account has one at most.
///
/// It is retained when its stack is deleted, with all that is in it. A policy type, such as service control policies, is
/// enabled in the console or by `aws organizations enable-policy-type`, once: CloudFormation cannot. Rule: the AWS
/// Organizations user guide, "Enabling a policy type".
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::new("111111111111", "us-east-1"), |s| {
/// use formwork::aws::organizations::{AccountSpec, OrganizationSpec, OrganizationalUnitSpec};
///
/// let organization = s.add("Organization", OrganizationSpec::default());
/// let production = s.add("Production", OrganizationalUnitSpec::new(organization, "production"));
/// s.add("Shop", AccountSpec::new(production, "shop", "aws-shop@example.com"));
/// s.output("RootId", organization.root_id());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OrganizationSpec {
    /// Whether it has all features, or only one bill for all: policies need all. Going back is impossible. Default:
    /// true.
    pub all_features: bool,
    /// What becomes of it when the stack is deleted. Only an organization without other accounts can be deleted.
    /// Default: it stays.
    pub deletion_policy: DeletionPolicy,
}

impl Default for OrganizationSpec {
    fn default() -> Self {
        Self { all_features: true, deletion_policy: DeletionPolicy::Retain }
    }
}

/// An organization that was added.
#[derive(Clone, Copy, Debug)]
pub struct Organization {
    /// The organization itself.
    pub organization: Ref<organizations::Organization>,
}

impl Construct for OrganizationSpec {
    type Out = Organization;

    fn build(self, stack: &mut Stack) -> Organization {
        let features = if self.all_features { "ALL" } else { "CONSOLIDATED_BILLING" };
        let organization = stack.add("Resource", organizations::Organization::new().feature_set(features));
        keep(stack, organization, self.deletion_policy);
        Organization { organization }
    }
}

impl Organization {
    /// Its id: `o-…`.
    #[must_use]
    pub fn id(&self) -> Value<String> {
        Value::from_expr(self.organization.id().into_expr())
    }

    /// The id of its root, where units, accounts and policies are put: `r-…`.
    #[must_use]
    pub fn root_id(&self) -> Value<String> {
        self.organization.root_id()
    }

    /// The id of its management account.
    #[must_use]
    pub fn management_account_id(&self) -> Value<String> {
        self.organization.management_account_id()
    }
}
