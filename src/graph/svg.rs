//! SVG, made here: no other program, no script, no font of its own; white behind everything, for readers in the dark.

use super::layout::{CLUSTER_SIZE, DETAIL_SIZE, LABEL_SIZE, Layout, PARTS_SIZE, Rect, Route, heading, lines};
use super::{Graph, Kind};

/// How large the head of an arrow is.
const HEAD: f64 = 7.0;

const STYLE: &str = "\
text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #0f172a }
.detail { fill: #526077 }
.group { fill: #334155 }
.cluster { fill: #f8fafc; stroke: #94a3b8 }
.inner { fill: #eef2f7 }
.stack { fill: #dbeafe; stroke: #2563eb }
.resource { fill: #ffffff; stroke: #475569 }
.elsewhere { fill: #fef9c3; stroke: #a16207; stroke-dasharray: 4 3 }
.edge { fill: none; stroke: #64748b; stroke-width: 1.2 }
.order { stroke-dasharray: 5 4 }
.head { fill: #64748b }
";

impl Graph {
    /// The graph as a picture.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let layout = Layout::of(self);
        let (width, height) = (number(layout.width), number(layout.height));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n"
        );
        out.push_str(&format!("<title>{}</title>\n<style>\n{STYLE}</style>\n", escaped(&self.title)));
        out.push_str("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        for (cluster, rect) in self.clusters.iter().zip(&layout.clusters) {
            let class = if cluster.parent.is_some() { "cluster inner" } else { "cluster" };
            out.push_str(&format!("<g><title>{}</title>{}", escaped(&cluster.label), boxed(*rect, class, 8)));
            let label = heading(&cluster.label);
            out.push_str(&written(rect.x + 16.0, rect.y + 19.0, CLUSTER_SIZE, "group", "start", &label));
            out.push_str("</g>\n");
        }
        for (edge, route) in self.edges.iter().zip(&layout.edges) {
            let title = format!("{} needs {}", self.nodes[edge.from].title, self.nodes[edge.to].title);
            out.push_str(&format!("<g><title>{}</title>{}</g>\n", escaped(&title), arrow(route, edge.order_only)));
        }
        for (node, rect) in self.nodes.iter().zip(&layout.nodes) {
            let class = match node.kind {
                Kind::Stack => "stack",
                Kind::Resource => "resource",
                Kind::Elsewhere => "elsewhere",
                Kind::Group => continue,
            };
            out.push_str(&format!("<g><title>{}</title>{}", escaped(&node.title), boxed(*rect, class, 5)));
            let [label, detail, parts] = lines(node);
            let middle = rect.x + rect.width / 2.0;
            let first = if detail.is_empty() { rect.y + rect.height / 2.0 + 4.5 } else { rect.y + 20.0 };
            out.push_str(&written(middle, first, LABEL_SIZE, "label", "middle", &label));
            if !detail.is_empty() {
                out.push_str(&written(middle, rect.y + 36.0, DETAIL_SIZE, "detail", "middle", &detail));
            }
            if !parts.is_empty() {
                out.push_str(&written(middle, rect.y + 50.0, PARTS_SIZE, "detail", "middle", &parts));
            }
            out.push_str("</g>\n");
        }
        out + "</svg>\n"
    }
}

fn boxed(rect: Rect, class: &str, radius: u8) -> String {
    let [x, y, width, height] = [rect.x, rect.y, rect.width, rect.height].map(number);
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>")
}

fn written(x: f64, y: f64, size: f64, class: &str, anchor: &str, text: &str) -> String {
    let [x, y, size] = [x, y, size].map(number);
    let text = escaped(text);
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{text}</text>")
}

/// A line with a head at what is needed.
fn arrow(route: &Route, order_only: bool) -> String {
    let class = if order_only { "edge order" } else { "edge" };
    let mut runs = route.runs.clone();
    let (Some(first), Some(last)) = (runs.first().copied(), runs.last().copied()) else { return String::new() };
    // The line ends inside the head, which ends at the box.
    let (tip, away) = if route.upwards { ((first.x, first.top), HEAD) } else { ((last.x, last.bottom), -HEAD) };
    let end = if route.upwards { runs.first_mut() } else { runs.last_mut() };
    if let Some(end) = end {
        (end.top, end.bottom) = (tip.1 + away, tip.1 + away);
    }
    let mut path = format!("M{} {}", number(first.x), number(runs[0].top));
    let mut before = (first.x, runs[0].top);
    for run in &runs {
        if (run.x - before.0).abs() < 0.05 {
            path.push_str(&format!("V{}", number(run.top)));
        } else {
            let middle = number(f64::midpoint(before.1, run.top));
            let [from, x, y] = [before.0, run.x, run.top].map(number);
            path.push_str(&format!("C{from} {middle} {x} {middle} {x} {y}"));
        }
        if run.bottom > run.top {
            path.push_str(&format!("V{}", number(run.bottom)));
        }
        before = (run.x, run.bottom);
    }
    let [x, y, left, right, back] = [tip.0, tip.1, tip.0 - HEAD / 2.0, tip.0 + HEAD / 2.0, tip.1 + away].map(number);
    format!("<path class=\"{class}\" d=\"{path}\"/><path class=\"head\" d=\"M{x} {y}L{left} {back}L{right} {back}Z\"/>")
}

/// A number with one decimal where it has one.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
