//! Why one instance reaches another, or does not.
//!
//! **Problem.** Two instances cannot connect, or can and should not, and you do not want to find out by trying every rule.
//!
//! **Solution.** VPC Reachability Analyzer: a path says from where to where and on which port, an analysis of it follows every
//! route and rule between, and sends no packet. Here the second instance's group lets the first's in on 22, and the analysis, made
//! after that rule, finds the way. `reach` asks the same of the definitions, before anything is deployed.
//!
//! **Costs.** $0.10 for each analysis, two t3.micro $15 a month, each of three interface endpoints $7.30 a zone: $59 a month in all.

use formwork::Stack;
use formwork::aws::ec2::{InstanceSpec, Port};
use formwork::cfn::ec2;

use crate::cookbook::host::{isolated_vpc, shared_role};

/// Two instances, the rule that connects them, and what shows that it does.
pub fn reachability(s: &mut Stack) {
    s.description("A path between two instances, and its analysis by VPC Reachability Analyzer");
    let vpc = s.add("Vpc", isolated_vpc("10.10.0.0/23"));
    let role = shared_role(s);
    let subnets = vpc.isolated_subnets();
    let [one, two] = [0, 1].map(|zone| {
        let spec = InstanceSpec { subnet: subnets.get(zone).copied(), role: Some(role), ..InstanceSpec::new(&vpc) };
        s.add(format!("Instance{}", zone + 1), spec)
    });
    two.allow_from(s, &one, Port::tcp(22));

    let path = ec2::NetworkInsightsPath::new(ec2::network_insights_path::Protocol::TCP, one.instance_id());
    let path = s.add("Path", path.destination(two.instance_id()).destination_port(22));
    let analysis = s.add("Analysis", ec2::NetworkInsightsAnalysis::new(path));
    // It shows how things are when it is made: after the rule.
    s.resource(analysis).depends_on(two.security_group);

    s.output("InstanceId1", one.instance_id()).description("The instance that connects");
    s.output("InstanceId2", two.instance_id()).description("The instance that is connected to");
    s.output("InstanceSgId1", one.security_group.group_id()).description("The first instance's security group");
    s.output("InstanceSgId2", two.security_group.group_id()).description("The second instance's security group");
    s.runbook("try", "Analyse the path again", include_str!("runbooks/reachability.md"));
}
