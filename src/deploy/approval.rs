//! Which changes need a person's word.

use super::event::Action;
use crate::diff::{self, Kind, Replacement, ResourceChange};
use crate::review::with_names;
use crate::synth::Synthesized;

/// What is asked about before it is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nothing.
    Never,
    /// What lets anybody do or reach what could not before.
    Broadening,
    /// What deletes resources, or may.
    Destructive,
    /// Both of these.
    #[default]
    Both,
    /// Every change.
    Any,
}

impl Approval {
    /// Whether changes of these kinds are asked about.
    pub(super) fn wanted(self, broadens: bool, destroys: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Broadening => broadens,
            Self::Destructive => destroys,
            Self::Both => broadens || destroys,
            Self::Any => true,
        }
    }
}

/// What a deployment lets anybody do or reach that could not before, one line each.
pub(super) fn broadens(stack: &Synthesized<'_>, deployed: Option<&str>) -> Vec<String> {
    // What cannot be read is taken for nothing: then all that is allowed now is new.
    let before = deployed.and_then(|text| diff::read(text).ok()).unwrap_or_default();
    diff::widened(&before, &stack.to_value()).iter().map(|change| named(stack, &change.id, change)).collect()
}

/// A change in access, with resources under the names that the definitions give them.
fn named(stack: &Synthesized<'_>, id: &str, change: &impl ToString) -> String {
    let called = |id: &str| stack.origin(id).map(|origin| origin.construct);
    let text = change.to_string();
    let rest = text.strip_prefix(&format!("{id}: ")).unwrap_or(&text);
    format!("{}: {}", called(id).as_deref().unwrap_or(id), with_names(rest, &called))
}

/// What a deployment deletes, or may, one line each: from the templates alone.
pub(super) fn destroys(stack: &Synthesized<'_>, deployed: Option<&str>) -> Vec<String> {
    let Some(Ok(before)) = deployed.map(diff::read) else { return Vec::new() };
    let changes = diff::changes(&before, &stack.to_value());
    let deleted = changes.resources.iter().filter(|change| change.deletes());
    deleted.map(|change| doomed(stack, change)).collect()
}

fn doomed(stack: &Synthesized<'_>, change: &ResourceChange) -> String {
    let name = stack.origin(&change.id).map_or_else(|| change.id.clone(), |origin| origin.construct);
    let action = match (change.kind, change.replacement) {
        (Kind::Removed, _) => Action::Remove,
        (_, Replacement::Always) => Action::Replace,
        _ => Action::MayReplace,
    };
    deletion(&name, &change.type_name, action)
}

/// A resource that is deleted, or may be, in words.
pub(super) fn deletion(name: &str, resource_type: &str, action: Action) -> String {
    match action {
        Action::Replace => format!("{name} ({resource_type}) is replaced, and the old one deleted"),
        Action::MayReplace => format!("{name} ({resource_type}) may be replaced, and the old one deleted"),
        _ => format!("{name} ({resource_type}) is deleted"),
    }
}
