//! What a reviewer must not miss, for snapshots.

use crate::core::App;
use crate::review;

/// The short view of each stack, with its path, in deployment order: resources and what is kept of them, who may do and reach
/// what, exports and imports. Snapshot them, and a pull request shows what changes in them.
///
/// Panics with the problems, where the app has any.
///
/// ```
/// use formwork::{App, Env, cfn::sqs, testing};
///
/// let mut app = App::new();
/// app.stack("shop", Env::any(), |s| {
///     s.add("Jobs", sqs::Queue::new());
/// });
/// let views = testing::review(&app);
/// assert_eq!(views[0].1, "shop\n\nresources\n  Jobs  AWS::SQS::Queue  when deleted: by its type; when replaced: delete\n");
/// ```
#[must_use]
#[track_caller]
pub fn review(app: &App) -> Vec<(String, String)> {
    match app.synth() {
        Ok(assembly) => assembly.stacks.iter().map(|stack| (stack.path.to_owned(), review::short(stack))).collect(),
        Err(problems) => panic!("the app has problems:\n{problems}"),
    }
}
