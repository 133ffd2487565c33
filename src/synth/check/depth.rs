//! Values inside values inside values: deeper than anything that a service takes, and than the other checks can follow.

use super::Report;
use crate::core::{At, Expr, NodeId, Problem};

/// How deep a value may be. The deepest of real templates (rules of a web firewall, definitions of state machines) have
/// some 30 levels.
const DEEPEST: usize = 200;

/// Whether every value of the stack can be looked into. Without recursion, for that is what would fail.
pub(super) fn check(out: &mut Report<'_>) -> bool {
    let stack = out.resolved.stack;
    let mut found = Vec::new();
    for (index, _, resource) in stack.tree.resources() {
        for props in resource.expressions() {
            for entry in props.iter().filter(|entry| depth(&entry.value) > DEEPEST) {
                found.push((Some(NodeId { stack: stack.key, index }), Some(entry.key.to_string()), entry.at));
            }
        }
    }
    let outputs = stack.outputs.values().filter(|output| depth(&output.value) > DEEPEST);
    found.extend(outputs.map(|output| (None, None, output.at)));
    let metadata = stack.metadata.iter().filter(|entry| depth(&entry.value) > DEEPEST);
    found.extend(metadata.map(|entry| (None, None, entry.at)));
    let fine = found.is_empty();
    for (node, property, at) in found {
        report(out, node, property, at);
    }
    fine
}

fn report(out: &mut Report<'_>, node: Option<NodeId>, property: Option<String>, at: At) {
    let problem = Problem::error("limit", format!("this value has more than {DEEPEST} levels, one inside the other"))
        .help("no service takes as many: look for a loop that wraps a value in itself");
    match node {
        Some(node) => out.at(node, Some(at), Problem { property, ..problem }),
        None => out.push(problem.at(at, "set here")),
    }
}

/// How many levels a value has; counting stops once there are too many.
fn depth(value: &Expr) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 1)];
    while let Some((value, level)) = open.pop() {
        deepest = deepest.max(level);
        if deepest > DEEPEST {
            break;
        }
        match value {
            Expr::List(items) => open.extend(items.iter().map(|item| (item, level + 1))),
            Expr::Map(props) => open.extend(props.iter().map(|entry| (&entry.value, level + 1))),
            Expr::Intrinsic(intrinsic) => open.extend(intrinsic.children().map(|child| (child, level + 1))),
            _ => {}
        }
    }
    deepest
}
