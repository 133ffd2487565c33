//! Subnets, and the tiers they come in.

use crate::cfn::{Tag, ec2};
use crate::core::{Construct, NodeId, Ref, Stack, Value};

/// What a subnet's route table says of the world outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubnetType {
    /// Routed to the internet gateway: reachable from outside with a public address.
    Public,
    /// Routed to a NAT gateway: reaches out, is not reached. AWS CDK's `PRIVATE_WITH_EGRESS`.
    Private,
    /// No route out of the VPC. AWS CDK's `PRIVATE_ISOLATED`.
    Isolated,
}

/// A tier of a VPC: one subnet of the same kind and size in each zone. AWS CDK's subnet configuration.
#[derive(Clone, Debug)]
pub struct Tier {
    /// What its subnets are called: the tier `App` has `AppSubnet1`, `AppSubnet2`, …
    pub name: String,
    /// What its route tables say.
    pub subnet_type: SubnetType,
    /// The prefix length of each subnet, 16 to 28. Default: an equal share of what the tiers with a size leave.
    pub prefix_length: Option<u8>,
}

impl Tier {
    /// A public tier.
    #[must_use]
    pub fn public(name: impl Into<String>) -> Self {
        Self { name: name.into(), subnet_type: SubnetType::Public, prefix_length: None }
    }

    /// A private tier, behind NAT gateways.
    #[must_use]
    pub fn private(name: impl Into<String>) -> Self {
        Self { name: name.into(), subnet_type: SubnetType::Private, prefix_length: None }
    }

    /// An isolated tier.
    #[must_use]
    pub fn isolated(name: impl Into<String>) -> Self {
        Self { name: name.into(), subnet_type: SubnetType::Isolated, prefix_length: None }
    }

    /// Gives each subnet this prefix length: 24 for 256 addresses, of which AWS keeps 5.
    #[must_use]
    pub fn prefix_length(self, prefix_length: u8) -> Self {
        Self { prefix_length: Some(prefix_length), ..self }
    }
}

/// A subnet with its route table.
#[derive(Clone, Copy, Debug)]
pub struct Subnet {
    /// The subnet.
    pub subnet: Ref<ec2::Subnet>,
    /// Its route table.
    pub route_table: Ref<ec2::RouteTable>,
    pub(super) association: Ref<ec2::SubnetRouteTableAssociation>,
    pub(super) node: NodeId,
}

impl Subnet {
    /// What it needs to reach outside: its association with its route table, and the default route there. In another
    /// stack, nothing has to be said: the whole stack is there first.
    #[cfg(any(feature = "elasticloadbalancingv2", feature = "iam"))]
    pub(in crate::aws) fn way_out(&self, stack: &mut Stack) -> Vec<NodeId> {
        if !stack.owns(self.node) {
            return Vec::new();
        }
        let route = stack.within(self.node, |stack| stack.child("DefaultRoute"));
        route.into_iter().chain([self.association.node()]).collect()
    }
}

impl From<Subnet> for Value<ec2::SubnetId> {
    fn from(subnet: Subnet) -> Self {
        subnet.subnet.into()
    }
}

impl From<&Subnet> for Value<ec2::SubnetId> {
    fn from(subnet: &Subnet) -> Self {
        subnet.subnet.into()
    }
}

/// What a subnet is made of. It is added under AWS CDK's name for it, such as `PublicSubnet1`.
pub(super) struct SubnetSpec {
    pub(super) vpc: Ref<ec2::Vpc>,
    pub(super) zone: Value<String>,
    pub(super) cidr_block: String,
    pub(super) ipv6_cidr_block: Option<Value<String>>,
    pub(super) map_public_ip_on_launch: bool,
}

impl Construct for SubnetSpec {
    type Out = Subnet;

    fn build(self, stack: &mut Stack) -> Subnet {
        let tags = [name_tag(stack)];
        let mut subnet = ec2::Subnet::new(self.vpc)
            .availability_zone(self.zone)
            .cidr_block(self.cidr_block)
            .map_public_ip_on_launch(self.map_public_ip_on_launch);
        if let Some(block) = self.ipv6_cidr_block {
            subnet = subnet.ipv6_cidr_block(block).assign_ipv6_address_on_creation(true);
        }
        let subnet = stack.add("Subnet", subnet.tags(tags.clone()));
        let route_table = stack.add("RouteTable", ec2::RouteTable::new(self.vpc).tags(tags));
        let association =
            stack.add("RouteTableAssociation", ec2::SubnetRouteTableAssociation::new(route_table, subnet));
        let node = stack.current().unwrap_or(subnet.node());
        Subnet { subnet, route_table, association, node }
    }
}

/// The `Name` tag that the console shows: the construct's path, from the stack on.
pub(super) fn name_tag(stack: &Stack) -> Tag {
    let path = stack.current().map(|node| stack.path_of(node).join("/")).unwrap_or_default();
    Tag::new("Name", format!("{}/{path}", stack.path()))
}
