//! Pictures: stacks and what they need, resources and what they refer to. Nothing here prints or touches files.
//!
//! [`Graph::of_stacks`] and [`Graph::of_resources`] read definitions; [`Graph::to_dot`], [`Graph::to_mermaid`] and
//! [`Graph::to_svg`] write them down. The same definitions give the same bytes.

mod dot;
pub mod layout;
mod mermaid;
mod resources;
mod stacks;
mod svg;
pub mod text;

use std::collections::BTreeMap;

pub use resources::Detail;

/// Boxes, the groups they are in, and arrows from what needs to what is needed.
///
/// ```
/// use formwork::{App, Env, cfn::sqs, graph::Graph};
///
/// let mut app = App::new();
/// app.stack("jobs/dev/queue", Env::any(), |s| s.add("Queue", sqs::Queue::new()));
/// let assembly = app.synth().expect("no problems");
/// assert!(Graph::of_stacks(&assembly, |_| true).to_mermaid().contains("queue"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// What the picture is of.
    pub title: String,
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The groups; one that is in another stands behind it.
    pub clusters: Vec<Cluster>,
    /// The arrows.
    pub edges: Vec<Edge>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What is written in it, first line.
    pub label: String,
    /// What is written below, smaller; empty for nothing.
    pub detail: String,
    /// What else it stands for, written last; empty for nothing.
    pub parts: String,
    /// All of its name, for who asks.
    pub title: String,
    /// The group it is in, by index.
    pub cluster: Option<usize>,
    /// What it stands for.
    pub kind: Kind,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A stack.
    Stack,
    /// A resource.
    Resource,
    /// A stack that is not part of the picture, but referred to.
    Elsewhere,
    /// The group that it is in: nothing is drawn, and arrows end at the group's edge. None leads to what is in the group.
    Group,
}

/// A group of boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// What is written in its corner.
    pub label: String,
    /// The group it is in, by index: an earlier one.
    pub parent: Option<usize>,
}

/// An arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The box of what needs, by index.
    pub from: usize,
    /// The box of what is needed, by index.
    pub to: usize,
    /// Whether it is about order alone: nothing is read.
    pub order_only: bool,
}

impl Graph {
    /// Adds arrows, each pair of boxes once: one that reads stands for one about order alone too.
    fn connect(&mut self, edges: impl IntoIterator<Item = Edge>) {
        let mut all: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        for edge in edges.into_iter().filter(|edge| edge.from != edge.to) {
            *all.entry((edge.from, edge.to)).or_insert(true) &= edge.order_only;
        }
        self.edges = all.into_iter().map(|((from, to), order_only)| Edge { from, to, order_only }).collect();
    }

    /// The boxes that are in a group, not in a group inside it.
    fn nodes_in(&self, cluster: Option<usize>) -> impl Iterator<Item = (usize, &Node)> {
        let boxes = self.nodes.iter().enumerate().filter(|(_, node)| node.kind != Kind::Group);
        boxes.filter(move |(_, node)| node.cluster == cluster)
    }

    /// The groups that are directly in a group.
    fn clusters_in(&self, parent: Option<usize>) -> impl Iterator<Item = (usize, &Cluster)> {
        self.clusters.iter().enumerate().filter(move |(_, cluster)| cluster.parent == parent)
    }

    /// Whether a box stands for a group that another is in.
    fn contains(&self, outer: usize, inner: usize) -> bool {
        let around = std::iter::successors(self.nodes[inner].cluster, |cluster| self.clusters[*cluster].parent);
        let mut around = around.filter(|cluster| Some(*cluster) == self.nodes[outer].cluster);
        self.nodes[outer].kind == Kind::Group && around.next().is_some()
    }

    /// Leaves out arrows about order alone where others lead the same way: what reads something waits for it.
    fn leave_out_what_order_follows(&mut self) {
        let mut next = vec![Vec::new(); self.nodes.len()];
        for edge in self.edges.iter().filter(|edge| !edge.order_only) {
            next[edge.from].push(edge.to);
        }
        let leads = |from: usize, to: usize| {
            let (mut open, mut seen) = (vec![from], vec![false; next.len()]);
            while let Some(node) = open.pop() {
                open.extend(next[node].iter().copied().filter(|node| !std::mem::replace(&mut seen[*node], true)));
            }
            seen[to]
        };
        self.edges.retain(|edge| !(edge.order_only && leads(edge.from, edge.to)));
    }

    /// Leaves out boxes that are not to be kept, and their arrows.
    fn retain(&mut self, keep: &[bool]) {
        let places: Vec<usize> =
            keep.iter().scan(0, |next, keep| Some(std::mem::replace(next, *next + usize::from(*keep)))).collect();
        let mut kept = keep.iter();
        self.nodes.retain(|_| kept.next().copied().unwrap_or(true));
        self.edges.retain(|edge| keep[edge.from] && keep[edge.to]);
        for edge in &mut self.edges {
            (edge.from, edge.to) = (places[edge.from], places[edge.to]);
        }
    }
}
