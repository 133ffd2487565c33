//! Gateways: where a route that leads out of a VPC leads.

use ipnet::IpNet;

use super::Network;
use super::answer::{Hop, Stop};
use super::groups::Direction;
use super::interfaces::Place;
use super::peers::{Other, words};
use super::ports::Ports;
use super::walk::{Arrived, Packet, Via};
use crate::core::NodeId;

const INTERNET_GATEWAY: &str = "AWS::EC2::InternetGateway";
const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";

impl Network<'_> {
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
        let attaches = |node: NodeId| {
            facts.target(node, "InternetGatewayId") == Some(gateway) && facts.target(node, "VpcId") == Some(vpc)
        };
        if facts.of_type(ATTACHMENT).any(attaches) {
            return Ok(());
        }
        let why = format!("is not attached to {}", facts.path(vpc));
        Err(Stop::no(self.gateway_called(gateway), why, "add an `AWS::EC2::VPCGatewayAttachment`"))
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
            "AWS::EC2::EgressOnlyInternetGateway" => Ok(Arrived { via: Via::Internet, nat: None }),
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
        if packet.to_vpc.is_some() {
            let why = "leads to the internet, which does not carry private addresses";
            return Err(Stop::no(
                self.gateway_called(gateway),
                why,
                "connect the VPCs: by peering or a transit gateway",
            ));
        }
        match packet.public {
            Some(true) => Ok(Arrived { via: Via::Internet, nat: None }),
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
        let packet = Packet { to: packet.to, to_vpc: packet.to_vpc, public: Some(!private), called };
        let arrived = self.walk(vpc, subnet, &packet, hops, left)?;
        Ok(Arrived { nat: arrived.nat.or(Some((vpc, subnet))), ..arrived })
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
            Some(there) if packet.to_vpc == Some(there) => Ok(Arrived { via: Via::Peering, nat: None }),
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
        let (table, next) = self.next_attachment(gateway, *entry, &attachments, packet.to)?;
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
            return Ok(Arrived { via: Via::Transit(refers), nat: None });
        }
        let subnet = facts.get(next, "SubnetIds").and_then(|list| facts.targets(next, list).0.first().copied());
        self.walk(there, subnet, packet, hops, left)
    }

    fn attachments(&self, gateway: NodeId) -> Vec<NodeId> {
        let types = ["AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"];
        let all = types.into_iter().flat_map(|type_name| self.facts.of_type(type_name));
        all.filter(|node| self.facts.target(*node, "TransitGatewayId") == Some(gateway)).collect()
    }

    /// The attachment that a transit gateway sends packets to which came in by `entry`, and what decides it.
    fn next_attachment(
        &self,
        gateway: NodeId,
        entry: NodeId,
        attachments: &[NodeId],
        to: IpNet,
    ) -> Result<(String, NodeId), Stop> {
        let facts = &self.facts;
        let of = |type_name: &'static str, attachment: NodeId| {
            let all = facts.of_type(type_name);
            let own = all.filter(move |node| facts.target(*node, "TransitGatewayAttachmentId") == Some(attachment));
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
        let learned = attachments.iter().filter(|attachment| known(**attachment)).flat_map(|attachment| {
            let blocks = facts.target(*attachment, "VpcId").map(|vpc| self.routes.blocks(vpc)).unwrap_or_default();
            blocks.iter().map(|block| (*block, *attachment))
        });
        let written = facts
            .of_type("AWS::EC2::TransitGatewayRoute")
            .filter(|node| table.is_some() && facts.target(*node, "TransitGatewayRouteTableId") == table);
        let written = written.filter_map(|node| {
            Some((facts.net(node, "DestinationCidrBlock")?, facts.target(node, "TransitGatewayAttachmentId")?))
        });
        let all = written.chain(learned).filter(|(block, _)| block.contains(&to));
        let Some((_, next)) = all.max_by_key(|(block, _)| block.prefix_len()) else {
            let why = format!("has no route to {}", super::peers::words(to));
            return Err(Stop::no(called, why, "add a route, or a propagation of the VPC's attachment"));
        };
        Ok((called, next))
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
        let anywhere = IpNet::default();
        let other = Other { called: words(anywhere), net: Some(anywhere), groups: &[] };
        self.admits(from, Direction::Out, ports, &other, Via::Internet, hops)?;
        self.acl(from, true, ports, Some(anywhere), hops)?;
        let table = from.subnet.and_then(|subnet| self.routes.table(subnet));
        let list = facts.get(endpoint, "RouteTableIds");
        let tables = list.map(|list| facts.targets(endpoint, list).0).unwrap_or_default();
        let Some(table) = table.filter(|table| tables.contains(table)) else {
            return Err(self.not_in_tables(endpoint, &facts.path(from.node)));
        };
        let why = format!("leads the addresses of the service to endpoint {}", facts.path(endpoint));
        hops.push(Hop { place: format!("route table {}", facts.path(table)), why, at: facts.at(endpoint) });
        self.acl(from, false, ports.answers(), Some(anywhere), &mut Vec::new())
    }

    /// An endpoint that a sender's route table does not have.
    pub(super) fn not_in_tables(&self, endpoint: NodeId, from: &str) -> Stop {
        let why = format!("is not in the route table that {from} has");
        let called = format!("endpoint {}", self.facts.path(endpoint));
        Stop::no(called, why, "add the table to the endpoint's route tables")
    }
}
