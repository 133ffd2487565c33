//! Stacks as boxes, grouped by what their paths share.

use std::collections::BTreeMap;

use super::{Cluster, Edge, Graph, Kind, Node};
use crate::synth::{Assembly, Synthesized};

impl Graph {
    /// The stacks that are `wanted`, and what they need of each other.
    #[must_use]
    pub fn of_stacks(assembly: &Assembly<'_>, wanted: impl Fn(&str) -> bool) -> Self {
        let stacks: Vec<&Synthesized<'_>> = assembly.stacks.iter().filter(|stack| wanted(stack.path)).collect();
        let mut graph = Self { title: "Stacks, and the stacks they need".to_owned(), ..Self::default() };
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for stack in &stacks {
            let (folder, name) = stack.path.rsplit_once('/').unwrap_or(("", stack.path));
            let cluster = (!folder.is_empty()).then(|| {
                *folders.entry(folder).or_insert_with(|| {
                    graph.clusters.push(Cluster { label: folder.to_owned(), parent: None });
                    graph.clusters.len() - 1
                })
            });
            places.insert(stack.path, graph.nodes.len());
            graph.nodes.push(Node {
                label: name.to_owned(),
                detail: String::new(),
                parts: String::new(),
                title: stack.path.to_owned(),
                cluster,
                kind: Kind::Stack,
            });
        }
        let edges: Vec<Edge> = stacks
            .iter()
            .flat_map(|stack| {
                let needs = stack.needs.iter().zip(&stack.resolved.needs);
                needs.filter_map(|(path, key)| {
                    let order_only = !stack.resolved.reads.keys().any(|leaf| leaf.node.stack == *key);
                    Some(Edge { from: *places.get(stack.path)?, to: *places.get(path)?, order_only })
                })
            })
            .collect();
        graph.connect(edges);
        graph
    }
}
