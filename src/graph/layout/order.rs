//! The order of boxes in a layer: each near what it is connected with, so that few arrows cross.

use super::layers::{Layers, What};
use super::real;

/// How often the layers are gone through, down and up.
const SWEEPS: usize = 24;

/// Puts the layers in an order with few crossings.
pub(super) fn order(graph: &mut Layers) {
    let mut best = (crossings(graph), graph.rows.clone());
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        for step in 0..graph.rows.len() {
            let layer = if down { step } else { graph.rows.len() - 1 - step };
            sort(graph, layer, down);
        }
        let crossed = crossings(graph);
        if crossed < best.0 {
            best = (crossed, graph.rows.clone());
        }
    }
    graph.rows = best.1;
}

/// Where each vertex begins if all stand packed to the middle.
fn packed(graph: &Layers) -> Vec<f64> {
    let mut places = vec![0.0; graph.vertices.len()];
    for layer in &graph.rows {
        let width = |vertex: usize| graph.vertices[vertex].width + 20.0;
        let mut x = -layer.iter().map(|vertex| width(*vertex)).sum::<f64>() / 2.0;
        for &vertex in layer {
            places[vertex] = x;
            x += width(vertex);
        }
    }
    places
}

/// Sorts a layer by the mean place of what its vertices are connected with in the layer above, or below.
fn sort(graph: &mut Layers, layer: usize, by_above: bool) {
    let places = packed(graph);
    let mut sums = vec![(0.0, 0_usize); graph.vertices.len()];
    for ((above, above_dx), (below, below_dx)) in &graph.segments {
        let (own, dx, other) = if by_above {
            (*below, below_dx, places[*above] + above_dx)
        } else {
            (*above, above_dx, places[*below] + below_dx)
        };
        // An arrow that ends at the right of a wide box draws less than the box's width.
        sums[own].0 += other - dx + graph.vertices[own].width / 2.0;
        sums[own].1 += 1;
    }
    let wish = |vertex: usize| match sums[vertex] {
        _ if graph.vertices[vertex].kind == What::Label => f64::NEG_INFINITY,
        (_, 0) => places[vertex] + graph.vertices[vertex].width / 2.0,
        (sum, count) => sum / real(count),
    };
    let mut sorted = graph.rows[layer].clone();
    sorted.sort_by(|a, b| wish(*a).total_cmp(&wish(*b)));
    graph.rows[layer] = sorted;
}

/// How many pairs of arrows cross.
fn crossings(graph: &Layers) -> usize {
    let places = packed(graph);
    let mut layer_of = vec![0; graph.vertices.len()];
    for (index, layer) in graph.rows.iter().enumerate() {
        for vertex in layer {
            layer_of[*vertex] = index;
        }
    }
    let mut by_layer: Vec<Vec<(f64, f64)>> = vec![Vec::new(); graph.rows.len()];
    for ((above, above_dx), (below, below_dx)) in &graph.segments {
        by_layer[layer_of[*above]].push((places[*above] + above_dx, places[*below] + below_dx));
    }
    let crossed = |gap: &Vec<(f64, f64)>| {
        let pairs = gap
            .iter()
            .enumerate()
            .map(|(index, a)| gap[index + 1..].iter().filter(|b| (a.0 - b.0) * (a.1 - b.1) < 0.0).count());
        pairs.sum::<usize>()
    };
    by_layer.iter().map(crossed).sum()
}
