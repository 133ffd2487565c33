//! The program as a person uses it: output, exit codes, files.

mod listing;
mod problems;
mod shell;
mod synth;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The catalogue's program.
const STACKS: &str = env!("CARGO_BIN_EXE_stacks");
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// How a program ended, and what it said.
pub(crate) struct Run {
    code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
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
    pub(crate) fn done(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

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

/// The program of an example. `cargo test --test …` builds no examples, so this does, where the program under test was
/// built.
pub(crate) fn example(name: &str) -> PathBuf {
    let profile = Path::new(STACKS).parent().unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(PACKAGE).args(["build", "--quiet", "--example", name, "--target-dir"]);
    cargo.arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success());
    profile.join("examples").join(name)
}

/// An empty folder, beside no package.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The paths of all stacks, in deployment order.
fn all_paths() -> Vec<String> {
    let listed = stacks(folder().path(), ["ls", "--json"]).done().out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed.as_array().unwrap().iter().map(|stack| stack["path"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
