//! Gateways: where a route that leads out of a VPC leads.

use ipnet::IpNet;

use super::View;
use super::acls;
use super::answer::{Hop, Stop};
use super::check::{is_private, outside};
use super::facts::Facts;
use super::groups::Direction;
use super::interfaces::Place;
use super::ports::Ports;
use super::space::taken;
use super::walk::{Arrived, Packet, Via};
use crate::core::NodeId;

const INTERNET_GATEWAY: &str = "AWS::EC2::InternetGateway";
const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";

impl View<'_> {
    /// A gateway in words.
    pub(super) fn gateway_called(&self, gateway: NodeId) -> String {
        let kind = match self.facts.type_of(gateway) {
            INTERNET_GATEWAY | ATTACHMENT => "internet gateway",
            "AWS::EC2::NatGateway" => "NAT gateway",
            "AWS::EC2::EgressOnlyInternetGateway" => "egress-only internet gateway",
            "AWS::EC2::VPCPeeringConnection" => "peering connection",
            "AWS::EC2::TransitGateway" => "transit gateway",
            "AWS::EC2::TransitGatewayRouteTable" => "transit gateway route table",
            "AWS::EC2::Instance" => "instance",
            _ => "",
        };
        format!("{kind} {}", self.facts.path(gateway)).trim_start().to_owned()
    }

    /// The internet gateway that a route's target is, or attaches.
    pub(super) fn internet_gateway(&self, way: NodeId) -> Option<NodeId> {
        match self.facts.type_of(way) {
            INTERNET_GATEWAY => Some(way),
            ATTACHMENT => self.facts.target(way, "InternetGatewayId"),
            _ => None,
        }
    }

    /// Whether an internet gateway is attached to a VPC.
    pub(super) fn attached(&self, gateway: NodeId, vpc: NodeId) -> Result<(), Stop> {
        let facts = &self.facts;
        let mut attachments = facts.referring(gateway, ATTACHMENT, "InternetGatewayId");
        if attachments.any(|node| facts.target(node, "VpcId") == Some(vpc)) {
            return Ok(());
        }
        let why = format!("is not attached to {}", facts.path(vpc));
        Err(Stop::no(self.gateway_called(gateway), why, "add an `AWS::EC2::VPCGatewayAttachment`"))
    }

    /// A gateway may have a route table of its own, which leads what comes in to an appliance first.
    pub(super) fn no_edge(&self, gateway: NodeId) -> Result<(), Stop> {
        let mut tables = self.facts.referring(gateway, "AWS::EC2::GatewayRouteTableAssociation", "GatewayId");
        if tables.next().is_none() {
            return Ok(());
        }
        let why = "has a route table of its own: what it leads to may let packets pass, or not";
        Err(Stop::unknown(self.gateway_called(gateway), why, "look at what its route table leads to"))
    }

    /// Goes on behind a gateway.
    pub(super) fn through(
        &self,
        way: NodeId,
        vpc: NodeId,
        packet: &Packet,
        hops: &mut Vec<Hop>,
        left: u8,
    ) -> Result<Arrived, Stop> {
        match self.facts.type_of(way) {
            INTERNET_GATEWAY | ATTACHMENT => self.to_internet(way, vpc, packet),
            "AWS::EC2::EgressOnlyInternetGateway" => Ok(Arrived { via: Via::Internet, nats: Vec::new() }),
            "AWS::EC2::NatGateway" => self.through_nat(way, packet, hops, left),
            "AWS::EC2::VPCPeeringConnection" => self.over_peering(way, vpc, packet),
            "AWS::EC2::TransitGateway" => self.over_transit(way, vpc, packet, hops, left),
            type_name => {
                let why = format!("what a {type_name} does with packets is not in the definitions");
                Err(Stop::unknown(self.gateway_called(way), why, "look at what it runs"))
            }
        }
    }

    fn to_internet(&self, way: NodeId, vpc: NodeId, packet: &Packet) -> Result<Arrived, Stop> {
        let gateway = self.internet_gateway(way).unwrap_or(way);
        self.attached(gateway, vpc)?;
        self.no_edge(gateway)?;
        if packet.to_vpc.is_some() {
            let why = "leads to the internet, which does not carry private addresses";
            return Err(Stop::no(
                self.gateway_called(gateway),
                why,
                "connect the VPCs: by peering or a transit gateway",
            ));
        }
        match packet.public {
            Some(true) => Ok(Arrived { via: Via::Internet, nats: Vec::new() }),
            Some(false) => {
                let why = format!("only public addresses pass it, and {} has none", packet.called);
                let help = "give it a public address, or let its subnet's route lead to a NAT gateway";
                Err(Stop::no(self.gateway_called(gateway), why, help))
            }
            None => {
                let why = format!("the definitions do not say whether {} has a public address", packet.called);
                Err(Stop::unknown(self.gateway_called(gateway), why, "name one of the constructs that are there"))
            }
        }
    }

    fn through_nat(&self, nat: NodeId, packet: &Packet, hops: &mut Vec<Hop>, left: u8) -> Result<Arrived, Stop> {
        let facts = &self.facts;
        let subnet = facts.target(nat, "SubnetId");
        let Some(vpc) = subnet.and_then(|subnet| facts.target(subnet, "VpcId")) else {
            let why = "the definitions do not say where it is";
            return Err(Stop::unknown(self.gateway_called(nat), why, "give it a subnet of this app"));
        };
        let private = facts.text(nat, "ConnectivityType").as_deref() == Some("private");
        hops.push(Hop {
            place: self.gateway_called(nat),
            why: "sends it on in its own name; nobody gets in that way".into(),
            at: facts.at(nat),
        });
        let called = facts.path(nat);
        let packet = Packet { public: Some(!private), called, ..*packet };
        let arrived = self.walk(vpc, subnet, &packet, hops, left)?;
        let nats = if arrived.nats.is_empty() { vec![(vpc, subnet)] } else { arrived.nats };
        Ok(Arrived { nats, ..arrived })
    }

    fn over_peering(&self, peering: NodeId, vpc: NodeId, packet: &Packet) -> Result<Arrived, Stop> {
        let (one, other) = (self.facts.target(peering, "VpcId"), self.facts.target(peering, "PeerVpcId"));
        let called = self.gateway_called(peering);
        let there = match (one, other) {
            (Some(one), other) if one == vpc => other,
            (one, Some(other)) if other == vpc => one,
            _ => {
                let why = format!("does not connect {}", self.facts.path(vpc));
                return Err(Stop::no(called, why, "let the route lead to a connection of this VPC"));
            }
        };
        match there {
            Some(there) if packet.to_vpc == Some(there) => Ok(Arrived { via: Via::Peering, nats: Vec::new() }),
            Some(there) => {
                let why = format!("ends in {}: peering does not lead on", self.facts.path(there));
                Err(Stop::no(called, why, "connect the two VPCs themselves, or all by a transit gateway"))
            }
            None => {
                let why = "connects a VPC that is not in the definitions";
                Err(Stop::unknown(called, why, "define both VPCs in this app"))
            }
        }
    }

    fn over_transit(
        &self,
        gateway: NodeId,
        vpc: NodeId,
        packet: &Packet,
        hops: &mut Vec<Hop>,
        left: u8,
    ) -> Result<Arrived, Stop> {
        let facts = &self.facts;
        let called = self.gateway_called(gateway);
        let attachments = self.attachments(gateway);
        let Some(entry) = attachments.iter().find(|node| facts.target(**node, "VpcId") == Some(vpc)) else {
            let why = format!("has no attachment to {}", facts.path(vpc));
            return Err(Stop::no(called, why, "add an `AWS::EC2::TransitGatewayAttachment`"));
        };
        let (table, next) = self.next_attachment(gateway, *entry, &attachments, packet)?;
        for attachment in [*entry, next] {
            self.attachment_acls(attachment, packet)?;
        }
        let Some(there) = facts.target(next, "VpcId") else {
            let why = format!("leads {} to what is not a VPC of the definitions", packet.to);
            return Err(Stop::unknown(called, why, "define the VPC in this app"));
        };
        hops.push(Hop {
            place: table,
            why: format!("leads {} to {}", packet.to, facts.path(there)),
            at: facts.at(next),
        });
        if packet.to_vpc == Some(there) {
            let refers = facts.text(gateway, "SecurityGroupReferencingSupport").as_deref() == Some("enable");
            return Ok(Arrived { via: Via::Transit(refers), nats: Vec::new() });
        }
        self.beyond(next, there, packet, hops, left)
    }

    /// Goes on in the VPC of an attachment, by its subnet in the zone that packets came from: by each, for which that is,
    /// definitions seldom say. Rule: the Transit Gateways guide, "How AWS Transit Gateway works".
    fn beyond(
        &self,
        attachment: NodeId,
        vpc: NodeId,
        packet: &Packet,
        hops: &mut Vec<Hop>,
        left: u8,
    ) -> Result<Arrived, Stop> {
        let facts = &self.facts;
        let subnets = facts.get(attachment, "SubnetIds").map(|list| facts.targets(attachment, list).0);
        let (mut seen, mut arrived, mut stopped) = (Vec::new(), None::<Arrived>, None);
        for subnet in subnets.unwrap_or_default() {
            // What two tables agree on is followed once.
            let ways = (self.routes.is_elsewhere(subnet), self.routes.ways(subnet, packet.to));
            if seen.contains(&ways) {
                continue;
            }
            seen.push(ways);
            let mut own = Vec::new();
            match (self.walk(vpc, Some(subnet), packet, &mut own, left), &mut arrived) {
                (Ok(other), Some(arrived)) => arrived.nats.extend(other.nats),
                (Ok(first), none) => {
                    *none = Some(first);
                    hops.append(&mut own);
                }
                (Err(stop), _) => stopped = stopped.or(Some(stop)),
            }
        }
        match (arrived, stopped) {
            (Some(arrived), None) => Ok(arrived),
            (Some(_), Some(stop)) => Err(in_one_zone(stop)),
            (None, Some(stop)) => Err(stop),
            (None, None) => self.walk(vpc, None, packet, hops, left),
        }
    }

    fn attachments(&self, gateway: NodeId) -> Vec<NodeId> {
        let types = ["AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"];
        types.into_iter().flat_map(|name| self.facts.referring(gateway, name, "TransitGatewayId")).collect()
    }

    /// The network ACLs of an attachment's subnets: what passes all is no gate, what does not is not followed.
    fn attachment_acls(&self, attachment: NodeId, packet: &Packet) -> Result<(), Stop> {
        let facts = &self.facts;
        let subnets = facts.get(attachment, "SubnetIds").map(|list| facts.targets(attachment, list).0);
        let anything = Ports { first: 0, last: u16::MAX, ..Ports::tcp(0) };
        for acl in subnets.unwrap_or_default().into_iter().filter_map(|subnet| acls::of_subnet(facts, subnet)) {
            let opens = |out| {
                let said = acls::said(facts, acl, out, anything, IpNet::default());
                said.denied.is_empty() && said.unread.is_empty()
            };
            if !opens(true) || !opens(false) {
                let why = format!(
                    "stands at the attachment {}: it may let {} pass, or not",
                    facts.path(attachment),
                    packet.to
                );
                let help = "give the attachment subnets of its own, whose network ACL lets everything pass";
                return Err(Stop::unknown(format!("network ACL {}", facts.path(acl)), why, help));
            }
        }
        Ok(())
    }

    /// The attachment that a transit gateway sends packets to which came in by `entry`, and what decides it.
    fn next_attachment(
        &self,
        gateway: NodeId,
        entry: NodeId,
        attachments: &[NodeId],
        packet: &Packet,
    ) -> Result<(String, NodeId), Stop> {
        let facts = &self.facts;
        let of = |type_name: &'static str, attachment: NodeId| {
            let own = facts.referring(attachment, type_name, "TransitGatewayAttachmentId");
            own.filter_map(|node| facts.target(node, "TransitGatewayRouteTableId"))
        };
        let by_default = |key| facts.text(gateway, key).as_deref() != Some("disable");
        let table = of("AWS::EC2::TransitGatewayRouteTableAssociation", entry).next();
        let called = match table {
            Some(table) => self.gateway_called(table),
            None => format!("default route table of {}", self.gateway_called(gateway)),
        };
        if table.is_none() && !by_default("DefaultRouteTableAssociation") {
            let why = format!("has no route table for the attachment {}", facts.path(entry));
            let help = "add an `AWS::EC2::TransitGatewayRouteTableAssociation`";
            return Err(Stop::no(self.gateway_called(gateway), why, help));
        }
        let known = |attachment: NodeId| match table {
            Some(table) => of("AWS::EC2::TransitGatewayRouteTablePropagation", attachment).any(|other| other == table),
            None => by_default("DefaultRouteTablePropagation"),
        };
        let written = table
            .into_iter()
            .flat_map(|table| facts.referring(table, "AWS::EC2::TransitGatewayRoute", "TransitGatewayRouteTableId"));
        let mut routes: Vec<TransitRoute> = written.map(|node| transit_route(facts, node)).collect();
        for attachment in attachments.iter().copied().filter(|attachment| known(*attachment)) {
            let blocks = facts.target(attachment, "VpcId").map(|vpc| self.routes.blocks(vpc)).unwrap_or_default();
            routes.extend(
                blocks.iter().map(|block| TransitRoute { to: Some(*block), next: Next::Attachment(attachment) }),
            );
        }
        // Written routes stand before learned ones, as they do for a transit gateway.
        let taken = taken(&routes, packet.to, |route| route.to);
        let base = taken.base.map(|route| route.next);
        let to = super::peers::words(packet.to);
        if taken
            .unread
            .iter()
            .map(|route| route.next)
            .chain(base)
            .any(|next| Some(next) != base || next == Next::Unread)
        {
            let why = format!("the definitions do not say where it leads {to}");
            return Err(Stop::unknown(called, why, "write the destinations of its routes down"));
        }
        let matters = |part: IpNet| packet.to_vpc.is_some() || !is_private(part);
        if let Some((part, _)) = taken.parts.iter().find(|(part, route)| Some(route.next) != base && matters(*part)) {
            let why = format!("leads {part} elsewhere than the rest of {to}");
            return Err(Stop::unknown(called, why, "ask for a part of the addresses"));
        }
        match base {
            Some(Next::Attachment(next)) => Ok((called, next)),
            Some(Next::Blackhole) => Err(Stop::no(
                called,
                format!("drops what goes to {to}: its route is a blackhole"),
                "remove the blackhole route",
            )),
            _ => Err(Stop::no(
                called,
                format!("has no route to {to}"),
                "add a route, or a propagation of the VPC's attachment",
            )),
        }
    }

    /// Whether a place reaches the service that a gateway endpoint leads to: its subnet's route table has the endpoint.
    pub(super) fn to_service(
        &self,
        from: &Place,
        endpoint: NodeId,
        ports: Ports,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop> {
        let facts = &self.facts;
        // The service has public addresses, of which AWS keeps a list.
        let other = outside(IpNet::default());
        self.admits(from, Direction::Out, ports, &other, Via::Internet, hops)?;
        self.acl(from, true, ports, &other, hops)?;
        let table = from.subnet.and_then(|subnet| self.routes.table(subnet));
        let list = facts.get(endpoint, "RouteTableIds");
        let tables = list.map(|list| facts.targets(endpoint, list).0).unwrap_or_default();
        let Some(table) = table.filter(|table| tables.contains(table)) else {
            return Err(self.not_in_tables(endpoint, &facts.path(from.node)));
        };
        let why = format!("leads the addresses of the service to endpoint {}", facts.path(endpoint));
        hops.push(Hop { place: format!("route table {}", facts.path(table)), why, at: facts.at(endpoint) });
        self.acl_answers(from, false, ports, &other)
    }

    /// An endpoint that a sender's route table does not have.
    pub(super) fn not_in_tables(&self, endpoint: NodeId, from: &str) -> Stop {
        let why = format!("is not in the route table that {from} has");
        let called = format!("endpoint {}", self.facts.path(endpoint));
        Stop::no(called, why, "add the table to the endpoint's route tables")
    }
}

/// What stops packets in one zone, and not in another.
pub(super) fn in_one_zone(stop: Stop) -> Stop {
    Stop { unknown: true, why: format!("in one of the zones, {}", stop.why), ..stop }
}

/// A route of a transit gateway's table.
struct TransitRoute {
    /// None where it cannot be read.
    to: Option<IpNet>,
    next: Next,
}

/// Where a transit gateway's route leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Attachment(NodeId),
    Blackhole,
    /// To what the definitions do not have.
    Unread,
}

fn transit_route(facts: &Facts<'_>, node: NodeId) -> TransitRoute {
    let next = match (facts.truth(node, "Blackhole", false), facts.target(node, "TransitGatewayAttachmentId")) {
        (Some(true), _) => Next::Blackhole,
        (Some(false), Some(attachment)) => Next::Attachment(attachment),
        _ => Next::Unread,
    };
    TransitRoute { to: facts.net(node, "DestinationCidrBlock"), next }
}
