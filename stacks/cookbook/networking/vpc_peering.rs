//! Two VPCs that are connected directly.
//!
//! **Problem.** What runs in one VPC is to reach what runs in another, without the internet and without a machine between.
//!
//! **Solution.** A peering connection, a route to the other VPC's addresses in each route table, and a rule: the second instance's
//! group lets ICMP in from the first's, which it knows across the connection by its id. Nothing is let in the other way.
//!
//! **Costs.** Peering is free but for traffic between zones, $0.01 a GB each way; two t3.micro $15 a month, three interface
//! endpoints in one zone $22: $37 in all.

use formwork::Stack;
use formwork::aws::ec2::{InstanceSpec, Port, VpcPeeringSpec, VpcSpec};

use crate::cookbook::host::{isolated_vpc, shared_role};

/// Two VPCs with an instance in each, the first of which reaches the second.
pub fn vpc_peering(s: &mut Stack) {
    s.description("Two VPCs connected by peering, of which the first pings the second");
    let vpc1 = s.add("Vpc1", VpcSpec { zones: 1.into(), ..isolated_vpc("10.10.0.0/24") });
    let without_endpoints = VpcSpec { interface_endpoints: Vec::new(), ..isolated_vpc("10.20.0.0/24") };
    let vpc2 = s.add("Vpc2", VpcSpec { zones: 1.into(), ..without_endpoints });
    let peering = s.add("Peering", VpcPeeringSpec::new(&vpc1, &vpc2));

    let role = shared_role(s);
    let [one, two] = [("Instance1", &vpc1), ("Instance2", &vpc2)]
        .map(|(id, vpc)| s.add(id, InstanceSpec { role: Some(role), ..InstanceSpec::new(vpc) }));
    two.allow_from(s, peering.across(one.security_group), Port::all_icmp());

    for (vpc, instance, number, does) in [(&vpc1, one, 1, "pings"), (&vpc2, two, 2, "is pinged")] {
        s.output(format!("VpcId{number}"), vpc.vpc).description(format!("The VPC of the instance that {does}"));
        s.output(format!("VpcCidr{number}"), vpc.vpc.cidr_block())
            .description(format!("The addresses of VPC {number}"));
        s.output(format!("InstanceId{number}"), instance.instance_id())
            .description(format!("The instance that {does}"));
        s.output(format!("InstanceIp{number}"), instance.private_ip())
            .description(format!("The address of instance {number}"));
        s.output(format!("InstanceSg{number}"), instance.security_group.group_id())
            .description(format!("The security group of instance {number}"));
        for subnet in vpc.isolated_subnets() {
            s.output(format!("VpcSubnetRtId{number}"), subnet.route_table)
                .description(format!("The route table in VPC {number}, with a route to the other"));
        }
    }
    s.runbook("try", "Ping one instance from the other", include_str!("runbooks/vpc-peering.md"));
}
