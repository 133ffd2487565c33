//! The load balancer, and what it sends requests to.

use formwork::Stack;
use formwork::aws::ec2::Vpc;
use formwork::aws::elasticloadbalancingv2::{
    ApplicationLoadBalancerSpec, HealthCheck, Listener, ListenerSpec, TargetGroup, TargetGroupSpec,
};
use formwork::aws::s3::Bucket;

use super::security_groups::SecurityGroups;

/// The port that everything speaks HTTP on.
const HTTP: u16 = 80;

/// What other modules need of the load balancer.
pub struct LoadBalancer {
    pub listener: Listener,
    pub targets: TargetGroup,
}

/// An internet-facing load balancer that keeps its access logs.
pub fn alb(s: &mut Stack, vpc: &Vpc, groups: &SecurityGroups, logs: &Bucket) -> LoadBalancer {
    s.description("Load balancer of the financial data API");
    let targets = s.add(
        "Targets",
        TargetGroupSpec {
            health_check: HealthCheck { interval: Some(30), ..HealthCheck::path("/_healthcheck") },
            ..TargetGroupSpec::new(vpc, HTTP)
        },
    );
    let balancer = s.add(
        "LoadBalancer",
        ApplicationLoadBalancerSpec {
            internet_facing: true,
            security_groups: vec![groups.load_balancer],
            access_logs: Some((logs.name().into(), String::new())),
            ..ApplicationLoadBalancerSpec::new(vpc)
        },
    );
    let listener = balancer.add_listener(s, "Http", ListenerSpec::new(HTTP, &targets));
    s.output("DnsName", balancer.dns_name()).description("The load balancer's address");
    LoadBalancer { listener, targets }
}
