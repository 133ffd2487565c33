//! Layers: which boxes stand beside each other, and what passes between them.

use std::collections::BTreeMap;

use super::real;

/// A box of a group, or a place that an arrow passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Vertex {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) kind: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A box, by its number among those given.
    Item(usize),
    /// An arrow on its way past a layer.
    Passing,
    /// Where an arrow goes through the edge of the group.
    Port,
    /// The group's label.
    Label,
}

/// Where an arrow begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// At a box, so far from its left edge. The number tells the box inside that is meant.
    Item(usize, f64, usize),
    /// At the group's edge, for the sake of this box.
    Edge(usize),
}

/// A piece of an arrow between two layers that follow each other: vertices, and where on them.
pub(super) type Segment = ((usize, f64), (usize, f64));

/// Boxes and passages in layers, the uppermost first.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) vertices: Vec<Vertex>,
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) segments: Vec<Segment>,
    /// The vertices that each arrow passes, with where on them.
    pub(super) chains: Vec<Vec<(usize, f64)>>,
}

/// Boxes and arrows in layers. `label` is the width of the group's label where arrows go through its edge.
pub(super) fn layers(items: &[(f64, f64)], arrows: &[(End, End)], label: Option<f64>) -> Layers {
    let rows = rows(items, arrows);
    let mut out = Layers::default();
    let (first, last) = (usize::from(label.is_some()), rows.len() + usize::from(label.is_some()));
    out.rows = vec![Vec::new(); last + usize::from(label.is_some())];
    let mut at = vec![0; items.len()];
    let mut vertex_of = vec![0; items.len()];
    if let Some(width) = label {
        out.add(0, Vertex { width, height: super::HEADER, kind: What::Label });
    }
    for (row, members) in rows.iter().enumerate() {
        for &item in members {
            let (width, height) = items[item];
            at[item] = row + first;
            vertex_of[item] = out.add(row + first, Vertex { width, height, kind: What::Item(item) });
        }
    }
    let mut ports: BTreeMap<(bool, usize), usize> = BTreeMap::new();
    let mut passings: BTreeMap<((bool, usize), usize), usize> = BTreeMap::new();
    for (from, to) in arrows {
        let (start, begin) = match from {
            End::Item(item, dx, _) => (at[*item], (vertex_of[*item], *dx)),
            End::Edge(node) => (0, (out.port(&mut ports, (true, *node), 0), 0.0)),
        };
        // Arrows to one end go the rest of their way together.
        let (stop, end, goal) = match to {
            End::Item(item, dx, node) => (at[*item], (vertex_of[*item], *dx), (true, *node)),
            End::Edge(node) => (last, (out.port(&mut ports, (false, *node), last), 0.0), (false, *node)),
        };
        let mut chain = vec![begin];
        for layer in start + 1..stop {
            let passing = Vertex { width: 0.0, height: 0.0, kind: What::Passing };
            let known = passings.get(&(goal, layer)).copied();
            let vertex = known.unwrap_or_else(|| out.add(layer, passing));
            passings.insert((goal, layer), vertex);
            chain.push((vertex, 0.0));
        }
        chain.push(end);
        for pair in chain.windows(2) {
            if !out.segments.contains(&(pair[0], pair[1])) {
                out.segments.push((pair[0], pair[1]));
            }
        }
        out.chains.push(chain);
    }
    out
}

impl Layers {
    fn add(&mut self, layer: usize, vertex: Vertex) -> usize {
        self.vertices.push(vertex);
        self.rows[layer].push(self.vertices.len() - 1);
        self.vertices.len() - 1
    }

    fn port(&mut self, ports: &mut BTreeMap<(bool, usize), usize>, key: (bool, usize), layer: usize) -> usize {
        if let Some(port) = ports.get(&key) {
            return *port;
        }
        let height = if layer == 0 { super::HEADER } else { super::MARGIN };
        let port = self.add(layer, Vertex { width: 0.0, height, kind: What::Port });
        ports.insert(key, port);
        port
    }
}

/// The boxes in rows: each above all that it needs, as low as can be; a row that would be too wide is several.
fn rows(items: &[(f64, f64)], arrows: &[(End, End)]) -> Vec<Vec<usize>> {
    let mut needs = vec![Vec::new(); items.len()];
    for (from, to) in arrows {
        if let (End::Item(from, ..), End::Item(to, ..)) = (from, to) {
            needs[*from].push(*to);
        }
    }
    let mut ranks: Vec<Option<usize>> = vec![None; items.len()];
    for item in 0..items.len() {
        rank(item, &needs, &mut ranks);
    }
    let highest = ranks.iter().flatten().max().copied().unwrap_or(0);
    let mut rows = vec![Vec::new(); if items.is_empty() { 0 } else { highest + 1 }];
    for (item, rank) in ranks.iter().enumerate() {
        rows[highest - rank.unwrap_or(0)].push(item);
    }
    let area: f64 = items.iter().map(|(width, height)| (width + 24.0) * (height + 56.0)).sum();
    let widest = items.iter().map(|item| item.0).fold(0.0, f64::max);
    let limit = (area * 2.6).sqrt().max(640.0).max(widest);
    rows.into_iter().flat_map(|row| split(row, items, limit)).collect()
}

/// The longest way down from a box. Arrows lead in no circle.
fn rank(item: usize, needs: &[Vec<usize>], ranks: &mut [Option<usize>]) -> usize {
    if let Some(rank) = ranks[item] {
        return rank;
    }
    let below = needs[item].iter().map(|need| rank(*need, needs, ranks) + 1).max().unwrap_or(0);
    ranks[item] = Some(below);
    below
}

/// A row as rows of about the same width, none wider than the limit.
fn split(row: Vec<usize>, items: &[(f64, f64)], limit: f64) -> Vec<Vec<usize>> {
    let total: f64 = row.iter().map(|item| items[*item].0 + 24.0).sum();
    let parts = (total / limit).ceil().max(1.0);
    let each = total / parts;
    let (mut out, mut used) = (vec![Vec::new()], 0.0);
    for item in row {
        if used >= each * real(out.len()) {
            out.push(Vec::new());
        }
        used += items[item].0 + 24.0;
        if let Some(last) = out.last_mut() {
            last.push(item);
        }
    }
    out
}
