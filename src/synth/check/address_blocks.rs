//! Blocks of addresses: their sizes, and that those of a VPC's subnets lie in it, beside each other.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use crate::core::{At, Expr, NodeId, Problem, ResourceNode, is_library};
use crate::synth::resolve::Resolved;

/// The longest and the shortest prefix of a VPC's block, and of a subnet's. Source: the Amazon VPC user guide, "VPC CIDR
/// blocks" and "Subnet sizing".
const PREFIXES: std::ops::RangeInclusive<u8> = 16..=28;

/// A subnet whose block is known.
struct Subnet<'a> {
    block: Ipv4Net,
    node: NodeId,
    resolved: &'a Resolved<'a>,
    /// The line that set the block.
    set: At,
}

/// What is known of a VPC's blocks.
#[derive(Default)]
struct Vpc {
    blocks: Vec<Ipv4Net>,
    /// Whether some are only known when it is deployed.
    more: bool,
}

pub(super) fn check(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    let (mut vpcs, mut subnets) = (BTreeMap::<NodeId, Vpc>::new(), BTreeMap::<NodeId, Vec<Subnet<'_>>>::new());
    let mut problems = Vec::new();
    for resolved in stacks {
        let stack = resolved.stack;
        for (index, _, resource) in stack.tree.resources() {
            let node = NodeId { stack: stack.key, index };
            let block = block(resource);
            let vpc = if resource.type_name == "AWS::EC2::VPC" { Some(node) } else { referred(resource, "VpcId") };
            let Some(vpc) = vpc else { continue };
            match &*resource.type_name {
                "AWS::EC2::VPC" | "AWS::EC2::VPCCidrBlock" => {
                    let of_ipv6 = ["AmazonProvidedIpv6CidrBlock", "Ipv6CidrBlock", "Ipv6IpamPoolId", "Ipv6Pool"];
                    let known = vpcs.entry(vpc).or_default();
                    known.blocks.extend(block.map(|(block, _)| block));
                    known.more |= block.is_none() && !of_ipv6.iter().any(|key| resource.props.get(key).is_some());
                }
                "AWS::EC2::Subnet" if resource.condition.is_none() => {
                    let subnet = block.map(|(block, set)| Subnet { block, node, resolved, set });
                    subnets.entry(vpc).or_default().extend(subnet);
                }
                _ => continue,
            }
            if let Some((block, set)) = block.filter(|(block, _)| !PREFIXES.contains(&block.prefix_len())) {
                let what = if resource.type_name == "AWS::EC2::Subnet" { "subnet" } else { "VPC" };
                let message = format!("a {what} cannot have the block {block}");
                let help = "AWS takes /16 to /28: 65,536 to 16 addresses";
                problems.push(located(resolved, node, set, Problem::error("address-block", message).help(help)));
            }
        }
    }
    for (vpc, mut subnets) in subnets {
        let known = vpcs.get(&vpc);
        for subnet in &subnets {
            problems.extend(known.and_then(|vpc| outside(vpc, subnet)));
        }
        subnets.sort_by_key(|subnet| (subnet.block.network(), subnet.block.prefix_len()));
        problems.extend(subnets.windows(2).filter_map(|pair| overlap(&pair[0], &pair[1])));
    }
    problems
}

/// A block that is written out, and the line that set it.
fn block(resource: &ResourceNode) -> Option<(Ipv4Net, At)> {
    let entry = resource.props.get("CidrBlock")?;
    let block: Ipv4Net = entry.value.as_str()?.parse().ok()?;
    Some((block.trunc(), entry.at))
}

fn referred(resource: &ResourceNode, key: &str) -> Option<NodeId> {
    match &resource.props.get(key)?.value {
        Expr::Ref(node) => Some(*node),
        Expr::Att(att) => Some(att.node),
        _ => None,
    }
}

fn located(resolved: &Resolved<'_>, node: NodeId, set: At, problem: Problem) -> Problem {
    let mut problem = resolved.stack.tree.locate(problem, node, Some(set));
    problem.stack = Some(resolved.stack.path.clone());
    problem
}

/// A subnet that is not in its VPC.
fn outside(vpc: &Vpc, subnet: &Subnet<'_>) -> Option<Problem> {
    if vpc.more || vpc.blocks.is_empty() || vpc.blocks.iter().any(|block| block.contains(&subnet.block)) {
        return None;
    }
    let blocks: Vec<String> = vpc.blocks.iter().map(ToString::to_string).collect();
    let message = format!("the subnet's block {} is not in its VPC's, {}", subnet.block, blocks.join(" and "));
    let problem = Problem::error("address-block", message).help("take one from there, or give the VPC another block");
    Some(located(subnet.resolved, subnet.node, subnet.set, problem))
}

/// Two subnets that share addresses; the second begins no earlier than the first.
fn overlap(first: &Subnet<'_>, second: &Subnet<'_>) -> Option<Problem> {
    if !first.block.contains(&second.block.network()) {
        return None;
    }
    let tree = &first.resolved.stack.tree;
    let other = crate::synth::called(&tree.path(first.node.index));
    let same = first.node.stack == second.node.stack;
    let other = if same { other } else { format!("{}/{other}", first.resolved.stack.path) };
    let message =
        format!("the subnet's block {} shares addresses with {}, that of `{other}`", second.block, first.block);
    let problem = Problem::error("address-block", message).help("give one of the two another block of the VPC");
    let mut problem = located(second.resolved, second.node, second.set, problem);
    let added = tree.upwards(first.node.index).map(|node| node.at).find(|at| !is_library(at));
    if let Some(at) = added {
        problem = problem.at(at, "the other is added here");
    }
    Some(problem)
}
