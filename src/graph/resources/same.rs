//! What is alike is one box.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Edge, Graph, Kind, Node};

/// From how many on.
const MANY: usize = 3;

/// What makes boxes alike: group, what is written in them but the name, what they need and what needs them.
type Alike<'a> = (Option<usize>, &'a str, &'a str, BTreeSet<(usize, bool)>, BTreeSet<(usize, bool)>);

/// The graph with one box for resources of a type that need the same, and are needed by the same. Those without an arrow are
/// alike in one of `places`, VPCs and subnets.
pub(super) fn together(graph: Graph, places: &BTreeSet<usize>) -> Graph {
    let mut needs = vec![BTreeSet::new(); graph.nodes.len()];
    let mut needed = needs.clone();
    for edge in &graph.edges {
        needs[edge.from].insert((edge.to, edge.order_only));
        needed[edge.to].insert((edge.from, edge.order_only));
    }
    let mut alike: BTreeMap<Alike<'_>, Vec<usize>> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Resource) {
        let within = node.cluster.is_some_and(|cluster| places.contains(&cluster));
        if within || !needs[index].is_empty() || !needed[index].is_empty() {
            let key = (node.cluster, &*node.detail, &*node.parts, needs[index].clone(), needed[index].clone());
            alike.entry(key).or_default().push(index);
        }
    }
    let many: Vec<Vec<usize>> = alike.into_values().filter(|all| all.len() >= MANY).collect();
    let (mut into, mut keep) = ((0..graph.nodes.len()).collect::<Vec<_>>(), vec![true; graph.nodes.len()]);
    let mut graph = graph;
    for all in many {
        graph.nodes[all[0]] = one(&all.iter().map(|index| &graph.nodes[*index]).collect::<Vec<_>>());
        for other in &all[1..] {
            (into[*other], keep[*other]) = (all[0], false);
        }
    }
    let edges = std::mem::take(&mut graph.edges).into_iter();
    graph.connect(edges.map(|edge| Edge { from: into[edge.from], to: into[edge.to], ..edge }));
    graph.retain(&keep);
    graph
}

/// One box for several.
fn one(nodes: &[&Node]) -> Node {
    let all = |text: fn(&Node) -> &str| nodes.iter().map(|node| text(node)).collect::<Vec<_>>().join(", ");
    Node {
        label: all(|node| &node.label),
        detail: format!("{} × {}", nodes.len(), nodes[0].detail),
        title: all(|node| &node.title),
        ..nodes[0].clone()
    }
}
