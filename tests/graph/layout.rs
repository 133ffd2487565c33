//! Whatever is drawn: boxes apart, text inside, groups around what is in them, arrows clear of boxes.

use formwork::graph::layout::{
    CLUSTER_SIZE, DETAIL_SIZE, HEADER, LABEL_SIZE, Layout, PADDING, PARTS_SIZE, Rect, Route, heading, lines,
};
use formwork::graph::text::width;
use formwork::graph::{Cluster, Edge, Graph, Kind, Node};
use proptest::prelude::*;

const NEAR: f64 = 0.01;

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width - NEAR
        && b.x < a.x + a.width - NEAR
        && a.y < b.y + b.height - NEAR
        && b.y < a.y + a.height - NEAR
}

fn inside(inner: &Rect, outer: &Rect) -> bool {
    inner.x >= outer.x - NEAR
        && inner.y >= outer.y - NEAR
        && inner.x + inner.width <= outer.x + outer.width + NEAR
        && inner.y + inner.height <= outer.y + outer.height + NEAR
}

/// The groups around a group, itself first.
fn around(graph: &Graph, cluster: Option<usize>) -> Vec<usize> {
    std::iter::successors(cluster, |cluster| graph.clusters[*cluster].parent).collect()
}

fn holds(graph: &Graph) -> Result<(), TestCaseError> {
    let layout = Layout::of(graph);
    let picture = Rect { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
    let boxes = || graph.nodes.iter().zip(&layout.nodes).enumerate().filter(|(_, (node, _))| node.kind != Kind::Group);
    for (index, (node, rect)) in boxes() {
        let [label, detail, parts] = lines(node);
        prop_assert!(width(&parts, PARTS_SIZE) + 2.0 * PADDING <= rect.width + NEAR, "{parts} overflows");
        prop_assert!(width(&label, LABEL_SIZE) + 2.0 * PADDING <= rect.width + NEAR, "{label} overflows");
        prop_assert!(width(&detail, DETAIL_SIZE) + 2.0 * PADDING <= rect.width + NEAR, "{detail} overflows");
        prop_assert!(inside(rect, &picture));
        for (other, (_, other_rect)) in boxes().filter(|(other, _)| *other > index) {
            prop_assert!(!overlap(rect, other_rect), "boxes {index} and {other} overlap");
        }
        for (other, group) in layout.clusters.iter().enumerate() {
            if around(graph, node.cluster).contains(&other) {
                let body = Rect { y: group.y + HEADER, height: group.height - HEADER, ..*group };
                prop_assert!(inside(rect, &body), "box {index} is not below the label in group {other}");
            } else {
                prop_assert!(!overlap(rect, group), "box {index} overlaps group {other}, which it is not in");
            }
        }
    }
    for (index, (cluster, rect)) in graph.clusters.iter().zip(&layout.clusters).enumerate() {
        prop_assert!(
            width(&heading(&cluster.label), CLUSTER_SIZE) + PADDING <= rect.width,
            "{} overflows",
            cluster.label
        );
        for (other, other_rect) in layout.clusters.iter().enumerate().filter(|(other, _)| *other != index) {
            match around(graph, Some(index)).contains(&other) {
                true => prop_assert!(inside(rect, other_rect), "group {index} is not in {other}"),
                false if around(graph, Some(other)).contains(&index) => {}
                false => prop_assert!(!overlap(rect, other_rect), "groups {index} and {other} overlap"),
            }
        }
    }
    for (edge, route) in graph.edges.iter().zip(&layout.edges) {
        clear(graph, &layout, *edge, route)?;
    }
    Ok(())
}

/// An arrow begins and ends at its boxes, leads down, and is on no other box and no label.
fn clear(graph: &Graph, layout: &Layout, edge: Edge, route: &Route) -> Result<(), TestCaseError> {
    let (above, below) = if route.upwards { (edge.to, edge.from) } else { (edge.from, edge.to) };
    let (from, to) = (&layout.nodes[above], &layout.nodes[below]);
    let (first, last) = (route.runs.first().unwrap(), route.runs.last().unwrap());
    prop_assert!((first.top - from.y - from.height).abs() < NEAR && (first.x - from.x - from.width / 2.0).abs() < NEAR);
    prop_assert!((last.bottom - to.y).abs() < NEAR && (last.x - to.x - to.width / 2.0).abs() < NEAR);
    for pair in route.runs.windows(2) {
        prop_assert!(pair[0].bottom <= pair[1].top + NEAR, "an arrow turns back: {route:?}");
    }
    let labels = graph.clusters.iter().zip(&layout.clusters).map(|(cluster, rect)| {
        let text = width(&heading(&cluster.label), CLUSTER_SIZE);
        Rect { x: rect.x + 16.0, y: rect.y + 6.0, width: text, height: 18.0 }
    });
    let others = layout.nodes.iter().enumerate().filter(|(node, _)| *node != above && *node != below);
    let others = others.filter(|(node, _)| graph.nodes[*node].kind != Kind::Group);
    let solid: Vec<Rect> = others.map(|(_, rect)| *rect).chain(labels).collect();
    for run in &route.runs {
        let line = Rect { x: run.x - 0.5, y: run.top, width: 1.0, height: run.bottom - run.top };
        prop_assert!(solid.iter().all(|rect| !overlap(&line, rect)), "an arrow is on a box or a label: {line:?}");
    }
    // Between straight pieces a line curves through a rectangle of which it touches no more than its corners.
    for pair in route.runs.windows(2) {
        let (left, right) = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
        let curve = Rect { x: left, y: pair[0].bottom, width: right - left, height: pair[1].top - pair[0].bottom };
        prop_assert!(solid.iter().all(|rect| !overlap(&curve, rect)), "a curve is on a box or a label: {curve:?}");
    }
    Ok(())
}

prop_compose! {
    fn graphs(most: usize, arrows: usize)(
        groups in prop::collection::vec(("[a-zA-Z/ ]{1,40}", any::<prop::sample::Index>(), any::<bool>()), 0..8),
        boxes in prop::collection::vec(("\\PC{1,50}", "[A-Za-z ]{0,40}", "[A-Za-z, ]{0,50}", any::<prop::sample::Index>()), 1..most),
        stand in prop::collection::vec(any::<bool>(), 8),
        edges in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 0..arrows),
    ) -> Graph {
        let clusters: Vec<Cluster> = groups.iter().enumerate().map(|(index, (label, parent, nested))| Cluster {
            label: label.clone(),
            parent: (*nested && index > 0).then(|| parent.index(index.max(1))),
        }).collect();
        let boxes = boxes.iter().map(|(label, detail, parts, cluster)| Node {
            label: label.clone(),
            detail: detail.clone(),
            parts: parts.clone(),
            title: label.clone(),
            cluster: Some(cluster.index(clusters.len() + 1)).filter(|index| *index < clusters.len()),
            kind: Kind::Resource,
        });
        // What stands for a group is its last box here, so that indices of boxes are spread over both.
        let groups = clusters.iter().enumerate().zip(&stand).filter(|(_, stand)| **stand);
        let nodes: Vec<Node> = boxes.chain(groups.map(|((index, cluster), _)| Node {
            label: cluster.label.clone(),
            detail: String::new(),
            parts: String::new(),
            title: cluster.label.clone(),
            cluster: Some(index),
            kind: Kind::Group,
        })).collect();
        let holds = |outer: &Node, inner: &Node| outer.kind == Kind::Group
            && std::iter::successors(inner.cluster, |cluster| clusters[*cluster].parent).any(|cluster| Some(cluster) == outer.cluster);
        let mut edges: Vec<Edge> = edges.iter().map(|(from, to, order_only)| Edge {
            from: from.index(nodes.len()), to: to.index(nodes.len()), order_only: *order_only,
        }).filter(|edge| !holds(&nodes[edge.from], &nodes[edge.to]) && !holds(&nodes[edge.to], &nodes[edge.from]))
            .filter(|edge| edge.from != edge.to).collect();
        edges.sort_by_key(|edge| (edge.from, edge.to));
        edges.dedup_by_key(|edge| (edge.from, edge.to));
        Graph { title: "any".into(), nodes, clusters, edges }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_nothing_overflows(graph in graphs(40, 60)) {
        holds(&graph)?;
        prop_assert_eq!(graph.to_svg(), graph.clone().to_svg());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_large_picture_holds_too(graph in graphs(120, 240)) {
        holds(&graph)?;
    }
}
