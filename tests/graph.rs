//! Pictures: what is in them, that nothing overlaps, and that text fits into its box.

mod layout;

use std::path::Path;

use formwork::aws::ec2::{SecurityGroupSpec, Tier, VpcSpec};
use formwork::cfn::{ec2, sqs};
use formwork::graph::Graph;
use formwork::{App, Env};

use crate::program::{PACKAGE, Run, STACKS, snapshot};

fn env() -> Env {
    Env::new("111111111111", "us-east-1")
}

/// A network, groups in it that read it, and jobs that only wait for them.
fn shop() -> App {
    let mut app = App::new();
    let vpc = app.stack("shop/dev/network", env(), |s| {
        s.add(
            "Vpc",
            VpcSpec {
                zones: ["us-east-1a".to_owned()].into(),
                tiers: vec![Tier::public("Public")],
                nat_gateways: 0,
                ..VpcSpec::new("10.0.0.0/16")
            },
        )
    });
    let groups = app.stack("shop/dev/groups", env(), |s| {
        s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
        s.handle()
    });
    app.stack("jobs", env(), |s| {
        s.depends_on(groups);
        s.add("Queue", sqs::Queue::new());
    });
    app
}

#[test]
fn stacks_are_grouped_by_their_path_and_an_edge_about_order_alone_is_dashed() {
    let app = shop();
    let graph = Graph::of_stacks(&app.synth().unwrap(), |_| true);
    snapshot("graph_stacks_dot", &graph.to_dot());
    snapshot("graph_stacks_mermaid", &graph.to_mermaid());
    snapshot("graph_stacks_svg", &graph.to_svg());
}

#[test]
fn resources_are_in_their_vpc_and_subnet() {
    let app = shop();
    let graph = Graph::of_resources(&app.synth().unwrap(), |path| path == "shop/dev/network");
    snapshot("graph_resources_mermaid", &graph.to_mermaid());
    let group = |label: &str| graph.clusters.iter().position(|cluster| cluster.label == label).unwrap();
    let node = |label: &str| graph.nodes.iter().find(|node| node.label == label).unwrap();
    let (vpc, subnet) = (group("Vpc (EC2 VPC)"), group("PublicSubnet1 (EC2 Subnet)"));
    assert_eq!(graph.clusters[subnet].parent, Some(vpc));
    assert_eq!(node("RouteTableAssociation").cluster, Some(subnet));
    // The route says no VPC: it is in that of its table.
    assert_eq!(node("PublicSubnet1/DefaultRoute").cluster, Some(vpc));
    assert_eq!(node("Vpc/IGW").cluster, None);
}

#[test]
fn what_refers_to_another_stack_points_to_a_box_of_that_stack() {
    let app = shop();
    let assembly = app.synth().unwrap();
    let graph = Graph::of_resources(&assembly, |path| path == "shop/dev/groups");
    let labels: Vec<_> = graph.nodes.iter().map(|node| (node.label.as_str(), node.detail.as_str())).collect();
    assert_eq!(labels, [("Web", "EC2 SecurityGroup"), ("shop/dev/network", "another stack")]);
    assert_eq!((graph.edges[0].from, graph.edges[0].to), (0, 1));
    // Drawn together, they are groups, and the arrow leads to the resource itself.
    let both = Graph::of_resources(&assembly, |path| path.starts_with("shop/"));
    assert!(both.nodes.iter().all(|node| node.detail != "another stack"));
    assert_eq!(both.clusters.iter().filter(|cluster| cluster.parent.is_none()).count(), 2);
}

#[test]
fn a_vpc_that_is_referred_to_from_outside_has_a_box_in_its_group() {
    let mut app = App::new();
    app.stack("peers", env(), |s| {
        let a = s.add("A", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let b = s.add("B", ec2::Vpc::new().cidr_block("10.1.0.0/16"));
        s.add("InA", ec2::Subnet::new(a).cidr_block("10.0.0.0/24"));
        s.add("Peering", ec2::VpcPeeringConnection::new(b, a));
    });
    let graph = Graph::of_resources(&app.synth().unwrap(), |_| true);
    let at = |label: &str| graph.nodes.iter().position(|node| node.label == label).unwrap();
    assert_eq!(graph.nodes[at("A")].cluster, Some(0));
    let edges: Vec<_> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    assert_eq!(edges, [(at("Peering"), at("A")), (at("Peering"), at("B"))]);
}

#[test]
fn text_that_is_markup_is_escaped() {
    let mut app = App::new();
    app.stack("odd", env(), |s| s.add("<\"A\" & #b>", sqs::Queue::new()));
    let graph = Graph::of_resources(&app.synth().unwrap(), |_| true);
    assert!(graph.to_svg().contains(">&lt;&quot;A&quot; &amp; #b&gt;</text>"));
    assert!(graph.to_dot().contains(r#"label="<\"A\" & #b>\nSQS Queue""#));
    assert!(graph.to_mermaid().contains("[\"#lt;#quot;A#quot; & #35;b#gt;<br/>SQS Queue\"]"));
}

#[test]
fn an_empty_picture_is_a_picture() {
    assert!(Graph::default().to_svg().ends_with("</svg>\n"));
    assert!(Graph::default().to_dot().ends_with("}\n"));
}

// -------------------------------------------------------------------------------------------------- the command line

fn graph(folder: &Path, args: &[&str]) -> Run {
    crate::command_line::program(STACKS, folder).arg("graph").args(args).output().unwrap().into()
}

#[test]
fn the_command_prints_or_writes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let printed = graph(folder.path(), &["--format", "svg"]).done().out;
    let run = graph(folder.path(), &["--format", "svg", "-o", "all.svg"]).done();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    assert_eq!(std::fs::read_to_string(folder.path().join("all.svg")).unwrap(), printed);
    assert!(graph(folder.path(), &[]).done().out.starts_with("digraph "));
    graph(folder.path(), &["financial-data-api/dev/vcp"]).ended(2).told("no stack is named by");
}

/// `stacks graph 'financial-data-api/dev/*' --format svg -o docs/financial-data-api.svg` makes it again.
#[test]
fn the_picture_in_the_readme_is_that_of_the_catalogue() {
    let made = graph(Path::new(PACKAGE), &["financial-data-api/dev/*", "--format", "svg"]).done().out;
    let kept = std::fs::read_to_string(Path::new(PACKAGE).join("docs/financial-data-api.svg")).unwrap();
    assert!(made == kept, "docs/financial-data-api.svg is stale: make it again with the command above");
}
