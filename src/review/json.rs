//! JSON, for programs: its form is written down in `docs/diff.md`.

use serde_json::json;

use super::Review;

/// The form's version: it changes when a program that reads it has to.
const VERSION: u64 = 1;

pub(super) fn render(review: &Review) -> String {
    let Review { against, method, stacks } = review;
    format!("{:#}\n", json!({ "version": VERSION, "against": against, "method": method, "stacks": stacks }))
}
