//! Where everything stands: layers from what needs down to what is needed, groups inside groups.
//!
//! Each group is laid out for itself, innermost first, and is then one box to the group around it. An arrow that leaves
//! a group goes through its lower edge, one that enters it through its upper edge; so an arrow between two boxes is a
//! chain of pieces, one in each group on its way, and no piece crosses a box.

mod flow;
mod layers;
mod order;
mod pack;
mod place;

use std::collections::BTreeMap;

use super::text::{shortened, width};
use super::{Graph, Kind, Node};
use flow::{Flow, Flows};
use pack::{Block, Measures};

/// The size of a box's first line.
pub const LABEL_SIZE: f64 = 13.0;
/// The size of a box's second line.
pub const DETAIL_SIZE: f64 = 11.0;
/// The size of a box's third line.
pub const PARTS_SIZE: f64 = 10.0;
/// The size of a group's label.
pub const CLUSTER_SIZE: f64 = 12.0;
/// What is left free left and right of text.
pub const PADDING: f64 = 12.0;
/// How high the part of a group is that its label stands in.
pub const HEADER: f64 = 28.0;
/// The longest text that is written in full.
const LONGEST: usize = 34;
/// What is left free around the whole picture, and inside of groups.
pub(super) const MARGIN: f64 = 16.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// A piece of an arrow that goes straight down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Where it is.
    pub x: f64,
    /// Where it begins.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
}

/// The way of an arrow, downwards: straight pieces, with curves between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The pieces, the uppermost first; the first and the last have no height.
    pub runs: Vec<Run>,
    /// Whether what needs stands at the lower end: there was a circle to be broken.
    pub upwards: bool,
}

/// A graph with places.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How wide the picture is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// The graph's boxes; for one that stands for a group, the group's.
    pub nodes: Vec<Rect>,
    /// The graph's groups.
    pub clusters: Vec<Rect>,
    /// The graph's arrows.
    pub edges: Vec<Route>,
}

/// The lines of a box, as they are written.
#[must_use]
pub fn lines(node: &Node) -> [String; 3] {
    let parts = if node.parts.is_empty() { String::new() } else { format!("with {}", node.parts) };
    // The smaller the letters are, the more of them there are in a line.
    [shortened(&node.label, LONGEST), shortened(&node.detail, LONGEST + 6), shortened(&parts, LONGEST + 10)]
}

/// A group's label as it is written.
#[must_use]
pub fn heading(label: &str) -> String {
    shortened(label, LONGEST + 26)
}

impl Layout {
    /// Finds a place for everything in a graph.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        let flows = Flows::of(graph);
        let sizes: Vec<(f64, f64)> = graph.nodes.iter().map(size).collect();
        // A group stands before those in it, so backwards is from the inside out.
        let mut blocks: BTreeMap<usize, Block> = BTreeMap::new();
        for (index, cluster) in graph.clusters.iter().enumerate().rev() {
            let header = width(&heading(&cluster.label), CLUSTER_SIZE) + 8.0;
            let block = pack::pack(graph, Some(index), &flows, &Measures { nodes: &sizes, blocks: &blocks }, header);
            blocks.insert(index, block);
        }
        let root = pack::pack(graph, None, &flows, &Measures { nodes: &sizes, blocks: &blocks }, 0.0);
        let mut layout = Self {
            width: root.width,
            height: root.height,
            nodes: vec![Rect::default(); graph.nodes.len()],
            clusters: vec![Rect::default(); graph.clusters.len()],
            edges: Vec::new(),
        };
        layout.put(&root, (0.0, 0.0), &sizes, &blocks);
        for (node, place) in graph.nodes.iter().zip(&mut layout.nodes).filter(|(node, _)| node.kind == Kind::Group) {
            *place = node.cluster.map_or(*place, |cluster| layout.clusters[cluster]);
        }
        layout.edges = (0..graph.edges.len()).map(|edge| layout.route(edge, &flows, &root, &blocks)).collect();
        layout
    }

    /// Gives what is in a block its place in the picture.
    fn put(&mut self, block: &Block, (x, y): (f64, f64), sizes: &[(f64, f64)], blocks: &BTreeMap<usize, Block>) {
        for &(node, dx, dy) in &block.nodes {
            self.nodes[node] = Rect { x: x + dx, y: y + dy, width: sizes[node].0, height: sizes[node].1 };
        }
        for &(cluster, dx, dy) in &block.clusters {
            let Some(inner) = blocks.get(&cluster) else { continue };
            let (x, y) = (x + dx, y + dy);
            self.clusters[cluster] = Rect { x, y, width: inner.width, height: inner.height };
            self.put(inner, (x, y), sizes, blocks);
        }
    }

    /// Puts the pieces of an arrow together.
    fn route(&self, edge: usize, flows: &Flows, root: &Block, blocks: &BTreeMap<usize, Block>) -> Route {
        let mut runs: Vec<Run> = Vec::new();
        for (cluster, flow) in &flows.ways[edge].pieces {
            let (block, at) = match cluster {
                Some(cluster) => (blocks.get(cluster), self.clusters[*cluster]),
                None => (Some(root), Rect::default()),
            };
            let piece: &[Run] = block.and_then(|block| block.runs.get(flow)).map_or(&[], Vec::as_slice);
            runs.extend(piece.iter().map(|run| Run {
                x: run.x + at.x,
                top: run.top + at.y,
                bottom: run.bottom + at.y,
            }));
        }
        Route { runs, upwards: flows.ways[edge].upwards }
    }
}

/// How large a box must be for what is written in it.
fn size(node: &Node) -> (f64, f64) {
    let [label, detail, parts] = lines(node);
    let text = width(&label, LABEL_SIZE).max(width(&detail, DETAIL_SIZE)).max(width(&parts, PARTS_SIZE));
    let height = if detail.is_empty() { 34.0 } else { 46.0 } + if parts.is_empty() { 0.0 } else { 14.0 };
    ((text + 2.0 * PADDING).ceil().max(72.0), height)
}

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of boxes are small")]
const fn real(count: usize) -> f64 {
    count as f64
}
