//! A small app with a past, for the tests of `diff --against`: `tests/review/lines.rs` has what it was before.

use std::process::ExitCode;

use formwork::cfn::{sns, sqs};
use formwork::{Env, Stack};

fn shop(s: &mut Stack) {
    s.add("Orders", sqs::Queue::new().delay_seconds(20));
    s.add("Returns", sqs::Queue::new().delay_seconds(5));
    s.add("News", sns::Topic::new().display_name("news of the shop"));
    s.add(
        "Drafts",
        sqs::Queue::new(),
    );
}

fn main() -> ExitCode {
    formwork::cli::main(|app| {
        app.stack("shop", Env::any(), shop);
    })
}
