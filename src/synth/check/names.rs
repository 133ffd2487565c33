//! Names: of stacks, resources, outputs and exports.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{Report, literal};
use crate::core::{At, Expr, NodeId, Problem};
use crate::synth::resolve::{Given, Resolved};

pub(super) fn check(out: &mut Report<'_>) {
    stack_name(out);
    logical_ids(out);
    let stack = out.resolved.stack;
    let declared = stack.parameters.iter().map(|(name, p)| ("parameter", name, p.at));
    let declared = declared.chain(stack.outputs.iter().map(|(name, o)| ("output", name, Some(o.at))));
    let declared = declared.chain(stack.conditions.iter().map(|(name, (_, at))| ("condition", name, Some(*at))));
    let declared = declared.chain(stack.mappings.iter().map(|(name, mapping)| ("mapping", name, Some(mapping.at))));
    let declared = declared.chain(stack.rules.iter().map(|(name, rule)| ("rule", name, rule.at)));
    for (what, name, at) in declared.filter(|(_, name, _)| !alphanumeric(name)) {
        out.push(place(misnamed(what, name), at));
    }
    for (name, mapping) in &stack.mappings {
        for problem in mapping_keys(name, &mapping.entries) {
            out.push(problem.at(mapping.at, "declared here"));
        }
    }
    for (name, parameter) in &stack.parameters {
        let id = stack.tree.resources().find(|(index, ..)| out.resolved.ids[*index as usize] == *name);
        if id.is_some() {
            let message = format!("a parameter and a resource are both called `{name}`");
            let problem = Problem::error("name-used-twice", message).help("`Ref` could mean either: rename one");
            out.push(place(problem, parameter.at));
        }
    }
    for given in out.resolved.given.values().filter(|given| stack.outputs.contains_key(&given.key)) {
        let message = format!("the output `{}` is also what other stacks read", given.key);
        out.push(Problem::error("name-used-twice", message).help("rename your output"));
    }
}

/// The name of something that a stack declares has other characters than it may, or too few or many.
fn misnamed(what: &str, name: &str) -> Problem {
    let fixed: String = name.chars().filter(char::is_ascii_alphanumeric).take(255).collect();
    let message = match name.len() {
        0 => format!("a {what} has no name"),
        1..=255 => format!("the {what} `{name}` has characters other than letters and digits"),
        length => format!("the name of a {what} has {length} characters, and may have 255"),
    };
    let help = match &*fixed {
        "" => "call it by letters and digits".to_owned(),
        _ if fixed.len() > 80 => "give it a shorter one".to_owned(),
        _ => format!("call it `{fixed}`"),
    };
    Problem::error("name", message).help(help)
}

/// Keys that CloudFormation refuses in a mapping: the first level takes `.` and `-` too, for regions and domains.
fn mapping_keys(name: &str, entries: &IndexMap<String, IndexMap<String, Expr>>) -> Vec<Problem> {
    let first = |key: &&String| {
        key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    let wrong = entries.keys().filter(first).map(|key| (key, "letters, digits, `.` and `-`"));
    let inner = entries.values().flat_map(IndexMap::keys).filter(|key| !alphanumeric(key));
    let mut problems: Vec<Problem> = Vec::new();
    for (key, takes) in wrong.chain(inner.map(|key| (key, "letters and digits"))) {
        let message = format!("the mapping `{name}` has the key `{key}`");
        if !problems.iter().any(|before| before.message == message) {
            problems.push(Problem::error("name", message).help(format!("keys of this level are of {takes}")));
        }
    }
    problems
}

fn place(problem: Problem, at: Option<At>) -> Problem {
    match at {
        Some(at) => problem.at(at, "declared here"),
        None => problem,
    }
}

fn alphanumeric(name: &str) -> bool {
    !name.is_empty() && name.len() <= 255 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Paths name files and stacks. Rule for names: the CloudFormation API reference, `CreateStack`, `StackName`.
fn stack_name(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    let part = |part: &str| {
        !part.is_empty()
            && !part.trim_matches('.').is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if !stack.path.split('/').all(part) {
        let message = format!("`{}` is not a path that can name a stack", stack.path);
        let help = "letters, digits, `-`, `_` and `.`, with `/` between the parts";
        out.push(Problem::error("name", message).help(help).at(stack.at, "defined here"));
    }
    let name = &stack.name;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !starts || name.len() > 128 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let message = format!("CloudFormation refuses `{name}` as the name of a stack");
        let help = "a letter, then letters, digits and `-`, 128 characters at most: choose another path, or `set_name`";
        out.push(Problem::error("name", message).help(help).at(stack.at, "defined here"));
    }
}

fn logical_ids(out: &mut Report<'_>) {
    let resolved = out.resolved;
    let stack = resolved.stack;
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, ..) in stack.tree.resources() {
        let id = resolved.ids[index as usize].as_str();
        let node = NodeId { stack: stack.key, index };
        if !alphanumeric(id) {
            let path = stack.tree.path(index);
            if id.is_empty() && path.iter().any(|id| id.is_empty()) {
                continue; // an empty id is said where it was added
            }
            let path = path.join("/");
            let problem = Problem::error("name", format!("`{path}` {}", gives(id)))
                .help("a logical id is 1 to 255 letters and digits");
            out.at(node, None, problem);
        } else if let Some(before) = seen.insert(id, index) {
            let (first, second) = (stack.tree.path(before), stack.tree.path(index));
            if first == second {
                continue; // two of one name: said where it was added
            }
            let message = format!("`{}` and `{}` both have the logical id `{id}`", first.join("/"), second.join("/"));
            let problem = Problem::error("duplicate-logical-id", message)
                .help("a logical id is the path without what is not alphanumeric: change one id");
            let first = stack.tree.upwards(before).map(|node| node.at).find(|at| !crate::core::is_library(at));
            let problem = stack.tree.locate(problem, node, None);
            out.push(match first {
                Some(at) => problem.at(at, "the first is added here"),
                None => problem,
            });
        }
    }
}

fn gives(id: &str) -> String {
    match id.len() {
        0 => "gives an empty logical id".to_owned(),
        1..=255 => format!("gives the logical id `{id}`"),
        length => format!("gives a logical id of {length} characters"),
    }
}

/// Two stacks of one name in one account and region.
pub(super) fn stacks(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    let mut seen: BTreeMap<_, &Resolved<'_>> = BTreeMap::new();
    let mut problems = Vec::new();
    for resolved in stacks {
        let stack = resolved.stack;
        if let Some(before) = seen.insert((&stack.env, &stack.name), resolved) {
            if before.stack.path.eq_ignore_ascii_case(&stack.path) {
                continue; // said where it was defined
            }
            let message = format!(
                "`{}` and `{}` are both called `{}` in {}",
                before.stack.path, stack.path, stack.name, stack.env
            );
            let mut problem = Problem::error("name-used-twice", message)
                .help("to CloudFormation they are one stack: `set_name` one of them")
                .at(stack.at, "the second is defined here")
                .at(before.stack.at, "the first is defined here");
            problem.stack = Some(stack.path.clone());
            problems.push(problem);
        }
    }
    problems
}

/// Two exports of one name in one account and region.
pub(super) fn exports(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    let mut seen: BTreeMap<_, (&str, At)> = BTreeMap::new();
    let mut problems = Vec::new();
    for resolved in stacks {
        let stack = resolved.stack;
        let own = stack.outputs.values().filter_map(|output| {
            output.export.as_ref().and_then(|name| literal::text(resolved, name)).map(|name| (name, output.at))
        });
        let given = resolved.given.values().filter(|given| given.exported);
        let given = given.map(|given| (Given::export_name(&stack.name, &given.key), stack.at));
        for (name, at) in own.chain(given) {
            if let Some((other, before)) = seen.insert((&stack.env, name.clone()), (&stack.path, at)) {
                let message =
                    format!("the export `{name}` of `{}` is also one of `{other}`, in {}", stack.path, stack.env);
                let mut problem = Problem::error("export-name", message)
                    .help("an export's name is unique in an account and region: put the stack's name into it")
                    .at(at, "exported here")
                    .at(before, "and here");
                problem.stack = Some(stack.path.clone());
                problems.push(problem);
            }
        }
    }
    problems
}
