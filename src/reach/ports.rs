//! Ports: what is asked for, and what rules are about.

use std::fmt;

/// A protocol that ports belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, and ICMPv6: it has no ports.
    Icmp,
}

impl Protocol {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
        }
    }
}

/// Ports of one protocol, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ports {
    /// Their protocol.
    pub protocol: Protocol,
    /// The first one.
    pub first: u16,
    /// The last one.
    pub last: u16,
}

impl Ports {
    /// A TCP port.
    #[must_use]
    pub const fn tcp(port: u16) -> Self {
        Self { protocol: Protocol::Tcp, first: port, last: port }
    }

    /// A UDP port.
    #[must_use]
    pub const fn udp(port: u16) -> Self {
        Self { protocol: Protocol::Udp, first: port, last: port }
    }

    /// ICMP.
    #[must_use]
    pub const fn icmp() -> Self {
        Self { protocol: Protocol::Icmp, first: 0, last: u16::MAX }
    }

    /// What answers come back to: RFC 6056's range, which every system stays in.
    pub(super) const fn answers(self) -> Self {
        match self.protocol {
            Protocol::Icmp => self,
            protocol => Self { protocol, first: 1024, last: u16::MAX },
        }
    }
}

impl From<u16> for Ports {
    fn from(port: u16) -> Self {
        Self::tcp(port)
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, first, last } = *self;
        f.write_str(protocol.as_str())?;
        match (protocol, first, last) {
            (Protocol::Icmp, ..) => Ok(()),
            (_, 0, u16::MAX) => f.write_str(" (every port)"),
            _ if first == last => write!(f, " {first}"),
            _ => write!(f, " {first}-{last}"),
        }
    }
}

/// What a rule is about: a protocol, or every one; ports, or every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RulePorts {
    protocol: Option<Protocol>,
    /// Whether the protocol is one that has no ports of ours.
    other: bool,
    range: Option<(u16, u16)>,
}

impl RulePorts {
    /// Of a rule's protocol, by name or number, and its ports.
    pub(super) fn new(protocol: &str, first: Option<i64>, last: Option<i64>) -> Self {
        let known = match protocol.to_ascii_lowercase().as_str() {
            "tcp" | "6" => Some(Protocol::Tcp),
            "udp" | "17" => Some(Protocol::Udp),
            "icmp" | "1" | "icmpv6" | "58" => Some(Protocol::Icmp),
            _ => None,
        };
        let port = |port: i64| u16::try_from(port).ok();
        let range = match (known, first.and_then(port), last.and_then(port)) {
            (Some(Protocol::Tcp | Protocol::Udp), Some(first), Some(last)) => Some((first, last)),
            (Some(Protocol::Tcp | Protocol::Udp), Some(first), None) => Some((first, first)),
            _ => None,
        };
        Self { protocol: known, other: known.is_none() && protocol != "-1", range }
    }

    /// Whether it is about all of these.
    pub(super) fn covers(self, ports: Ports) -> bool {
        !self.other
            && self.protocol.is_none_or(|protocol| protocol == ports.protocol)
            && self.range.is_none_or(|(first, last)| first <= ports.first && ports.last <= last)
    }

    /// Whether it is about one of these.
    pub(super) fn touches(self, ports: Ports) -> bool {
        !self.other
            && self.protocol.is_none_or(|protocol| protocol == ports.protocol)
            && self.range.is_none_or(|(first, last)| first <= ports.last && ports.first <= last)
    }

    /// The ports it is about, each protocol's.
    pub(super) fn each(self) -> Vec<Ports> {
        let all = [Protocol::Tcp, Protocol::Udp, Protocol::Icmp];
        let protocols = all.into_iter().filter(|one| !self.other && self.protocol.is_none_or(|known| known == *one));
        let (first, last) = self.range.unwrap_or((0, u16::MAX));
        protocols.map(|protocol| Ports { protocol, first, last }).collect()
    }
}

impl fmt::Display for RulePorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, self.range) {
            (None, _) => f.write_str(if self.other { "another protocol" } else { "everything" }),
            (Some(protocol), range) => {
                let (first, last) = range.unwrap_or((0, u16::MAX));
                Ports { protocol, first, last }.fmt(f)
            }
        }
    }
}
