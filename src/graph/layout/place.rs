//! Places: how far to the right each vertex stands, and how far down each layer.

use super::layers::{Layers, What};
use super::{MARGIN, real};

/// How often everything is drawn towards what it is connected with.
const SWEEPS: usize = 16;

/// The left edge of each vertex, in the order of the layers, drawn to where its arrows are straight.
pub(super) fn across(graph: &Layers) -> Vec<f64> {
    let mut places = vec![0.0; graph.vertices.len()];
    for layer in &graph.rows {
        let wishes: Vec<(f64, f64)> = layer.iter().map(|_| (0.0, 1.0)).collect();
        settle(graph, layer, &wishes, &mut places);
    }
    for sweep in 0..SWEEPS {
        for step in 0..graph.rows.len() {
            let layer = if sweep % 2 == 0 { step } else { graph.rows.len() - 1 - step };
            // The last sweeps look both ways.
            let sides = if sweep + 4 >= SWEEPS { (true, true) } else { (sweep % 2 == 0, sweep % 2 == 1) };
            let wishes = wishes(graph, &graph.rows[layer], sides, &places);
            settle(graph, &graph.rows[layer], &wishes, &mut places);
        }
    }
    let left = places.iter().copied().fold(f64::INFINITY, f64::min);
    places.iter().map(|place| place - left).collect()
}

/// Where each vertex of a layer would like to begin, and how much.
fn wishes(graph: &Layers, layer: &[usize], (above, below): (bool, bool), places: &[f64]) -> Vec<(f64, f64)> {
    let others = || places.iter().zip(&graph.vertices).filter(|(_, vertex)| vertex.kind != What::Label);
    let wish = |vertex: &usize| {
        if graph.vertices[*vertex].kind == What::Label {
            // It stands in the corner, and gives way to the left where arrows come in beside it.
            return (others().map(|(place, _)| *place).fold(f64::INFINITY, f64::min), 0.0005);
        }
        let (mut sum, mut count) = (0.0, 0);
        for ((upper, upper_dx), (lower, lower_dx)) in &graph.segments {
            if above && lower == vertex {
                sum += places[*upper] + upper_dx - lower_dx;
                count += 1;
            }
            if below && upper == vertex {
                sum += places[*lower] + lower_dx - upper_dx;
                count += 1;
            }
        }
        let heavy = if graph.vertices[*vertex].kind == What::Passing { 4.0 } else { 1.0 };
        if count == 0 { (places[*vertex], 0.05) } else { (sum / real(count), heavy * real(count)) }
    };
    layer.iter().map(wish).collect()
}

/// What is left free between two vertices.
fn gap(graph: &Layers, left: usize, right: usize) -> f64 {
    let line = |vertex: usize| matches!(graph.vertices[vertex].kind, What::Passing | What::Port);
    match (line(left), line(right)) {
        (true, true) => 10.0,
        (true, false) | (false, true) => 16.0,
        (false, false) => 24.0,
    }
}

/// Gives a layer the places nearest to its wishes that keep its order and its gaps: neighbours whose wishes cannot
/// both be met become one block, which stands at the mean of theirs.
fn settle(graph: &Layers, layer: &[usize], wishes: &[(f64, f64)], places: &mut [f64]) {
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (index, vertex) in layer.iter().enumerate() {
        offsets.push(offset);
        if let Some(next) = layer.get(index + 1) {
            offset += graph.vertices[*vertex].width + gap(graph, *vertex, *next);
        }
    }
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new(); // place, weight, how many
    for ((wish, weight), offset) in wishes.iter().zip(&offsets) {
        let mut block = (wish - offset, *weight, 1);
        while let Some(before) = blocks.pop_if(|before| before.0 >= block.0) {
            let weight = before.1 + block.1;
            block = ((before.0 * before.1 + block.0 * block.1) / weight, weight, before.2 + block.2);
        }
        blocks.push(block);
    }
    let settled = blocks.iter().flat_map(|(place, _, count)| std::iter::repeat_n(*place, *count));
    for ((vertex, place), offset) in layer.iter().zip(settled).zip(&offsets) {
        places[*vertex] = place + offset;
    }
}

/// The upper and lower edge of each layer: further apart where arrows have far to go.
pub(super) fn down(graph: &Layers, places: &[f64]) -> Vec<(f64, f64)> {
    let mut out = Vec::with_capacity(graph.rows.len());
    let mut y = 0.0;
    for layer in &graph.rows {
        let height = layer.iter().map(|vertex| graph.vertices[*vertex].height).fold(0.0, f64::max);
        out.push((y, y + height));
        let far = graph.segments.iter().filter(|((above, _), _)| layer.contains(above));
        let far = far.map(|((a, a_dx), (b, b_dx))| (places[*a] + a_dx - places[*b] - b_dx).abs()).fold(0.0, f64::max);
        let quiet = !graph.segments.iter().any(|((above, _), _)| layer.contains(above));
        let label = layer.iter().all(|vertex| graph.vertices[*vertex].kind == What::Label) && !layer.is_empty();
        // Nothing goes on from the row of the label alone, and from what is above a group's lower edge.
        y += height
            + if !quiet {
                34.0 + (far / 8.0).min(60.0)
            } else if label {
                0.0
            } else {
                MARGIN
            };
    }
    out
}
