//! Several VPCs that meet in one place, and share the way out.
//!
//! **Problem.** VPCs are to reach each other, and the internet, and neither connections between each two of them nor NAT gateways
//! in each are wanted.
//!
//! **Solution.** A transit gateway that each VPC is attached to by subnets of its own, and one route table in it that knows all of
//! them and leads everything else to the second VPC, whose NAT gateways serve all three. The subnets of attachments have route
//! tables of their own, so that what comes from the gateway is routed apart from what the VPC's own instances send.
//!
//! **Costs.** Each of three attachments $37 a month and $0.02 a GB, each of two NAT gateways $33 and $0.045 a GB, their addresses
//! $3.65 each, three t3.micro $23: $205 in all.

use formwork::aws::ec2::{
    InstanceSpec, Peer, Port, Subnet, Tier, TransitGateway, TransitGatewayAttachment, TransitGatewayAttachmentSpec,
    TransitGatewaySpec, Vpc, VpcSpec,
};
use formwork::{Stack, intrinsics};

use crate::cookbook::host::shared_role;

/// The addresses of all three VPCs.
const ALL: &str = "10.10.0.0/24";

/// A tier of subnets with 16 addresses.
const SMALL: u8 = 28;

/// Two VPCs that leave through a third.
pub fn transit_gateway(s: &mut Stack) {
    s.description("Three VPCs that meet in a transit gateway, and leave through the NAT gateways of the second");
    let gateway = s.add("TransitGateway", TransitGatewaySpec::default());
    let isolated = || ["Isolated", "Attachment"].map(|name| Tier::isolated(name).prefix_length(SMALL));
    let private = || ["Private", "Attachment"].map(|name| Tier::private(name).prefix_length(SMALL));
    let public = Tier::public("Public").prefix_length(SMALL);
    let one = member(s, &gateway, "1", "10.10.0.0/26", isolated().into());
    let two = member(s, &gateway, "2", "10.10.0.128/25", [public].into_iter().chain(private()).collect());
    let three = member(s, &gateway, "3", "10.10.0.64/26", isolated().into());

    connect(s, &gateway, &two, [&one, &three]);
    instances(s, [&one, &two, &three]);
    tables(s, "Vpc1RtId", &one.vpc.tier("Isolated"), "the isolated subnet of VPC 1");
    for (subnet, number) in two.vpc.tier("Public").iter().zip(1..) {
        s.output(format!("Vpc2PublicSubnetId{number}"), subnet.subnet)
            .description(format!("The public subnet of VPC 2 in zone {number}, with a NAT gateway"));
    }
    tables(s, "Vpc2PublicRtId", &two.vpc.tier("Public"), "the public subnet of VPC 2");
    tables(s, "Vpc2RtId", &two.vpc.tier("Private"), "the private subnet of VPC 2");
    tables(s, "Vpc3RtId", &three.vpc.tier("Isolated"), "the isolated subnet of VPC 3");
    tables(s, "Vpc2AttachRtId", &two.vpc.tier("Attachment"), "the attachment subnet of VPC 2");
    s.runbook("try", "See who reaches whom", include_str!("runbooks/transit-gateway.md"));
}

/// A VPC on the transit gateway.
struct Member {
    vpc: Vpc,
    attachment: TransitGatewayAttachment,
}

fn member(s: &mut Stack, gateway: &TransitGateway, number: &str, cidr_block: &str, tiers: Vec<Tier>) -> Member {
    let vpc = s.add(format!("Vpc{number}"), VpcSpec { tiers, ..VpcSpec::new(cidr_block) });
    let subnets = vpc.tier("Attachment");
    let attachment = TransitGatewayAttachmentSpec { subnets, ..TransitGatewayAttachmentSpec::new(gateway, &vpc) };
    let attachment = s.add(format!("Attachment{number}"), attachment);
    Member { vpc, attachment }
}

/// Lets all VPCs reach each other, and the others leave through the hub.
fn connect(s: &mut Stack, gateway: &TransitGateway, hub: &Member, others: [&Member; 2]) {
    let table = gateway.add_route_table(s, "Routes");
    for member in [hub].into_iter().chain(others) {
        table.associate(s, &member.attachment);
        table.propagate(s, &member.attachment);
    }
    table.add_route(s, "DefaultRoute", "0.0.0.0/0", &hub.attachment);
    for member in others {
        for subnet in member.vpc.tier("Isolated") {
            subnet.add_route(s, "DefaultRoute", "0.0.0.0/0", member.attachment);
        }
    }
    // From the NAT gateways, too: for the answers to what the others asked.
    for subnet in [hub.vpc.tier("Private"), hub.vpc.tier("Public")].concat() {
        subnet.add_route(s, "ToOthers", ALL, hub.attachment);
    }
}

/// An instance in each VPC, and what has to be known of both.
fn instances(s: &mut Stack, members: [&Member; 3]) {
    let role = shared_role(s);
    for (member, number) in members.into_iter().zip(1..) {
        // It starts once there is a way out, and answers pings from all three VPCs.
        let spec = InstanceSpec { role: Some(role), ..InstanceSpec::new(&member.vpc) };
        let instance = s.add(format!("Instance{number}"), spec);
        instance.allow_from(s, Peer::ipv4(ALL), Port::all_icmp());
        s.output(format!("VpcId{number}"), member.vpc.vpc).description(format!("VPC {number}"));
        s.output(format!("InstanceId{number}"), instance.instance_id())
            .description(format!("The instance in VPC {number}"));
        let attached = member.vpc.tier("Attachment").into_iter().map(|subnet| subnet.subnet);
        s.output(format!("AttachmentSubnetsVpc{number}"), intrinsics::join(",", attached))
            .description(format!("The subnets by which VPC {number} is attached"));
    }
}

/// The route tables of subnets.
fn tables(s: &mut Stack, key: &str, subnets: &[Subnet], what: &str) {
    for (subnet, number) in subnets.iter().zip(1..) {
        s.output(format!("{key}{number}"), subnet.route_table)
            .description(format!("The route table of {what} in zone {number}"));
    }
}
