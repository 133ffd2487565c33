//! Transit gateways: VPCs that meet in one place, and the tables that say who reaches whom there.

use super::subnet::name_tag;
use super::{Subnet, Vpc};
use crate::cfn::ec2;
use crate::cfn::ec2::transit_gateway_vpc_attachment::Options;
use crate::core::{Construct, NodeId, Problem, Ref, Stack, Value};

/// A transit gateway: VPCs are attached to it, and its route tables say who reaches whom.
///
/// An attachment belongs to one route table, which leads what comes from it. AWS makes a table that all belong to and that
/// knows all, so that everybody reaches everybody; here there is none unless it is asked for, and nobody reaches anybody until
/// a [`TransitGateway::add_route_table`] says so.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{TransitGatewayAttachmentSpec, TransitGatewaySpec, VpcSpec};
///
/// let gateway = s.add("Hub", TransitGatewaySpec::default());
/// let table = gateway.add_route_table(s, "Table");
/// for (id, block, other) in [("Shop", "10.1.0.0/16", "10.2.0.0/16"), ("Data", "10.2.0.0/16", "10.1.0.0/16")] {
///     let vpc = s.add(id, VpcSpec { nat_gateways: 1, ..VpcSpec::new(block) });
///     let attachment = s.add(format!("{id}Attachment"), TransitGatewayAttachmentSpec::new(&gateway, &vpc));
///     table.associate(s, &attachment);
///     table.propagate(s, &attachment);
///     for subnet in vpc.private_subnets() {
///         subnet.add_route(s, "ToOther", other, attachment);
///     }
/// }
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TransitGatewaySpec {
    /// What it is for. Default: nothing is said.
    pub description: Option<String>,
    /// Whether attachments belong to a route table that AWS makes, and are known there. Default: false (AWS's is true).
    pub default_route_table: bool,
    /// Whether names in one VPC become private addresses for the others. Default: true.
    pub dns_support: bool,
    /// Whether rules of security groups may name groups of other VPCs. Default: false.
    pub security_group_referencing: bool,
    /// Whether attachments of other accounts are accepted by themselves. Default: false.
    pub auto_accept_shared_attachments: bool,
    /// Its number in BGP, a private one. A change replaces it. Default: 64512.
    pub amazon_side_asn: Option<i64>,
}

impl Default for TransitGatewaySpec {
    fn default() -> Self {
        Self {
            description: None,
            default_route_table: false,
            dns_support: true,
            security_group_referencing: false,
            auto_accept_shared_attachments: false,
            amazon_side_asn: None,
        }
    }
}

const fn switch(on: bool) -> &'static str {
    if on { "enable" } else { "disable" }
}

/// A transit gateway that was added.
#[derive(Clone, Copy, Debug)]
pub struct TransitGateway {
    /// The gateway itself.
    pub gateway: Ref<ec2::TransitGateway>,
    node: NodeId,
}

impl Construct for TransitGatewaySpec {
    type Out = TransitGateway;

    fn build(self, stack: &mut Stack) -> TransitGateway {
        let tags = [name_tag(stack)];
        let mut gateway = ec2::TransitGateway::new()
            .auto_accept_shared_attachments(switch(self.auto_accept_shared_attachments))
            .default_route_table_association(switch(self.default_route_table))
            .default_route_table_propagation(switch(self.default_route_table))
            .dns_support(switch(self.dns_support))
            .security_group_referencing_support(switch(self.security_group_referencing))
            .tags(tags);
        if let Some(number) = self.amazon_side_asn {
            gateway = gateway.amazon_side_asn(number);
        }
        if let Some(text) = self.description {
            gateway = gateway.description(text);
        }
        let node = stack.current();
        let gateway = stack.add("Resource", gateway);
        TransitGateway { gateway, node: node.unwrap_or(gateway.node()) }
    }
}

impl TransitGateway {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<ec2::TransitGatewayId> {
        self.gateway.get_ref()
    }

    /// Adds a route table, which leads what comes from the attachments that belong to it.
    #[track_caller]
    pub fn add_route_table(&self, stack: &mut Stack, id: &str) -> TransitGatewayRouteTable {
        let id = super::within::id_within(stack, self.node, id);
        stack.add_within(self.node, id, Table(self.gateway))
    }
}

/// A VPC on a transit gateway, by a subnet in each zone: resources of a zone without one do not reach the gateway.
///
/// Rule: the Transit Gateways guide, "Amazon VPC attachments in AWS Transit Gateway", and its "Best practices", which ask for
/// subnets that nothing else is in.
#[derive(Clone, Debug)]
pub struct TransitGatewayAttachmentSpec {
    /// The gateway. A change replaces the attachment.
    pub gateway: TransitGateway,
    /// The VPC. A change replaces the attachment.
    pub vpc: Ref<ec2::Vpc>,
    /// A subnet of each zone. A change replaces the attachment. Default: those of the first private tier, or of the first
    /// isolated one, or of the first public one.
    pub subnets: Vec<Subnet>,
    /// Whether all packets of a connection take the subnet of one zone, as an appliance that keeps state needs it. Default:
    /// false, they take that of the sender's zone.
    pub appliance_mode: bool,
    /// Whether IPv6 is carried too. Default: false.
    pub ipv6: bool,
}

impl TransitGatewayAttachmentSpec {
    /// An attachment of a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(gateway: &TransitGateway, vpc: &Vpc) -> Self {
        let subnets = vpc.one_per_zone().to_vec();
        Self { gateway: *gateway, vpc: vpc.vpc, subnets, appliance_mode: false, ipv6: false }
    }
}

/// An attachment that was added. A route to it ([`Subnet::add_route`]) leads to its gateway, and waits for it.
#[derive(Clone, Copy, Debug)]
pub struct TransitGatewayAttachment {
    /// The attachment itself.
    pub attachment: Ref<ec2::TransitGatewayVpcAttachment>,
    /// Its gateway.
    pub gateway: Ref<ec2::TransitGateway>,
    node: NodeId,
}

impl Construct for TransitGatewayAttachmentSpec {
    type Out = TransitGatewayAttachment;

    fn build(self, stack: &mut Stack) -> TransitGatewayAttachment {
        if self.subnets.is_empty() {
            let problem = Problem::error("item-count", "the attachment has no subnet")
                .help("give it one of each zone, or the VPC a tier");
            stack.report_at(None, problem);
        }
        let tags = [name_tag(stack)];
        let subnets: Vec<Value<String>> = self.subnets.iter().map(|subnet| subnet.subnet.into()).collect();
        let gateway = self.gateway.gateway;
        let mut attachment = ec2::TransitGatewayVpcAttachment::new(subnets, gateway, self.vpc).tags(tags);
        if self.appliance_mode || self.ipv6 {
            let mut options = Options::new();
            if self.appliance_mode {
                options = options.appliance_mode_support("enable");
            }
            if self.ipv6 {
                options = options.ipv6_support("enable");
            }
            attachment = attachment.options(options);
        }
        let node = stack.current();
        let attachment = stack.add("Resource", attachment);
        TransitGatewayAttachment { attachment, gateway, node: node.unwrap_or(attachment.node()) }
    }
}

impl TransitGatewayAttachment {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<ec2::TransitGatewayAttachmentId> {
        self.attachment.id()
    }
}

/// A route table of a transit gateway, to be added.
struct Table(Ref<ec2::TransitGateway>);

impl Construct for Table {
    type Out = TransitGatewayRouteTable;

    fn build(self, stack: &mut Stack) -> TransitGatewayRouteTable {
        let tags = [name_tag(stack)];
        let node = stack.current();
        let table = stack.add("Resource", ec2::TransitGatewayRouteTable::new(self.0).tags(tags));
        TransitGatewayRouteTable { table, node: node.unwrap_or(table.node()) }
    }
}

/// A route table that was added to a transit gateway.
#[derive(Clone, Copy, Debug)]
pub struct TransitGatewayRouteTable {
    /// The table itself.
    pub table: Ref<ec2::TransitGatewayRouteTable>,
    node: NodeId,
}

impl TransitGatewayRouteTable {
    /// Lets it lead what comes from an attachment. An attachment belongs to one table; a second is a problem.
    #[track_caller]
    pub fn associate(&self, stack: &mut Stack, attachment: &TransitGatewayAttachment) {
        let association = ec2::TransitGatewayRouteTableAssociation::new(attachment.id(), self.table);
        self.add(stack, &of(stack, "Association", attachment), association);
    }

    /// Lets it know the blocks of an attachment's VPC, and lead there what goes to them.
    #[track_caller]
    pub fn propagate(&self, stack: &mut Stack, attachment: &TransitGatewayAttachment) {
        let propagation = ec2::TransitGatewayRouteTablePropagation::new(attachment.id(), self.table);
        self.add(stack, &of(stack, "Propagation", attachment), propagation);
    }

    /// Leads what goes to a block to an attachment. Two routes for one block are a problem.
    #[track_caller]
    pub fn add_route(
        &self,
        stack: &mut Stack,
        id: &str,
        destination: impl Into<Value<String>>,
        attachment: &TransitGatewayAttachment,
    ) {
        let route = ec2::TransitGatewayRoute::new(destination, self.table);
        self.add(stack, id, route.transit_gateway_attachment_id(attachment.id()));
    }

    /// Drops what goes to a block.
    #[track_caller]
    pub fn add_blackhole_route(&self, stack: &mut Stack, id: &str, destination: impl Into<Value<String>>) {
        self.add(stack, id, ec2::TransitGatewayRoute::new(destination, self.table).blackhole(true));
    }

    #[track_caller]
    fn add(self, stack: &mut Stack, id: &str, construct: impl Construct) {
        let id = super::within::id_within(stack, self.node, id);
        stack.add_within(self.node, id, construct);
    }
}

/// What a table has of an attachment is called after it.
fn of(stack: &Stack, what: &str, attachment: &TransitGatewayAttachment) -> String {
    format!("{what} {}", stack.unique_id(attachment.node))
}
