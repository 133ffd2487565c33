//! What CloudFormation refuses, or the service does, and the way out.

use super::{ResourceReview, Risk, Verb};
use crate::diff::{Refusal, Replacement, ResourceChange};

/// Why a change of a resource is refused.
pub(super) fn refused(change: &ResourceChange, resource: &ResourceReview) -> Option<Risk> {
    let ResourceReview { construct, .. } = resource;
    let type_name = change.old_type.as_ref().unwrap_or(&change.type_name);
    let called = format!("{construct} ({type_name})");
    let (what, help) = match change.refusal.as_ref()? {
        Refusal::Type => (
            format!("{called} becomes {}: no resource changes its type", change.type_name),
            "give the new one another id: this one then leaves the stack".to_owned(),
        ),
        // A change set knows whether it is.
        Refusal::Name(_) if resource.verb != Verb::Replace => return None,
        Refusal::Name(properties) => {
            let by = resource.properties.iter().filter(|property| property.replacement == Replacement::Always);
            let by = quoted(by.map(|property| property.path.as_str()));
            let leave = if by.is_empty() { String::new() } else { format!(", or leave {by} as it is") };
            (
                format!(
                    "{called} is replaced, and keeps its name ({}): the new one is made before the old one is deleted",
                    quoted(properties.iter().map(String::as_str))
                ),
                format!("give it another name, or none{leave}"),
            )
        }
        Refusal::Taken(properties, by) => (
            format!(
                "{called} is new, and has the name of {by} ({}): it is made before {by} leaves",
                quoted(properties.iter().map(String::as_str))
            ),
            "`refactor` gives that one the new id, `.moved_from(…)` with its old path keeps the old one; or give this one another \
             name"
                .to_owned(),
        ),
        Refusal::Unsupported(properties) => (
            format!(
                "{called} cannot have another {}: it is changed neither in place nor by a replacement",
                quoted(properties.iter().map(String::as_str))
            ),
            "make a new resource with another id, and copy what this one holds".to_owned(),
        ),
        Refusal::Smaller(property) => (
            format!("{called} would have less storage (`{property}`): it grows in place and never shrinks"),
            "leave it as it is, or make a new resource with another id, and copy what this one holds".to_owned(),
        ),
    };
    Some(Risk { refused: true, what, help })
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
