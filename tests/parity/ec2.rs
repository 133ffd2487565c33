//! Networks.

use formwork::Stack;
use formwork::aws::ec2::{
    FlowLogSpec, FlowLogTrafficType, GatewayService, InstanceSpec, InterfaceService, KeyPairSpec, LaunchTemplateSpec,
    Peer, Port, PrefixListEntry, PrefixListSpec, SecurityGroupSpec, Tier, VpcSpec, Zones,
};
use formwork::aws::iam::{Principal, RoleSpec, Statement};
use formwork::cfn::ec2;

use super::Case;

pub const CASES: &[Case] = &[
    ("vpc", vpc),
    ("isolated_vpc", isolated_vpc),
    ("security_groups", security_groups),
    ("key_pair", key_pair),
    ("flow_logs", flow_logs),
    ("launch_template", launch_template),
    ("instance", instance),
    ("prefix_list", prefix_list),
    ("endpoint_policy", endpoint_policy),
    ("interface_endpoint", interface_endpoint),
    ("added_route", added_route),
];

fn zones() -> Zones {
    ["us-east-1a", "us-east-1b"].map(str::to_owned).into()
}

fn network() -> VpcSpec {
    VpcSpec { zones: zones(), nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") }
}

fn vpc(s: &mut Stack) {
    s.add("Vpc", network());
}

fn isolated_vpc(s: &mut Stack) {
    let tiers = vec![Tier::isolated("Data").prefix_length(24)];
    s.add("Vpc", VpcSpec { tiers, nat_gateways: 0, ..network() });
}

fn security_groups(s: &mut Stack) {
    let vpc = s.add("Vpc", network());
    let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
    let db = s.add("Db", SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(&vpc, "db") });
    web.allow_from(s, Peer::ipv4("192.0.2.0/24"), Port::tcp(443));
    db.allow_from(s, web, Port::tcp(5432));
}

fn key_pair(s: &mut Stack) {
    s.add("Key", KeyPairSpec::default());
}

fn flow_logs(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let spec = FlowLogSpec {
        traffic_type: FlowLogTrafficType::Reject,
        max_aggregation_interval: Some(60),
        ..FlowLogSpec::default()
    };
    vpc.add_flow_log(s, "Flow", spec);
}

fn launch_template(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
    let group = s.add("Group", SecurityGroupSpec::new(&vpc, "members"));
    let spec = LaunchTemplateSpec {
        user_data: vec!["echo one".into()],
        role: Some(role),
        detailed_monitoring: true,
        ..LaunchTemplateSpec::new(group)
    };
    s.add("Template", spec);
}

fn instance(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    s.add("Worker", InstanceSpec::new(&vpc));
}

fn prefix_list(s: &mut Stack) {
    let vpc = s.add("Vpc", network());
    let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
    let entries = [PrefixListEntry::new("198.51.100.0/24").description("one"), PrefixListEntry::new("203.0.113.0/24")];
    let offices = s.add("Offices", PrefixListSpec::new(entries));
    web.allow_from(s, offices, Port::tcp(443));
}

fn endpoint_policy(s: &mut Stack) {
    let vpc = s.add("Vpc", network());
    let endpoint = vpc.add_gateway_endpoint(s, "S3", GatewayService::S3);
    let read = Statement::allow(["s3:GetObject"], ["arn:aws:s3:::reports/*"]);
    endpoint.add_to_policy(s, read.principal(Principal::any()));
}

fn interface_endpoint(s: &mut Stack) {
    let vpc = s.add("Vpc", network());
    let endpoint = vpc.add_interface_endpoint(s, "Secrets", InterfaceService::SECRETS_MANAGER);
    endpoint.allow_from(s, Peer::ipv4("10.1.0.0/16"));
}

fn added_route(s: &mut Stack) {
    let tiers = vec![Tier::isolated("Data").prefix_length(24)];
    let vpc = s.add("Vpc", VpcSpec { tiers, nat_gateways: 0, ..network() });
    let [one, two] = vpc.isolated_subnets()[..] else { return };
    let nat = s.add("Nat", ec2::NatGateway::new().subnet_id(one).connectivity_type("private"));
    two.add_route(s, "Out", "10.1.0.0/16", nat);
}
