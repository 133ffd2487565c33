//! CloudFormation's limits. Rule: the AWS CloudFormation user guide, "Understand CloudFormation quotas".

use std::collections::BTreeMap;

use super::Report;
use crate::core::{Expr, Intrinsic, Problem, Stack};
use crate::synth::resolve::Resolved;

const RESOURCES: usize = 500;
const OUTPUTS: usize = 200;
const PARAMETERS: usize = 200;
const MAPPINGS: usize = 200;
const MAPPING_KEYS: usize = 200;
const DESCRIPTION_BYTES: usize = 1024;
const PARAMETER_BYTES: usize = 4096;
const DYNAMIC_REFERENCES: usize = 60;
const TAGS: usize = 50;
const TAG_KEY: usize = 128;
const TAG_VALUE: usize = 256;
const TOPICS: usize = 5;
const STACKS: usize = 2000;
/// The largest template, through a bucket.
pub(crate) const TEMPLATE_BYTES: usize = 1_000_000;

const SPLIT: &str = "move some to another stack; references between stacks need no word of yours";

fn over(what: &str, count: usize, most: usize, help: &str) -> Option<Problem> {
    (count > most)
        .then(|| Problem::error("limit", format!("{count} {what}, and CloudFormation takes {most} at most")).help(help))
}

pub(super) fn check(out: &mut Report<'_>) {
    let resolved = out.resolved;
    let stack = resolved.stack;
    let resources = stack.tree.resources().count();
    if resources == 0 {
        let problem = Problem::error("empty-stack", "the stack has no resources");
        out.push(problem.help("add one, or leave the stack out"));
    }
    let outputs = stack.outputs.len() + resolved.given.len();
    let description = stack.description.as_ref().map_or(0, String::len);
    let problems = [
        over("resources", resources, RESOURCES, SPLIT),
        over(
            "outputs",
            outputs,
            OUTPUTS,
            "those that other stacks read count too; move some resources to another stack",
        ),
        over("parameters", stack.parameters.len(), PARAMETERS, "put some together as lists"),
        over("mappings", stack.mappings.len(), MAPPINGS, "put some together, or look values up in Rust"),
        over("bytes of description", description, DESCRIPTION_BYTES, "say it in fewer words"),
        over("dynamic references", dynamic_references(stack), DYNAMIC_REFERENCES, SPLIT),
        over("tags", stack.tags.len(), TAGS, "leave some out"),
        over("notification topics", stack.notification_arns.len(), TOPICS, "let one topic forward to others"),
    ];
    for problem in problems.into_iter().flatten() {
        out.push(problem);
    }
    for (name, mapping) in &stack.mappings {
        let most =
            mapping.entries.values().map(indexmap::IndexMap::len).max().unwrap_or_default().max(mapping.entries.len());
        let what = format!("keys in the mapping `{name}`");
        if let Some(problem) = over(&what, most, MAPPING_KEYS, "look values up in Rust") {
            out.push(problem);
        }
    }
    for (name, parameter) in &stack.parameters {
        let bytes = parameter.default.as_ref().and_then(Expr::as_str).map_or(0, str::len);
        let what = format!("bytes in the default of `{name}`");
        if let Some(problem) = over(&what, bytes, PARAMETER_BYTES, "keep it in Systems Manager") {
            out.push(problem);
        }
    }
    for (key, value) in &stack.tags {
        let (keys, values) = (key.chars().count(), value.chars().count());
        let problems = [
            over(&format!("characters in the tag key `{key}`"), keys, TAG_KEY, "shorten it"),
            over(&format!("characters in the value of the tag `{key}`"), values, TAG_VALUE, "shorten it"),
            key.to_lowercase().starts_with("aws:").then(|| {
                Problem::error("name", format!("the tag `{key}` begins with `aws:`"))
                    .help("that is AWS's own; name it otherwise")
            }),
        ];
        for problem in problems.into_iter().flatten() {
            out.push(problem);
        }
    }
}

fn dynamic_references(stack: &Stack) -> usize {
    let mut count = 0;
    for (.., resource) in stack.tree.resources() {
        for entry in &resource.props {
            entry.value.walk(&mut |expr| match expr {
                Expr::Intrinsic(intrinsic) if matches!(**intrinsic, Intrinsic::Dynamic(_)) => count += 1,
                Expr::Intrinsic(intrinsic) => {
                    if let Intrinsic::Sub(text, _) = &**intrinsic {
                        count += text.matches("{{resolve:").count();
                    }
                }
                Expr::String(text) => count += text.matches("{{resolve:").count(),
                _ => {}
            });
        }
    }
    count
}

/// Too large a template, once it is written.
pub(crate) fn template(resolved: &Resolved<'_>, bytes: usize) -> Option<Problem> {
    let mut problem = over("bytes of template", bytes, TEMPLATE_BYTES, SPLIT)?;
    problem.stack = Some(resolved.stack.path.clone());
    Some(problem.at(resolved.stack.at, "in this stack"))
}

/// Too many stacks in one region.
pub(super) fn stacks(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    let mut by_env: BTreeMap<_, Vec<&Stack>> = BTreeMap::new();
    for resolved in stacks {
        by_env.entry(&resolved.stack.env).or_default().push(resolved.stack);
    }
    let over = by_env.into_iter().filter_map(|(env, stacks)| {
        let count = stacks.len();
        let last = stacks.last()?;
        let problem =
            over(&format!("stacks in {env}"), count, STACKS, "ask AWS for more, or use another account or region");
        let problem = problem?.at(last.at, "the last of them is defined here");
        Some(Problem { stack: Some(last.path.clone()), ..problem })
    });
    over.collect()
}
