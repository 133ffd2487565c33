//! Resources that each need another before them: CloudFormation can create none of them.

use std::collections::BTreeMap;

use super::{Report, spelled};
use crate::core::{Expr, Intrinsic, NodeId, Problem};

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Finds cycles, and spells each out.
pub(super) fn check(out: &mut Report<'_>) {
    let needs = needs(out);
    let mut marks = vec![Mark::New; needs.len()];
    for start in 0..needs.len() {
        if let Some(cycle) = visit(start, &needs, &mut marks) {
            report(out, &cycle);
        }
    }
}

/// For each construct, the resources it needs before it.
fn needs(out: &Report<'_>) -> Vec<Vec<usize>> {
    let stack = out.resolved.stack;
    let own = |node: NodeId| (node.stack == stack.key).then_some(node.index as usize);
    let by_id: BTreeMap<&str, usize> = out
        .resolved
        .ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !id.is_empty())
        .map(|(index, id)| (&**id, index))
        .collect();
    let named = |name: &str| by_id.get(name.split('.').next().unwrap_or_default()).copied();
    let mut needs = vec![Vec::new(); stack.tree.nodes.len()];
    for (index, _, resource) in stack.tree.resources() {
        let mut found = Vec::new();
        for entry in resource.expressions().flatten() {
            entry.value.walk(&mut |expr| match expr {
                Expr::Ref(node) => found.extend(own(*node)),
                Expr::Att(att) => found.extend(own(att.node)),
                Expr::Map(props) => found.extend(spelled::names(props).iter().filter_map(|(name, _)| named(name))),
                Expr::Intrinsic(intrinsic) => {
                    if let Intrinsic::Sub(text, vars) = &**intrinsic {
                        let vars: Vec<&str> = vars.iter().map(|(var, _)| &**var).collect();
                        found.extend(spelled::substituted(text, &vars).filter_map(named));
                    }
                }
                _ => {}
            });
        }
        found.extend(stack.tree.waits_for(index, resource).into_iter().map(|before| before as usize));
        found.dedup();
        needs[index as usize] = found;
    }
    needs
}

/// Walks from `start` and returns the first cycle on the way: its resources in the order of their needs. Without
/// recursion, for a chain may be as long as a stack.
fn visit(start: usize, needs: &[Vec<usize>], marks: &mut [Mark]) -> Option<Vec<usize>> {
    if marks[start] != Mark::New {
        return None;
    }
    let mut cycle = None;
    let mut open = vec![(start, 0)];
    marks[start] = Mark::Open;
    while let Some((node, next)) = open.last_mut() {
        let Some(&need) = needs[*node].get(*next) else {
            marks[*node] = Mark::Done;
            open.pop();
            continue;
        };
        *next += 1;
        match marks[need] {
            Mark::New => {
                marks[need] = Mark::Open;
                open.push((need, 0));
            }
            Mark::Open if cycle.is_none() => {
                let from = open.iter().position(|(node, _)| *node == need).unwrap_or_default();
                cycle = Some(open[from..].iter().map(|(node, _)| *node).collect());
            }
            _ => {}
        }
    }
    cycle
}

fn report(out: &mut Report<'_>, cycle: &[usize]) {
    let stack = out.resolved.stack;
    let name = |index: usize| stack.tree.path(u32::try_from(index).unwrap_or_default()).join("/");
    let mut spelled: Vec<String> = cycle.iter().map(|index| name(*index)).collect();
    spelled.push(name(cycle[0]));
    let message = match cycle {
        [_] => format!("this resource needs itself: {}", spelled.join(" → ")),
        _ => format!("these resources need each other: {}", spelled.join(" → ")),
    };
    let node = |index: usize| NodeId { stack: stack.key, index: u32::try_from(index).unwrap_or_default() };
    let problem = Problem::error("dependency-cycle", message)
        .help("move one of the references into a resource of its own, as a rule of a security group can be");
    let mut problem = stack.tree.locate(problem, node(cycle[0]), None);
    for index in &cycle[1..] {
        let at = stack.tree.upwards(node(*index).index).map(|node| node.at).find(|at| !crate::core::is_library(at));
        if let Some(at) = at {
            problem = problem.at(at, "and this one");
        }
    }
    out.push(problem);
}
