//! The network: public subnets for what is reached, private ones for what works.

use formwork::Stack;
use formwork::aws::ec2::{Tier, Vpc, VpcSpec};

use super::stage::Stage;

/// A VPC over two zones, with one NAT gateway.
pub fn vpc(s: &mut Stack, stage: &Stage) -> Vpc {
    s.description("Network of the financial data API");
    let vpc = s.add(
        "Vpc",
        VpcSpec {
            zones: stage.zones().into(),
            tiers: vec![Tier::public("Public"), Tier::private("Private")],
            nat_gateways: 1,
            ..VpcSpec::new("10.0.0.0/16")
        },
    );
    s.output("VpcId", vpc.vpc).description("The VPC");
    vpc
}
