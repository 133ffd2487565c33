//! Ports: what a rule of a security group lets through.

use std::fmt;

/// A protocol and its ports.
///
/// ```
/// use formwork::aws::ec2::Port;
/// assert_eq!(Port::tcp(5432).to_string(), "5432");
/// assert_eq!(Port::tcp_range(8000, 8010).to_string(), "8000-8010");
/// assert_eq!(Port::udp(53).to_string(), "UDP 53");
/// assert_eq!(Port::all_traffic().to_string(), "ALL TRAFFIC");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    pub(super) protocol: &'static str,
    /// First and last port; type and code of ICMP. `None`: the protocol has none, or all.
    pub(super) range: Option<(i32, i32)>,
}

impl Port {
    /// One TCP port.
    #[must_use]
    pub const fn tcp(port: u16) -> Self {
        Self::tcp_range(port, port)
    }

    /// TCP ports, first and last.
    #[must_use]
    pub const fn tcp_range(first: u16, last: u16) -> Self {
        Self { protocol: "tcp", range: Some((first as i32, last as i32)) }
    }

    /// Every TCP port.
    #[must_use]
    pub const fn all_tcp() -> Self {
        Self::tcp_range(0, u16::MAX)
    }

    /// One UDP port.
    #[must_use]
    pub const fn udp(port: u16) -> Self {
        Self::udp_range(port, port)
    }

    /// UDP ports, first and last.
    #[must_use]
    pub const fn udp_range(first: u16, last: u16) -> Self {
        Self { protocol: "udp", range: Some((first as i32, last as i32)) }
    }

    /// Every UDP port.
    #[must_use]
    pub const fn all_udp() -> Self {
        Self::udp_range(0, u16::MAX)
    }

    /// Echo requests.
    #[must_use]
    pub const fn icmp_ping() -> Self {
        Self { protocol: "icmp", range: Some((8, -1)) }
    }

    /// ICMP of one type and code; -1 for every one.
    #[must_use]
    pub const fn icmp(kind: i32, code: i32) -> Self {
        Self { protocol: "icmp", range: Some((kind, code)) }
    }

    /// Every ICMP message.
    #[must_use]
    pub const fn all_icmp() -> Self {
        Self::icmp(-1, -1)
    }

    /// Everything.
    #[must_use]
    pub const fn all_traffic() -> Self {
        Self { protocol: "-1", range: None }
    }
}

/// As AWS CDK writes it: the text stands in logical ids.
impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALL: (i32, i32) = (0, u16::MAX as i32);
        match (self.protocol, self.range) {
            ("tcp", Some(ALL)) => write!(f, "ALL PORTS"),
            ("tcp", Some((first, last))) if first == last => write!(f, "{first}"),
            ("tcp", Some((first, last))) => write!(f, "{first}-{last}"),
            ("udp", Some(ALL)) => write!(f, "UDP ALL PORTS"),
            ("udp", Some((first, last))) if first == last => write!(f, "UDP {first}"),
            ("udp", Some((first, last))) => write!(f, "UDP {first}-{last}"),
            ("icmp", Some((-1, _))) => write!(f, "ALL ICMP"),
            ("icmp", Some((kind, -1))) => write!(f, "ICMP Type {kind}"),
            ("icmp", Some((kind, code))) => write!(f, "ICMP Type {kind} Code {code}"),
            _ => write!(f, "ALL TRAFFIC"),
        }
    }
}
