//! The program as a person uses it: output, exit codes, files.

mod listing;
mod problems;
mod shell;
mod synth;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The catalogue's program.
const STACKS: &str = env!("CARGO_BIN_EXE_stacks");

/// How a program ended, and what it said.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// Asserts that it did what it was asked.
    #[track_caller]
    fn done(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

/// The program, to be run in a folder, 80 columns wide, without a word on colour from the outside.
fn program(path: impl AsRef<OsStr>, folder: &Path) -> Command {
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
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The paths of all stacks, in deployment order.
fn all_paths() -> Vec<String> {
    let listed = stacks(folder().path(), ["ls", "--json"]).done().out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed.as_array().unwrap().iter().map(|stack| stack["path"].as_str().unwrap().to_owned()).collect()
}

pub fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
