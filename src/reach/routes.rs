//! Route tables: where packets of a subnet go.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::facts::Facts;
use super::space::{Taken, taken};
use crate::core::{NodeId, Props};

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
    /// Its destination; none where it cannot be read.
    pub(super) to: Option<IpNet>,
    /// Where it leads, where that is a resource of the definitions.
    pub(super) way: Option<NodeId>,
}

/// Every route table, and the VPCs' blocks.
#[derive(Debug)]
pub(super) struct Routes {
    tables: BTreeMap<NodeId, Vec<Route>>,
    /// None where a subnet's table is not of the definitions.
    of_subnets: BTreeMap<NodeId, Option<NodeId>>,
    blocks: BTreeMap<NodeId, Vec<IpNet>>,
}

impl Routes {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut tables: BTreeMap<NodeId, Vec<Route>> = BTreeMap::new();
        for node in facts.of_type("AWS::EC2::Route") {
            let Some(table) = facts.target(node, "RouteTableId") else { continue };
            let way = WAYS.into_iter().find_map(|key| facts.target(node, key));
            let routes = destinations(facts, node).into_iter().map(|to| Route { node, to, way });
            tables.entry(table).or_default().extend(routes);
        }
        let mut of_subnets = BTreeMap::new();
        for node in facts.of_type("AWS::EC2::SubnetRouteTableAssociation") {
            if let Some(subnet) = facts.target(node, "SubnetId") {
                of_subnets.insert(subnet, facts.target(node, "RouteTableId"));
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
        self.of_subnets.get(&subnet).copied().flatten()
    }

    /// Whether a subnet has a table that the definitions do not have.
    pub(super) fn is_elsewhere(&self, subnet: NodeId) -> bool {
        self.of_subnets.get(&subnet).is_some_and(Option::is_none)
    }

    /// The routes of a table that packets to `to` take.
    pub(super) fn taken(&self, table: Option<NodeId>, to: IpNet) -> Taken<'_, Route> {
        let routes = table.and_then(|table| self.tables.get(&table)).map(Vec::as_slice).unwrap_or_default();
        taken(routes, to, |route| route.to)
    }

    /// Where packets to `to` go from a subnet: what they are for, none where that cannot be read, and where they lead.
    pub(super) fn ways(&self, subnet: NodeId, to: IpNet) -> Vec<(Option<IpNet>, Option<NodeId>)> {
        let taken = self.taken(self.table(subnet), to);
        let parts = taken.parts.iter().map(|(net, route)| (Some(*net), route.way));
        let unread = taken.unread.iter().map(|route| (None, route.way));
        taken.base.map(|route| (Some(to), route.way)).into_iter().chain(parts).chain(unread).collect()
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

/// The destinations of a route; none of those that cannot be read.
fn destinations(facts: &Facts<'_>, route: NodeId) -> Vec<Option<IpNet>> {
    let blocks = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"];
    let Some(list) = facts.get(route, "DestinationPrefixListId") else {
        return vec![blocks.into_iter().find_map(|key| facts.net(route, key))];
    };
    match facts.node(route, list) {
        Some(list) => blocks_of(facts, list),
        None => vec![None],
    }
}

/// The blocks of a prefix list; none for what cannot be read.
pub(super) fn blocks_of(facts: &Facts<'_>, list: NodeId) -> Vec<Option<IpNet>> {
    let entries = facts.get(list, "Entries");
    if entries.is_none() {
        return vec![None];
    }
    let block = |entry: Option<&Props>| facts.read(entry?, "Cidr").parsed::<IpNet>().known();
    facts.objects(entries).into_iter().map(|entry| block(entry).map(|net| net.trunc())).collect()
}
