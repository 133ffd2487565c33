//! Addresses that several security groups let in, kept in one list.
//!
//! **Problem.** Several security groups let the same addresses in, and every change of these has to be made in each of them.
//!
//! **Solution.** A managed prefix list with the addresses, and one rule in each group that names the list. It holds the gateways of
//! Amazon WorkSpaces in us-west-2, and the address of your machine while the parameter `WorkstationCidr` says it; nobody else
//! reaches the web servers. AWS keeps the list's earlier versions.
//!
//! **Costs.** Two t3.micro $15 a month, their public addresses $3.65 each: $22 in all. Prefix lists are free.

use formwork::aws::ec2::{InstanceSpec, Port, PrefixListEntry, PrefixListSpec, Tier, VpcSpec};
use formwork::{Condition, Parameter, Stack};

use crate::cookbook::host::shared_role;

/// The gateways of Amazon WorkSpaces in us-west-2. Source: AWS's published `ip-ranges.json`, `WORKSPACES_GATEWAYS`.
const WORKSPACES: [&str; 2] = ["44.234.54.0/23", "54.244.46.0/23"];

/// Two web servers, which let a prefix list in.
pub fn prefix_lists(s: &mut Stack) {
    s.description("Two web servers that let in the addresses of a managed prefix list");
    let workstation = s.parameter(
        "WorkstationCidr",
        Parameter::string()
            .description("The address of your machine, such as 203.0.113.7/32; empty to let it out of the list")
            .default("")
            .allowed_pattern(r"(([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2})?")
            .constraint_description("an IPv4 block, such as 203.0.113.7/32"),
    );
    let known = s.condition("HasWorkstation", Condition::negate(Condition::equals(&workstation, "")));
    let gateways = WORKSPACES.map(|block| PrefixListEntry::new(block).description("WorkSpaces gateways, us-west-2"));
    let workstation = PrefixListEntry::new(&workstation).description("your machine").only_if(&known);
    let allowed = s.add(
        "Allowed",
        // A rule counts as one for each entry that there may be.
        PrefixListSpec { max_entries: Some(5), ..PrefixListSpec::new(gateways.into_iter().chain([workstation])) },
    );

    let vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::public("Public")], ..VpcSpec::new("10.10.0.0/23") });
    let role = shared_role(s);
    for (subnet, number) in vpc.public_subnets().into_iter().zip(1..) {
        let spec = InstanceSpec {
            subnet: Some(subnet),
            role: Some(role),
            user_data: vec!["dnf install -y httpd".into(), "systemctl enable --now httpd".into()],
            ..InstanceSpec::new(&vpc)
        };
        let server = s.add(format!("Instance{number}"), spec);
        server.allow_from(s, allowed, Port::tcp(80));
        s.output(format!("InstanceId{number}"), server.instance_id()).description(format!("Web server {number}"));
        s.output(format!("InstanceSg{number}"), server.security_group.group_id())
            .description(format!("The security group of web server {number}"));
        s.output(format!("InstanceIp{number}"), server.public_ip())
            .description(format!("The public address of web server {number}"));
    }
    s.runbook("try", "Let your machine in, and out again", include_str!("runbooks/prefix-lists.md"));
}
