//! A service that grows with its load.
//!
//! **Problem.** A service has more to do at some hours than at others, and you want to pay for what it needs and no more.
//!
//! **Solution.** A service on Fargate behind a load balancer, of two tasks at least and four at most. Application Auto
//! Scaling starts tasks while their processors are more than half busy on average, and ends them again when they are not.
//! To see it, the service has a page that keeps a processor busy for a while.
//!
//! **Costs.** $80 a month: $33 the NAT gateway, $9 each task of a quarter of a vCPU, $16 the load balancer, $11 three public
//! addresses.
//!
//! **Today.** The original's image was built on your machine; here a small program is handed to a public image of Python,
//! so that nothing is built. Scaling needs no role of yours any more: the service has one of its own.

use formwork::aws::ec2::VpcSpec;
use formwork::aws::ecs::{
    ClusterSpec, ContainerImage, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping,
};
use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec;
use formwork::aws::elasticloadbalancingv2::HealthCheck;
use formwork::{Parameter, Stack};

/// The program: it answers on 8080.
const APP: &str = include_str!("ecs_autoscaling/app.py");

/// A service of two to four tasks.
pub fn ecs_autoscaling(s: &mut Stack) {
    s.description("A service on Fargate that grows and shrinks with the load of its processors");
    let image = Parameter::string()
        .default("public.ecr.aws/docker/library/python:3.13-alpine")
        .description("A public image with Python 3, which runs the program");
    let image = s.parameter("Image", image);
    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.10.0.0/22") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    let app = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(8080)],
        command: ["python3", "-c", APP].map(Into::into).to_vec(),
        ..ContainerSpec::new("app", ContainerImage::registry(&image))
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([app]));
    let web = s.add(
        "Web",
        ApplicationLoadBalancedFargateServiceSpec {
            internet_facing: true,
            open: true,
            listener_port: Some(8080),
            // A busy task may answer late, and is not to be ended for that.
            health_check: HealthCheck {
                interval: Some(30),
                timeout: Some(10),
                unhealthy_threshold_count: Some(5),
                ..HealthCheck::path("/health")
            },
            ..ApplicationLoadBalancedFargateServiceSpec::new(FargateServiceSpec {
                desired_count: Some(2),
                ..FargateServiceSpec::new(&cluster, &task, &vpc)
            })
        },
    );
    web.service.auto_scale_task_count(s, 2, 4).scale_on_cpu_utilization(s, "Cpu", 50);
    s.output("LoadBalancerDns", web.load_balancer.dns_name()).description("Where the service answers, on port 8080");
    s.output("EcsClusterName", cluster.name()).description("Where the service runs");
    s.output("EcrImage", image).description("What its tasks are made from");
    s.output("ServiceName", web.service.name()).description("The service, to watch how many tasks it has");
    s.runbook("load", "Give it something to do, and see it grow", include_str!("runbooks/load.md"));
}
