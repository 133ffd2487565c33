//! Ports: what is asked for, and what rules are about.

use std::fmt;

use super::values::Read;

const ECHO_REQUEST: u16 = 8;
const ECHO_REPLY: u16 = 0;

/// A protocol that ports belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, and ICMPv6: an echo request, as `ping` sends it. It has no ports.
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

/// Ports of one protocol, first to last; of ICMP the type of its messages.
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

    /// An echo request, as `ping` sends it: ICMP's type 8, ICMPv6's type 128.
    #[must_use]
    pub const fn icmp() -> Self {
        Self { protocol: Protocol::Icmp, first: ECHO_REQUEST, last: ECHO_REQUEST }
    }

    /// What answers come back to: RFC 6056's range, which every system stays in.
    pub(super) const fn answers(self) -> Self {
        match self.protocol {
            Protocol::Icmp => Self { first: ECHO_REPLY, last: ECHO_REPLY, ..self },
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
    protocol: RuleProtocol,
    range: Read<(u16, u16)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RuleProtocol {
    Every,
    One(Protocol),
    /// One that has no ports of ours.
    Other,
    /// Only a deployment knows it.
    Unread,
}

/// The ports that a rule is about, of those of one protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// None.
    No,
    /// Only a deployment knows which.
    Unread,
    /// These, first to last.
    Range(u16, u16),
}

impl RulePorts {
    /// Those of a rule for everything.
    pub(super) const fn every() -> Self {
        Self { protocol: RuleProtocol::Every, range: Read::Absent }
    }

    /// Those of a rule that cannot be read.
    pub(super) const fn unread() -> Self {
        Self { protocol: RuleProtocol::Unread, range: Read::Unread }
    }

    /// Of a rule's protocol, by name or number, and its ports; of ICMP its type and code.
    pub(super) fn new(protocol: &Read<String>, first: Read<i64>, last: Read<i64>) -> Self {
        let Read::Is(protocol) = protocol else { return Self::unread() };
        let name = protocol.to_ascii_lowercase();
        let known = match name.as_str() {
            "-1" | "all" => return Self::every(),
            "tcp" | "6" => Protocol::Tcp,
            "udp" | "17" => Protocol::Udp,
            "icmp" | "1" | "icmpv6" | "58" => Protocol::Icmp,
            _ => return Self { protocol: RuleProtocol::Other, range: Read::Absent },
        };
        let range = match (known, first, last) {
            (_, Read::Absent | Read::Is(..0), _) => Read::Absent,
            (Protocol::Icmp, Read::Is(kind), _) => {
                let kind = message(kind, matches!(name.as_str(), "icmpv6" | "58"));
                Read::Is((kind, kind))
            }
            (_, Read::Is(first), Read::Is(last)) => Read::Is((port(first), port(last))),
            (_, Read::Is(first), Read::Absent) => Read::Is((port(first), port(first))),
            _ => Read::Unread,
        };
        Self { protocol: RuleProtocol::One(known), range }
    }

    /// The ports of a protocol that it is about.
    pub(super) fn about(self, protocol: Protocol) -> About {
        match (self.protocol, self.range) {
            (RuleProtocol::Unread, _) => About::Unread,
            (RuleProtocol::Other, _) => About::No,
            (RuleProtocol::One(one), _) if one != protocol => About::No,
            (_, Read::Absent) => About::Range(0, u16::MAX),
            (_, Read::Is((first, last))) => About::Range(first, last),
            (_, Read::Unread) => About::Unread,
        }
    }

    /// The ports it is about, each protocol's, as far as they can be read.
    pub(super) fn each(self) -> Vec<Ports> {
        let of = |protocol| match (protocol, self.about(protocol)) {
            (Protocol::Icmp, About::Range(first, last)) => {
                (first <= ECHO_REQUEST && ECHO_REQUEST <= last).then_some(Ports::icmp())
            }
            (_, About::Range(first, last)) => Some(Ports { protocol, first, last }),
            _ => None,
        };
        [Protocol::Tcp, Protocol::Udp, Protocol::Icmp].into_iter().filter_map(of).collect()
    }
}

/// A port; numbers that are none stand for the nearest.
fn port(number: i64) -> u16 {
    u16::try_from(number.max(0)).unwrap_or(u16::MAX)
}

/// An ICMP type; those of ICMPv6 that mean the same as one of ICMP's have that one's number, others stand beside all of them.
fn message(kind: i64, v6: bool) -> u16 {
    match (kind, v6) {
        (128, true) => ECHO_REQUEST,
        (129, true) => ECHO_REPLY,
        (kind, true) => port(kind.saturating_add(256)),
        (kind, false) => port(kind),
    }
}

impl fmt::Display for RulePorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, self.range) {
            (RuleProtocol::Every, _) => f.write_str("everything"),
            (RuleProtocol::Other, _) => f.write_str("another protocol"),
            (RuleProtocol::Unread, _) | (_, Read::Unread) => f.write_str("ports that only a deployment knows"),
            (RuleProtocol::One(protocol), range) => {
                let (first, last) = if let Read::Is(range) = range { range } else { (0, u16::MAX) };
                Ports { protocol, first, last }.fmt(f)
            }
        }
    }
}
