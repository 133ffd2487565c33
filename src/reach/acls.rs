//! Network ACLs: what passes into a subnet, and out of it.

use ipnet::IpNet;

use super::facts::{Facts, property};
use super::ports::{Ports, RulePorts};
use crate::core::{Expr, NodeId};

/// What a network ACL says.
pub(super) enum Passes {
    Yes,
    /// By the entry of this number; none where no entry is about it.
    No(Option<i64>),
    /// An entry's addresses cannot be read.
    Unknown,
}

/// An entry, as far as it can be read.
struct Entry {
    number: i64,
    allows: bool,
    ports: RulePorts,
    net: Option<IpNet>,
}

/// The network ACL that a subnet is associated with; without one it has its VPC's default, which lets everything pass.
pub(super) fn of_subnet(facts: &Facts<'_>, subnet: NodeId) -> Option<NodeId> {
    let mut associations = facts.of_type("AWS::EC2::SubnetNetworkAclAssociation");
    let association = associations.find(|node| facts.target(*node, "SubnetId") == Some(subnet))?;
    facts.target(association, "NetworkAclId")
}

/// Whether packets pass a network ACL: the entry with the lowest number that is about them decides.
pub(super) fn passes(facts: &Facts<'_>, acl: NodeId, out: bool, ports: Ports, other: IpNet) -> Passes {
    for entry in entries(facts, acl, out) {
        let Some(net) = entry.net else { return Passes::Unknown };
        if net.contains(&other) && entry.ports.covers(ports) {
            return if entry.allows { Passes::Yes } else { Passes::No(Some(entry.number)) };
        }
        // A part that is denied first makes the whole not pass.
        let overlaps = net.contains(&other) || other.contains(&net);
        if overlaps && !entry.allows && entry.ports.touches(ports) {
            return Passes::No(Some(entry.number));
        }
    }
    Passes::No(None)
}

/// The entries for one way, by number.
fn entries(facts: &Facts<'_>, acl: NodeId, out: bool) -> Vec<Entry> {
    let of = facts.of_type("AWS::EC2::NetworkAclEntry");
    let of = of.filter(|node| facts.target(*node, "NetworkAclId") == Some(acl));
    let mut found: Vec<Entry> =
        of.filter(|node| facts.truth(*node, "Egress", false) == Some(out)).map(|node| entry(facts, node)).collect();
    found.sort_by_key(|entry| entry.number);
    found
}

fn entry(facts: &Facts<'_>, node: NodeId) -> Entry {
    let port = |key: &str| match facts.get(node, "PortRange") {
        Some(Expr::Map(range)) => property(range, key).and_then(|expr| facts.literal(expr)?.parse().ok()),
        _ => None,
    };
    let protocol = facts.text(node, "Protocol").unwrap_or_default();
    Entry {
        number: facts.number(node, "RuleNumber").unwrap_or(i64::MAX),
        allows: facts.text(node, "RuleAction").as_deref() == Some("allow"),
        ports: RulePorts::new(&protocol, port("From"), port("To")),
        net: facts.net(node, "CidrBlock").or_else(|| facts.net(node, "Ipv6CidrBlock")),
    }
}
