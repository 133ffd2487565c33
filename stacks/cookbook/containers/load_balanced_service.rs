//! A web service in containers, behind a load balancer.
//!
//! **Problem.** You have a web service in a container, and want it on the internet in two zones, watched, replaced when it
//! fails, and with no more rights than it needs.
//!
//! **Solution.** A service on Fargate in private subnets, behind a load balancer in public ones, in a network of its own.
//! What it prints is kept. Its own role may do nothing, and the one that starts it may write to its log group alone.
//!
//! **Costs.** $80 a month: $33 the NAT gateway, $18 two tasks of a quarter of a vCPU, $16 the load balancer, $11 three
//! public addresses.
//!
//! **Today.** The original had Copilot make this, which AWS no longer maintains. One NAT gateway serves both zones here;
//! `nat_gateways` makes it one in each.

use formwork::aws::ec2::VpcSpec;
use formwork::aws::ecs::{
    ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, LogDriver, PortMapping,
};
use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec;
use formwork::aws::logs::LogGroupSpec;
use formwork::{DeletionPolicy, Stack};

/// nginx, twice, behind a public load balancer.
pub fn load_balanced_service(s: &mut Stack) {
    s.description("A service on Fargate behind a public load balancer, in a network of its own");
    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.10.0.0/22") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    // A recipe leaves nothing behind: its logs go with it.
    let deletion_policy = DeletionPolicy::Delete;
    let logs = s.add("Logs", LogGroupSpec { retention_days: Some(7), deletion_policy, ..LogGroupSpec::default() });
    let nginx = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80)],
        logging: Some(LogDriver::aws_logs(logs, "web")),
        ..ContainerSpec::new("nginx", "public.ecr.aws/nginx/nginx:1.29")
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([nginx]));
    let web = s.add(
        "Web",
        ApplicationLoadBalancedFargateServiceSpec {
            internet_facing: true,
            open: true,
            ..ApplicationLoadBalancedFargateServiceSpec::new(FargateServiceSpec {
                desired_count: Some(2),
                ..FargateServiceSpec::new(&cluster, &task, &vpc)
            })
        },
    );
    s.output("ServiceUrl", web.url()).description("Where the service answers");
    s.output("LogGroupName", logs.name()).description("Where what it prints is kept");
    s.runbook("try", "Ask the service, and read its log", include_str!("runbooks/load-balanced-service.md"));
}
