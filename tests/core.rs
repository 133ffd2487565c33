//! Apps, stacks, references, values.

mod cross_stack;
mod declared;
mod intrinsics;
mod tree;

use formwork::testing::Template;
use formwork::{Assembly, Env};

/// Somewhere: an account and region.
fn env() -> Env {
    Env::new("111111111111", "eu-west-1")
}

/// The template of one stack of an assembly.
#[track_caller]
fn template(assembly: &Assembly<'_>, path: &str) -> Template {
    Template::from(assembly.stack(path).unwrap())
}

/// Asserts that a text of problems has this one, with its check.
#[track_caller]
fn has_problem(problems: &str, check: &str, message: &str) {
    let line = format!("error[{check}]: {message}");
    assert!(problems.lines().any(|there| there == line), "`{line}` is not among:\n{problems}");
}
