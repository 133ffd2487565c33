//! How costs are told apart: the tag `CostCenter`, and its values.

use formwork::Stack;
use formwork::aws::organizations::{PolicySpec, TagPolicy, TagRule, Target};

use super::accounts::Accounts;

/// A tag policy on the root. What does not comply is reported, and nothing refused.
pub fn tag_policy(s: &mut Stack, accounts: &Accounts) {
    s.description("The tag policy of the organization");
    let values = ["Production", "Staging", "Development", "Sandbox", "Security"].map(String::from);
    let cost_center = TagRule { values: values.into(), ..TagRule::new("CostCenter") };
    let policy = PolicySpec {
        description: Some("Cost centers and how they are written".into()),
        targets: vec![Target::from(accounts.organization)],
        ..PolicySpec::tag("cost-center", TagPolicy { rules: vec![cost_center] })
    };
    s.add("CostCenter", policy);
    super::policy_types(s);
}
