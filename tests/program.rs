//! The program as tests run it: built where the program under test was, and what came of a run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The package.
pub const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// The catalogue's program.
pub const STACKS: &str = env!("CARGO_BIN_EXE_stacks");

/// Cargo, for what a test builds. What cargo told this test of its package is not the inner cargo's to inherit: build scripts
/// that look at it (ring's) would run again, and all that stands on them would be compiled again, now and by the next cargo
/// outside.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let told = |name: &str| name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
        cargo.env_remove(name);
    }
    cargo
}

/// The program of an example. `cargo test --test …` builds no examples, so this does, where the program under test was
/// built.
pub fn example(name: &str) -> PathBuf {
    let profile = Path::new(STACKS).parent().unwrap();
    let mut cargo = cargo();
    cargo.current_dir(PACKAGE).args(["build", "--quiet", "--example", name, "--target-dir"]);
    cargo.arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success());
    profile.join("examples").join(name)
}

/// How a program ended, and what it said.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// Asserts that it did what it was asked.
    #[track_caller]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// Asserts that it told this, on either stream.
    #[track_caller]
    pub fn told(self, text: &str) -> Self {
        assert!(self.err.contains(text) || self.out.contains(text), "{text}\nis not in\n{}\n{}", self.out, self.err);
        self
    }
}

/// Compares text that people read with its file in `snapshots/`.
pub fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
