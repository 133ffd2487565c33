//! Graphviz's language.

use super::{Graph, Kind};

impl Graph {
    /// The graph in Graphviz's language, for `dot`.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut out = format!("digraph {} {{\n", quoted(&self.title));
        out.push_str("  graph [fontname=\"Helvetica\", fontsize=11, compound=true];\n");
        out.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef4ff\", fontname=\"Helvetica\", fontsize=11];\n");
        out.push_str("  edge [color=\"#64748b\", arrowsize=0.7];\n");
        self.dot_group(None, "  ", &mut out);
        for edge in &self.edges {
            let style = if edge.order_only { " [style=dashed]" } else { "" };
            out.push_str(&format!("  n{} -> n{}{style};\n", edge.from, edge.to));
        }
        out + "}\n"
    }

    fn dot_group(&self, cluster: Option<usize>, indent: &str, out: &mut String) {
        for (index, node) in self.nodes_in(cluster) {
            let label = match node.detail.as_str() {
                "" => quoted(&node.label),
                detail => quoted(&format!("{}\n{detail}", node.label)),
            };
            let style = if node.kind == Kind::Elsewhere { ", style=\"rounded,dashed\"" } else { "" };
            let title = quoted(&node.title);
            out.push_str(&format!("{indent}n{index} [label={label}, tooltip={title}{style}];\n"));
        }
        for (index, inner) in self.clusters_in(cluster) {
            out.push_str(&format!("{indent}subgraph cluster_{index} {{\n"));
            out.push_str(&format!("{indent}  label={}; color=\"#94a3b8\";\n", quoted(&inner.label)));
            self.dot_group(Some(index), &format!("{indent}  "), out);
            out.push_str(&format!("{indent}}}\n"));
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
