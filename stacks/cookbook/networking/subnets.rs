//! Subnets in two zones, and the route table they share.
//!
//! **Problem.** What you run is to outlive the loss of one Availability Zone, and all of it is to be routed alike.
//!
//! **Solution.** Two subnets of one VPC, each in a zone of its own and with half of the VPC's addresses, both associated with one
//! route table: a route that is added there counts for both.
//!
//! **Costs.** Nothing: VPCs, subnets and route tables are free.

use formwork::cfn::{Tag, ec2};
use formwork::{Stack, intrinsics};

/// A VPC, its route table, and two subnets.
pub fn subnets(s: &mut Stack) {
    s.description("A VPC with subnets in two zones that share a route table");
    let named = |name: &str| [Tag::new("Name", format!("cookbook-subnets-{name}"))];
    let vpc = ec2::Vpc::new().cidr_block("10.10.0.0/23").enable_dns_hostnames(true).tags(named("vpc"));
    let vpc = s.add("Vpc", vpc);
    let table = s.add("RouteTable", ec2::RouteTable::new(vpc).tags(named("routes")));
    s.output("VpcId", vpc).description("The VPC");
    s.output("RouteTableId", table).description("The route table of both subnets");
    for (zone, block) in (0..).zip(["10.10.0.0/24", "10.10.1.0/24"]) {
        let number = zone + 1;
        let subnet = ec2::Subnet::new(vpc)
            .cidr_block(block)
            .availability_zone(intrinsics::select(zone, intrinsics::get_azs("")))
            .tags(named(&format!("{number}")));
        let subnet = s.add(format!("Subnet{number}"), subnet);
        s.add(format!("Association{number}"), ec2::SubnetRouteTableAssociation::new(table, subnet));
        s.output(format!("SubnetId{number}"), subnet).description(format!("The subnet in zone {number} of the region"));
    }
}
