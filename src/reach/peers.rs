//! Peers: whom the rules of security groups are about.

use ipnet::IpNet;

use super::groups::{Group, Peer};
use super::walk::Via;

/// Who is on the other side of a gate.
pub(super) struct Other<'p> {
    /// In words.
    pub(super) called: String,
    pub(super) net: IpNet,
    /// Whether it has one of these addresses, rather than all of them.
    pub(super) one_of: bool,
    /// Whether it has IPv6 addresses as well.
    pub(super) ipv6: bool,
    pub(super) groups: &'p [Group],
}

/// What of the other side a peer is.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// All of it.
    pub(super) whole: bool,
    /// These of its addresses.
    pub(super) nets: Vec<IpNet>,
    /// Perhaps more: a part of the peer cannot be read.
    pub(super) unsure: bool,
}

impl Share {
    const WHOLE: Self = Self { whole: true, nets: Vec::new(), unsure: false };
    const UNSURE: Self = Self { whole: false, nets: Vec::new(), unsure: true };
}

/// What of the other side a rule's peer is.
pub(super) fn share(peer: &Peer, other: &Other<'_>, via: Via) -> Share {
    match peer {
        Peer::Net(block) => of_block(*block, other),
        Peer::Prefixes(_, blocks) => {
            let all = blocks.iter().map(|block| block.map_or(Share::UNSURE, |block| of_block(block, other)));
            all.fold(Share::default(), |mut sum, one| {
                sum.nets.extend(one.nets);
                Share { whole: sum.whole || one.whole, unsure: sum.unsure || one.unsure, ..sum }
            })
        }
        Peer::Group(_) if !via.keeps_groups() => Share::default(),
        Peer::Group(Group::Elsewhere(id)) => elsewhere(id.as_deref(), other.groups),
        Peer::Group(group) if other.groups.contains(group) => Share::WHOLE,
        Peer::Group(_) => Share::default(),
        Peer::Unknown => Share::UNSURE,
    }
}

fn of_block(block: IpNet, other: &Other<'_>) -> Share {
    let second = other.ipv6 && matches!(block, IpNet::V6(_)) && matches!(other.net, IpNet::V4(_));
    match (second, block.prefix_len()) {
        (false, _) => Share { nets: vec![block], ..Share::default() },
        (true, 0) => Share::WHOLE,
        // Which of a subnet's IPv6 addresses it has, definitions seldom say.
        (true, _) => Share::UNSURE,
    }
}

/// Groups that the definitions do not have are the same where their ids are.
fn elsewhere(id: Option<&str>, groups: &[Group]) -> Share {
    let others = groups.iter().filter_map(|group| match group {
        Group::Elsewhere(id) => Some(id.as_deref()),
        _ => None,
    });
    let mut found = Share::default();
    for other in others {
        match (id, other) {
            (Some(id), Some(other)) => found.whole |= id == other,
            _ => found.unsure = true,
        }
    }
    found
}

/// Addresses in words: all of them are the internet.
pub(super) fn words(net: IpNet) -> String {
    if net.prefix_len() == 0 { format!("anywhere ({net})") } else { net.to_string() }
}
