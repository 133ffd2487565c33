//! Peers: who is on the other side of a security group's rule.

use super::{PrefixList, SecurityGroup};
use crate::cfn::ec2::{PrefixListId, VpcPeeringConnection};
use crate::core::{NodeId, Ref, Value};

/// Who is let in, or reached.
#[derive(Clone, Debug)]
pub enum Peer {
    /// The members of a security group, of this stack or another.
    Group(SecurityGroup),
    /// An IPv4 block.
    Ipv4(String),
    /// An IPv6 block.
    Ipv6(String),
    /// The members of a security group in the VPC at the other end of a peering connection, which the rule waits for. See
    /// [`VpcPeering::across`](super::VpcPeering::across).
    Across {
        /// The group.
        group: SecurityGroup,
        /// The connection.
        connection: Ref<VpcPeeringConnection>,
    },
    /// A prefix list, by id.
    PrefixList(Value<PrefixListId>),
}

impl Peer {
    /// An IPv4 block in CIDR notation.
    #[must_use]
    pub fn ipv4(block: impl Into<String>) -> Self {
        Self::Ipv4(block.into())
    }

    /// An IPv6 block in CIDR notation.
    #[must_use]
    pub fn ipv6(block: impl Into<String>) -> Self {
        Self::Ipv6(block.into())
    }

    /// The whole IPv4 internet.
    #[must_use]
    pub fn any_ipv4() -> Self {
        Self::ipv4("0.0.0.0/0")
    }

    /// The whole IPv6 internet.
    #[must_use]
    pub fn any_ipv6() -> Self {
        Self::ipv6("::/0")
    }

    /// What has to be there before a rule about it.
    pub(super) const fn before(&self) -> Option<NodeId> {
        match self {
            Self::Across { connection, .. } => Some(connection.node()),
            _ => None,
        }
    }

    /// A prefix list, by its id or a reference to it.
    #[must_use]
    pub fn prefix_list(id: impl Into<Value<PrefixListId>>) -> Self {
        Self::PrefixList(id.into())
    }
}

impl From<SecurityGroup> for Peer {
    fn from(group: SecurityGroup) -> Self {
        Self::Group(group)
    }
}

impl From<&SecurityGroup> for Peer {
    fn from(group: &SecurityGroup) -> Self {
        Self::Group(*group)
    }
}

impl From<PrefixList> for Peer {
    fn from(list: PrefixList) -> Self {
        Self::PrefixList(list.id())
    }
}

impl From<&PrefixList> for Peer {
    fn from(list: &PrefixList) -> Self {
        Self::PrefixList(list.id())
    }
}
