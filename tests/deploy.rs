//! Deployments, against doubles of AWS on the loopback: no account, no network.
//!
//! * `compared` — `diff` against stacks that are not as ours
//! * `documented` — what AWS documents of changes, against the emulator's change sets
//! * `drift` — what CloudFormation finds, what it cannot look at
//! * `emulator` — MiniStack in a process of its own: believable stacks and resources
//! * `scripted` — a server in this process: throttling, dropped connections, every failed state, on demand
//! * `assets` — files, images and objects on their way, and the stack they go through
//! * `aws` — what a test asks of either, and does to it behind the program's back
//! * `doubles` — that the doubles do as they say
//! * `faults` — what AWS and the way to it do wrong, and that nothing is lost or done twice
//! * `histories` — modules of this project, edited step by step: what is announced is what happens
//! * `import` — existing resources become a stack's
//! * `life` — stacks from their creation to their deletion
//! * `outputs` — names, quoting, near misses; a real shell reads them back
//! * `plan` — which stacks, in which order; no AWS
//! * `preview` — what `diff --change-set` asks, says and leaves behind
//! * `refactor` — resources under other ids and in other stacks: which, with which templates, and carried out
//! * `revert` — `deploy --revert-drift`
//! * `runbooks` — manual steps with the outputs of deployed stacks
//! * `settings` — `formwork.toml`
//! * `terminal` — a person at a terminal
//! * `accounts` — several accounts and regions in one run
//! * `catalogue` — every system of this project, deployed and destroyed
//! * `cookbook` — every recipe, its outputs in a shell
//! * `calls` — how many calls, how often
//! * `interrupted` — `kill -9`, and the same command again
//! * `shell` — outputs in a real shell; secrets are nowhere

mod accounts;
mod assets;
mod aws;
mod calls;
mod catalogue;
mod compared;
mod cookbook;
mod documented;
mod doubles;
mod drift;
mod emulator;
mod faults;
mod histories;
mod import;
mod interrupted;
mod life;
mod outputs;
mod plan;
mod preview;
mod refactor;
mod revert;
mod runbooks;
mod scripted;
mod settings;
mod shell;
mod terminal;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::{Run, example};

/// The program of `examples/fixture.rs`.
fn fixture() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| example("fixture"))
}

/// A program in a folder, 80 columns wide, that takes `endpoint` for all of AWS and belongs to `account`. It inherits no
/// setting of AWS, no proxy and no word on colour, and finds no home.
fn isolated(program: impl AsRef<OsStr>, folder: &Path, endpoint: &str, account: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("AWS_") || upper.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    let home = folder.join(".home");
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", account)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", home.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"))
        .env("HOME", home)
        .env("COLUMNS", "80");
    command
}

/// A folder with definitions for the fixture, which a test may change between two runs.
struct Definitions(tempfile::TempDir);

impl Definitions {
    fn new(stacks: &Value) -> Self {
        let definitions = Self(tempfile::tempdir().unwrap());
        definitions.replace(stacks);
        definitions
    }

    fn replace(&self, stacks: &Value) {
        std::fs::write(self.0.path().join("stacks.json"), stacks.to_string()).unwrap();
    }

    /// Prepares the fixture, which `isolated` cuts off from everything else.
    fn program(&self, isolated: impl FnOnce(&Path, &Path) -> Command) -> Command {
        let mut command = isolated(fixture(), self.0.path());
        command.env("FIXTURE", "stacks.json");
        command
    }
}

/// Runs the fixture with these stacks, to its end, where all of AWS is an endpoint, and the caller of an account.
fn run_at(endpoint: &str, account: &str, stacks: &Value, args: &[&str]) -> Run {
    let isolated = |program: &Path, folder: &Path| isolated(program, folder, endpoint, account);
    Definitions::new(stacks).program(isolated).args(args).output().unwrap().into()
}
