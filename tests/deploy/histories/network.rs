//! The network: who may come in, and who tells of it.

use formwork::aws::ec2::{FlowLogDestination, FlowLogSpec, FlowLogTrafficType, Peer, Port, SecurityGroupSpec};
use formwork::{App, Construct as _};

use super::api::{security_groups, vpc};
use super::{STAGE, env, play};

fn define(app: &mut App, step: usize) {
    let network = app.stack("network/vpc", env(), |s| {
        let vpc = vpc::vpc(s, STAGE);
        if (3..5).contains(&step) {
            let traffic_type = if step == 3 { FlowLogTrafficType::All } else { FlowLogTrafficType::Reject };
            let destination = FlowLogDestination::Bucket("arn:aws:s3:::flow-logs-of-the-network".into());
            vpc.add_flow_log(s, "Told", FlowLogSpec { traffic_type, destination, ..FlowLogSpec::default() });
        }
        vpc
    });
    app.stack("network/security-groups", env(), |s| {
        let groups = security_groups::security_groups(s, &network);
        let cache = SecurityGroupSpec::new(&network, "cache");
        // Renamed at the second step: the group stays, under the logical id it had. Its rule is another.
        let cache = if step < 2 { s.add("Cache", cache) } else { s.add("Sessions", cache.moved_from("Cache")) };
        cache.allow_from(s, groups.web, Port::tcp(if step < 2 { 6379 } else { 6380 }));
        if step >= 1 {
            groups.bastion.allow_from(s, Peer::ipv4("192.0.2.0/24"), Port::tcp(22));
        }
    });
}

#[test]
fn what_is_announced_of_the_network_is_what_happens() {
    play(
        define,
        [
            &[("network/security-groups", "Bastion", "updated")],
            &[
                ("network/security-groups", "Sessions/from networksecuritygroupsWebA5875A0C:6380", "created"),
                ("network/security-groups", "CachefromnetworksecuritygroupsWebA5875A0C6379700CE79E", "deleted"),
            ],
            &[("network/vpc", "Vpc/Told/FlowLog", "created")],
            &[("network/vpc", "Vpc/Told/FlowLog", "replaced")],
            &[("network/vpc", "VpcToldFlowLogBC135BCA", "deleted")],
        ],
    );
}
