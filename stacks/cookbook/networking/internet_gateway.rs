//! The internet for an instance with a public address.
//!
//! **Problem.** An instance is to reach the internet, and has a public address of its own that stays.
//!
//! **Solution.** An internet gateway, a default route to it in every route table, and an Elastic IP for the instance. Its security
//! group lets nobody in, so that what has a public address is still not reached; people come through Session Manager.
//!
//! **Costs.** The address $3.65 a month, t3.micro $7.60, each of three interface endpoints $7.30 a zone: $55 in all. The gateway
//! is free.

use formwork::Stack;
use formwork::aws::ec2::ElasticIpSpec;

use crate::cookbook::host::host;

/// The host, with a way to the internet.
pub fn internet_gateway(s: &mut Stack) {
    s.description("An instance that reaches the internet through an internet gateway, and is not reached");
    let (mut vpc, instance) = host(s, "10.10.0.0/23");
    s.output("InstanceId", instance.instance_id()).description("The instance that reaches the internet");
    s.output("VpcId", vpc.vpc).description("Its VPC");
    let gateway = vpc.add_internet_gateway(s);
    for (subnet, number) in vpc.subnets().iter().zip(1..) {
        subnet.add_route(s, "DefaultRoute", "0.0.0.0/0", gateway);
        let output = s.output(format!("RouteTableId{number}"), subnet.route_table);
        output.description(format!("The route table of subnet {number}"));
    }
    s.add("Address", ElasticIpSpec::new(&vpc, &instance));
    s.runbook("try", "Reach the internet from the instance", include_str!("runbooks/internet-gateway.md"));
}
