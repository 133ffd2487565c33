//! Tag policies: which tags there are, how they are written, which values they take.

use std::panic::Location;

use super::policy::assign;
use crate::core::{Expr, Props};

/// Rules for tags. Rule: the AWS Organizations user guide, "Tag policy syntax and examples".
///
/// ```
/// use formwork::aws::organizations::{TagPolicy, TagRule};
///
/// let cost = TagRule { values: vec!["Production".into(), "Sandbox".into()], ..TagRule::new("CostCenter") };
/// let policy = TagPolicy { rules: vec![cost] };
/// ```
#[derive(Clone, Debug, Default)]
pub struct TagPolicy {
    /// A rule for each tag.
    pub rules: Vec<TagRule>,
}

/// The rule for one tag.
#[derive(Clone, Debug)]
pub struct TagRule {
    /// The tag's key, in the capitals that it must have.
    pub key: String,
    /// The values it may have; `*` at an end stands for anything. Default: any.
    pub values: Vec<String>,
    /// The types of resources that may not be tagged otherwise: `ec2:instance`, `dynamodb:table`. Default: none; what
    /// does not comply is reported, and nothing refused.
    pub enforced_for: Vec<String>,
}

impl TagRule {
    /// A rule for this key, with the defaults of every field.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), values: Vec::new(), enforced_for: Vec::new() }
    }
}

impl TagPolicy {
    #[track_caller]
    pub(super) fn into_expr(self) -> Expr {
        let at = Location::caller();
        let mut tags = Props::new();
        for rule in self.rules {
            let mut out = Props::new();
            out.set_at("tag_key", assign(rule.key.as_str().into()), at);
            for (name, list) in [("tag_value", rule.values), ("enforced_for", rule.enforced_for)] {
                if !list.is_empty() {
                    out.set_at(name, assign(Expr::List(list.into_iter().map(Expr::from).collect())), at);
                }
            }
            // What names the rule is the key in small letters: policies further down find it by that.
            tags.set_at(rule.key.to_lowercase(), Expr::Map(out), at);
        }
        let mut policy = Props::new();
        policy.set_at("tags", Expr::Map(tags), at);
        Expr::Map(policy)
    }
}
