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
            let group = |node: usize| self.nodes[node].cluster.filter(|_| self.nodes[node].kind == Kind::Group);
            let style = edge.order_only.then(|| "style=dashed".to_owned()).into_iter();
            let tail = group(edge.from).map(|cluster| format!("ltail=cluster_{cluster}"));
            let head = group(edge.to).map(|cluster| format!("lhead=cluster_{cluster}"));
            let attributes = style.chain(tail).chain(head).collect::<Vec<_>>().join(", ");
            let attributes = if attributes.is_empty() { attributes } else { format!(" [{attributes}]") };
            out.push_str(&format!("  n{} -> n{}{attributes};\n", edge.from, edge.to));
        }
        out + "}\n"
    }

    fn dot_group(&self, cluster: Option<usize>, indent: &str, out: &mut String) {
        // What arrows to a group lead to, out of sight.
        let groups = self.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Group);
        for (index, _) in groups.filter(|(_, node)| node.cluster == cluster) {
            out.push_str(&format!("{indent}n{index} [shape=point, style=invis];\n"));
        }
        for (index, node) in self.nodes_in(cluster) {
            let lines = [&node.label, &node.detail, &node.parts].into_iter().filter(|line| !line.is_empty());
            let label = quoted(&lines.map(String::as_str).collect::<Vec<_>>().join("\n"));
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
