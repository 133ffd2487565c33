//! What is said of a resource that differs: what its change means, in words, and where it was made.

use super::{PropertyReview, ResourceReview, Verb};
use crate::diff::{Fate, Kind, Replacement, readable};

impl ResourceReview {
    /// The line that makes it, and the one that made it, where that is another: `stacks/web.rs:14, was 12`.
    pub(super) fn lines(&self) -> Option<String> {
        let (at, was) = (self.at.as_deref(), self.was_at.as_deref());
        match (at, was) {
            (Some(at), Some(was)) if at != was => {
                let same_file = at.rsplit_once(':').zip(was.rsplit_once(':')).filter(|(at, was)| at.0 == was.0);
                let was = same_file.map_or(was, |(_, (_, line))| line);
                Some(format!("{at}, was {was}"))
            }
            (Some(at), _) => Some(at.to_owned()),
            (None, was) => was.map(|was| format!("was {was}")),
        }
    }

    /// The properties that people read. What is new or gone as a whole is in the template, and its properties in the JSON; of
    /// what has moved, that which is not the same.
    pub(super) fn said(&self) -> impl Iterator<Item = &PropertyReview> {
        let whole = matches!(self.verb, Verb::Add | Verb::Remove);
        let moved = self.verb == Verb::Move;
        let said = move |property: &&PropertyReview| !whole && (!moved || property.path.starts_with('@'));
        self.properties.iter().filter(said)
    }

    /// What its verb means to it, in words; none where the sign says it all.
    pub(super) fn meaning(&self) -> Option<String> {
        let meaning = self.meaning_of_verb()?;
        let beside = self.may_leave && matches!(self.verb, Verb::Replace | Verb::MayReplace);
        Some(if beside { format!("{meaning}; or it leaves: {}", self.why_it_may_leave()) } else { meaning })
    }

    /// Whether its condition is new, in words.
    fn why_it_may_leave(&self) -> &'static str {
        let condition = self.properties.iter().find(|property| property.pointer == "/Condition");
        let new = condition.is_some_and(|condition| condition.kind == Kind::Added);
        if new { "it has a condition now" } else { "its condition changed" }
    }

    fn meaning_of_verb(&self) -> Option<String> {
        let which = |wanted: &dyn Fn(&&PropertyReview) -> bool| {
            let by = self.properties.iter().filter(wanted);
            let mut paths: Vec<String> = by.map(|property| format!("`{}`", property.path)).collect();
            paths.dedup();
            paths.join(", ")
        };
        let of = |wanted: Replacement| which(&|property| property.replacement == wanted);
        let interrupted = which(&|property| property.interrupts && property.replacement != Replacement::Always);
        let fate = |verb: &str| match self.fate {
            Some(Fate::Deleted) => format!("; the old one is {verb}deleted"),
            Some(Fate::Snapshotted) => format!("; the old one is {verb}deleted after a last snapshot"),
            Some(Fate::Retained) => "; the old one stays, outside the stack".into(),
            None => String::new(),
        };
        match self.verb {
            // Of that it is refused, too.
            Verb::Replace if self.properties.iter().any(|property| property.pointer == "/Type") => {
                Some("of another type: no resource changes its type".into())
            }
            Verb::Replace => Some(match of(Replacement::Always).as_str() {
                "" => format!("replaced{}", fate("")),
                by => format!("replaced: {by} cannot be changed in place{}", fate("")),
            }),
            Verb::MayReplace => {
                let by = of(Replacement::Conditional);
                let why = if by.is_empty() {
                    "CloudFormation cannot tell before".into()
                } else {
                    format!("{by} perhaps cannot be changed in place")
                };
                let in_place = match interrupted.as_str() {
                    "" => String::new(),
                    by => format!("; in place it is with some interruption: {by}"),
                };
                Some(format!("may be replaced: {why}{}{in_place}", fate("then ")))
            }
            Verb::Remove => Some(match self.fate {
                Some(Fate::Snapshotted) => "deleted, after a last snapshot".into(),
                Some(Fate::Retained) => "leaves the stack, and stays in the account".into(),
                _ => "deleted".into(),
            }),
            Verb::MayRemove => {
                let why = self.why_it_may_leave();
                let or = if why == "its condition changed" { ", or created" } else { "" };
                Some(match self.fate {
                    Some(Fate::Snapshotted) => format!("may be deleted, after a last snapshot{or}: {why}"),
                    Some(Fate::Retained) => format!("may leave the stack, and stay in the account{or}: {why}"),
                    _ => format!("may be deleted{or}: {why}"),
                })
            }
            Verb::MayAdd => Some("may be created: it has no condition any more".into()),
            Verb::Move => {
                Some(format!("was {}: the same resource under another logical id", self.moved_from.as_deref()?))
            }
            Verb::Change if !interrupted.is_empty() => {
                Some(format!("changed in place, with some interruption: {interrupted}"))
            }
            Verb::Add => self.says(),
            Verb::Change => None,
        }
    }

    /// What a new one says of itself beside its properties, as far as somebody must know: whether it is made, and outlives
    /// its stack.
    fn says(&self) -> Option<String> {
        let of = |key: &str| {
            let property = self.properties.iter().find(|property| property.pointer.strip_prefix('/') == Some(key))?;
            property.values.after.as_ref().map(readable)
        };
        let policy = |when: &str, key: &str| Some(format!("when {when}: {}", of(key)?.to_lowercase()));
        let said: Vec<String> = [
            of("Condition").map(|condition| format!("only where `{condition}` holds")),
            policy("deleted", "DeletionPolicy"),
            policy("replaced", "UpdateReplacePolicy"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}
