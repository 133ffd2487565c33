//! Network ACLs: what passes into a subnet, and out of it.

use ipnet::IpNet;

use super::facts::Facts;
use super::ports::{About, Ports, RulePorts};
use super::space::{Part, common};
use super::values::Read;
use crate::core::{Expr, NodeId};

/// What a network ACL says of ports and addresses, part by part.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What passes.
    pub(super) passes: Vec<Part>,
    /// What does not: by the entry of this number; none where no entry is about it.
    pub(super) denied: Vec<(Part, Option<i64>)>,
    /// What an entry is about that cannot be read.
    pub(super) unread: Vec<Part>,
}

/// An entry, as far as it can be read.
struct Entry {
    number: Option<i64>,
    allows: Option<bool>,
    ports: RulePorts,
    net: Option<IpNet>,
}

/// The network ACL that a subnet is associated with; without one it has its VPC's default, which lets everything pass.
pub(super) fn of_subnet(facts: &Facts<'_>, subnet: NodeId) -> Option<NodeId> {
    let association = facts.referring(subnet, "AWS::EC2::SubnetNetworkAclAssociation", "SubnetId").next()?;
    facts.target(association, "NetworkAclId")
}

/// What a network ACL says of packets: of the entries that are about them, the one with the lowest number decides.
pub(super) fn said(facts: &Facts<'_>, acl: NodeId, out: bool, ports: Ports, other: IpNet) -> Said {
    let mut said = Said::default();
    let mut left = vec![Part::of(ports, other)];
    for entry in entries(facts, acl, out) {
        left = left.into_iter().flat_map(|part| decide(&entry, part, ports, &mut said)).collect();
    }
    said.denied.extend(left.into_iter().map(|part| (part, None)));
    said
}

/// What an entry leaves to those after it.
fn decide(entry: &Entry, part: Part, ports: Ports, said: &mut Said) -> Vec<Part> {
    let apart = entry.net.is_some_and(|net| common(net, part.net).is_none());
    match (entry.ports.about(ports.protocol), entry.net, entry.allows, entry.number) {
        (About::No, ..) => vec![part],
        _ if apart => vec![part],
        (About::Range(first, last), Some(net), Some(allows), Some(number)) => {
            let (inner, rest) = part.cut((first, last), net);
            match inner {
                Some(inner) if allows => said.passes.push(inner),
                Some(inner) => said.denied.push((inner, Some(number))),
                None => {}
            }
            rest
        }
        _ => {
            said.unread.push(part);
            Vec::new()
        }
    }
}

/// The entries for one way, by number; those whose number cannot be read may come before all others.
fn entries(facts: &Facts<'_>, acl: NodeId, out: bool) -> Vec<Entry> {
    let of = facts.referring(acl, "AWS::EC2::NetworkAclEntry", "NetworkAclId");
    let mut found: Vec<Entry> = of
        .filter_map(|node| match facts.truth(node, "Egress", false) {
            Some(egress) => (egress == out).then(|| entry(facts, node)),
            None => Some(Entry { number: None, ..entry(facts, node) }),
        })
        .collect();
    found.sort_by_key(|entry| entry.number);
    found
}

fn entry(facts: &Facts<'_>, node: NodeId) -> Entry {
    let within = |object: &str, key: &str| match facts.get(node, object) {
        None => Read::Absent,
        Some(Expr::Map(range)) => facts.read(range, key).parsed(),
        Some(_) => Read::Unread,
    };
    let protocol = facts.props(node).map_or(Read::Unread, |props| facts.read(props, "Protocol"));
    let first = match within("PortRange", "From") {
        Read::Absent => within("Icmp", "Type"),
        first => first,
    };
    Entry {
        number: facts.number(node, "RuleNumber"),
        allows: facts.text(node, "RuleAction").map(|action| action == "allow"),
        ports: RulePorts::new(&protocol, first, within("PortRange", "To")),
        net: facts.net(node, "CidrBlock").or_else(|| facts.net(node, "Ipv6CidrBlock")),
    }
}
