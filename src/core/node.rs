//! The tree: constructs, and the resources some of them are.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::{
    At, CreationPolicy, DeletionPolicy, Named, NodeId, Problem, Props, UpdatePolicy, UpdateReplacePolicy, logical_id,
};

/// A construct in a stack's tree.
#[derive(Debug)]
pub struct Node {
    pub(crate) parent: Option<u32>,
    /// The id it was added under.
    pub id: Box<str>,
    /// The line that added it.
    pub at: At,
    /// The resource it is, if it is one.
    pub resource: Option<Box<ResourceNode>>,
    pub(crate) allowed: Vec<Allowance>,
    /// The path whose logical ids it keeps, with what is inside it.
    pub(crate) moved_from: Option<Vec<Box<str>>>,
}

/// A finding that the definitions allow.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Which check.
    pub check: String,
    /// Why.
    pub reason: String,
    pub(crate) at: At,
}

/// A resource: its type, properties and attributes of the template.
#[derive(Debug, Default)]
pub struct ResourceNode {
    /// The CloudFormation type.
    pub type_name: Cow<'static, str>,
    /// The properties, in definition order.
    pub props: Props,
    pub(crate) logical_id: Option<String>,
    pub(crate) depends_on: Vec<(NodeId, At)>,
    pub(crate) condition: Option<Named>,
    pub(crate) deletion_policy: Option<DeletionPolicy>,
    pub(crate) update_replace_policy: Option<UpdateReplacePolicy>,
    pub(crate) creation_policy: Option<CreationPolicy>,
    pub(crate) update_policy: Option<UpdatePolicy>,
    pub(crate) metadata: Props,
}

impl ResourceNode {
    /// All that holds expressions: the properties first, then metadata and policies.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Props> {
        let creation = self.creation_policy.as_ref().map(|policy| &policy.0);
        let update = self.update_policy.as_ref().map(|policy| &policy.0);
        [&self.props, &self.metadata].into_iter().chain(creation).chain(update)
    }
}

/// The constructs of one stack, in the order they were added: a parent stands before its children.
#[derive(Debug, Default)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// Where a child of a parent is, so that adding stays cheap however many there are.
    children: IndexMap<(Option<u32>, Box<str>), u32>,
    /// The children of each construct.
    below: Vec<Vec<u32>>,
}

impl Tree {
    /// The construct called `id` below `parent`, if it was added.
    pub(crate) fn child(&self, parent: Option<u32>, id: &str) -> Option<u32> {
        self.children.get(&(parent, id.into())).copied()
    }

    /// Adds a construct, and returns its index and the sibling that already has its id, if one has.
    pub(crate) fn push(&mut self, node: Node) -> (u32, Option<At>) {
        let index = u32::try_from(self.nodes.len()).expect("a stack has fewer than four thousand million constructs");
        let before = *self.children.entry((node.parent, node.id.clone())).or_insert(index);
        let before = (before != index).then(|| self.nodes[before as usize].at);
        if let Some(siblings) = node.parent.and_then(|parent| self.below.get_mut(parent as usize)) {
            siblings.push(index);
        }
        self.nodes.push(node);
        self.below.push(Vec::new());
        (index, before)
    }

    /// The ids from the stack down to a construct.
    #[must_use]
    pub fn path(&self, index: u32) -> Vec<&str> {
        let mut path: Vec<&str> = self.upwards(index).map(|node| &*node.id).collect();
        path.reverse();
        path
    }

    /// A construct and those it is in, innermost first.
    pub(crate) fn upwards(&self, index: u32) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.nodes.get(index as usize), |node| {
            node.parent.and_then(|parent| self.nodes.get(parent as usize))
        })
    }

    /// A resource's logical id: the one it was given, or the one its path gives it.
    #[must_use]
    pub fn logical_id(&self, index: u32) -> String {
        let given = self.nodes.get(index as usize).and_then(|node| node.resource.as_ref()?.logical_id.clone());
        given.unwrap_or_else(|| logical_id(self.named_path(index)))
    }

    /// The path that logical ids come from: that of the innermost construct that was moved, as it was before.
    fn named_path(&self, index: u32) -> Vec<&str> {
        let mut below: Vec<&str> = Vec::new();
        for node in self.upwards(index) {
            if let Some(from) = &node.moved_from {
                below.extend(from.iter().rev().map(|id| &**id));
                break;
            }
            below.push(&node.id);
        }
        below.reverse();
        below
    }

    /// Every resource, with the index of its construct.
    pub fn resources(&self) -> impl Iterator<Item = (u32, &Node, &ResourceNode)> {
        (0..).zip(&self.nodes).filter_map(|(index, node)| Some((index, node, node.resource.as_deref()?)))
    }

    /// The resources of this stack that a resource waits for, once each: those it depends on, and of a construct that it
    /// depends on every one inside but itself.
    pub(crate) fn waits_for(&self, index: u32, resource: &ResourceNode) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open: Vec<u32> = resource.depends_on.iter().rev().map(|(other, _)| other.index).collect();
        while let Some(next) = open.pop() {
            let Some(node) = self.nodes.get(next as usize) else { continue };
            if node.resource.is_some() && next != index && !found.contains(&next) {
                found.push(next);
            }
            open.extend(self.below[next as usize].iter().rev());
        }
        found
    }

    /// Whether there is a resource at this construct or inside it.
    pub(crate) fn holds_resource(&self, index: u32) -> bool {
        self.nodes.get(index as usize).is_some_and(|node| node.resource.is_some())
            || self.below.get(index as usize).is_some_and(|below| below.iter().any(|child| self.holds_resource(*child)))
    }

    /// Puts a construct's place into a problem: its path, its type, the user's line that made it.
    pub(crate) fn locate(&self, mut problem: Problem, node: NodeId, set: Option<At>) -> Problem {
        let type_name = self.nodes[node.index as usize].resource.as_ref().map_or("", |r| &r.type_name).to_owned();
        problem.construct = Some((self.path(node.index).join("/"), type_name));
        problem.node = Some(node);
        let user_set = set.filter(|at| !super::is_library(at));
        if let Some(at) = user_set {
            problem = problem.at(at, "set here");
        }
        let added = self.upwards(node.index).map(|node| node.at).find(|at| !super::is_library(at));
        if let Some(at) = added {
            problem = problem.at(at, "added here");
        }
        match (user_set, set) {
            (None, Some(at)) => problem.at(at, "set here"),
            _ => problem,
        }
    }
}
