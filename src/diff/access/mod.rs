//! What a change lets somebody do or reach that they could not before, and what it takes away.
//!
//! Policies are taken apart into grants and compared by what they cover, so that order, splitting and wildcards do not
//! matter; network rules by addresses and ports. What cannot be told (an expression, a parameter whose default changed)
//! counts as widened. How grants of different resources act together is not followed: a new grant counts even where a
//! `Deny` elsewhere takes it back.

mod acting;
mod attached;
mod conditions;
mod context;
mod glob;
mod grants;
mod holders;
mod network;
mod policies;
mod reach;
mod settings;
mod shared;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::canonical::canonical;
use super::changes::Kind;
pub use attached::Attachment;
pub(crate) use conditions::agreed;
use context::Context;
pub(crate) use context::identifies;
pub use grants::{Effect, Grant, Part};
pub use reach::{Direction, Rule};
pub use settings::Setting;

/// What a change does to who may do and reach what: for an approval ([`Security::widened`]), and for a table of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Security {
    /// Each difference: what widens first, then by logical id.
    pub changes: Vec<AccessChange>,
}

/// One difference in who may do or reach what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessChange {
    /// The logical id of the resource that says it.
    pub id: String,
    /// Whether the new template alone says it, or the old one alone. A setting of a resource that both have is changed.
    pub kind: Kind,
    /// Whether somebody may do or reach more afterwards; if not, less.
    pub widens: bool,
    /// What it is.
    pub what: Access,
}

/// Something that decides who may do or reach what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Access {
    /// Part of a statement of a policy.
    Grant(Grant),
    /// A network rule.
    Rule(Rule),
    /// Something attached: a managed policy, a role, a group, a route to the internet.
    Attachment(Attachment),
    /// A property that opens or closes a resource to the public.
    Setting(Setting),
}

impl Security {
    /// What somebody may do or reach that they could not before.
    pub fn widened(&self) -> impl Iterator<Item = &AccessChange> {
        self.changes.iter().filter(|change| change.widens)
    }

    /// What somebody may no longer do or reach.
    pub fn narrowed(&self) -> impl Iterator<Item = &AccessChange> {
        self.changes.iter().filter(|change| !change.widens)
    }
}

/// One line: `Web: lets 0.0.0.0/0 in on tcp 443`.
impl fmt::Display for AccessChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let removed = self.kind == Kind::Removed;
        write!(f, "{}: ", self.id)?;
        match &self.what {
            Access::Grant(grant) => grant.describe(f, removed),
            Access::Rule(rule) => rule.describe(f, &self.id, removed),
            Access::Attachment(attachment) => attachment.describe(f, removed),
            Access::Setting(setting) => setting.describe(f, self.kind),
        }
    }
}

/// What the change from the old template to the new one widens, by logical id.
#[must_use]
pub fn widened(old: &Value, new: &Value) -> Vec<AccessChange> {
    security(old, new).changes.into_iter().filter(|change| change.widens).collect()
}

/// What the change from the old template to the new one does to who may do and reach what.
#[must_use]
pub fn security(old: &Value, new: &Value) -> Security {
    security_between(&canonical(old), &canonical(new))
}

/// The same of canonical templates.
pub(crate) fn security_between(old: &Value, new: &Value) -> Security {
    let redefined = context::changed(old, new);
    let none = std::collections::BTreeSet::new();
    // Only the new side says that a name has another meaning now: so the two never look the same.
    let (before, after) = (Context::new(old, new, &none), Context::new(new, old, &redefined));
    let mut changes = grants::compare(&policies::statements(&before), &policies::statements(&after));
    changes.extend(reach::compare(&network::rules(&before), &network::rules(&after)));
    changes.extend(attached::compare(&attached::all(&before), &attached::all(&after)));
    changes.retain(|change| !is_moot(change, &before));
    changes.extend(settings::compare(&settings::all(&before), &settings::all(&after), &before, &after));
    changes.sort();
    changes.dedup();
    // Where a list has to be cut, what is left of it must not be missed.
    changes.sort_by_key(|change| !change.widens);
    Security { changes }
}

/// Whether a restraint fell away together with what it restrained.
fn is_moot(change: &AccessChange, before: &Context<'_>) -> bool {
    let holder = match &change.what {
        Access::Grant(grant) => &grant.holder,
        Access::Rule(rule) => &rule.holder,
        Access::Attachment(attachment) => &attachment.holder,
        Access::Setting(_) => return false,
    };
    change.widens && change.kind == Kind::Removed && before.is_gone(holder)
}

/// A line's part for each of several names: `a`, `b`.
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
