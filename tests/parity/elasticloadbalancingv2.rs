//! Load balancers, listeners, rules, target groups.

use formwork::Stack;
use formwork::aws::ec2::{Peer, SecurityGroupSpec, Vpc, VpcSpec};
use formwork::aws::elasticloadbalancingv2::{
    Action, ApplicationLoadBalancerSpec, HealthCheck, ListenerSpec, RuleCondition, RuleSpec, TargetGroupSpec,
};

use formwork::aws::s3::BucketSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("load_balancer", load_balancer),
    ("load_balancer_with_options", load_balancer_with_options),
    ("access_logs", access_logs),
    ("listeners_and_rules", listeners_and_rules),
    ("target_group", target_group),
];

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec::new("10.0.0.0/16"))
}

fn load_balancer(s: &mut Stack) {
    let vpc = network(s);
    s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
}

fn load_balancer_with_options(s: &mut Stack) {
    let vpc = network(s);
    let group = s.add("Group", SecurityGroupSpec::new(&vpc, "own"));
    let spec = ApplicationLoadBalancerSpec {
        internet_facing: true,
        security_groups: vec![group],
        load_balancer_name: Some("shop".into()),
        deletion_protection: true,
        idle_timeout: Some(120),
        ..ApplicationLoadBalancerSpec::new(&vpc)
    };
    s.add("Lb", spec);
}

fn access_logs(s: &mut Stack) {
    let vpc = network(s);
    let logs = s.add("Logs", BucketSpec::default());
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
    lb.log_access_to(s, &logs, "web");
}

fn listeners_and_rules(s: &mut Stack) {
    let vpc = network(s);
    let spec = ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) };
    let lb = s.add("Lb", spec);
    lb.add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, Action::redirect_to_https()) });
    let [blue, green] = ["Blue", "Green"].map(|id| s.add(id, TargetGroupSpec::new(&vpc, 80)));
    let forward = Action::weighted_forward([(&blue, 9), (&green, 1)]);
    let https = ListenerSpec::https("arn:aws:acm:us-east-1:111111111111:certificate/first", forward);
    let https = lb.add_listener(s, "Https", https);
    https.allow_from(s, Peer::ipv4("198.51.100.0/24"));
    https.add_certificates(s, "More", ["arn:aws:acm:us-east-1:111111111111:certificate/second"]);
    let api = [RuleCondition::path_patterns(["/api/*"]), RuleCondition::host_headers(["api.example.com"])];
    https.add_rule(s, "Api", RuleSpec::new(10, api, &green));
    let old = [
        RuleCondition::http_header("X-Old", ["yes"]),
        RuleCondition::methods(["GET"]),
        RuleCondition::query_strings([("v", "1")]),
        RuleCondition::source_ips(["192.0.2.0/24"]),
    ];
    https.add_rule(s, "Gone", RuleSpec::new(20, old, Action::fixed_response(410, "text/plain", "gone")));
}

fn target_group(s: &mut Stack) {
    let vpc = network(s);
    let health_check = HealthCheck {
        interval: Some(30),
        timeout: Some(5),
        healthy_threshold_count: Some(2),
        unhealthy_threshold_count: Some(3),
        healthy_http_codes: Some("200-299".into()),
        ..HealthCheck::path("/_healthcheck")
    };
    let spec = TargetGroupSpec {
        health_check,
        target_group_name: Some("web".into()),
        deregistration_delay: Some(30),
        ..TargetGroupSpec::new(&vpc, 80)
    };
    s.add("Web", spec);
}
