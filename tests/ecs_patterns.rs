//! Services behind load balancers of their own: who reaches what, over which protocol.

use formwork::aws::ec2::{Peer, VpcSpec};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec as Spec;
use formwork::aws::elasticloadbalancingv2::HealthCheck;
use formwork::testing::{Template, absent, assert_reachable, assert_unreachable};
use formwork::{App, Env, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:111111111111:certificate/1";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

fn service(s: &mut Stack, ports: Vec<PortMapping>) -> Spec {
    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    let web = ContainerSpec { port_mappings: ports, ..ContainerSpec::new("web", "nginx") };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([web]));
    Spec::new(FargateServiceSpec::new(&cluster, &task, &vpc))
}

fn web(s: &mut Stack) -> Spec {
    service(s, vec![PortMapping::tcp(80)])
}

/// The template of a service that is open to the world, changed.
fn with(change: impl FnOnce(Spec) -> Spec) -> Template {
    Template::of(|s| {
        let spec = web(s);
        let web = s.add("Web", change(Spec { internet_facing: true, open: true, ..spec }));
        s.output("Url", web.url());
    })
}

fn app(change: fn(Spec) -> Spec) -> App {
    let mut app = App::new();
    app.stack("shop", Env::any(), |s| {
        let spec = web(s);
        s.add("Web", change(spec));
    });
    app
}

#[test]
fn the_smallest_service_behind_a_load_balancer() {
    let mut app = App::new();
    let spec = app.stack("network", Env::any(), web);
    app.stack("app", Env::any(), |s| {
        s.add("Web", spec);
    });
    snapshot("ecs_patterns_service", &app.synth().unwrap().stacks[1].template(formwork::Format::Yaml));
}

#[test]
fn it_is_reached_from_inside_the_vpc_by_whom_it_is_told_and_on_the_internet_by_everybody_when_open() {
    let inside = app(|spec| spec);
    assert_unreachable(&inside, "internet", "shop/Web/LB", None);
    assert_unreachable(&inside, "shop/Vpc/PublicSubnet1", "shop/Web/LB", None);
    let outside = app(|spec| Spec { internet_facing: true, open: true, ..spec });
    assert_reachable(&outside, "internet", "shop/Web/LB", Some(80.into()));
    assert_unreachable(&outside, "internet", "shop/Web/LB", Some(443.into()));
    let closed = app(|spec| Spec { internet_facing: true, ..spec });
    assert_unreachable(&closed, "internet", "shop/Web/LB", Some(80.into()));
}

#[test]
fn its_tasks_are_reached_by_the_balancer_alone() {
    for change in [|spec| spec, |spec| Spec { internet_facing: true, open: true, ..spec }] {
        let app = app(change);
        assert_reachable(&app, "shop/Web/LB", "shop/Web/Service", Some(80.into()));
        assert_unreachable(&app, "shop/Web/LB", "shop/Web/Service", Some(22.into()));
        for other in ["internet", "shop/Vpc/PublicSubnet1", "shop/Vpc/PrivateSubnet1", "shop/Web/Service"] {
            assert_unreachable(&app, other, "shop/Web/Service", Some(80.into()));
        }
    }
}

#[test]
fn a_listener_lets_in_whom_it_is_told() {
    let mut app = App::new();
    app.stack("shop", Env::any(), |s| {
        let spec = web(s);
        let web = s.add("Web", Spec { internet_facing: true, ..spec });
        web.listener.allow_from(s, Peer::ipv4("192.0.2.0/24"));
    });
    assert_reachable(&app, "192.0.2.1", "shop/Web/LB", Some(80.into()));
    assert_unreachable(&app, "198.51.100.1", "shop/Web/LB", Some(80.into()));
}

#[test]
fn with_a_certificate_it_speaks_https_and_sends_http_there() {
    let template = with(|spec| Spec { certificate: Some(CERTIFICATE.into()), redirect_http: true, ..spec });
    let forward = json!({ "Port": 443, "Protocol": "HTTPS", "Certificates": [{ "CertificateArn": CERTIFICATE }] });
    template.has_resource(LISTENER, forward);
    let redirect = json!({
        "StatusCode": "HTTP_301", "Protocol": "HTTPS", "Port": "443",
        "Host": absent(), "Path": absent(), "Query": absent(),
    });
    let actions = json!([{ "Type": "redirect", "RedirectConfig": redirect }]);
    template.has_resource(LISTENER, json!({ "Port": 80, "Protocol": "HTTP", "DefaultActions": actions }));
    template.has_output("Url", json!({ "Value": { "Fn::Sub": "https://${WebLB720665E7.DNSName}" } }));
}

#[test]
fn a_port_of_its_own_is_in_the_url() {
    let template = with(|spec| Spec { listener_port: Some(8080), ..spec });
    template.has_resource(LISTENER, json!({ "Port": 8080, "Protocol": "HTTP" }));
    template.has_output("Url", json!({ "Value": { "Fn::Sub": "http://${WebLB720665E7.DNSName}:8080" } }));
    let secure = |spec| Spec { listener_port: Some(9443), certificate: Some(CERTIFICATE.into()), ..spec };
    with(secure).has_resource(LISTENER, json!({ "Port": 9443, "Protocol": "HTTPS" }));
}

#[test]
fn the_health_check_and_the_time_to_finish_are_the_target_groups() {
    let template = with(|spec| Spec {
        health_check: HealthCheck::path("/health"),
        deregistration_delay: Some(15),
        load_balancer_name: Some("web".into()),
        ..spec
    });
    let delay = json!({ "Key": "deregistration_delay.timeout_seconds", "Value": "15" });
    let group = json!({
        "HealthCheckPath": "/health",
        "TargetGroupAttributes": [delay, { "Key": "stickiness.enabled", "Value": "false" }],
    });
    template.has_resource("AWS::ElasticLoadBalancingV2::TargetGroup", group);
    template.has_resource("AWS::ElasticLoadBalancingV2::LoadBalancer", json!({ "Name": "web" }));
}

#[test]
fn a_balancer_that_is_replaced_has_another_target_group() {
    let group = |change: fn(Spec) -> Spec| {
        let template = with(change);
        template.resources("AWS::ElasticLoadBalancingV2::TargetGroup")[0].id.to_owned()
    };
    let ids = [
        group(|spec| spec),
        group(|spec| Spec { internet_facing: false, ..spec }),
        group(|spec| Spec { load_balancer_name: Some("web".into()), ..spec }),
    ];
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2], "{ids:?}");
}

#[test]
fn the_first_container_with_a_port_gets_the_requests() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
        let cluster = s.add("Cluster", ClusterSpec::default());
        let app = ContainerSpec {
            port_mappings: vec![PortMapping::tcp(8080), PortMapping::tcp(9090)],
            ..ContainerSpec::new("app", "app")
        };
        let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec::new("helper", "helper"), app]));
        s.add("Web", Spec::new(FargateServiceSpec::new(&cluster, &task, &vpc)));
    });
    let target = json!([{ "ContainerName": "app", "ContainerPort": 8080 }]);
    template.has_resource("AWS::ECS::Service", json!({ "LoadBalancers": target }));
}

#[test]
fn what_cannot_be_is_a_problem() {
    let of = |ports: Vec<PortMapping>, change: fn(Spec) -> Spec| {
        found(|s| {
            let spec = service(s, ports);
            s.add("Web", change(spec));
        })
    };
    let port = || vec![PortMapping::tcp(80)];
    assert_snapshot!(of(vec![], |spec| spec), @"
    error[target-group] Web: no container of the task takes requests
      help: give one a port in `port_mappings`
    ");
    assert_snapshot!(of(port(), |spec| Spec { redirect_http: true, ..spec }), @"
    error[dependent-properties] Web: requests over HTTP cannot be sent to HTTPS: the balancer has no certificate
      help: name one in `certificate`
    ");
    let at_80 =
        |spec| Spec { certificate: Some(CERTIFICATE.into()), redirect_http: true, listener_port: Some(80), ..spec };
    assert_snapshot!(of(port(), at_80), @"
    error[exclusive-properties] Web: requests on port 80 cannot be sent elsewhere: it speaks HTTPS there
      help: leave out `redirect_http`, or `listener_port`
    ");
}
