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
    whole(seconds.round() as u64)
}

/// Whole seconds: `12 s`, `4 m 05 s`.
#[cfg(feature = "deploy")]
pub(super) fn whole(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { format!("{} m {:02} s", seconds / 60, seconds % 60) }
}

/// How many columns standard output has, where it is a terminal.
#[cfg(feature = "deploy")]
fn terminal() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into())
}

#[cfg(not(feature = "deploy"))]
const fn terminal() -> Option<usize> {
    None
}

/// How many columns standard output has; 80 where it is no terminal.
pub(super) fn columns() -> usize {
    terminal().map_or(80, |width| width.max(40))
}

/// Text for standard output: as wide as the terminal, and as it is where there is none.
pub(super) fn fitted(text: String) -> String {
    #[cfg(feature = "deploy")]
    if let Some(width) = terminal() {
        return wrapped(&text, width);
    }
    text
}

/// Lines no wider than a terminal: what does not fit goes on in the next, further in.
#[cfg(feature = "deploy")]
pub(super) fn wrapped(text: &str, width: usize) -> String {
    text.split_inclusive('\n').map(|line| wrapped_line(line, width)).collect()
}

#[cfg(feature = "deploy")]
fn wrapped_line(line: &str, width: usize) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len() + 4;
    let (mut out, mut column) = (String::new(), 0);
    for word in line.split_inclusive(' ') {
        let wide = visible(word.trim_end());
        if column > indent && column + wide > width {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        }
        out.push_str(word);
        column += visible(word);
    }
    out
}

/// How many columns text takes: colours take none.
#[cfg(feature = "deploy")]
fn visible(text: &str) -> usize {
    let mut colour = false;
    let shown = text.chars().filter(|c| {
        let was = colour;
        colour = *c == '\u{1b}' || (colour && *c != 'm');
        !was && !colour && !c.is_control()
    });
    shown.count()
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

#[cfg(all(test, feature = "deploy"))]
mod tests {
    use super::wrapped;

    #[test]
    fn a_line_that_does_not_fit_goes_on_further_in() {
        let text = "  ! Web: lets 0.0.0.0/0 in on tcp 443\nshort\n";
        assert_eq!(wrapped(text, 24), "  ! Web: lets 0.0.0.0/0\n      in on tcp 443\nshort\n");
        assert_eq!(wrapped(text, 80), text);
    }

    #[test]
    fn colours_take_no_room_and_a_word_is_never_broken() {
        assert_eq!(wrapped("\u{1b}[31mred\u{1b}[0m and blue\n", 12), "\u{1b}[31mred\u{1b}[0m and blue\n");
        assert_eq!(wrapped("a-very-long-word indeed\n", 8), "a-very-long-word\n    indeed\n");
    }
}
