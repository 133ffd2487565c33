//! `EventBridge`: what is done when something happens, or when it is time.

mod input;
mod pattern;
mod rule;
mod target;

pub use input::RuleTargetInput;
pub use pattern::{EventPattern, Schedule};
pub use rule::{Rule, RuleSpec};
pub use target::{EcsTask, RuleTarget, RuleTargetKind};
