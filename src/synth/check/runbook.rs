//! Runbooks: what stands in braces is an output that there will be.

use std::collections::BTreeSet;

use super::super::nearest::nearest;
use super::{Resolved, either};
use crate::core::{Placeholder, Problem, Runbook, Stack};

/// What is wrong with the runbooks of some stacks, which may name outputs of any stack of the app.
pub(super) fn check(stacks: &[&Resolved<'_>], all: &[Resolved<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for resolved in stacks {
        let stack = resolved.stack;
        for (name, runbook) in &stack.runbooks {
            let mut seen = BTreeSet::new();
            let once = runbook.placeholders().filter(|placeholder| seen.insert(*placeholder));
            let unknown = once.filter_map(|placeholder| unknown(stack, name, placeholder, all));
            let found = misnamed(name).into_iter().chain(unknown).map(|problem| placed(problem, stack, runbook));
            problems.extend(found);
        }
    }
    problems
}

fn placed(problem: Problem, stack: &Stack, runbook: &Runbook) -> Problem {
    Problem { stack: Some(stack.path.clone()), ..problem.at(runbook.at, "declared here") }
}

fn misnamed(name: &str) -> Option<Problem> {
    let good = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !name.is_empty() && name.chars().all(good) {
        return None;
    }
    let message = format!("a runbook cannot be called `{name}`");
    Some(
        Problem::error("runbook", message)
            .help("its name is letters, digits, `-` and `_`: it is typed on a command line"),
    )
}

/// A placeholder that no output stands for.
fn unknown(own: &Stack, name: &str, place: Placeholder<'_>, all: &[Resolved<'_>]) -> Option<Problem> {
    let stack = match place.stack {
        None => own,
        Some(path) => match all.iter().find(|resolved| resolved.stack.path == path) {
            Some(resolved) => resolved.stack,
            None => return Some(no_stack(name, path, all)),
        },
    };
    if stack.outputs.contains_key(place.key) {
        return None;
    }
    let message = match place.stack {
        None => format!("the runbook `{name}` names an output `{}`, which the stack does not have", place.key),
        Some(path) => format!("the runbook `{name}` names an output `{}`, which `{path}` does not have", place.key),
    };
    let known: Vec<&str> = stack.outputs.keys().map(String::as_str).collect();
    let help = match nearest(place.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("it has no outputs: declare it, `s.output(\"{}\", …)`", place.key),
        None => format!("it has {}; declare it with `s.output`", either(&known, 8)),
    };
    Some(Problem::error("runbook", message).help(help))
}

fn no_stack(name: &str, path: &str, all: &[Resolved<'_>]) -> Problem {
    let problem = Problem::error("runbook", format!("the runbook `{name}` names a stack `{path}`, which is not there"));
    match nearest(path, all.iter().map(|resolved| resolved.stack.path.as_str())) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`ls` lists all stacks"),
    }
}
