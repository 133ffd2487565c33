//! Which way each arrow goes, and through which groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Kind};

/// What a group has in it: a box, or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    Node(usize),
    Cluster(usize),
}

/// A piece of an arrow inside one group. Pieces that mean the same are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    /// From the group's upper edge to a box.
    Enter(usize),
    /// From a box to the group's lower edge.
    Leave(usize),
    /// From a box to a box.
    Across(usize, usize),
}

/// The way of one arrow, downwards.
pub(super) struct Way {
    /// The pieces, each with the group it is in.
    pub(super) pieces: Vec<(Option<usize>, Flow)>,
    /// Whether it was turned round.
    pub(super) upwards: bool,
}

/// The ways of all arrows, and the pieces in each group.
pub(super) struct Flows {
    pub(super) ways: Vec<Way>,
    pub(super) of: BTreeMap<Option<usize>, BTreeSet<Flow>>,
    /// The groups around each box.
    chains: Vec<Vec<usize>>,
    /// Each box, or the group that it stands for.
    own: Vec<Member>,
}

impl Flows {
    pub(super) fn of(graph: &Graph) -> Self {
        let ends = graph.nodes.iter().enumerate().map(|(index, node)| match (node.kind, node.cluster) {
            (Kind::Group, Some(group)) => (chain(graph, graph.clusters[group].parent), Member::Cluster(group)),
            _ => (chain(graph, node.cluster), Member::Node(index)),
        });
        let (chains, own) = ends.unzip();
        let mut flows = Self { ways: Vec::new(), of: BTreeMap::new(), chains, own };
        let turned = flows.turned(graph);
        for (edge, upwards) in graph.edges.iter().zip(turned) {
            let (above, below) = if upwards { (edge.to, edge.from) } else { (edge.from, edge.to) };
            let pieces = flows.pieces(above, below);
            for (cluster, flow) in &pieces {
                flows.of.entry(*cluster).or_default().insert(*flow);
            }
            flows.ways.push(Way { pieces, upwards });
        }
        flows
    }

    /// The member of a group that a box is, or is in.
    pub(super) fn member(&self, node: usize, of: Option<usize>) -> Member {
        let chain = &self.chains[node];
        let depth = of.and_then(|of| chain.iter().position(|cluster| *cluster == of)).map_or(0, |at| at + 1);
        chain.get(depth).map_or(self.own[node], |cluster| Member::Cluster(*cluster))
    }

    /// How many groups two boxes are both in.
    fn shared(&self, a: usize, b: usize) -> usize {
        self.chains[a].iter().zip(&self.chains[b]).take_while(|(a, b)| a == b).count()
    }

    fn pieces(&self, above: usize, below: usize) -> Vec<(Option<usize>, Flow)> {
        let shared = self.shared(above, below);
        let up = self.chains[above][shared..].iter().rev().map(|cluster| (Some(*cluster), Flow::Leave(above)));
        let meeting = shared.checked_sub(1).map(|last| self.chains[above][last]);
        let down = self.chains[below][shared..].iter().map(|cluster| (Some(*cluster), Flow::Enter(below)));
        up.chain([(meeting, Flow::Across(above, below))]).chain(down).collect()
    }

    /// Which arrows are turned round, so that those between the members of a group lead in no circle.
    fn turned(&self, graph: &Graph) -> Vec<bool> {
        let mut between: BTreeMap<Option<usize>, Between> = BTreeMap::new();
        let ends = |edge: &crate::graph::Edge| {
            let shared = self.shared(edge.from, edge.to);
            let meeting = shared.checked_sub(1).map(|last| self.chains[edge.from][last]);
            (meeting, self.member(edge.from, meeting), self.member(edge.to, meeting))
        };
        for edge in &graph.edges {
            let (meeting, from, to) = ends(edge);
            let weight = if edge.order_only { 1 } else { 2 };
            *between.entry(meeting).or_default().entry((from, to)).or_default() += weight;
        }
        let back: BTreeMap<_, _> = between.iter().map(|(group, edges)| (*group, back_edges(edges))).collect();
        let turned = graph.edges.iter().map(|edge| {
            let (meeting, from, to) = ends(edge);
            back[&meeting].contains(&(from, to))
        });
        turned.collect()
    }
}

/// The groups around, outermost first.
fn chain(graph: &Graph, innermost: Option<usize>) -> Vec<usize> {
    let mut chain: Vec<usize> = std::iter::successors(innermost, |cluster| graph.clusters[*cluster].parent).collect();
    chain.reverse();
    chain
}

/// How much there is between each two members of a group.
type Between = BTreeMap<(Member, Member), isize>;

/// The edges that lead back, where members stand in a row in which as little as possible does: what nothing is needed of goes
/// to its end, what needs nothing more to its beginning, and in a circle what needs the most and is needed the least.
/// (Eades, Lin and Smyth: A fast and effective heuristic for the feedback arc set problem.)
fn back_edges(between: &Between) -> BTreeSet<(Member, Member)> {
    let mut near: BTreeMap<Member, Vec<(Member, isize)>> = BTreeMap::new();
    let mut needs: BTreeMap<Member, (isize, isize)> = BTreeMap::new(); // how much it needs, how much it is needed
    for ((from, to), weight) in between.iter().filter(|((from, to), _)| from != to) {
        near.entry(*from).or_default().push((*to, *weight));
        near.entry(*to).or_default().push((*from, -weight));
        needs.entry(*from).or_default().0 += weight;
        needs.entry(*to).or_default().1 += weight;
    }
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut free: BTreeSet<Member> = needs.iter().filter(|(_, (a, b))| *a == 0 || *b == 0).map(|(m, _)| *m).collect();
    while let Some(member) = free.pop_first().or_else(|| {
        // The first of those that are best.
        needs.iter().rev().max_by_key(|(_, (needs, needed))| needs - needed).map(|(member, _)| *member)
    }) {
        let Some((more, _)) = needs.remove(&member) else { continue };
        let end = if more == 0 { &mut last } else { &mut first };
        end.push(member);
        for (other, weight) in near.get(&member).into_iter().flatten() {
            let Some((needs, needed)) = needs.get_mut(other) else { continue };
            *needed -= weight.max(&0);
            *needs += weight.min(&0);
            if *needed == 0 || *needs == 0 {
                free.insert(*other);
            }
        }
    }
    let row: BTreeMap<Member, usize> = first.into_iter().chain(last.into_iter().rev()).zip(0..).collect();
    between.keys().filter(|(from, to)| row.get(from) > row.get(to)).copied().collect()
}
