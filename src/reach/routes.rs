//! Route tables: where packets of a subnet go.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::facts::Facts;
use crate::core::NodeId;

/// The properties of a route that say where it leads.
const WAYS: [&str; 10] = [
    "GatewayId",
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcEndpointId",
    "CarrierGatewayId",
    "LocalGatewayId",
];

/// A route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) node: NodeId,
    pub(super) to: IpNet,
    /// Where it leads, where that is a resource of the definitions.
    pub(super) way: Option<NodeId>,
}

/// Every route table, and the VPCs' blocks.
#[derive(Debug)]
pub(super) struct Routes {
    tables: BTreeMap<NodeId, Vec<Route>>,
    of_subnets: BTreeMap<NodeId, NodeId>,
    blocks: BTreeMap<NodeId, Vec<IpNet>>,
}

impl Routes {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut tables: BTreeMap<NodeId, Vec<Route>> = BTreeMap::new();
        for node in facts.of_type("AWS::EC2::Route") {
            let blocks = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"];
            let Some(to) = blocks.into_iter().find_map(|key| facts.net(node, key)) else { continue };
            let Some(table) = facts.target(node, "RouteTableId") else { continue };
            let way = WAYS.into_iter().find_map(|key| facts.target(node, key));
            tables.entry(table).or_default().push(Route { node, to, way });
        }
        let mut of_subnets = BTreeMap::new();
        for node in facts.of_type("AWS::EC2::SubnetRouteTableAssociation") {
            if let (Some(subnet), Some(table)) = (facts.target(node, "SubnetId"), facts.target(node, "RouteTableId")) {
                of_subnets.insert(subnet, table);
            }
        }
        let mut blocks: BTreeMap<NodeId, Vec<IpNet>> = BTreeMap::new();
        for vpc in facts.of_type("AWS::EC2::VPC") {
            blocks.entry(vpc).or_default().extend(facts.net(vpc, "CidrBlock"));
        }
        for node in facts.of_type("AWS::EC2::VPCCidrBlock") {
            if let Some(vpc) = facts.target(node, "VpcId") {
                let found = ["CidrBlock", "Ipv6CidrBlock"].into_iter().filter_map(|key| facts.net(node, key));
                blocks.entry(vpc).or_default().extend(found);
            }
        }
        Self { tables, of_subnets, blocks }
    }

    /// The table of a subnet; without one it has its VPC's main table, which knows the VPC alone.
    pub(super) fn table(&self, subnet: NodeId) -> Option<NodeId> {
        self.of_subnets.get(&subnet).copied()
    }

    /// The route of a table that packets to `to` take: the one with the longest prefix.
    pub(super) fn lookup(&self, table: Option<NodeId>, to: IpNet) -> Option<Route> {
        let routes = self.tables.get(&table?)?;
        routes.iter().filter(|route| route.to.contains(&to)).max_by_key(|route| route.to.prefix_len()).copied()
    }

    /// The blocks of a VPC that definitions decide.
    pub(super) fn blocks(&self, vpc: NodeId) -> &[IpNet] {
        self.blocks.get(&vpc).map(Vec::as_slice).unwrap_or_default()
    }

    /// The VPC that has these addresses, of those given.
    pub(super) fn vpc_of(&self, net: IpNet) -> Option<NodeId> {
        self.blocks.iter().find(|(_, blocks)| blocks.iter().any(|block| block.contains(&net))).map(|(vpc, _)| *vpc)
    }
}
