//! Pictures: what is in them, that nothing overlaps, and that text fits into its box.

mod layout;

use std::path::Path;

use formwork::aws::ec2::{InstanceSpec, Port, SecurityGroupSpec, Tier, VpcSpec};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::cfn::{ec2, iam, rds, secretsmanager, sns, sqs};
use formwork::graph::{Detail, Graph, Kind};
use formwork::{App, Env, Stack};

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
    let graph = Graph::of_resources(&app.synth().unwrap(), Detail::Every, |path| path == "shop/dev/network");
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
    let graph = Graph::of_resources(&assembly, Detail::Every, |path| path == "shop/dev/groups");
    let labels: Vec<_> = graph.nodes.iter().map(|node| (node.label.as_str(), node.detail.as_str())).collect();
    assert_eq!(labels, [("Web", "EC2 SecurityGroup"), ("shop/dev/network", "another stack")]);
    assert_eq!((graph.edges[0].from, graph.edges[0].to), (0, 1));
    // Drawn together, they are groups, and the arrow leads to the resource itself.
    let both = Graph::of_resources(&assembly, Detail::Every, |path| path.starts_with("shop/"));
    assert!(both.nodes.iter().all(|node| node.detail != "another stack"));
    assert_eq!(both.clusters.iter().filter(|cluster| cluster.parent.is_none()).count(), 2);
}

#[test]
fn an_arrow_to_a_vpc_ends_at_the_edge_of_its_group() {
    let mut app = App::new();
    app.stack("peers", env(), |s| {
        let a = s.add("A", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let b = s.add("B", ec2::Vpc::new().cidr_block("10.1.0.0/16"));
        s.add("InA", ec2::Subnet::new(a).cidr_block("10.0.0.0/24"));
        s.add("Peering", ec2::VpcPeeringConnection::new(b, a));
    });
    let graph = Graph::of_resources(&app.synth().unwrap(), Detail::Every, |_| true);
    let at = |label: &str| graph.nodes.iter().position(|node| node.label == label).unwrap();
    let kinds = ["A", "B", "Peering"].map(|label| (graph.nodes[at(label)].kind, graph.nodes[at(label)].cluster));
    // Nothing is in B: it is a box.
    assert_eq!(kinds, [(Kind::Group, Some(0)), (Kind::Resource, None), (Kind::Resource, None)]);
    let edges: Vec<_> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    assert_eq!(edges, [(at("Peering"), at("A")), (at("Peering"), at("B"))]);
    snapshot("graph_group_dot", &graph.to_dot());
    snapshot("graph_group_mermaid", &graph.to_mermaid());
    assert!(!graph.to_svg().contains(">A</text>") && graph.to_svg().contains(">A (EC2 VPC)</text>"));
}

/// The labels of the boxes, with what else each stands for.
fn boxes(graph: &Graph) -> Vec<(&str, &str)> {
    let drawn = graph.nodes.iter().filter(|node| node.kind != Kind::Group);
    drawn.map(|node| (node.label.as_str(), node.parts.as_str())).collect()
}

fn arrows(graph: &Graph) -> Vec<(&str, &str)> {
    let label = |node: usize| graph.nodes[node].label.as_str();
    graph.edges.iter().map(|edge| (label(edge.from), label(edge.to))).collect()
}

fn main_things<T>(define: impl FnOnce(&mut Stack) -> T) -> Graph {
    let mut app = App::new();
    app.stack("main", env(), define);
    Graph::of_resources(&app.synth().unwrap(), Detail::Main, |_| true)
}

#[test]
fn what_belongs_to_one_other_is_part_of_its_box_and_what_connects_two_is_an_arrow() {
    let graph = main_things(|s| {
        let spec = VpcSpec { nat_gateways: 1, zones: ["us-east-1a".to_owned()].into(), ..VpcSpec::new("10.0.0.0/16") };
        let vpc = s.add("Vpc", spec);
        let [web, db] = ["Web", "Db"].map(|id| s.add(id, InstanceSpec::new(&vpc)));
        db.allow_from(s, &web, Port::tcp(5432));
    });
    let parts = "SecurityGroup, Role, InstanceProfile";
    assert_eq!(boxes(&graph), [("Vpc/IGW", ""), ("NATGateway", "EIP"), ("Web", parts), ("Db", parts)]);
    // Routes, rules and the gateway's attachment.
    let expected = [("PrivateSubnet1", "NATGateway"), ("PublicSubnet1", "Vpc/IGW"), ("Vpc", "Vpc/IGW"), ("Web", "Db")];
    let mut arrows = arrows(&graph);
    arrows.sort_unstable();
    assert_eq!(arrows, expected);
}

#[test]
fn what_several_have_or_other_stacks_have_is_a_box_of_its_own() {
    let graph = main_things(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let table = s.add("Table", ec2::RouteTable::new(vpc));
        for (id, block) in [("A", "10.0.0.0/24"), ("B", "10.0.1.0/24")] {
            let subnet = s.add(id, ec2::Subnet::new(vpc).cidr_block(block));
            s.add(format!("{id}Table"), ec2::SubnetRouteTableAssociation::new(table, subnet));
        }
    });
    assert_eq!(boxes(&graph), [("Table", ""), ("A", ""), ("B", "")]);
    assert_eq!(arrows(&graph), [("A", "Table"), ("B", "Table")]);
    let mut app = App::new();
    let role = app.stack("roles", env(), |s| s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com"))));
    app.stack("profiles", env(), |s| {
        s.add("Profile", iam::InstanceProfile::new([role.name()]));
    });
    let graph = Graph::of_resources(&app.synth().unwrap(), Detail::Main, |_| true);
    assert_eq!(boxes(&graph), [("Role", ""), ("Profile", "")]);
}

#[test]
fn three_that_are_alike_are_one_box_and_two_are_two() {
    let picture = |count: usize| {
        main_things(|s| {
            let topic = s.add("Topic", sns::Topic::new());
            for index in 0..count {
                s.add(format!("Mail{index}"), sns::Subscription::new("email", topic).endpoint("a@example.com"));
            }
            s.add("Alone1", sqs::Queue::new());
            s.add("Alone2", sqs::Queue::new());
            s.add("Alone3", sqs::Queue::new());
        })
    };
    let labels = |graph: &Graph| graph.nodes.iter().map(|node| node.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&picture(2)), ["Topic", "Mail0", "Mail1", "Alone1", "Alone2", "Alone3"]);
    let three = picture(3);
    assert_eq!(labels(&three), ["Topic", "Mail0, Mail1, Mail2", "Alone1", "Alone2", "Alone3"]);
    assert_eq!(three.nodes[1].detail, "3 × SNS Subscription");
    assert_eq!(arrows(&three), [("Mail0, Mail1, Mail2", "Topic")]);
}

#[test]
fn an_attachment_that_is_read_is_part_of_its_secret() {
    let attached = |rotated: bool| {
        main_things(|s| {
            let secret = s.add("Secret", secretsmanager::Secret::new());
            let db = s.add("Db", rds::DbInstance::new().db_instance_class("db.t4g.micro").engine("mysql"));
            let target = secretsmanager::SecretTargetAttachment::new(secret, db, "AWS::RDS::DBInstance");
            let attachment = s.add("Attachment", target);
            if rotated {
                s.add("Rotation", secretsmanager::RotationSchedule::new(attachment));
            }
        })
    };
    assert_eq!(arrows(&attached(false)), [("Secret", "Db")]);
    let rotated = attached(true);
    assert_eq!(boxes(&rotated)[0], ("Secret", "SecretTargetAttachment"));
    assert_eq!(arrows(&rotated), [("Secret", "Db"), ("Rotation", "Secret")]);
}

#[test]
fn text_that_is_markup_is_escaped() {
    let mut app = App::new();
    app.stack("odd", env(), |s| s.add("<\"A\" & #b>", sqs::Queue::new()));
    let graph = Graph::of_resources(&app.synth().unwrap(), Detail::Every, |_| true);
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
