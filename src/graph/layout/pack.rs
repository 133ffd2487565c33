//! A group: what is connected is laid out in layers, and the parts that are not connected stand beside each other.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{Flows, Member};
use super::layers::{End, What, layers};
use super::{Flow, HEADER, MARGIN, Run, order, place};
use crate::graph::Graph;

/// What is left free between parts.
const BETWEEN: f64 = 28.0;

/// The sizes of boxes, and the groups that are laid out already.
pub(super) struct Measures<'a> {
    pub(super) nodes: &'a [(f64, f64)],
    pub(super) blocks: &'a BTreeMap<usize, Block>,
}

/// A group with places for what is in it, counted from its own corner.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) nodes: Vec<(usize, f64, f64)>,
    pub(super) clusters: Vec<(usize, f64, f64)>,
    /// The ways of the pieces of arrows.
    pub(super) runs: BTreeMap<Flow, Vec<Run>>,
}

impl Measures<'_> {
    fn size(&self, member: Member) -> (f64, f64) {
        match member {
            Member::Node(node) => self.nodes[node],
            Member::Cluster(cluster) => {
                self.blocks.get(&cluster).map_or((0.0, 0.0), |block| (block.width, block.height))
            }
        }
    }

    /// Where an arrow to or from a box goes through a member's edge: in the middle, where the member itself is meant.
    fn port(&self, member: Member, flow: Flow) -> f64 {
        match member {
            Member::Node(node) => self.nodes[node].0 / 2.0,
            Member::Cluster(cluster) => {
                let Some(block) = self.blocks.get(&cluster) else { return 0.0 };
                let runs = block.runs.get(&flow);
                let run = runs.and_then(|runs| if matches!(flow, Flow::Enter(_)) { runs.first() } else { runs.last() });
                run.map_or(block.width / 2.0, |run| run.x)
            }
        }
    }
}

/// Lays out one group, `None` for the whole picture. `header` is how wide its label is.
pub(super) fn pack(graph: &Graph, group: Option<usize>, flows: &Flows, sizes: &Measures<'_>, header: f64) -> Block {
    let nodes = graph.nodes_in(group).map(|(index, _)| Member::Node(index));
    let members: Vec<Member> = nodes.chain(graph.clusters_in(group).map(|(index, _)| Member::Cluster(index))).collect();
    let nothing = BTreeSet::new();
    let own = flows.of.get(&group).unwrap_or(&nothing);
    let ends = |flow: &Flow| match flow {
        Flow::Enter(node) | Flow::Leave(node) => vec![flows.member(*node, group)],
        Flow::Across(above, below) => vec![flows.member(*above, group), flows.member(*below, group)],
    };
    let (main, rest) = components(&members, own, &ends);
    let top = if group.is_some() { HEADER } else { MARGIN };
    let mut block = Block { width: header + 2.0 * MARGIN, height: top, ..Block::default() };
    let mut beside = MARGIN;
    if !main.is_empty() {
        let part = layered(&main, own, flows, group, sizes, Some(header));
        beside += part.width + BETWEEN;
        block.absorb(part, MARGIN, 0.0);
    }
    let middle = block.height;
    let parts: Vec<Block> = rest.iter().map(|part| layered(part, own, flows, group, sizes, None)).collect();
    block.shelve(parts, beside, top, main.is_empty());
    block.width = block.width.max(beside - BETWEEN) + MARGIN;
    // The main part has room below it already.
    if main.is_empty() || block.height > middle {
        block.height += MARGIN;
    }
    // Arrows that leave the main part go on to the group's lower edge.
    let bottom = block.height;
    for (_, runs) in block.runs.iter_mut().filter(|(flow, _)| matches!(flow, Flow::Leave(_))) {
        runs.iter_mut().next_back().into_iter().for_each(|run| run.bottom = bottom);
    }
    block
}

/// The members that are connected with the group's edge, and the others in connected parts.
fn components(
    members: &[Member],
    flows: &BTreeSet<Flow>,
    ends: &impl Fn(&Flow) -> Vec<Member>,
) -> (Vec<Member>, Vec<Vec<Member>>) {
    let mut part_of: BTreeMap<Member, usize> = members.iter().enumerate().map(|(at, m)| (*m, at + 1)).collect();
    let join = |part_of: &mut BTreeMap<Member, usize>, a: usize, b: usize| {
        let (low, high) = (a.min(b), a.max(b));
        part_of.values_mut().filter(|part| **part == high).for_each(|part| *part = low);
    };
    for flow in flows {
        let parts: Vec<usize> = ends(flow).iter().filter_map(|member| part_of.get(member).copied()).collect();
        match (flow, &parts[..]) {
            (Flow::Across(..), [a, b]) => join(&mut part_of, *a, *b),
            (_, [part, ..]) => join(&mut part_of, 0, *part),
            _ => {}
        }
    }
    let mut parts: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for member in members {
        parts.entry(part_of[member]).or_default().push(*member);
    }
    let main = parts.remove(&0).unwrap_or_default();
    (main, parts.into_values().collect())
}

/// A connected part of a group, in layers. With a `label` it is the one that has the group's edges.
fn layered(
    members: &[Member],
    own: &BTreeSet<Flow>,
    flows: &Flows,
    group: Option<usize>,
    sizes: &Measures<'_>,
    label: Option<f64>,
) -> Block {
    let place_of = |node: usize| members.iter().position(|member| *member == flows.member(node, group));
    let end = |node: usize, flow: Flow| {
        let item = place_of(node)?;
        Some(End::Item(item, sizes.port(members[item], flow), node))
    };
    let arrow = |flow: &Flow| match *flow {
        Flow::Enter(node) => Some((End::Edge(node), end(node, Flow::Enter(node))?)),
        Flow::Leave(node) => Some((end(node, Flow::Leave(node))?, End::Edge(node))),
        Flow::Across(above, below) => Some((end(above, Flow::Leave(above))?, end(below, Flow::Enter(below))?)),
    };
    let (named, arrows): (Vec<Flow>, Vec<(End, End)>) =
        own.iter().filter_map(|flow| Some((*flow, arrow(flow)?))).unzip();
    let items: Vec<(f64, f64)> = members.iter().map(|member| sizes.size(*member)).collect();
    let mut graph = layers(&items, &arrows, label);
    order::order(&mut graph);
    let xs = place::across(&graph);
    let rows = place::down(&graph, &xs);
    let mut block = Block::default();
    let mut row_of = vec![(0.0, 0.0); graph.vertices.len()];
    for (row, layer) in rows.iter().zip(&graph.rows) {
        for vertex in layer {
            row_of[*vertex] = *row;
        }
    }
    for (index, vertex) in graph.vertices.iter().enumerate() {
        block.width = block.width.max(xs[index] + vertex.width);
        if let What::Item(item) = vertex.kind {
            block.put(members[item], xs[index], row_of[index].0);
        }
    }
    block.height = rows.last().map_or(0.0, |row| row.1);
    for (flow, chain) in named.into_iter().zip(&graph.chains) {
        let last = chain.len() - 1;
        let runs = chain.iter().enumerate().map(|(at, (vertex, dx))| {
            let (top, bottom) = row_of[*vertex];
            let item = matches!(graph.vertices[*vertex].kind, What::Item(_));
            let from = if at == 0 && item { top + graph.vertices[*vertex].height } else { top };
            let to = if at == last && item { top } else { bottom };
            Run { x: xs[*vertex] + dx, top: from, bottom: to }
        });
        block.runs.insert(flow, runs.collect());
    }
    block
}

impl Block {
    fn put(&mut self, member: Member, x: f64, y: f64) {
        match member {
            Member::Node(node) => self.nodes.push((node, x, y)),
            Member::Cluster(cluster) => self.clusters.push((cluster, x, y)),
        }
    }

    /// Takes over what is in a part, moved.
    fn absorb(&mut self, part: Self, dx: f64, dy: f64) {
        self.nodes.extend(part.nodes.iter().map(|(node, x, y)| (*node, x + dx, y + dy)));
        self.clusters.extend(part.clusters.iter().map(|(cluster, x, y)| (*cluster, x + dx, y + dy)));
        for (flow, mut runs) in part.runs {
            for run in &mut runs {
                *run = Run { x: run.x + dx, top: run.top + dy, bottom: run.bottom + dy };
            }
            self.runs.insert(flow, runs);
        }
        self.width = self.width.max(part.width + dx);
        self.height = self.height.max(part.height + dy);
    }

    /// Puts parts beside each other, and into further rows where they would be wider than high is good.
    fn shelve(&mut self, mut parts: Vec<Self>, left: f64, top: f64, alone: bool) {
        parts.sort_by(|a, b| b.height.total_cmp(&a.height));
        let area: f64 = parts.iter().map(|part| (part.width + BETWEEN) * (part.height + BETWEEN)).sum();
        let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
        let wanted = if alone { (area * 2.2).sqrt() } else { area / (self.height - top).max(1.0) };
        let limit = left + wanted.max(widest);
        let (mut x, mut y, mut row) = (left, top, 0.0_f64);
        for part in parts {
            if x > left && x + part.width > limit {
                (x, y, row) = (left, y + row + BETWEEN, 0.0);
            }
            let (width, height) = (part.width, part.height);
            self.absorb(part, x, y);
            x += width + BETWEEN;
            row = row.max(height);
        }
    }
}
