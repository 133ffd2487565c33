//! A small app with a past, for the tests of `diff --against`: `tests/review/lines.rs` has what it was before.

use std::process::ExitCode;

use formwork::cfn::{sns, sqs};
use formwork::{Env, Stack};

fn shop(s: &mut Stack) {
    s.description("What the shop's parts tell each other");
    // It stays as it is, further down.
    s.add("Orders", sqs::Queue::new().delay_seconds(20));
    s.add("Returns", sqs::Queue::new().delay_seconds(5).visibility_timeout(90));
    s.add("Mail", sns::Topic::new().display_name("news of the shop"));
    s.add("Alarms", sns::Topic::new());
}

fn main() -> ExitCode {
    formwork::cli::main(|app| {
        app.stack("shop", Env::any(), shop);
    })
}
