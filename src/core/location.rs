//! Where a line of the definitions stands.

use std::panic::Location;

/// A line of source that made something: file, line and column.
pub type At = &'static Location<'static>;

/// A line as a reader is told of it: `stacks/web.rs:12`.
#[must_use]
pub fn line(at: At) -> String {
    format!("{}:{}", at.file(), at.line())
}

/// Whether a line is this library's own rather than its user's: an error shows the user's line first.
#[must_use]
pub fn is_library(at: At) -> bool {
    // This file is <root>/core/location.rs, so the library's lines are those below <root>.
    let root = file!().len() - "core/location.rs".len();
    at.file().starts_with(&file!()[..root])
}
