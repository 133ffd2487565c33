//! The program as a person uses it: output, exit codes, files.

mod listing;
mod problems;
mod shell;
mod synth;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Run, STACKS};

/// The program, to be run in a folder, 80 columns wide, without a word on colour from the outside.
pub(crate) fn program(path: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(path);
    command.current_dir(folder).env("COLUMNS", "80").stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the catalogue's program in a folder.
fn stacks<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Run {
    program(STACKS, folder).args(args).output().unwrap().into()
}

/// An empty folder, beside no package.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The paths of all stacks, in deployment order.
pub(crate) fn all_paths() -> Vec<String> {
    let listed = stacks(folder().path(), ["ls", "--json"]).done().out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed.as_array().unwrap().iter().map(|stack| stack["path"].as_str().unwrap().to_owned()).collect()
}
