//! Services behind load balancers of their own.

use formwork::Stack;
use formwork::aws::ec2::VpcSpec;
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec as Spec;
use formwork::aws::elasticloadbalancingv2::HealthCheck;

use super::Case;

pub const CASES: &[Case] = &[
    ("service", service),
    ("service_over_https", service_over_https),
    ("service_inside_the_vpc", service_inside_the_vpc),
];

fn before(s: &mut Stack, port: u16, change: impl FnOnce(FargateServiceSpec) -> FargateServiceSpec) -> Spec {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let cluster = s.add("Cluster", ClusterSpec::default());
    let web = ContainerSpec { port_mappings: vec![PortMapping::tcp(port)], ..ContainerSpec::new("web", "nginx") };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([web]));
    Spec::new(change(FargateServiceSpec::new(&cluster, &task, &vpc)))
}

fn service(s: &mut Stack) {
    let spec = before(s, 80, |service| service);
    s.add("Web", Spec { internet_facing: true, open: true, ..spec });
}

fn service_over_https(s: &mut Stack) {
    let spec = before(s, 8080, |service| FargateServiceSpec { desired_count: Some(2), ..service });
    let spec = Spec {
        internet_facing: true,
        open: true,
        certificate: Some("arn:aws:acm:us-east-1:111111111111:certificate/1".into()),
        redirect_http: true,
        health_check: HealthCheck { interval: Some(10), ..HealthCheck::path("/health") },
        load_balancer_name: Some("web".into()),
        ..spec
    };
    s.add("Web", spec);
}

fn service_inside_the_vpc(s: &mut Stack) {
    let spec = before(s, 80, |service| service);
    s.add("Web", Spec { listener_port: Some(8080), ..spec });
}
