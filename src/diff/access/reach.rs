//! Network rules, and which part of one no others cover: addresses and ports together.

use std::collections::BTreeMap;
use std::fmt;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::Serialize;

use super::context::Guards;
use super::{Access, AccessChange, Effect};
use crate::diff::changes::Kind;

/// Which way traffic starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Towards what the rule protects.
    In,
    /// Away from it.
    Out,
}

/// A network rule, or the part of one that is new or gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Whether it lets traffic through.
    pub effect: Effect,
    /// The security group, network ACL or instance that it is about.
    pub holder: String,
    /// Which way.
    pub direction: Direction,
    /// The other side: addresses, a security group, a prefix list.
    pub peer: String,
    /// The protocol and its ports: `tcp 443`, `all traffic`.
    pub traffic: String,
    /// The conditions of the template under which it is there.
    pub conditions: Vec<String>,
}

/// The other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Net(IpNet),
    Named(String),
}

/// Ports, or types of ICMP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ports {
    Range(u32, u32),
    /// What only the deployment knows, or what cannot be put in order.
    Named(String),
}

impl Ports {
    pub(super) const ALL: Self = Self::Range(0, 65_535);
}

/// A rule as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) id: String,
    pub(super) holder: String,
    pub(super) direction: Direction,
    pub(super) effect: Effect,
    pub(super) peer: Peer,
    /// `-1` is all.
    pub(super) protocol: String,
    pub(super) ports: Ports,
    /// Its place among the rules of a network ACL, where an earlier one goes first.
    pub(super) number: Option<i64>,
    pub(super) guards: Guards,
}

impl Opening {
    /// Whether this one lets through, in ports left aside, at least what the other does.
    fn admits(&self, other: &Self, ordered: bool) -> bool {
        let in_time = !ordered || self.number <= other.number;
        let protocol = self.protocol == "-1" || self.protocol == other.protocol;
        protocol && in_time && self.guards.is_subset(&other.guards)
    }

    /// The parts, by ports, that none of the others covers.
    fn uncovered(&self, others: &[&Self], ordered: bool) -> Vec<Ports> {
        let near: Vec<_> = others.iter().copied().filter(|other| other.admits(self, ordered)).collect();
        let Ports::Range(low, high) = self.ports else {
            let all = |other: &&Self| other.protocol == "-1" || other.ports == Ports::ALL || other.ports == self.ports;
            let covering: Vec<_> = near.into_iter().filter(all).collect();
            return if self.is_reached_by(&covering) { Vec::new() } else { vec![self.ports.clone()] };
        };
        let ends = |other: &&Self| match (other.protocol.as_str(), &other.ports) {
            ("-1", _) => Some((0, 65_535)),
            (_, Ports::Range(low, high)) => Some((*low, *high)),
            (_, Ports::Named(_)) => None,
        };
        let near: Vec<_> = near.into_iter().filter_map(|other| Some((other, ends(&other)?))).collect();
        let mut cuts: Vec<u32> = near.iter().flat_map(|(_, (low, high))| [*low, high + 1]).collect();
        cuts.retain(|cut| (low + 1..=high).contains(cut));
        cuts.extend([low, high + 1]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut left: Vec<(u32, u32)> = Vec::new();
        for piece in cuts.windows(2) {
            let (from, to) = (piece[0], piece[1] - 1);
            let over = near.iter().filter(|(_, (low, high))| *low <= from && to <= *high).map(|(other, _)| *other);
            if self.is_reached_by(&over.collect::<Vec<_>>()) {
                continue;
            }
            match left.last_mut() {
                Some((_, end)) if *end + 1 == from => *end = to,
                _ => left.push((from, to)),
            }
        }
        left.into_iter().map(|(from, to)| Ports::Range(from, to)).collect()
    }

    /// Whether these together have its peer.
    fn is_reached_by(&self, others: &[&Self]) -> bool {
        if others.iter().any(|other| other.peer == self.peer) {
            return true;
        }
        let nets = others.iter().filter_map(|other| match &other.peer {
            Peer::Net(net) => Some(*net),
            Peer::Named(_) => None,
        });
        match &self.peer {
            Peer::Named(_) => false,
            Peer::Net(IpNet::V4(net)) => {
                let nets: Vec<_> =
                    nets.filter_map(|net| if let IpNet::V4(net) = net { Some(net) } else { None }).collect();
                Ipv4Net::aggregate(&nets).iter().any(|all| all.contains(net))
            }
            Peer::Net(IpNet::V6(net)) => {
                let nets: Vec<_> =
                    nets.filter_map(|net| if let IpNet::V6(net) = net { Some(net) } else { None }).collect();
                Ipv6Net::aggregate(&nets).iter().any(|all| all.contains(net))
            }
        }
    }

    fn traffic(&self, ports: &Ports) -> String {
        let protocol = &self.protocol;
        match ports {
            _ if protocol == "-1" => "all traffic".to_owned(),
            Ports::Named(name) => format!("{protocol} {name}"),
            ports if *ports == Ports::ALL => format!("all {protocol}"),
            Ports::Range(from, to) if from == to => format!("{protocol} {from}"),
            Ports::Range(from, to) => format!("{protocol} {from}-{to}"),
        }
    }

    fn rule(&self, ports: &Ports) -> Rule {
        Rule {
            effect: self.effect,
            holder: self.holder.clone(),
            direction: self.direction,
            peer: match &self.peer {
                Peer::Net(net) => net.to_string(),
                Peer::Named(name) => name.clone(),
            },
            traffic: self.traffic(ports),
            conditions: self.guards.iter().cloned().collect(),
        }
    }
}

type Groups<'a> = BTreeMap<(&'a str, Direction, Effect), Vec<&'a Opening>>;

fn groups(rules: &[Opening]) -> Groups<'_> {
    let mut out = Groups::new();
    for rule in rules {
        out.entry((&rule.holder, rule.direction, rule.effect)).or_default().push(rule);
    }
    out
}

/// The rules that one template has and the other has not.
pub(super) fn compare(old: &[Opening], new: &[Opening]) -> Vec<AccessChange> {
    let (old, new) = (groups(old), groups(new));
    let denied =
        |key: (&str, Direction)| [&old, &new].iter().any(|groups| groups.contains_key(&(key.0, key.1, Effect::Deny)));
    let mut out = Vec::new();
    for (these, those, kind) in [(&new, &old, Kind::Added), (&old, &new, Kind::Removed)] {
        for (key, rules) in these {
            let others = those.get(key).map_or(&[][..], Vec::as_slice);
            let widens = (key.2 == Effect::Allow) == (kind == Kind::Added);
            let ordered = widens && denied((key.0, key.1));
            for rule in rules {
                let change =
                    |ports| AccessChange { id: rule.id.clone(), kind, widens, what: Access::Rule(rule.rule(&ports)) };
                out.extend(rule.uncovered(others, ordered).into_iter().map(change));
            }
        }
    }
    out
}

impl Rule {
    pub(super) fn describe(&self, f: &mut fmt::Formatter<'_>, id: &str, removed: bool) -> fmt::Result {
        let (holder, peer) = (&self.holder, &self.peer);
        let own = *holder == format!("${{{id}}}");
        let verb = match (self.effect, removed) {
            (Effect::Allow, false) => "lets",
            (Effect::Allow, true) => "no longer lets",
            (Effect::Deny, false) => "denies",
            (Effect::Deny, true) => "no longer denies",
        };
        match (self.direction, own) {
            (Direction::In, true) => write!(f, "{verb} {peer} in")?,
            (Direction::In, false) => write!(f, "{verb} {peer} in to {holder}")?,
            (Direction::Out, true) => write!(f, "{verb} its members out to {peer}")?,
            (Direction::Out, false) => write!(f, "{verb} members of {holder} out to {peer}")?,
        }
        write!(f, " on {}", self.traffic)?;
        if self.conditions.is_empty() { Ok(()) } else { write!(f, ", under condition {}", self.conditions.join(", ")) }
    }
}
