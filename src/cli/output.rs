//! Printing: to a terminal, a pipe, a closed pipe.

use std::io::{ErrorKind, Write as _};

use super::Exit;

/// Prints to standard output. A reader that has gone (`| head`) ends the command without a word, as it does others.
pub(super) fn out(text: &str) -> Result<(), Exit> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Exit::Done),
        Err(error) => Err(refuse(&format!("cannot write to standard output: {error}"), "")),
    }
}

/// Prints to standard error; there is nobody to tell where that fails.
pub(super) fn err(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Bold, where there is colour.
pub(super) fn bold(text: &str) -> String {
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

/// Dimmed, where there is colour.
pub(super) fn dim(text: &str) -> String {
    format!("\u{1b}[2m{text}\u{1b}[0m")
}

/// How long something took: `0.4 s`, `12 s`, `4 m 05 s`.
#[cfg(feature = "deploy")]
pub(super) fn took(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds of one command")]
    let whole = seconds.round() as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} m {:02} s", whole / 60, whole % 60) }
}

/// A count and what is counted: `1 template`, `3 templates`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// An error that is not about the definitions: what is wrong, and what to do.
pub(super) fn refuse(message: &str, help: &str) -> Exit {
    refuse_with(message, &[], help)
}

/// The same, with what it is about in lines between.
pub(super) fn refuse_with(message: &str, details: &[String], help: &str) -> Exit {
    let label = "\u{1b}[1;91merror\u{1b}[0m";
    err(&format!("{label}{}\n", bold(&format!(": {message}"))));
    for detail in details {
        err(&format!("  {detail}\n"));
    }
    for (index, line) in help.lines().enumerate() {
        let label = if index == 0 { "help: " } else { "      " };
        err(&format!("  {}\n", dim(&format!("{label}{line}"))));
    }
    Exit::Refused
}
