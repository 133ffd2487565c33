//! Security groups: whom they let in and out.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::facts::{Facts, objects, property};
use super::ports::RulePorts;
use crate::core::{At, Expr, NodeId, Props, is_library};

const GROUP: &str = "AWS::EC2::SecurityGroup";
const VPC: &str = "AWS::EC2::VPC";

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// One of the definitions.
    Own(NodeId),
    /// The default one of a VPC of the definitions.
    DefaultOf(NodeId),
    /// One that the definitions do not have.
    Elsewhere,
}

/// The way that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    In,
    Out,
}

/// Who is on the other side of a rule.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Net(IpNet),
    Group(Group),
    /// A prefix list's blocks.
    Prefixes(NodeId, Vec<IpNet>),
    /// What only a deployment decides.
    Unknown,
}

/// A rule of a security group.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) ports: RulePorts,
    pub(super) peer: Peer,
    /// The line that made it.
    pub(super) at: Option<At>,
}

/// Every rule, by group.
#[derive(Debug)]
pub(super) struct Groups {
    rules: BTreeMap<(Group, Direction), Vec<Rule>>,
}

impl Groups {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut rules: BTreeMap<(Group, Direction), Vec<Rule>> = BTreeMap::new();
        for node in facts.of_type(GROUP) {
            for (direction, key) in [(Direction::In, "SecurityGroupIngress"), (Direction::Out, "SecurityGroupEgress")] {
                let list = facts.get(node, key);
                let found: Vec<Rule> = objects(list).filter_map(|props| rule(facts, node, props, direction)).collect();
                // Without a rule for the way out, AWS makes one that lets everything out.
                if direction == Direction::In || list.is_some() {
                    rules.entry((Group::Own(node), direction)).or_default().extend(found);
                }
            }
        }
        let separate =
            [(Direction::In, "AWS::EC2::SecurityGroupIngress"), (Direction::Out, "AWS::EC2::SecurityGroupEgress")];
        for (direction, type_name) in separate {
            for node in facts.of_type(type_name) {
                let Some(group) = facts.get(node, "GroupId").map(|expr| group(facts, node, expr)) else { continue };
                let Some(props) = facts.props(node) else { continue };
                rules.entry((group, direction)).or_default().extend(rule(facts, node, props, direction));
            }
        }
        for vpc in facts.of_type(VPC) {
            let group = Group::DefaultOf(vpc);
            let members = Rule { ports: everything(), peer: Peer::Group(group.clone()), at: None };
            rules.entry((group, Direction::In)).or_default().push(members);
        }
        Self { rules }
    }

    /// The rules of a group; none where it lets everything pass.
    pub(super) fn rules(&self, group: &Group, direction: Direction) -> Option<&[Rule]> {
        let rules = self.rules.get(&(group.clone(), direction)).map(Vec::as_slice);
        match direction {
            Direction::In => Some(rules.unwrap_or_default()),
            Direction::Out => rules,
        }
    }
}

fn everything() -> RulePorts {
    RulePorts::new("-1", None, None)
}

/// The group that an expression of `node`'s names.
pub(super) fn group(facts: &Facts<'_>, node: NodeId, expr: &Expr) -> Group {
    match facts.node(node, expr) {
        Some(group) if facts.type_of(group) == GROUP => Group::Own(group),
        Some(vpc) if facts.type_of(vpc) == VPC => Group::DefaultOf(vpc),
        _ => Group::Elsewhere,
    }
}

fn rule(facts: &Facts<'_>, node: NodeId, props: &Props, direction: Direction) -> Option<Rule> {
    let read = |key: &str| property(props, key).and_then(|expr| facts.literal(expr));
    let number = |key: &str| read(key)?.parse().ok();
    let ports = RulePorts::new(&read("IpProtocol")?, number("FromPort"), number("ToPort"));
    let (groups, prefixes) = match direction {
        Direction::In => ("SourceSecurityGroupId", "SourcePrefixListId"),
        Direction::Out => ("DestinationSecurityGroupId", "DestinationPrefixListId"),
    };
    let block = property(props, "CidrIp").or_else(|| property(props, "CidrIpv6"));
    let peer = if let Some(block) = block {
        let net = facts.literal(block).and_then(|text| text.parse::<IpNet>().ok());
        net.map_or(Peer::Unknown, |net| Peer::Net(net.trunc()))
    } else if let Some(other) = property(props, groups) {
        Peer::Group(group(facts, node, other))
    } else if let Some(list) = property(props, prefixes) {
        facts.node(node, list).map_or(Peer::Unknown, |list| Peer::Prefixes(list, entries(facts, list)))
    } else {
        Peer::Unknown
    };
    let set = props.iter().map(|entry| entry.at).find(|at| !is_library(at));
    Some(Rule { ports, peer, at: set.or_else(|| facts.at(node)) })
}

/// The blocks of a prefix list.
fn entries(facts: &Facts<'_>, list: NodeId) -> Vec<IpNet> {
    let blocks = objects(facts.get(list, "Entries")).filter_map(|entry| facts.literal(property(entry, "Cidr")?));
    blocks.filter_map(|text| text.parse::<IpNet>().ok()).map(|net| net.trunc()).collect()
}
