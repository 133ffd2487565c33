//! Mermaid's language, which GitHub and others draw in Markdown.

use super::{Graph, Kind};

impl Graph {
    /// The graph in Mermaid's language: a flowchart from top to bottom.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut out = "flowchart TB\n".to_owned();
        self.mermaid_group(None, "  ", &mut out);
        for edge in &self.edges {
            let arrow = if edge.order_only { "-.->" } else { "-->" };
            let end = |node: usize| match (self.nodes[node].kind, self.nodes[node].cluster) {
                (Kind::Group, Some(cluster)) => format!("c{cluster}"),
                _ => format!("n{node}"),
            };
            out.push_str(&format!("  {} {arrow} {}\n", end(edge.from), end(edge.to)));
        }
        if self.nodes.iter().any(|node| node.kind == Kind::Elsewhere) {
            out.push_str("  classDef elsewhere stroke-dasharray: 4 3\n");
        }
        out
    }

    fn mermaid_group(&self, cluster: Option<usize>, indent: &str, out: &mut String) {
        for (index, node) in self.nodes_in(cluster) {
            let lines = [&node.detail, &node.parts].into_iter().filter(|line| !line.is_empty());
            let detail = lines.fold(String::new(), |all, line| all + "<br/>" + &escaped(line));
            let class = if node.kind == Kind::Elsewhere { ":::elsewhere" } else { "" };
            out.push_str(&format!("{indent}n{index}[\"{}{detail}\"]{class}\n", escaped(&node.label)));
        }
        for (index, inner) in self.clusters_in(cluster) {
            out.push_str(&format!("{indent}subgraph c{index} [\"{}\"]\n", escaped(&inner.label)));
            self.mermaid_group(Some(index), &format!("{indent}  "), out);
            out.push_str(&format!("{indent}end\n"));
        }
    }
}

/// Text between quotes: what would end them or be markup is an entity, in Mermaid's spelling.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
