//! Ways: from route table to route table, until packets arrive.

use ipnet::IpNet;

use super::Network;
use super::answer::{Hop, Stop};
use super::interfaces::Place;
use crate::core::NodeId;

/// How many gateways a way has at most: definitions can make packets go round.
pub(super) const FARTHEST: u8 = 16;

/// What is on its way.
pub(super) struct Packet {
    /// Where it is to arrive.
    pub(super) to: IpNet,
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
    /// The VPC and subnet of the NAT gateway that sent them on.
    pub(super) nat: Option<(NodeId, Option<NodeId>)>,
}

impl Network<'_> {
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
            return Ok(Arrived { via: Via::Local, nat: None });
        }
        let table = subnet.and_then(|subnet| self.routes.table(subnet));
        let called = self.table_called(vpc, table);
        let to = super::peers::words(packet.to);
        let Some(route) = self.routes.lookup(table, packet.to) else {
            return Err(Stop::no(
                called,
                format!("has no route to {to}"),
                "add a route, if the two are to be connected",
            ));
        };
        let Some(way) = route.way.filter(|_| left > 0) else {
            let why = format!("its route to {} leads to what the definitions do not have", route.to);
            return Err(Stop::unknown(called, why, "define what it leads to in this app"));
        };
        let at = self.facts.at(route.node);
        let leads = format!("{} leads to {}", route.to, self.gateway_called(way));
        hops.push(Hop { place: called, why: leads, at });
        self.through(way, vpc, packet, hops, left - 1)
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
        let table = to.subnet.and_then(|subnet| self.routes.table(subnet));
        let called = self.table_called(vpc, table);
        let way = self.routes.lookup(table, net).and_then(|route| Some((route, self.internet_gateway(route.way?)?)));
        let Some((route, gateway)) = way else {
            let why = format!("has no route to an internet gateway for {}", super::peers::words(net));
            return Err(Stop::no(called, why, "if it is to be reached, put it into a public subnet"));
        };
        self.attached(gateway, vpc)?;
        let why = "lets the internet in to public addresses".to_owned();
        hops.push(Hop { place: self.gateway_called(gateway), why, at: self.facts.at(gateway) });
        let why = format!("{} leads to it, for the answers", route.to);
        hops.push(Hop { place: called, why, at: self.facts.at(route.node) });
        Ok(())
    }
}
