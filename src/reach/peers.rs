//! Peers: whom the rules of security groups are about.

use ipnet::IpNet;

use super::groups::{Group, Peer, Rule};
use super::walk::Via;

/// Who is on the other side of a gate.
pub(super) struct Other<'p> {
    /// In words.
    pub(super) called: String,
    pub(super) net: Option<IpNet>,
    pub(super) groups: &'p [Group],
}

/// Whether a rule's peer is the other side, or has it.
pub(super) fn is_peer(peer: &Peer, other: &Other<'_>, via: Via) -> bool {
    let has = |blocks: &[IpNet]| other.net.is_some_and(|net| blocks.iter().any(|block| block.contains(&net)));
    match peer {
        Peer::Net(block) => has(std::slice::from_ref(block)),
        Peer::Prefixes(_, blocks) => has(blocks),
        Peer::Group(group) => via.keeps_groups() && other.groups.contains(group),
        Peer::Unknown => false,
    }
}

/// Whether a peer is not all in the definitions.
pub(super) fn is_hidden(peer: &Peer) -> bool {
    match peer {
        Peer::Prefixes(_, blocks) => blocks.is_empty(),
        Peer::Unknown => true,
        _ => false,
    }
}

/// The blocks of rules that contain the other side's addresses together.
pub(super) fn together<'g>(about: &[(&'g Group, &Rule)], net: Option<IpNet>) -> Option<(&'g Group, Vec<IpNet>)> {
    let net = net?;
    let blocks = about.iter().flat_map(|(_, rule)| match &rule.peer {
        Peer::Net(block) => std::slice::from_ref(block),
        Peer::Prefixes(_, blocks) => blocks.as_slice(),
        _ => &[],
    });
    let blocks: Vec<IpNet> = blocks.copied().collect();
    let all = IpNet::aggregate(&blocks);
    let (group, _) = about.first()?;
    all.iter().any(|block| block.contains(&net)).then_some((group, blocks))
}

/// Addresses in words: all of them are the internet.
pub(super) fn words(net: IpNet) -> String {
    if net.prefix_len() == 0 { format!("anywhere ({net})") } else { net.to_string() }
}
