//! Statements of policies, and which part of one no other covers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::conditions::{self, Conditions};
use super::context::Guards;
use super::shared::{self, Shared};
use super::{Access, AccessChange, glob, quoted};
use crate::diff::changes;

/// More combinations of principal, action and resource than this are reported as they stand in the statement.
const MOST_COMBINATIONS: usize = 20_000;

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// A statement, or the part of one that is new or gone. Expressions are shown as `${Bucket.Arn}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom or what the policy is about: the role, the bucket.
    pub holder: String,
    /// Who may; empty where the policy is the holder's own. `all but …` where the statement says so.
    pub principals: Vec<String>,
    /// What they may do.
    pub actions: Vec<String>,
    /// To what; empty where the policy is about its holder alone.
    pub resources: Vec<String>,
    /// When, as operator, key and values: `StringEquals aws:PrincipalOrgID o-1`. Secrets are left out.
    pub conditions: Vec<String>,
    /// The parts of it that the other template says too: what is left of one that is gone, what there was of a new one.
    pub shared: Vec<Part>,
    /// Whether nothing but these is shared, as far as that can be told.
    pub only: bool,
}

/// A part of a grant, as it differs from the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Who may; empty where it is all of them.
    pub principals: Vec<String>,
    /// What they may do; empty where it is all of it.
    pub actions: Vec<String>,
    /// To what; empty where it is all of it.
    pub resources: Vec<String>,
    /// When, where that is stricter; else empty.
    pub conditions: Vec<String>,
}

/// A principal, an action or a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) text: String,
    /// Whether nothing is known of its value.
    pub(super) opaque: bool,
}

impl Item {
    /// What a statement says nothing of, such as the resource of a trust policy.
    pub(super) const fn unsaid() -> Self {
        Self { text: String::new(), opaque: false }
    }

    pub(super) fn any() -> Self {
        Self { text: "*".into(), opaque: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Principal,
    Action,
    Resource,
}

/// Some of a kind, or all but some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set {
    pub(super) kind: Kind,
    pub(super) negated: bool,
    pub(super) items: Vec<Item>,
}

/// A statement of a policy.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) id: String,
    pub(super) holder: String,
    pub(super) scope: String,
    pub(super) effect: Effect,
    pub(super) principals: Set,
    pub(super) actions: Set,
    pub(super) resources: Set,
    pub(super) conditions: Conditions,
    pub(super) guards: Guards,
}

impl Kind {
    fn covers(self, pattern: &Item, item: &Item) -> bool {
        let any = pattern.text == "*" && !pattern.opaque;
        match self {
            _ if any || pattern == item => true,
            _ if pattern.opaque || item.opaque => false,
            Self::Principal => false,
            Self::Action => glob::covers(&pattern.text.to_ascii_lowercase(), &item.text.to_ascii_lowercase()),
            Self::Resource => glob::covers(&pattern.text, &item.text),
        }
    }
}

impl Set {
    /// The parts that are compared one by one: what all but some is cannot be taken apart.
    pub(super) fn parts(&self) -> Vec<Self> {
        if self.negated {
            return vec![self.clone()];
        }
        self.items.iter().map(|item| Self { items: vec![item.clone()], ..self.clone() }).collect()
    }

    /// Whether something may be in both parts; where that cannot be told, it may.
    pub(super) fn may_meet(&self, part: &Self) -> bool {
        if self.negated || part.negated {
            return true;
        }
        let apart = |one: &Item, other: &Item| match self.kind {
            _ if one.opaque || other.opaque => false,
            Kind::Principal => one.text != "*" && other.text != "*" && one != other,
            Kind::Action => glob::apart(&one.text.to_ascii_lowercase(), &other.text.to_ascii_lowercase()),
            Kind::Resource => glob::apart(&one.text, &other.text),
        };
        self.items.iter().any(|one| part.items.iter().any(|other| !apart(one, other)))
    }

    /// Whether everything in `part` is in this set.
    pub(super) fn covers(&self, part: &Self) -> bool {
        let among = |items: &[Item], item: &Item| items.iter().any(|pattern| self.kind.covers(pattern, item));
        match (self.negated, part.negated) {
            (false, false) => part.items.iter().all(|item| among(&self.items, item)),
            (true, true) => self.items.iter().all(|item| among(&part.items, item)),
            (false, true) => among(&self.items, &Item::any()),
            // Principals are of each other: a role is of its account.
            (true, false) if self.kind == Kind::Principal => false,
            (true, false) => {
                let certain = |item: &Item| !item.opaque && !item.text.contains(['*', '?', '$']);
                let known = |item: &Item| !item.opaque && !item.text.contains('$');
                self.items.iter().all(known) && part.items.iter().all(|item| certain(item) && !among(&self.items, item))
            }
        }
    }

    fn words(&self) -> Vec<String> {
        let words: Vec<_> = self.items.iter().map(|item| item.text.clone()).filter(|text| !text.is_empty()).collect();
        if self.negated { vec![format!("all but {}", words.join(", "))] } else { words }
    }
}

impl Statement {
    /// The same, about this holder.
    pub(super) fn held_by(&self, holder: &str, guards: &Guards) -> Self {
        let guards = self.guards.union(guards).cloned().collect();
        Self { holder: holder.to_owned(), guards, ..self.clone() }
    }

    pub(super) const fn sets(&self) -> [&Set; 3] {
        [&self.principals, &self.actions, &self.resources]
    }

    /// Whether it holds at least whenever `other` does.
    pub(super) fn holds_when(&self, other: &Self) -> bool {
        conditions::hold_when(&self.conditions, &other.conditions) && self.guards.is_subset(&other.guards)
    }

    /// The part that none of the others covers.
    fn uncovered(&self, all: &[&Self]) -> Vec<Grant> {
        let others: Vec<_> = all.iter().filter(|other| other.holds_when(self)).collect();
        let whole = |other: &Self| other.sets().iter().zip(self.sets()).all(|(other, own)| other.covers(own));
        if others.iter().any(|other| whole(other)) {
            return Vec::new();
        }
        let parts = self.sets().map(Set::parts);
        if parts.iter().map(Vec::len).product::<usize>() > MOST_COMBINATIONS {
            return vec![self.grant(self.sets().map(Set::words), Shared::default())];
        }
        let [principals, actions, resources] = [0, 1, 2].map(|set: usize| {
            let by = |part: Set| {
                let by: Vec<bool> = others.iter().map(|other| other.sets()[set].covers(&part)).collect();
                (part, by)
            };
            parts[set].iter().cloned().map(by).collect::<Vec<_>>()
        });
        let mut left: BTreeMap<(Vec<&Set>, &Set), Vec<&Set>> = BTreeMap::new();
        for (principal, by_principal) in &principals {
            for (resource, by_resource) in &resources {
                let open = |by_action: &Vec<bool>| {
                    let all = by_principal.iter().zip(by_resource).zip(by_action);
                    !all.into_iter().any(|((principal, resource), action)| *principal && *resource && *action)
                };
                let actions: Vec<_> = actions.iter().filter(|(_, by)| open(by)).map(|(action, _)| action).collect();
                if !actions.is_empty() {
                    left.entry((actions, principal)).or_default().push(resource);
                }
            }
        }
        let mut lines: BTreeMap<(Vec<&Set>, Vec<&Set>), Vec<&Set>> = BTreeMap::new();
        for ((actions, principal), resources) in left {
            lines.entry((actions, resources)).or_default().push(principal);
        }
        let line = |((actions, resources), principals): ((Vec<&Set>, Vec<&Set>), Vec<&Set>)| {
            let sets = [principals, actions, resources];
            self.grant(sets.each_ref().map(|sets| words(sets.iter().copied())), shared::of(self, &sets, all))
        };
        lines.into_iter().map(line).collect()
    }

    pub(super) fn words_of_conditions(&self) -> Vec<String> {
        let guards = self.guards.iter().map(|guard| format!("condition {guard}"));
        conditions::words(&self.conditions).into_iter().chain(guards).collect()
    }

    fn grant(&self, [principals, actions, resources]: [Vec<String>; 3], shared: Shared) -> Grant {
        Grant {
            effect: self.effect,
            holder: self.holder.clone(),
            principals,
            actions,
            resources,
            conditions: self.words_of_conditions(),
            shared: shared.parts,
            only: shared.only,
        }
    }
}

/// Several in words.
pub(super) fn words<'s>(sets: impl IntoIterator<Item = &'s Set>) -> Vec<String> {
    sets.into_iter().flat_map(Set::words).collect()
}

/// What one of two templates says, by what adds up.
type Groups<'a> = BTreeMap<(Effect, &'a str, &'a str), Vec<&'a Statement>>;

fn groups(statements: &[Statement]) -> Groups<'_> {
    let mut out = Groups::new();
    for statement in statements {
        out.entry((statement.effect, &statement.scope, &statement.holder)).or_default().push(statement);
    }
    out
}

/// The grants that one template has and the other has not.
pub(super) fn compare(old: &[Statement], new: &[Statement]) -> Vec<AccessChange> {
    let (old, new) = (groups(old), groups(new));
    let sides = [(&new, &old, changes::Kind::Added), (&old, &new, changes::Kind::Removed)];
    let mut out = BTreeSet::new();
    for (these, those, kind) in sides {
        for (key, statements) in these {
            let others = those.get(key).map_or(&[][..], Vec::as_slice);
            let widens = (key.0 == Effect::Allow) == (kind == changes::Kind::Added);
            for statement in statements {
                let change =
                    |grant| AccessChange { id: statement.id.clone(), kind, widens, what: Access::Grant(grant) };
                out.extend(statement.uncovered(others).into_iter().map(change));
            }
        }
    }
    out.into_iter().collect()
}

impl Grant {
    pub(super) fn describe(&self, f: &mut fmt::Formatter<'_>, removed: bool) -> fmt::Result {
        let verb = match (self.effect, removed) {
            (Effect::Allow, false) => "allows",
            (Effect::Allow, true) => "no longer allows",
            (Effect::Deny, false) => "denies",
            (Effect::Deny, true) => "no longer denies",
        };
        write!(f, "{verb} {}", quoted(&self.actions))?;
        if !self.resources.is_empty() {
            write!(f, " on {}", quoted(&self.resources))?;
        }
        match &self.principals[..] {
            [] => write!(f, " to `{}`", self.holder)?,
            [one] if one == "*" => write!(f, " to anyone")?,
            several => write!(f, " to {}", quoted(several))?,
        }
        if !self.conditions.is_empty() {
            write!(f, ", under {}", quoted(&self.conditions))?;
        }
        let word = match (removed, self.only) {
            (true, true) => "now only",
            (true, false) => "still",
            (false, true) => "before only",
            (false, false) => "already",
        };
        let parts: Vec<_> = self.shared.iter().map(Part::describe).collect();
        if parts.is_empty() { Ok(()) } else { write!(f, "; {word} {}", parts.join(", and ")) }
    }
}

impl Part {
    fn describe(&self) -> String {
        let Self { principals, actions, resources, conditions } = self;
        let words = [("", actions), ("on ", resources), ("to ", principals), ("under ", conditions)];
        let said = words.iter().filter(|(_, names)| !names.is_empty());
        said.map(|(word, names)| format!("{word}{}", quoted(names))).collect::<Vec<_>>().join(" ")
    }
}
