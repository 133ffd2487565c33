//! The command line of an app: the only place that prints or ends the process.
//!
//! Exit codes, the same for every command: see [`Exit`].

#[cfg(feature = "deploy")]
mod aws;
#[cfg(all(feature = "deploy", feature = "ecr", feature = "s3"))]
mod bootstrap;
mod completions;
#[cfg(feature = "deploy")]
mod deploy;
#[cfg(feature = "deploy")]
mod destroy;
mod diff;
#[cfg(feature = "deploy")]
mod drift;
mod files;
mod git;
mod graph;
#[cfg(feature = "deploy")]
mod import;
mod ls;
mod new;
mod output;
#[cfg(feature = "deploy")]
mod outputs;
mod reach;
#[cfg(feature = "deploy")]
mod recover;
#[cfg(feature = "deploy")]
mod refactor;
mod report;
mod runbook;
mod select;
#[cfg(feature = "deploy")]
mod status;
mod synth;
mod table;

pub use crate::recipe::Recipe;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::core::App;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what it was asked.
    Done = 0,
    /// The check found something: stale templates, differences.
    Found = 1,
    /// Wrong usage, or problems in the definitions; nothing was written.
    Refused = 2,
    /// AWS said no, or a deployment failed.
    Failed = 3,
    /// Interrupted.
    Interrupted = 130,
}

const ABOUT: &str = "Infrastructure as code for AWS: the stacks of this project";

/// Paragraphs are one line each: they are wrapped to the terminal.
const AFTER: &str = "\
A SELECTOR is the path of a stack or a pattern over paths: `*` stands for anything within a part, `**` for any number \
of parts (`shop/dev/*`, `**/vpc`). Without one, a command is about all stacks. Quote patterns, or the shell reads them \
first.

Exit codes:
  0    done
  1    the check found something: stale templates, differences
  2    wrong usage, or problems in the definitions; nothing was written
  3    AWS said no, or a deployment failed
  130  interrupted";

/// The app's own version is not known here; whose it is, is said.
const VERSION: &str = concat!("(formwork ", env!("CARGO_PKG_VERSION"), ")");

#[derive(Debug, Parser)]
#[command(about = ABOUT, after_help = AFTER, version = VERSION, max_term_width = 100, disable_help_subcommand = true)]
struct Cli<C: Subcommand> {
    #[command(subcommand)]
    command: C,
}

/// What a program with recipes can do.
#[derive(Debug, Subcommand)]
enum WithRecipes {
    New(new::Args),
    #[command(flatten)]
    Any(Command),
}

#[derive(Debug, Subcommand)]
enum Command {
    Ls(ls::Args),
    Synth(synth::Args),
    Diff(diff::Args),
    Graph(graph::Args),
    Reach(reach::Args),
    #[cfg(feature = "deploy")]
    Deploy(deploy::Args),
    #[cfg(feature = "deploy")]
    Destroy(destroy::Args),
    #[cfg(feature = "deploy")]
    Outputs(outputs::Args),
    #[cfg(feature = "deploy")]
    Status(status::Args),
    #[cfg(feature = "deploy")]
    Drift(drift::Args),
    #[cfg(feature = "deploy")]
    Import(import::Args),
    #[cfg(feature = "deploy")]
    Refactor(refactor::Args),
    #[cfg(feature = "deploy")]
    Recover(recover::Args),
    Runbook(runbook::Args),
    #[cfg(all(feature = "deploy", feature = "ecr", feature = "s3"))]
    Bootstrap(bootstrap::Args),
    Completions(completions::Args),
}

/// Runs the command line of an app: `define` adds its stacks.
///
/// Give it back from `main`: `fn main() -> ExitCode { formwork::cli::main(|app| { … }) }`.
pub fn main(define: impl FnOnce(&mut App)) -> ExitCode {
    match parsed::<Command>() {
        Ok(command) => run(command, define, described::<Command>()),
        Err(code) => code,
    }
}

/// Runs the command line of an app that has recipes: `new` begins projects with them. Without any it is [`main`].
pub fn main_with_recipes(
    define: impl FnOnce(&mut App),
    recipes: impl IntoIterator<Item = &'static Recipe>,
) -> ExitCode {
    let recipes: Vec<&Recipe> = recipes.into_iter().collect();
    if recipes.is_empty() {
        return main(define);
    }
    match parsed::<WithRecipes>() {
        Ok(WithRecipes::New(args)) => ExitCode::from(new::run(&args, &recipes) as u8),
        Ok(WithRecipes::Any(command)) => run(command, define, described::<WithRecipes>()),
        Err(code) => code,
    }
}

/// The command line as clap knows it.
fn described<C: Subcommand>() -> clap::Command {
    Cli::<C>::command().name(program_name())
}

/// What was asked for. Help and version are about the program, not its stacks: they need no definitions.
fn parsed<C: Subcommand>() -> Result<C, ExitCode> {
    let matches = described::<C>().try_get_matches();
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    cli.map(|cli| cli.command).map_err(|error| explained(&error))
}

fn run(command: Command, define: impl FnOnce(&mut App), mut described: clap::Command) -> ExitCode {
    let exit = match command {
        Command::Completions(args) => completions::run(&args, &mut described),
        Command::Ls(args) => ls::run(&args, &defined(define)),
        Command::Synth(args) => synth::run(&args, &defined(define)),
        Command::Diff(args) => diff::run(&args, &defined(define)),
        Command::Graph(args) => graph::run(&args, &defined(define)),
        Command::Reach(args) => reach::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Deploy(args) => deploy::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Destroy(args) => destroy::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Outputs(args) => outputs::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Status(args) => status::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Drift(args) => drift::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Import(args) => import::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Refactor(args) => refactor::run(&args, &defined(define)),
        #[cfg(feature = "deploy")]
        Command::Recover(args) => recover::run(&args, &defined(define)),
        Command::Runbook(args) => runbook::run(&args, &defined(define)),
        #[cfg(all(feature = "deploy", feature = "ecr", feature = "s3"))]
        Command::Bootstrap(args) => bootstrap::run(&args, &defined(define)),
    };
    ExitCode::from(exit as u8)
}

fn defined(define: impl FnOnce(&mut App)) -> App {
    let mut app = App::new();
    define(&mut app);
    app
}

/// Prints help, the version, or what is wrong with the arguments. A reader that has gone changes nothing.
fn explained(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Refused as u8))
}

/// The program as it was called, without its folder: an app may be called anything.
fn program_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let path = std::env::args_os().next().map(PathBuf::from);
        let name = path.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        let name = name.as_deref().map(|name| name.strip_suffix(std::env::consts::EXE_SUFFIX).unwrap_or(name));
        name.filter(|name| !name.is_empty()).unwrap_or("stacks").to_owned()
    })
}
