//! The internet for private subnets, through one NAT gateway.
//!
//! **Problem.** Instances without public addresses are to reach the internet, for updates and for other people's APIs, and nobody
//! there is to reach them.
//!
//! **Solution.** One NAT gateway in the first public subnet, with an Elastic IP, and a default route to it in each private route
//! table. If its zone is lost, so is the way out of the other: with a gateway in each zone (`nat_gateways: 2`) it is not.
//!
//! **Costs.** The NAT gateway $33 a month and $0.045 a GB, its address $3.65, two t3.micro $15, each of three interface endpoints
//! $7.30 a zone: $95 in all.

use formwork::Stack;
use formwork::aws::ec2::{InstanceSpec, Tier, VpcSpec};

use crate::cookbook::host::{session_manager, shared_role};

/// Public and private subnets, a NAT gateway, and an instance in each private subnet.
pub fn nat_gateway(s: &mut Stack) {
    s.description("Private subnets that reach the internet through one NAT gateway");
    let vpc = s.add(
        "Vpc",
        VpcSpec {
            tiers: vec![Tier::public("Public"), Tier::private("Private")],
            nat_gateways: 1,
            interface_endpoints: session_manager(),
            ..VpcSpec::new("10.10.0.0/22")
        },
    );
    let role = shared_role(s);
    for (subnet, number) in vpc.private_subnets().into_iter().zip(1..) {
        let spec = InstanceSpec { subnet: Some(subnet), role: Some(role), ..InstanceSpec::new(&vpc) };
        let instance = s.add(format!("Instance{number}"), spec);
        s.output(format!("InstanceId{number}"), instance.instance_id())
            .description(format!("The instance in private subnet {number}"));
        s.output(format!("PrivateRtId{number}"), subnet.route_table)
            .description(format!("The route table of private subnet {number}"));
    }
    s.output("VpcId", vpc.vpc).description("The VPC");
    if let Some(subnet) = vpc.public_subnets().first() {
        s.output("VpcPublicSubnet1", subnet.subnet).description("The subnet of the NAT gateway");
    }
    s.runbook("try", "Reach the internet from the instances", include_str!("runbooks/nat-gateway.md"));
}
