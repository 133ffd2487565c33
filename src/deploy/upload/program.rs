//! Programs that make assets: run to their end, and their last words where they fail.

use std::io;

use tokio::process::Command;

use super::super::Trouble;
use super::super::failure::{Failure, Said};
use crate::core::{At, Problem};

/// How many of the last lines that a failed program wrote are shown.
const LINES: usize = 20;

/// A program that runs for an asset.
pub(super) struct Asked<'a> {
    /// What it is called.
    pub(super) name: &'a str,
    /// What a problem with it is called.
    pub(super) check: &'static str,
    /// The asset's path.
    pub(super) asset: &'a str,
    /// The line that names the asset.
    pub(super) at: At,
}

/// Runs a program to its end; where it fails, its last lines tell why. `missing` says what it means that it cannot be run.
pub(super) async fn run(
    asked: Asked<'_>,
    mut program: Command,
    missing: impl FnOnce(&io::Error) -> Trouble,
) -> Result<(), Failure> {
    let Asked { name, check, asset, at } = asked;
    let output = program.output().await.map_err(|error| missing(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let mut failure = Failure::of(
        format!("`{name}` failed for {asset} ({}); this stack is as it was", output.status),
        "mend what it says and deploy again",
    );
    let problem = Problem::error(check, format!("`{name}` failed for {asset}"));
    failure.causes = vec![problem.at(at, "asked for here")];
    let lines = last_lines(&[output.stdout, output.stderr].concat());
    failure.said = Some(Box::new(Said { program: name.to_owned(), lines }));
    Err(failure)
}

/// The last lines that a program wrote, without what only colours or empties them.
pub(super) fn last_lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()).collect()
}
