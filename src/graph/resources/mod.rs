//! Resources as boxes, VPCs and subnets as groups, references as arrows.

mod fold;
mod part;
mod same;

use std::collections::{BTreeMap, BTreeSet};

use super::{Cluster, Edge, Graph, Kind, Node};
use crate::core::NodeId;
use crate::synth::Assembly;
use fold::Fold;
use part::{Part, SUBNET, VPC, area};

/// How much of the resources a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The main things. What belongs to one other (the role of a function, the table of a subnet) is drawn as part of it, what
    /// connects two (a route) as an arrow; three and more that are alike are one box.
    Main,
    /// Every resource, each as a box of its own.
    Every,
}

/// A picture while it is made.
struct Sketch<'a> {
    graph: Graph,
    parts: Vec<Part<'a>>,
    fold: Fold<'a>,
    /// The box of each resource.
    boxes: BTreeMap<NodeId, usize>,
    /// The group of each resource that is one.
    groups: BTreeMap<NodeId, usize>,
}

impl Graph {
    /// The resources of the stacks that are `wanted`, and what they refer to.
    #[must_use]
    pub fn of_resources(assembly: &Assembly<'_>, detail: Detail, wanted: impl Fn(&str) -> bool) -> Self {
        let stacks = assembly.stacks.iter().filter(|stack| wanted(stack.path));
        let parts: Vec<Part<'_>> = stacks.map(Part::of).collect();
        let title = match &parts[..] {
            [part] => format!("Resources of {}", part.stack.path),
            _ => "Resources, and what they refer to".to_owned(),
        };
        let fold = if detail == Detail::Main { Fold::of(&parts) } else { Fold::none(&parts) };
        let (boxes, groups) = (BTreeMap::new(), BTreeMap::new());
        let mut sketch = Sketch { graph: Self { title, ..Self::default() }, parts, fold, boxes, groups };
        sketch.draw(detail);
        let places = sketch.groups.into_values().collect();
        if detail == Detail::Main { same::together(sketch.graph, &places) } else { sketch.graph }
    }
}

impl Sketch<'_> {
    fn draw(&mut self, detail: Detail) {
        let mut around = Vec::new();
        for index in 0..self.parts.len() {
            let stack = self.parts[index].stack.path;
            around.push((self.parts.len() > 1).then(|| self.group(stack.to_owned(), None)));
            self.draw_groups(index, around[index]);
        }
        for (index, around) in around.into_iter().enumerate() {
            self.draw_boxes(index, around);
        }
        self.draw_arrows(detail);
    }

    fn group(&mut self, label: String, parent: Option<usize>) -> usize {
        self.graph.clusters.push(Cluster { label, parent });
        self.graph.clusters.len() - 1
    }

    /// Adds a group for each VPC and subnet that something is drawn in.
    fn draw_groups(&mut self, part: usize, around: Option<usize>) {
        let part = &self.parts[part];
        let shown = part.references.keys().filter(|index| self.fold.shows(part.node(**index)));
        let groups: BTreeSet<u32> = shown.flat_map(|index| part.homes_of(*index)).collect();
        // A VPC stands before its subnets however they were defined.
        let (outer, inner): (Vec<u32>, Vec<u32>) = groups.into_iter().partition(|&index| part.is(index, VPC));
        let labelled = outer.into_iter().chain(inner).map(|index| {
            let label = format!("{} ({})", area(&part.label(index)), short(part.type_of(index)));
            (part.node(index), part.homes.get(&index).map(|home| part.node(*home)), label)
        });
        for (node, home, label) in labelled.collect::<Vec<_>>() {
            let parent = home.and_then(|home| self.groups.get(&home)).copied();
            let group = self.group(label, parent.or(around));
            self.groups.insert(node, group);
        }
    }

    /// Adds a box for each other resource that is drawn as itself.
    fn draw_boxes(&mut self, part: usize, around: Option<usize>) {
        let part = &self.parts[part];
        let mut parts: BTreeMap<NodeId, Vec<u32>> = BTreeMap::new();
        for (index, whole) in self.fold.parts().filter(|(node, _)| node.stack == part.stack.resolved.stack.key) {
            parts.entry(whole).or_default().push(index.index);
        }
        for &index in part.references.keys() {
            let node = part.node(index);
            if !self.fold.shows(node) {
                continue;
            }
            let own = self.groups.get(&node).copied();
            let home = part.homes.get(&index).and_then(|home| self.groups.get(&part.node(*home))).copied();
            let parts = parts.get(&node).map_or(&[][..], Vec::as_slice);
            let named = |index: u32| format!("{} ({})", part.path(index), part.type_of(index));
            let title = [index].iter().chain(parts).map(|index| named(*index)).collect::<Vec<_>>();
            let label = part.label(index);
            let label = if part.is(index, SUBNET) { area(&label).to_owned() } else { label };
            self.boxes.insert(node, self.graph.nodes.len());
            self.graph.nodes.push(Node {
                label,
                detail: short(part.type_of(index)),
                parts: counted(parts.iter().map(|index| part.type_of(*index))),
                title: title.join(", "),
                cluster: own.or(home).or(around),
                kind: if own.is_some() { Kind::Group } else { Kind::Resource },
            });
        }
    }

    /// Adds the arrows, and a box for each stack that is referred to and not drawn.
    fn draw_arrows(&mut self, detail: Detail) {
        let mut elsewhere: BTreeMap<&str, usize> = BTreeMap::new();
        let mut edges = Vec::new();
        for arrow in &self.fold.arrows {
            // What waits for a part of something, or is one itself, says nothing of the main things.
            if arrow.key.is_empty() && !(self.fold.shows(arrow.from) && self.fold.shows(arrow.to)) {
                continue;
            }
            let Some(from) = self.fold.drawn(arrow.from).and_then(|from| self.boxes.get(&from)).copied() else {
                continue;
            };
            let Some(to) = self.fold.drawn(arrow.to) else { continue };
            let needs = self.parts.iter().find(|part| part.stack.resolved.stack.key == arrow.from.stack);
            let to = match self.boxes.get(&to) {
                Some(to) => *to,
                None => match needs.and_then(|part| part.path_of(to)) {
                    Some(path) => *elsewhere.entry(path).or_insert_with(|| {
                        self.graph.nodes.push(another(path));
                        self.graph.nodes.len() - 1
                    }),
                    None => continue,
                },
            };
            if !self.graph.contains(from, to) && !self.graph.contains(to, from) {
                edges.push(Edge { from, to, order_only: arrow.key.is_empty() });
            }
        }
        self.graph.connect(edges);
        if detail == Detail::Main {
            self.graph.leave_out_what_order_follows();
        }
        // A group that no arrow leads to or from needs nothing to stand for it.
        let used: BTreeSet<usize> = self.graph.edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        let groups = self.graph.nodes.iter().map(|node| node.kind == Kind::Group);
        let keep: Vec<bool> = groups.enumerate().map(|(index, group)| !group || used.contains(&index)).collect();
        self.graph.retain(&keep);
    }
}

fn another(path: &str) -> Node {
    Node {
        label: path.to_owned(),
        detail: "another stack".to_owned(),
        parts: String::new(),
        title: path.to_owned(),
        cluster: None,
        kind: Kind::Elsewhere,
    }
}

/// A type without what all have: `EC2 RouteTable`.
fn short(type_name: &str) -> String {
    type_name.strip_prefix("AWS::").unwrap_or(type_name).replace("::", " ")
}

/// How long a list of parts may be.
const LONGEST_LIST: usize = 39;

/// The last parts of types, each once, with how often it is there; those that are too many are counted.
fn counted<'a>(types: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for type_name in types.map(|name| name.rsplit("::").next().unwrap_or(name)) {
        match counts.iter_mut().find(|(known, _)| *known == type_name) {
            Some((_, count)) => *count += 1,
            None => counts.push((type_name, 1)),
        }
    }
    let each =
        counts.iter().map(|(name, count)| if *count > 1 { format!("{count} × {name}") } else { (*name).to_owned() });
    let each: Vec<String> = each.collect();
    let listed = |shown: usize| match each.len() - shown {
        0 => each.join(", "),
        more => format!("{} and {more} more", each[..shown].join(", ")),
    };
    let fitting = (1..=each.len()).rev().map(listed).find(|list| list.chars().count() <= LONGEST_LIST);
    fitting.unwrap_or_else(|| listed(each.len().min(1)))
}
