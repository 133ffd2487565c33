//! Resolve: logical ids, and what references between stacks become.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::{App, At, Expr, Intrinsic, NodeId, Problem, Stack, StackKey, logical_id};
use crate::spec;

/// A stack whose references have become names.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) stack: &'a Stack,
    /// The logical id of each construct that is a resource; empty for the others.
    pub(crate) ids: Vec<String>,
    /// How each reference to another stack is read.
    pub(crate) reads: BTreeMap<Leaf, Read>,
    /// What other stacks read of this one, by output key.
    pub(crate) given: BTreeMap<Leaf, Given>,
    /// The stacks that this one needs, in definition order.
    pub(crate) needs: BTreeSet<StackKey>,
    pub(crate) problems: Vec<Problem>,
}

/// One thing that a reference can mean: a resource's `Ref`, or one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    pub(crate) node: NodeId,
    pub(crate) attribute: Option<String>,
}

/// How a stack reads what another gives.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The producer's stack name and output key.
    pub(crate) stack_name: String,
    pub(crate) key: String,
    pub(crate) how: How,
    /// A list travels as one string: joined by the producer, split by the consumer.
    pub(crate) list: bool,
}

/// The two ways of reading.
#[derive(Clone, Debug)]
pub(crate) enum How {
    Import,
    StackOutput { region: Option<String>, role: Option<Expr> },
}

/// An output that another stack reads.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) key: String,
    pub(crate) exported: bool,
    pub(crate) list: bool,
}

/// What stands between the items of a list that another stack reads: as AWS CDK does.
pub(crate) const LIST_SEPARATOR: &str = "||";

impl Given {
    /// The name under which a producing stack exports an output.
    pub(crate) fn export_name(stack_name: &str, key: &str) -> String {
        format!("{stack_name}:{key}")
    }
}

/// Resolves every stack of an app.
pub(crate) fn resolve(app: &App) -> Vec<Resolved<'_>> {
    let mut stacks: Vec<Resolved<'_>> = app.stacks.iter().map(named).collect();
    for consumer in 0..stacks.len() {
        let mut uses = Vec::new();
        uses_of(stacks[consumer].stack, &mut uses);
        for used in uses {
            link(&mut stacks, consumer, used);
        }
        let stack = stacks[consumer].stack;
        stacks[consumer].needs.extend(stack.after.iter().map(|(key, _)| *key));
    }
    stacks
}

fn named(stack: &Stack) -> Resolved<'_> {
    let mut ids = vec![String::new(); stack.tree.nodes.len()];
    for (index, ..) in stack.tree.resources() {
        ids[index as usize] = stack.tree.logical_id(index);
    }
    Resolved {
        stack,
        ids,
        reads: BTreeMap::new(),
        given: BTreeMap::new(),
        needs: BTreeSet::new(),
        problems: Vec::new(),
    }
}

/// A reference to another stack, and where it stands.
struct Use {
    leaf: Leaf,
    node: Option<NodeId>,
    at: Option<At>,
    by: By,
}

/// How a reference asks to be read.
#[derive(Clone)]
enum By {
    Import,
    /// With `Fn::GetStackOutput`, in a role where one is named.
    StackOutput(Option<Expr>),
}

fn uses_of(stack: &Stack, uses: &mut Vec<Use>) {
    for (index, _, resource) in stack.tree.resources() {
        let node = Some(NodeId { stack: stack.key, index });
        for entry in resource.expressions().flatten() {
            find(&entry.value, stack.key, &By::Import, &mut |leaf, by| {
                uses.push(Use { leaf, node, at: Some(entry.at), by });
            });
        }
    }
    for output in stack.outputs.values() {
        for expr in [&output.value].into_iter().chain(output.export.as_ref()) {
            find(expr, stack.key, &By::Import, &mut |leaf, by| {
                uses.push(Use { leaf, node: None, at: Some(output.at), by });
            });
        }
    }
    for entry in &stack.metadata {
        find(&entry.value, stack.key, &By::Import, &mut |leaf, by| {
            uses.push(Use { leaf, node: None, at: Some(entry.at), by });
        });
    }
}

/// Calls `found` for each reference to another stack inside `expr`, and how it asks to be read: `by`, unless something
/// on the way says otherwise.
fn find(expr: &Expr, own: StackKey, by: &By, found: &mut dyn FnMut(Leaf, By)) {
    match expr {
        Expr::Ref(node) if node.stack != own => found(Leaf { node: *node, attribute: None }, by.clone()),
        Expr::Att(att) if att.node.stack != own => {
            found(Leaf { node: att.node, attribute: Some(att.name.to_string()) }, by.clone());
        }
        Expr::List(items) => items.iter().for_each(|item| find(item, own, by, found)),
        Expr::Map(props) => props.iter().for_each(|entry| find(&entry.value, own, by, found)),
        Expr::Intrinsic(intrinsic) => match &**intrinsic {
            Intrinsic::ByStackOutput(expr, role) => find(expr, own, &By::StackOutput(role.clone()), found),
            other => other.children().for_each(|child| find(child, own, by, found)),
        },
        _ => {}
    }
}

fn link(stacks: &mut [Resolved<'_>], consumer: usize, used: Use) {
    let Use { leaf, node, at, by } = used;
    let stack = stacks[consumer].stack;
    let producer = leaf.node.stack.index as usize;
    let known = stacks.get(producer).filter(|other| other.stack.key == leaf.node.stack);
    let Some(other) = known else {
        let problem = Problem::error("unknown-reference", "this refers to a resource of another app")
            .help("a reference is only good in the app that made it; take its value as a parameter or an import");
        stacks[consumer].report(problem, node, at);
        return;
    };
    let other_stack = other.stack;
    let id = other.ids.get(leaf.node.index as usize).cloned().unwrap_or_default();
    let how = match by {
        By::StackOutput(role) => {
            let region = other_stack.env.region_code().filter(|region| stack.env.region_code() != Some(region));
            How::StackOutput { region: region.map(str::to_owned), role }
        }
        By::Import if other_stack.env == stack.env => How::Import,
        By::Import => {
            let message = format!(
                "this refers to stack `{}` in {}, and this stack is in {}",
                other_stack.path, other_stack.env, stack.env
            );
            let help = "exports reach no other account or region: wrap the reference in `by_stack_output(…)`, which \
                        reads the output when this stack is deployed, or pass the value as a parameter";
            stacks[consumer].report(Problem::error("other-environment", message).help(help), node, at);
            return;
        }
    };
    let list = leaf.attribute.as_ref().is_some_and(|name| is_list(other_stack, leaf.node, name));
    let key = output_key(&id, leaf.attribute.as_deref());
    let exported = matches!(how, How::Import);
    let stack_name = other_stack.name.clone();
    let given = stacks[producer].given.entry(leaf.clone());
    given.or_insert_with(|| Given { key: key.clone(), exported: false, list }).exported |= exported;
    stacks[consumer].needs.insert(leaf.node.stack);
    let role = |how: &How| matches!(how, How::StackOutput { role: Some(_), .. });
    match stacks[consumer].reads.get(&leaf) {
        // One way to read a thing per stack: the first, unless a later one names the role it needs.
        Some(before) if role(&before.how) || !role(&how) => {}
        _ => drop(stacks[consumer].reads.insert(leaf, Read { stack_name, key, how, list })),
    }
}

/// The key of the output that gives a reference to other stacks: AWS CDK's, so that a stack moved over keeps it.
fn output_key(id: &str, attribute: Option<&str>) -> String {
    let meaning = match attribute {
        None => format!(r#"Output{{"Ref":"{id}"}}"#),
        Some(name) => format!(r#"Output{{"Fn::GetAtt":["{id}","{name}"]}}"#),
    };
    logical_id(["Exports", &meaning])
}

/// Whether an attribute is a list.
pub(crate) fn is_list(stack: &Stack, node: NodeId, attribute: &str) -> bool {
    let type_name = stack.tree.nodes.get(node.index as usize).and_then(|node| Some(&node.resource.as_ref()?.type_name));
    type_name
        .and_then(|type_name| spec::known(type_name)?.attributes.get(attribute))
        .is_some_and(|attribute| attribute.kind == "strings")
}

impl Resolved<'_> {
    pub(crate) fn report(&mut self, problem: Problem, node: Option<NodeId>, at: Option<At>) {
        let mut problem = match (node, at) {
            (Some(node), at) => self.stack.tree.locate(problem, node, at),
            (None, Some(at)) => problem.at(at, "set here"),
            (None, None) => problem.at(self.stack.at, "in this stack"),
        };
        problem.stack = Some(self.stack.path.clone());
        self.problems.push(problem);
    }

    /// The logical id of a resource of this stack.
    pub(crate) fn id(&self, node: NodeId) -> &str {
        self.ids.get(node.index as usize).map_or("", String::as_str)
    }
}
