//! A security group whose members may talk to each other.
//!
//! **Problem.** Instances that come and go are to reach each other with SSH, and nobody else is to reach them, whatever addresses
//! they have.
//!
//! **Solution.** A security group that lets its own members in on port 22. An instance that joins is let in by all others at once,
//! and no address is written anywhere. A gateway endpoint leads to S3, where Amazon Linux has its packages.
//!
//! **Costs.** Three t3.micro $23 a month, each of three interface endpoints $7.30 a zone: $67 in all. Security groups and gateway
//! endpoints are free.

use formwork::Stack;
use formwork::aws::ec2::{GatewayService, InstanceSpec, MachineImage, Port, SecurityGroupSpec, VpcSpec};

use crate::cookbook::host::{isolated_vpc, shared_role};

/// Three instances of one group, which refers to itself.
pub fn security_group_references(s: &mut Stack) {
    s.description("Instances that reach each other with SSH because they are in one security group");
    let endpoints = vec![("S3".into(), GatewayService::S3)];
    let vpc = s.add("Vpc", VpcSpec { gateway_endpoints: endpoints, ..isolated_vpc("10.10.0.0/23") });
    let members = s.add("Members", SecurityGroupSpec::new(&vpc, "reach each other with SSH"));
    members.allow_from(s, members, Port::tcp(22));

    let role = shared_role(s);
    let (subnets, machine_image) = (vpc.isolated_subnets(), MachineImage::latest_amazon_linux_2023());
    // The third joins by being in the group.
    let [one, two, _] = [1, 2, 3].map(|number| {
        let spec = InstanceSpec {
            subnet: subnets.iter().cycle().nth(number - 1).copied(),
            machine_image: machine_image.clone(),
            security_groups: vec![members],
            role: Some(role),
            ..InstanceSpec::new(&vpc)
        };
        s.add(format!("Instance{number}"), spec)
    });

    s.output("VpcId", vpc.vpc).description("The VPC");
    let default = vpc.vpc.default_security_group();
    s.output("DefaultVpcSecurityGroup", default).description("The VPC's default security group");
    s.output("InstanceId1", one.instance_id()).description("A member of the group");
    if let Some(subnet) = subnets.first() {
        s.output("VpcIsolatedSubnet1", subnet.subnet).description("The subnet of the first and the third member");
    }
    s.output("InstanceId2", two.instance_id()).description("Another member, in another zone");
    let image = machine_image.id(s);
    s.output("Amznlinuxami", image).description("The image that the instances started from");
    s.output("InstanceIamRole", role.arn()).description("The role of the instances");
    s.runbook("try", "Connect from one member to the others", include_str!("runbooks/security-group-references.md"));
}
