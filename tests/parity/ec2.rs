//! Networks.

use formwork::Stack;
use formwork::aws::ec2::{
    FlowLogSpec, FlowLogTrafficType, InstanceSpec, KeyPairSpec, LaunchTemplateSpec, Peer, Port, SecurityGroupSpec,
    Tier, VpcSpec, Zones,
};
use formwork::aws::iam::{Principal, RoleSpec};

use super::Case;

pub const CASES: &[Case] = &[
    ("vpc", vpc),
    ("isolated_vpc", isolated_vpc),
    ("security_groups", security_groups),
    ("key_pair", key_pair),
    ("flow_logs", flow_logs),
    ("launch_template", launch_template),
    ("instance", instance),
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
