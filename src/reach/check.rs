//! Checks: one end, another, ports; every gate between them in the order that packets come to it.

use ipnet::IpNet;

use super::answer::{Hop, Stop};
use super::ends::Side;
use super::gateways::in_one_zone;
use super::groups::Direction;
use super::interfaces::Place;
use super::peers::{Other, words};
use super::ports::Ports;
use super::walk::{Packet, Via};
use super::{View, walk};
use crate::core::NodeId;

/// How far packets came.
pub(super) struct Outcome {
    pub(super) hops: Vec<Hop>,
    pub(super) stop: Option<Stop>,
}

impl View<'_> {
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
            net,
            one_of: false,
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
        if public == Some(false) {
            let what = if ipv6 { "no IPv6 address" } else { "no public address" };
            let why = format!("it has {what}: only its own VPC, and what is connected with that, can reach it");
            return Err(Stop::no(called, why, "if it is to be reached, put something public before it"));
        }
        self.gateway_inwards(vpc, to, net, hops)?;
        if public.is_none() {
            return Err(self.perhaps_public(to));
        }
        let other = outside(net);
        self.acl(to, false, ports, &other, hops)?;
        self.admits(to, Direction::In, ports, &other, Via::Internet, hops)?;
        self.acl_answers(to, true, ports, &other)
    }

    /// What has a public address, or has none: the definitions do not say.
    fn perhaps_public(&self, place: &Place) -> Stop {
        let help = match self.facts.type_of(place.node) {
            "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => {
                "say `publicly_accessible`: AWS decides it by the VPC otherwise"
            }
            "AWS::EC2::Subnet" | "AWS::EC2::SecurityGroup" | "AWS::EC2::VPC" => {
                "name one of the constructs that are there, not a part of a network"
            }
            _ => "write it down, or give the parameter that decides it a default",
        };
        let why = "the definitions do not say whether it has a public address";
        Stop::unknown(self.facts.path(place.node), why, help)
    }

    /// To the internet, or another network outside.
    fn outwards(&self, from: &Place, net: IpNet, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        is_public(net)?;
        let vpc = self.vpc_of(from)?;
        let other = outside(net);
        self.admits(from, Direction::Out, ports, &other, Via::Internet, hops)?;
        self.acl(from, true, ports, &other, hops)?;
        let public = if matches!(net, IpNet::V6(_)) { Some(from.ipv6) } else { from.public };
        let packet = Packet { to: net, one_of: false, to_vpc: None, public, called: self.facts.path(from.node) };
        let arrived = self.walk(vpc, from.subnet, &packet, hops, walk::FARTHEST)?;
        // A NAT gateway in another VPC must find the way back.
        let elsewhere = arrived.nats.into_iter().filter(|(nat_vpc, _)| *nat_vpc != vpc);
        let back = elsewhere.map(|(nat_vpc, subnet)| self.back(nat_vpc, subnet, from, vpc)).collect::<Vec<_>>();
        let some = back.iter().any(Result::is_ok);
        if let Some(stop) = back.into_iter().find_map(Result::err) {
            return Err(if some { in_one_zone(stop) } else { stop });
        }
        self.acl_answers(from, false, ports, &other)
    }

    fn between(&self, from: &Place, to: &Place, ports: Ports, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        let (from_vpc, to_vpc) = (self.vpc_of(from)?, self.vpc_of(to)?);
        let (source, target) = (self.other(from), self.other(to));
        // The way comes first: it decides whether groups can refer to each other.
        let mut way = Vec::new();
        let via =
            if from_vpc == to_vpc { Ok(Via::Local) } else { self.route_between(from, from_vpc, to, to_vpc, &mut way) };
        let known = via.as_ref().copied().unwrap_or(Via::Peering);
        self.admits(from, Direction::Out, ports, &target, known, hops)?;
        let crosses = from.subnet.is_none() || from.subnet != to.subnet;
        if crosses {
            self.acl(from, true, ports, &target, hops)?;
        }
        hops.append(&mut way);
        let via = via?;
        if via == Via::Local {
            hops.push(self.local(from_vpc, from.subnet));
        }
        if crosses {
            self.acl(to, false, ports, &source, hops)?;
        }
        self.admits(to, Direction::In, ports, &source, via, hops)?;
        if crosses {
            self.acl_answers(to, true, ports, &source)?;
            self.acl_answers(from, false, ports, &target)?;
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
        if to.net.prefix_len() == 0 {
            let why = "the definitions do not say which addresses it has";
            return Err(Stop::unknown(self.facts.path(to.node), why, "give its VPC and subnet blocks of their own"));
        }
        let called = self.facts.path(from.node);
        let packet = Packet { to: to.net, one_of: to.one_of, to_vpc: Some(to_vpc), public: from.public, called };
        let arrived = self.walk(from_vpc, from.subnet, &packet, hops, walk::FARTHEST)?;
        self.back(to_vpc, to.subnet, from, from_vpc)?;
        Ok(arrived.via)
    }

    /// The way that answers take.
    fn back(&self, vpc: NodeId, subnet: Option<NodeId>, to: &Place, to_vpc: NodeId) -> Result<(), Stop> {
        let called = self.facts.path(to.node);
        let packet = Packet { to: to.net, one_of: to.one_of, to_vpc: Some(to_vpc), public: Some(false), called };
        let back = self.walk(vpc, subnet, &packet, &mut Vec::new(), walk::FARTHEST);
        back.map(|_| ()).map_err(|stop| Stop { why: format!("on the way back, {}", stop.why), ..stop })
    }

    /// A place as it is seen from another.
    fn other<'p>(&self, place: &'p Place) -> Other<'p> {
        let Place { net, one_of, ipv6, groups, .. } = place;
        Other { called: self.facts.path(place.node), net: *net, one_of: *one_of, ipv6: *ipv6, groups }
    }

    fn vpc_of(&self, place: &Place) -> Result<NodeId, Stop> {
        place.vpc.ok_or_else(|| {
            let why = "the definitions do not say which VPC it is in";
            Stop::unknown(self.facts.path(place.node), why, "give it a subnet of this app")
        })
    }
}

/// A network outside, as it is seen from a place.
pub(super) fn outside(net: IpNet) -> Other<'static> {
    Other { called: words(net), net, one_of: false, ipv6: false, groups: &[] }
}

/// The same with another part of the same addresses: what is shown is the last one's way.
fn again(hops: &mut Vec<Hop>, pass: impl FnOnce(&mut Vec<Hop>) -> Result<(), Stop>) -> Result<(), Stop> {
    hops.clear();
    pass(hops)
}

/// Addresses of a private network that no VPC has go nowhere.
fn is_public(net: IpNet) -> Result<(), Stop> {
    if !is_private(net) {
        return Ok(());
    }
    let why = "no VPC of the definitions has these addresses, and the internet does not carry them";
    Err(Stop::no(net.to_string(), why, "name addresses of a VPC of this app, or public ones"))
}

/// Whether no address of a block is carried by the internet.
pub(super) fn is_private(net: IpNet) -> bool {
    let blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
    blocks.into_iter().filter_map(|block| block.parse::<IpNet>().ok()).any(|block| block.contains(&net))
}
