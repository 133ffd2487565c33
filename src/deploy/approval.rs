//! Which changes need a person's word.

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
    let before = match deployed.map(crate::diff::read) {
        None => serde_json::Value::Null,
        Some(Ok(template)) => template,
        Some(Err(_)) => serde_json::Value::Null,
    };
    crate::diff::widened(&before, &stack.to_value()).iter().map(ToString::to_string).collect()
}

/// What a deployment deletes, or may, one line each: from the templates alone.
pub(super) fn destroys(stack: &Synthesized<'_>, deployed: Option<&str>) -> Vec<String> {
    let Some(Ok(before)) = deployed.map(crate::diff::read) else { return Vec::new() };
    crate::diff::destroys(&before, &stack.to_value())
}
