//! Ways: from route table to route table, until packets arrive.

use ipnet::IpNet;

use super::View;
use super::answer::{Hop, Stop};
use super::check::is_private;
use super::interfaces::Place;
use super::routes::Route;
use crate::core::NodeId;

/// How many gateways a way has at most: definitions can make packets go round.
pub(super) const FARTHEST: u8 = 16;

/// What is on its way.
pub(super) struct Packet {
    /// Where it is to arrive.
    pub(super) to: IpNet,
    /// Whether it is one of these addresses, rather than each of them.
    pub(super) one_of: bool,
    /// The VPC that has these addresses; none where they are outside.
    pub(super) to_vpc: Option<NodeId>,
    /// Whether the sender has a public address.
    pub(super) public: Option<bool>,
    /// The sender.
    pub(super) called: String,
}

/// How packets arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    Local,
    Peering,
    /// A transit gateway; whether groups can refer to each other across it.
    Transit(bool),
    Internet,
}

impl Via {
    /// Whether a rule that names a group knows its members still.
    pub(super) const fn keeps_groups(self) -> bool {
        matches!(self, Self::Local | Self::Peering | Self::Transit(true))
    }
}

/// Where packets arrived.
pub(super) struct Arrived {
    pub(super) via: Via,
    /// The VPC and subnet of the NAT gateway that sent them on; of each, where that depends on the zone.
    pub(super) nats: Vec<(NodeId, Option<NodeId>)>,
}

impl View<'_> {
    /// Follows routes from a subnet.
    pub(super) fn walk(
        &self,
        vpc: NodeId,
        subnet: Option<NodeId>,
        packet: &Packet,
        hops: &mut Vec<Hop>,
        left: u8,
    ) -> Result<Arrived, Stop> {
        if packet.to_vpc == Some(vpc) {
            hops.push(self.local(vpc, subnet));
            return Ok(Arrived { via: Via::Local, nats: Vec::new() });
        }
        let (table, called) = self.table_of(vpc, subnet, &packet.called)?;
        let to = super::peers::words(packet.to);
        let taken = self.routes.taken(table, packet.to);
        let base = taken.base.and_then(|route| route.way);
        if taken.unread.iter().any(|route| route.way.is_none() || route.way != base) {
            let why = format!("has a route whose destination is not in the definitions, and may be {to}");
            return Err(Stop::unknown(called, why, "write the destination down, or give its parameter a default"));
        }
        // What is private does not go to the internet, whatever the table says of it.
        let parts = taken
            .parts
            .iter()
            .filter(|(net, route)| route.way != base && (packet.to_vpc.is_some() || !is_private(*net)));
        let parts: Vec<(IpNet, Route)> = parts.map(|(net, route)| (*net, **route)).collect();
        if !taken.whole(packet.to) {
            let part = packet.one_of && !parts.is_empty();
            let why = if part { format!("has routes to a part of {to} only") } else { format!("has no route to {to}") };
            let help = "add a route, if the two are to be connected";
            return Err(Stop { unknown: part, ..Stop::no(called, why, help) });
        }
        let mut arrived = None;
        if let Some(route) = taken.base {
            let here = Here { vpc, called: &called, left };
            arrived = Some(self.follow(&here, *route, packet.to, packet, hops)?);
        }
        for (net, route) in parts {
            let narrow = Packet { to: net, called: packet.called.clone(), ..*packet };
            let here = Here { vpc, called: &called, left };
            let mut own = Vec::new();
            let done = self.follow(&here, route, net, &narrow, &mut own);
            let done = done.map_err(|stop| Stop { unknown: stop.unknown || packet.one_of, ..stop })?;
            if arrived.is_none() {
                hops.append(&mut own);
                arrived = Some(done);
            }
        }
        arrived.ok_or_else(|| {
            Stop::no(called, format!("has no route to {to}"), "add a route, if the two are to be connected")
        })
    }

    /// Follows one route.
    fn follow(
        &self,
        here: &Here<'_>,
        route: Route,
        to: IpNet,
        packet: &Packet,
        hops: &mut Vec<Hop>,
    ) -> Result<Arrived, Stop> {
        let to = route.to.unwrap_or(to);
        let Some(way) = route.way.filter(|_| here.left > 0) else {
            let why = format!("its route to {to} leads to what the definitions do not have");
            return Err(Stop::unknown(here.called, why, "define what it leads to in this app"));
        };
        let at = self.facts.at(route.node);
        let leads = format!("{to} leads to {}", self.gateway_called(way));
        hops.push(Hop { place: here.called.to_owned(), why: leads, at });
        self.through(way, here.vpc, packet, hops, here.left - 1)
    }

    /// The route table of a subnet, and what it is called.
    fn table_of(&self, vpc: NodeId, subnet: Option<NodeId>, of: &str) -> Result<(Option<NodeId>, String), Stop> {
        let Some(subnet) = subnet else {
            let why = "the definitions do not say which subnet it is in, and so not which route table it has";
            return Err(Stop::unknown(of, why, "name one of the constructs that are there, or one of its subnets"));
        };
        if self.routes.is_elsewhere(subnet) {
            let called = format!("the route table of {}", self.facts.path(subnet));
            return Err(Stop::unknown(called, "it is not in the definitions", "define it in this app"));
        }
        let table = self.routes.table(subnet);
        Ok((table, self.table_called(vpc, table)))
    }

    /// The step of a route table that packets of the same VPC take.
    pub(super) fn local(&self, vpc: NodeId, subnet: Option<NodeId>) -> Hop {
        let table = subnet.and_then(|subnet| self.routes.table(subnet));
        let blocks: Vec<String> = self.routes.blocks(vpc).iter().map(ToString::to_string).collect();
        let blocks = if blocks.is_empty() { "the VPC".to_owned() } else { blocks.join(", ") };
        let verb = if blocks.contains(", ") { "are" } else { "is" };
        // Whatever the subnet, every table says so.
        let place = subnet.map_or_else(|| format!("VPC {}", self.facts.path(vpc)), |_| self.table_called(vpc, table));
        Hop { place, why: format!("{blocks} {verb} local"), at: None }
    }

    pub(super) fn table_called(&self, vpc: NodeId, table: Option<NodeId>) -> String {
        match table {
            Some(table) => format!("route table {}", self.facts.path(table)),
            None => format!("main route table of {}", self.facts.path(vpc)),
        }
    }

    /// The internet gateway that lets packets in to a place: its subnet has a route to it, for the answers.
    pub(super) fn gateway_inwards(&self, vpc: NodeId, to: &Place, net: IpNet, hops: &mut Vec<Hop>) -> Result<(), Stop> {
        let (table, called) = self.table_of(vpc, to.subnet, &self.facts.path(to.node))?;
        let taken = self.routes.taken(table, net);
        let parts = taken.parts.iter().filter(|(part, _)| !is_private(*part)).map(|(part, route)| (*part, **route));
        let routes = taken.base.map(|route| (net, *route)).into_iter().chain(parts);
        let mut found: Option<(Route, NodeId)> = None;
        for (part, route) in routes.filter(|_| taken.whole(net)) {
            let Some(way) = route.way else {
                let why =
                    format!("its route to {} leads to what the definitions do not have", super::peers::words(part));
                return Err(Stop::unknown(called, why, "define what it leads to in this app"));
            };
            match (self.internet_gateway(way), found) {
                (Some(gateway), None) => found = Some((route, gateway)),
                (Some(gateway), Some((_, first))) if gateway == first => {}
                (None, None) => break,
                _ => {
                    let why = format!("leads {part} to {}: no answers to these come back", self.gateway_called(way));
                    return Err(Stop::no(called, why, "ask for the addresses that are meant, or remove the route"));
                }
            }
        }
        if taken.unread.iter().any(|route| {
            route.way.is_none()
                || route.way.and_then(|way| self.internet_gateway(way)) != found.map(|(_, gateway)| gateway)
        }) {
            let why = "has a route whose destination is not in the definitions";
            return Err(Stop::unknown(called, why, "write the destination down, or give its parameter a default"));
        }
        let Some((route, gateway)) = found else {
            let why = format!("has no route to an internet gateway for {}", super::peers::words(net));
            return Err(Stop::no(called, why, "if it is to be reached, put it into a public subnet"));
        };
        self.attached(gateway, vpc)?;
        self.no_edge(gateway)?;
        let why = "lets the internet in to public addresses".to_owned();
        hops.push(Hop { place: self.gateway_called(gateway), why, at: self.facts.at(gateway) });
        let why = format!("{} leads to it, for the answers", route.to.unwrap_or(net));
        hops.push(Hop { place: called, why, at: self.facts.at(route.node) });
        Ok(())
    }
}

/// A route table on the way.
struct Here<'h> {
    vpc: NodeId,
    called: &'h str,
    left: u8,
}
