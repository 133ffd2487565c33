//! What must not be missed of a change: data at risk, exports in use.

use super::{ExportReview, ResourceReview, Risk, Verb};
use crate::diff::{Fate, Kind};

/// Data that a change puts at risk.
pub(super) fn at_risk(resource: &ResourceReview) -> Option<Risk> {
    let ResourceReview { construct, type_name, .. } = resource;
    let risk = |what: String, help: &str| Some(Risk { refused: false, what, help: help.to_owned() });
    if let (Verb::Move, Some(from)) = (resource.verb, &resource.moved_from) {
        let what = format!(
            "{construct} ({type_name}) has another logical id than {from}: a second one is made, and the first {}",
            left(resource.fate)
        );
        return risk(what, "`refactor` gives it the new id, `.moved_from(…)` with its old path keeps the old one");
    }
    // Of another type is refused: nothing becomes of it.
    if resource.properties.iter().any(|property| property.pointer == "/Type") {
        return None;
    }
    let keep = "set its deletion policy to retain or snapshot, and copy what it holds first";
    let (is, leaves) = if resource.verb == Verb::Remove { ("is", "leaves") } else { ("may be", "may leave") };
    match (resource.stateful, resource.verb, resource.fate) {
        (true, Verb::Remove | Verb::MayRemove, Some(Fate::Deleted)) => {
            risk(format!("{construct} ({type_name}) {is} deleted, with its data"), keep)
        }
        (true, Verb::Remove | Verb::MayRemove, Some(Fate::Snapshotted)) => risk(
            format!("{construct} ({type_name}) {is} deleted; a snapshot stays"),
            "restore it from the snapshot, if it is needed",
        ),
        (true, Verb::Remove | Verb::MayRemove, _) => risk(
            format!("{construct} ({type_name}) {leaves} the stack"),
            "it stays in the account, and no stack looks after it",
        ),
        (true, Verb::Replace | Verb::MayReplace, fate) => {
            let may = if resource.verb == Verb::Replace { "is" } else { "may be" };
            let left = match fate {
                Some(Fate::Deleted) => "the new one is empty, and the old one deleted",
                Some(Fate::Snapshotted) => "the new one is empty, of the old one a snapshot stays",
                Some(Fate::Retained) => "the new one is empty, the old one stays outside the stack",
                None => "the new one is empty, and whether the old one is deleted is not said",
            };
            risk(
                format!("{construct} ({type_name}) {may} replaced: {left}{}", or_removed(resource)),
                "copy what it holds first, or leave the property as it is",
            )
        }
        _ => None,
    }
}

/// What becomes of one that has moved, in words.
pub(super) const fn left(fate: Option<Fate>) -> &'static str {
    match fate {
        Some(Fate::Retained) => "left behind",
        Some(Fate::Snapshotted) => "deleted after a last snapshot",
        _ => "deleted",
    }
}

/// That one which is replaced, or may be, may also leave without another: its condition decides it.
fn or_removed(resource: &ResourceReview) -> &'static str {
    if resource.may_leave { "; or there is none, as its condition decides" } else { "" }
}

/// An export that leaves while other stacks import it: CloudFormation refuses that.
pub(super) fn in_use(export: &ExportReview) -> Option<Risk> {
    if export.importers.is_empty() {
        return None;
    }
    let by = export.importers.join(", ");
    let (refused, what) = match export.kind {
        Kind::Removed => (true, format!("the export {} is removed, and imported by {by}", export.name)),
        Kind::Changed if export.certain => {
            (true, format!("the export {} has another value, and is imported by {by}", export.name))
        }
        Kind::Changed => {
            (false, format!("the value of the export {} may change, and is imported by {by}", export.name))
        }
        Kind::Added => return None,
    };
    let help = format!("deploy {by} without the import first; until then, keep the export");
    Some(Risk { refused, what, help })
}
