//! Checks: one end, another, ports; every gate between them in the order that packets come to it.

use ipnet::IpNet;

use super::acls::{self, Passes};
use super::answer::{Hop, Stop};
use super::ends::Side;
use super::groups::{Direction, Group, Peer, Rule};
use super::interfaces::Place;
use super::peers::{Other, is_hidden, is_peer, together, words};
use super::ports::Ports;
use super::walk::{Packet, Via};
use super::{Network, walk};
use crate::core::NodeId;

/// How far packets came.
pub(super) struct Outcome {
    pub(super) hops: Vec<Hop>,
    pub(super) stop: Option<Stop>,
}

impl Network<'_> {
    pub(super) fn check(&self, from: &Side, to: &Side, ports: Ports) -> Outcome {
        let mut hops = Vec::new();
        let done = self.pass(from, to, ports, &mut hops);
        Outcome { hops, stop: done.err() }
    }

    /// The ports that an end takes requests on, or else those that somebody is let in on.
    pub(super) fn wanted(&self, to: &Side) -> Vec<Ports> {
        let Side::Place(place) = to else { return vec![Ports::tcp(443)] };
        if let Some(listens) = &place.listens {
            return listens.clone();
        }
        let rules = place.groups.iter().filter_map(|group| self.groups.rules(group, Direction::In)).flatten();
        let mut ports: Vec<Ports> = rules.flat_map(|rule| rule.ports.each()).collect();
        ports.sort_unstable();
        ports.dedup();
        if ports.is_empty() { vec![Ports::tcp(443)] } else { ports }
    }

    fn pass(&self, from: &Side, to: &Side, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        match (from, to) {
            (Side::Place(from), Side::Place(to)) => self.between(from, to, ports, hops),
            (Side::Outside(net), Side::Place(place)) => self.inwards(*net, place, ports, hops),
            (Side::Place(place), Side::Outside(net)) => self.outwards(place, *net, ports, hops),
            (Side::Net(net), Side::Place(place)) => {
                let homes = self.homes(*net, place.vpc);
                if homes.is_empty() {
                    return self.inwards(*net, place, ports, hops);
                }
                homes.iter().try_for_each(|home| again(hops, |hops| self.between(home, place, ports, hops)))
            }
            (Side::Place(place), Side::Net(net)) => {
                let homes = self.homes(*net, place.vpc);
                if homes.is_empty() {
                    return self.outwards(place, *net, ports, hops);
                }
                homes.iter().try_for_each(|home| again(hops, |hops| self.between(place, home, ports, hops)))
            }
            (Side::Place(place), Side::Service(endpoint)) => self.to_service(place, *endpoint, ports, hops),
            (Side::Net(net), Side::Service(endpoint)) => {
                let homes = self.homes(*net, self.facts.target(*endpoint, "VpcId"));
                homes.iter().try_for_each(|home| again(hops, |hops| self.to_service(home, *endpoint, ports, hops)))?;
                if homes.is_empty() { Err(self.not_in_tables(*endpoint, &net.to_string())) } else { Ok(()) }
            }
            (Side::Outside(net), Side::Service(endpoint)) => Err(self.not_in_tables(*endpoint, &words(*net))),
            (Side::Service(_), _) | (Side::Outside(_) | Side::Net(_), Side::Outside(_) | Side::Net(_)) => Err(Stop {
                place: "the two ends".into(),
                why: "neither is in the definitions, which say nothing of the way between them".into(),
                only: Vec::new(),
                help: "name a stack or a construct as one of them".into(),
                unknown: true,
            }),
        }
    }

    /// The places that addresses are at: one per subnet, of the VPC of the other end or else of any.
    fn homes(&self, net: IpNet, vpc: Option<NodeId>) -> Vec<Place> {
        let here = vpc.filter(|vpc| self.routes.blocks(*vpc).iter().any(|block| block.contains(&net)));
        let Some(vpc) = here.or_else(|| self.routes.vpc_of(net)) else { return Vec::new() };
        let facts = &self.facts;
        let own = facts.of_type("AWS::EC2::Subnet").filter(|subnet| facts.target(*subnet, "VpcId") == Some(vpc));
        let part = |subnet: NodeId| {
            let block = facts.net(subnet, "CidrBlock")?;
            let inner = if block.contains(&net) { net } else { block };
            (block.contains(&net) || net.contains(&block)).then_some((Some(subnet), inner))
        };
        let mut parts: Vec<(Option<NodeId>, IpNet)> = own.filter_map(part).collect();
        if parts.is_empty() {
            parts.push((None, net));
        }
        let place = |(subnet, net): (Option<NodeId>, IpNet)| Place {
            node: subnet.unwrap_or(vpc),
            subnet,
            vpc: Some(vpc),
            groups: Vec::new(),
            net: Some(net),
            ipv6: matches!(net, IpNet::V6(_)),
            public: None,
            listens: None,
        };
        parts.into_iter().map(place).collect()
    }

    /// From the internet, or another network outside.
    fn inwards(&self, net: IpNet, to: &Place, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        is_public(net)?;
        let vpc = self.vpc_of(to)?;
        let called = self.facts.path(to.node);
        let ipv6 = matches!(net, IpNet::V6(_));
        let public = if ipv6 { Some(to.ipv6) } else { to.public };
        match public {
            Some(true) => {}
            Some(false) => {
                let what = if ipv6 { "no IPv6 address" } else { "no public address" };
                let why = format!("it has {what}: only its own VPC, and what is connected with that, can reach it");
                return Err(Stop::no(called, why, "if it is to be reached, put something public before it"));
            }
            None => {
                let why = "the definitions do not say whether it has a public address";
                return Err(Stop::unknown(
                    called,
                    why,
                    "name one of the constructs that are there, not a part of a network",
                ));
            }
        }
        self.gateway_inwards(vpc, to, net, hops)?;
        let other = Other { called: words(net), net: Some(net), groups: &[] };
        self.acl(to, false, ports, Some(net), hops)?;
        self.admits(to, Direction::In, ports, &other, Via::Internet, hops)?;
        self.acl(to, true, ports.answers(), Some(net), &mut Vec::new())
    }

    /// To the internet, or another network outside.
    fn outwards(&self, from: &Place, net: IpNet, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        is_public(net)?;
        let vpc = self.vpc_of(from)?;
        let other = Other { called: words(net), net: Some(net), groups: &[] };
        self.admits(from, Direction::Out, ports, &other, Via::Internet, hops)?;
        self.acl(from, true, ports, Some(net), hops)?;
        let public = if matches!(net, IpNet::V6(_)) { Some(from.ipv6) } else { from.public };
        let packet = Packet { to: net, to_vpc: None, public, called: self.facts.path(from.node) };
        let arrived = self.walk(vpc, from.subnet, &packet, hops, walk::FARTHEST)?;
        // A NAT gateway in another VPC must find the way back.
        if let Some((nat_vpc, subnet)) = arrived.nat.filter(|(nat_vpc, _)| *nat_vpc != vpc) {
            self.back(nat_vpc, subnet, from, vpc)?;
        }
        self.acl(from, false, ports.answers(), Some(net), &mut Vec::new())
    }

    fn between(&self, from: &Place, to: &Place, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        let (from_vpc, to_vpc) = (self.vpc_of(from)?, self.vpc_of(to)?);
        let source = Other { called: self.facts.path(from.node), net: from.net, groups: &from.groups };
        let target = Other { called: self.facts.path(to.node), net: to.net, groups: &to.groups };
        // The way comes first: it decides whether groups can refer to each other.
        let mut way = Vec::new();
        let via =
            if from_vpc == to_vpc { Ok(Via::Local) } else { self.route_between(from, from_vpc, to, to_vpc, &mut way) };
        let known = via.as_ref().copied().unwrap_or(Via::Peering);
        self.admits(from, Direction::Out, ports, &target, known, hops)?;
        let crosses = from.subnet.is_none() || from.subnet != to.subnet;
        if crosses {
            self.acl(from, true, ports, to.net, hops)?;
        }
        hops.append(&mut way);
        let via = via?;
        if via == Via::Local {
            hops.push(self.local(from_vpc, from.subnet));
        }
        if crosses {
            self.acl(to, false, ports, from.net, hops)?;
        }
        self.admits(to, Direction::In, ports, &source, via, hops)?;
        if crosses {
            self.acl(to, true, ports.answers(), from.net, &mut Vec::new())?;
            self.acl(from, false, ports.answers(), to.net, &mut Vec::new())?;
        }
        Ok(())
    }

    fn route_between(
        &self,
        from: &Place,
        from_vpc: NodeId,
        to: &Place,
        to_vpc: NodeId,
        hops: &mut Vec<Hop>,
    ) -> Result<Via, Stop> {
        let Some(net) = to.net else {
            let why = "the definitions do not say which addresses it has";
            return Err(Stop::unknown(self.facts.path(to.node), why, "give its VPC and subnet blocks of their own"));
        };
        let called = self.facts.path(from.node);
        let packet = Packet { to: net, to_vpc: Some(to_vpc), public: from.public, called };
        let arrived = self.walk(from_vpc, from.subnet, &packet, hops, walk::FARTHEST)?;
        self.back(to_vpc, to.subnet, from, from_vpc)?;
        Ok(arrived.via)
    }

    /// The way that answers take.
    fn back(&self, vpc: NodeId, subnet: Option<NodeId>, to: &Place, to_vpc: NodeId) -> Result<(), Stop> {
        let Some(net) = to.net else { return Ok(()) };
        let packet = Packet { to: net, to_vpc: Some(to_vpc), public: Some(false), called: self.facts.path(to.node) };
        let back = self.walk(vpc, subnet, &packet, &mut Vec::new(), walk::FARTHEST);
        back.map(|_| ()).map_err(|stop| Stop { why: format!("on the way back, {}", stop.why), ..stop })
    }

    /// Whether the network ACL of a place's subnet lets packets pass.
    pub(super) fn acl(
        &self,
        place: &Place,
        out: bool,
        ports: Ports,
        other: Option<IpNet>,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop> {
        let Some(acl) = place.subnet.and_then(|subnet| acls::of_subnet(&self.facts, subnet)) else { return Ok(()) };
        let called = format!("network ACL {}", self.facts.path(acl));
        let way = if out { "out to" } else { "in from" };
        let Some(other) = other else {
            return Err(Stop::unknown(called, "the other side's addresses are not known", "give its subnet a block"));
        };
        let what = format!("{ports} {way} {}", words(other));
        match acls::passes(&self.facts, acl, out, ports, other) {
            Passes::Yes => {
                hops.push(Hop { place: called, why: format!("lets {what}"), at: self.facts.at(acl) });
                Ok(())
            }
            Passes::Unknown => {
                let why = format!("the definitions do not say whether it lets {what}");
                Err(Stop::unknown(called, why, "write the addresses of its entries down"))
            }
            Passes::No(number) => {
                let by = number.map_or("no entry does".to_owned(), |number| format!("entry {number} says so"));
                let why = format!("does not let {what}: {by}");
                Err(Stop::no(called, why, "network ACLs keep no state: requests and answers need an entry each"))
            }
        }
    }

    /// Whether the security groups of a place let packets pass.
    pub(super) fn admits(
        &self,
        place: &Place,
        direction: Direction,
        ports: Ports,
        other: &Other<'_>,
        via: Via,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop> {
        if place.groups.is_empty() {
            return Ok(());
        }
        let mut rules: Vec<(&Group, &Rule)> = Vec::new();
        for group in &place.groups {
            let Some(own) = self.groups.rules(group, direction) else {
                hops.push(Hop { place: self.called(group), why: "lets everything out".into(), at: None });
                return Ok(());
            };
            rules.extend(own.iter().map(|rule| (group, rule)));
        }
        let (word, side) = if direction == Direction::In { ("in", "from") } else { ("out", "to") };
        let about: Vec<(&Group, &Rule)> = rules.into_iter().filter(|(_, rule)| rule.ports.covers(ports)).collect();
        if let Some((group, rule)) = about.iter().find(|(_, rule)| is_peer(&rule.peer, other, via)) {
            let why = format!("lets {} {word} {side} {}", rule.ports, self.peer(&rule.peer));
            hops.push(Hop { place: self.called(group), why, at: rule.at });
            return Ok(());
        }
        // Several rules may admit together what none admits alone.
        if let Some((group, blocks)) = together(&about, other.net) {
            let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            let why = format!("lets {ports} {word} {side} {}", blocks.join(", "));
            hops.push(Hop { place: self.called(group), why, at: None });
            return Ok(());
        }
        let called: Vec<String> = place.groups.iter().map(|group| self.called(group)).collect();
        let called = called.join(", ");
        let hidden = place.groups.contains(&Group::Elsewhere) || about.iter().any(|(_, rule)| is_hidden(&rule.peer));
        if hidden {
            let why = format!("the definitions do not say all of whom it lets {word} on {ports}");
            return Err(Stop::unknown(called, why, "write its addresses down, or define the group in this app"));
        }
        let mut only: Vec<String> = about.iter().map(|(_, rule)| self.peer(&rule.peer)).collect();
        only.dedup();
        let why = if only.is_empty() {
            format!("lets nothing {word} on {ports}")
        } else {
            format!("does not let {ports} {word} {side} {}, only {side}", other.called)
        };
        let help = if direction == Direction::In {
            "`allow_from` lets somebody in, if that is meant"
        } else {
            "`allow_to` lets it out, if that is meant"
        };
        Err(Stop { only, ..Stop::no(called, why, help) })
    }

    fn peer(&self, peer: &Peer) -> String {
        match peer {
            Peer::Net(block) => words(*block),
            Peer::Group(group) => self.called(group),
            Peer::Prefixes(list, _) => format!("prefix list {}", self.facts.path(*list)),
            Peer::Unknown => "what only a deployment knows".into(),
        }
    }

    fn called(&self, group: &Group) -> String {
        match group {
            Group::Own(group) => format!("security group {}", self.facts.path(*group)),
            Group::DefaultOf(vpc) => format!("default security group of {}", self.facts.path(*vpc)),
            Group::Elsewhere => "a security group that is not in the definitions".into(),
        }
    }

    fn vpc_of(&self, place: &Place) -> Result<NodeId, Stop> {
        place.vpc.ok_or_else(|| {
            let why = "the definitions do not say which VPC it is in";
            Stop::unknown(self.facts.path(place.node), why, "give it a subnet of this app")
        })
    }
}

/// The same with another part of the same addresses: what is shown is the last one's way.
fn again(hops: &mut Vec<Hop>, pass: impl FnOnce(&mut Vec<Hop>) -> Result<(), Stop>) -> Result<(), Stop> {
    hops.clear();
    pass(hops)
}

/// Addresses of a private network that no VPC has go nowhere.
fn is_public(net: IpNet) -> Result<(), Stop> {
    let private = match net {
        IpNet::V4(net) => net.network().is_private() && net.prefix_len() > 0,
        IpNet::V6(net) => net.network().is_unique_local(),
    };
    if !private {
        return Ok(());
    }
    let why = "no VPC of the definitions has these addresses, and the internet does not carry them";
    Err(Stop::no(net.to_string(), why, "name addresses of a VPC of this app, or public ones"))
}
