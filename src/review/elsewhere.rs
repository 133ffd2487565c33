//! Moves between stacks, in a review of each.

use super::risk::left;
use super::{Move, Review, Risk, Verb};

impl Review {
    /// Says of what leaves one stack that it is new in another: a deployment makes a second one.
    #[must_use]
    pub fn with_moves(mut self, moves: &[Move]) -> Self {
        for moved in moves.iter().filter(|moved| moved.from.stack != moved.to.stack) {
            let Some(stack) = self.stacks.iter_mut().find(|stack| stack.stack == moved.from.stack) else { continue };
            let gone = stack.resources.iter().find(|one| one.verb == Verb::Remove && one.id == moved.from.id);
            let Some(gone) = gone else { continue };
            let called = format!("{} ({})", gone.construct, gone.type_name);
            let what = if moved.named {
                format!(
                    "{called} is new in {}, and no two can have its name: it cannot be made there before this one is gone",
                    moved.to.stack
                )
            } else {
                let fate = left(gone.fate);
                format!("{called} is new in {}: a second one is made there, and this one {fate}", moved.to.stack)
            };
            // What is said of its data is true, and less.
            stack.risks.retain(|risk| !risk.what.starts_with(&called));
            let help = "`refactor` moves it there as it is, before `deploy`".to_owned();
            stack.risks.push(Risk { refused: false, what, help });
            stack.risks.sort_by(|a, b| (!a.refused, &a.what).cmp(&(!b.refused, &b.what)));
        }
        self
    }
}
