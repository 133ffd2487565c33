//! Security groups: whom they let in and out.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::facts::Facts;
use super::ports::RulePorts;
use super::routes::blocks_of;
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
    /// One that the definitions do not have; its id, where they say it.
    Elsewhere(Option<String>),
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
    /// A prefix list's blocks; none of those that cannot be read.
    Prefixes(NodeId, Vec<Option<IpNet>>),
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
                let found: Vec<Rule> =
                    facts.objects(list).into_iter().map(|props| rule(facts, node, props, direction)).collect();
                // Without a rule for the way out, AWS makes one that lets everything out.
                if direction == Direction::In || list.is_some() {
                    rules.entry((Group::Own(node), direction)).or_default().extend(found);
                }
            }
        }
        let inline: Vec<(Group, Direction)> = rules.keys().cloned().collect();
        let separate =
            [(Direction::In, "AWS::EC2::SecurityGroupIngress"), (Direction::Out, "AWS::EC2::SecurityGroupEgress")];
        for (direction, type_name) in separate {
            for node in facts.of_type(type_name) {
                let Some(group) = facts.get(node, "GroupId").map(|expr| group(facts, node, expr)) else { continue };
                let of = rules.entry((group, direction)).or_default();
                of.push(rule(facts, node, facts.props(node), direction));
            }
        }
        // AWS's texts do not say whether the rule that lets everything out stays beside rules of their own resources.
        for ((group, direction), of) in &mut rules {
            let made = matches!(group, Group::Own(_) | Group::DefaultOf(_)) && *direction == Direction::Out;
            if made && !inline.contains(&(group.clone(), *direction)) {
                of.push(Rule { ports: RulePorts::every(), peer: Peer::Unknown, at: None });
            }
        }
        for vpc in facts.of_type(VPC) {
            let group = Group::DefaultOf(vpc);
            let members = Rule { ports: RulePorts::every(), peer: Peer::Group(group.clone()), at: None };
            rules.entry((group, Direction::In)).or_default().push(members);
        }
        Self { rules }
    }

    /// The rules of a group; none where it lets everything pass.
    pub(super) fn rules(&self, group: &Group, direction: Direction) -> Option<&[Rule]> {
        let rules = self.rules.get(&(group.clone(), direction)).map(Vec::as_slice);
        match (direction, group) {
            (Direction::Out, Group::Own(_) | Group::DefaultOf(_)) => rules,
            _ => Some(rules.unwrap_or_default()),
        }
    }
}

/// The group that an expression of `node`'s names.
pub(super) fn group(facts: &Facts<'_>, node: NodeId, expr: &Expr) -> Group {
    match facts.node(node, expr) {
        Some(group) if facts.type_of(group) == GROUP => Group::Own(group),
        Some(vpc) if facts.type_of(vpc) == VPC => Group::DefaultOf(vpc),
        _ => Group::Elsewhere(facts.literal(expr)),
    }
}

fn rule(facts: &Facts<'_>, node: NodeId, props: Option<&Props>, direction: Direction) -> Rule {
    let Some(props) = props else {
        return Rule { ports: RulePorts::unread(), peer: Peer::Unknown, at: facts.at(node) };
    };
    let number = |key: &str| facts.read(props, key).parsed();
    let ports = RulePorts::new(&facts.read(props, "IpProtocol"), number("FromPort"), number("ToPort"));
    let (groups, prefixes) = match direction {
        Direction::In => ("SourceSecurityGroupId", "SourcePrefixListId"),
        Direction::Out => ("DestinationSecurityGroupId", "DestinationPrefixListId"),
    };
    let block = facts.property(props, "CidrIp").or_else(|| facts.property(props, "CidrIpv6"));
    let peer = if let Some(block) = block {
        let net = facts.literal(block).and_then(|text| text.parse::<IpNet>().ok());
        net.map_or(Peer::Unknown, |net| Peer::Net(net.trunc()))
    } else if let Some(other) = facts.property(props, groups) {
        Peer::Group(group(facts, node, other))
    } else if let Some(list) = facts.property(props, prefixes) {
        facts.node(node, list).map_or(Peer::Unknown, |list| Peer::Prefixes(list, blocks_of(facts, list)))
    } else {
        Peer::Unknown
    };
    let set = props.iter().map(|entry| entry.at).find(|at| !is_library(at));
    Rule { ports, peer, at: set.or_else(|| facts.at(node)) }
}
