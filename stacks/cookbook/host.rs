//! What many recipes begin with: a network without the internet, and a machine in it that people reach all the same.

use formwork::Stack;
use formwork::aws::ec2::{Instance, InstanceSpec, InterfaceService, Tier, Vpc, VpcSpec};
use formwork::aws::iam::{Principal, Role, RoleSpec};

/// The endpoints that Session Manager needs where there is no way to the internet.
pub fn session_manager() -> Vec<(String, InterfaceService)> {
    let services = [
        ("Ssm", InterfaceService::SSM),
        ("Ec2Messages", InterfaceService::EC2_MESSAGES),
        ("SsmMessages", InterfaceService::SSM_MESSAGES),
    ];
    services.map(|(id, service)| (id.to_owned(), service)).into()
}

/// A VPC with two isolated subnets, and the endpoints for Session Manager.
pub fn isolated_vpc(cidr_block: &str) -> VpcSpec {
    VpcSpec {
        tiers: vec![Tier::isolated("Isolated")],
        interface_endpoints: session_manager(),
        ..VpcSpec::new(cidr_block)
    }
}

/// The VPC, and the instance in its first isolated subnet.
pub fn host(s: &mut Stack, cidr_block: &str) -> (Vpc, Instance) {
    let vpc = s.add("Vpc", isolated_vpc(cidr_block));
    let instance = s.add("Instance", InstanceSpec::new(&vpc));
    (vpc, instance)
}

/// A role for several machines that people reach through Session Manager: each gets what that needs.
pub fn shared_role(s: &mut Stack) -> Role {
    s.add("InstanceRole", RoleSpec::new(Principal::service("ec2.amazonaws.com")))
}
