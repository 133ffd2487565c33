//! Load balancers: what they listen to, whom they let in, where they send requests.

mod rules;
mod target_group;

use formwork::aws::ec2::{Peer, Port, SecurityGroupSpec, Vpc, VpcSpec};
use formwork::aws::elasticloadbalancingv2::{
    Action, ApplicationLoadBalancer, ApplicationLoadBalancerSpec, Listener, ListenerSpec, Protocol, TargetGroupSpec,
};
use formwork::aws::s3::BucketSpec;
use formwork::testing::{Template, absent, any};
use formwork::{App, Env, Stack};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::checks::found;
use crate::program::snapshot;

const GROUP: &str = "AWS::EC2::SecurityGroup";
const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:111111111111:certificate/1";

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec::new("10.0.0.0/16"))
}

fn load_balancer(s: &mut Stack) -> ApplicationLoadBalancer {
    let vpc = network(s);
    s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc))
}

fn teapot() -> Action {
    Action::fixed_response(418, "text/plain", "a teapot")
}

fn listener(s: &mut Stack) -> Listener {
    load_balancer(s).add_listener(s, "Http", ListenerSpec::new(80, teapot()))
}

fn attributes(load_balancer: impl FnOnce(&Vpc) -> ApplicationLoadBalancerSpec) -> Value {
    let template = Template::of(|s| {
        let vpc = network(s);
        s.add("Lb", load_balancer(&vpc))
    });
    template.resources(LOAD_BALANCER)[0].resource["Properties"]["LoadBalancerAttributes"].clone()
}

#[test]
fn the_smallest_load_balancer_listens_and_lets_nobody_in() {
    let mut app = App::new();
    let vpc = app.stack("network", Env::any(), network);
    app.stack("front", Env::any(), |s| {
        let web = s.add("Web", TargetGroupSpec::new(&vpc, 80));
        let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
        lb.add_listener(s, "Http", ListenerSpec::new(80, &web));
    });
    let assembly = app.synth().unwrap();
    snapshot("elasticloadbalancingv2_load_balancer", &assembly.stacks[1].template(formwork::Format::Yaml));
}

#[test]
fn an_internet_facing_one_waits_for_the_way_out_of_its_public_subnets() {
    let template = Template::of(|s| {
        let vpc = network(s);
        s.add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) })
    });
    let found = template.has_resource_with(
        LOAD_BALANCER,
        json!({ "Properties": { "Scheme": "internet-facing", "Subnets": [
            { "Ref": "VpcPublicSubnet1Subnet5C2D37C4" }, { "Ref": "VpcPublicSubnet2Subnet691E08A3" },
        ] } }),
    );
    let waits = found.resource["DependsOn"].to_string();
    for id in ["VpcPublicSubnet1DefaultRoute", "VpcPublicSubnet2RouteTableAssociation"] {
        assert!(waits.contains(id), "{waits}");
    }
}

#[test]
fn an_internal_one_takes_isolated_subnets_where_none_is_private() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
        s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc))
    });
    let subnets = template.resources(LOAD_BALANCER)[0].resource["Properties"]["Subnets"].to_string();
    assert!(subnets.contains("VpcIsolatedSubnet1") && !subnets.contains("Public"), "{subnets}");
}

#[test]
fn a_load_balancer_has_every_option() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let group = s.add("Own", SecurityGroupSpec::new(&vpc, "own"));
        let spec = ApplicationLoadBalancerSpec {
            subnets: vpc.isolated_subnets().iter().chain(&vpc.public_subnets()).map(Into::into).collect(),
            security_groups: vec![group],
            load_balancer_name: Some("shop".into()),
            access_logs: Some(("shop-logs".into(), "front".into())),
            deletion_protection: true,
            drop_invalid_header_fields: false,
            idle_timeout: Some(120),
            ..ApplicationLoadBalancerSpec::new(&vpc)
        };
        s.add("Lb", spec)
    });
    template.has_resource(
        LOAD_BALANCER,
        json!({
            "Name": "shop",
            "Scheme": "internal",
            "SecurityGroups": [{ "Fn::GetAtt": ["Own30425842", "GroupId"] }],
            "Subnets": [{ "Ref": "VpcPublicSubnet1Subnet5C2D37C4" }, any()],
            "LoadBalancerAttributes": [
                { "Key": "deletion_protection.enabled", "Value": "true" },
                { "Key": "idle_timeout.timeout_seconds", "Value": "120" },
                { "Key": "access_logs.s3.enabled", "Value": "true" },
                { "Key": "access_logs.s3.bucket", "Value": "shop-logs" },
                { "Key": "access_logs.s3.prefix", "Value": "front" },
            ],
        }),
    );
    template.resource_count(GROUP, 1);
}

#[test]
fn header_fields_that_http_does_not_allow_are_dropped_by_default() {
    let dropped = json!({ "Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true" });
    assert!(attributes(ApplicationLoadBalancerSpec::new).as_array().unwrap().contains(&dropped));
}

#[test]
fn logs_without_a_prefix_lie_at_the_top_of_the_bucket() {
    let attributes = attributes(|vpc| ApplicationLoadBalancerSpec {
        access_logs: Some(("shop-logs".into(), String::new())),
        ..ApplicationLoadBalancerSpec::new(vpc)
    });
    assert!(!attributes.to_string().contains("prefix"), "{attributes}");
}

#[test]
fn a_bucket_of_the_same_stack_lets_it_write_before_it_is_made() {
    let template = Template::of(|s| {
        let bucket = s.add("Bucket", BucketSpec::default());
        load_balancer(s).log_access_to(s, &bucket, "front");
    });
    let found = template.has_resource_with(LOAD_BALANCER, json!({ "DependsOn": "BucketPolicyE9A3008A" }));
    let attributes = &found.resource["Properties"]["LoadBalancerAttributes"];
    assert_eq!(attributes[3], json!({ "Key": "access_logs.s3.bucket", "Value": { "Ref": "Bucket83908E77" } }));
    let write = json!({ "Action": "s3:PutObject", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" } });
    template.has_resource("AWS::S3::BucketPolicy", json!({ "PolicyDocument": { "Statement": [any(), write] } }));
}

#[test]
fn a_bucket_of_another_stack_must_let_it_write_there() {
    let mut app = App::new();
    let bucket = app.stack("logs", Env::any(), |s| s.add("Bucket", BucketSpec::default()));
    app.stack("front", Env::any(), |s| load_balancer(s).log_access_to(s, &bucket, ""));
    let problems = app.synth().unwrap_err().to_string();
    assert!(problems.contains("the bucket for access logs is in another stack"), "{problems}");
}

#[test]
fn a_listener_lets_in_whom_it_is_told_to() {
    let template = Template::of(|s| {
        let listener = listener(s);
        listener.allow_from(s, Peer::ipv4("198.51.100.0/24"));
    });
    template.has_resource(
        GROUP,
        json!({ "SecurityGroupIngress": [{ "CidrIp": "198.51.100.0/24", "FromPort": 80, "ToPort": 80 }] }),
    );
    let template = Template::of(listener);
    template.has_resource(GROUP, json!({ "SecurityGroupIngress": absent() }));
}

#[test]
fn an_open_listener_lets_everybody_in() {
    let template = Template::of(|s| {
        load_balancer(s).add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, teapot()) })
    });
    template.has_resource(GROUP, json!({ "SecurityGroupIngress": [{ "CidrIp": "0.0.0.0/0", "FromPort": 80 }] }));
}

#[test]
fn a_load_balancer_reaches_the_targets_it_is_told_to() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
        lb.connect_to(s, &web, Port::tcp(8080));
    });
    let front = json!({ "Fn::GetAtt": ["LbSecurityGroup89A8258D", "GroupId"] });
    template.has_resource(INGRESS, json!({ "SourceSecurityGroupId": front, "FromPort": 8080, "ToPort": 8080 }));
    template.has_resource("AWS::EC2::SecurityGroupEgress", json!({ "GroupId": front, "FromPort": 8080 }));
}

#[test]
fn a_load_balancer_is_the_peer_of_a_rule() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
        web.allow_from(s, lb, Port::tcp(80));
        lb.allow_to(s, web, Port::tcp(80));
        lb.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
    });
    template.has_resource(
        INGRESS,
        json!({ "SourceSecurityGroupId": { "Fn::GetAtt": ["LbSecurityGroup89A8258D", "GroupId"] } }),
    );
    template.resource_count("AWS::EC2::SecurityGroupEgress", 1);
}

#[test]
fn a_listener_for_https_has_a_recent_policy_and_its_certificates() {
    let template = Template::of(|s| {
        let https = ListenerSpec {
            certificates: [CERTIFICATE, "arn:aws:iam::111111111111:server-certificate/2"].map(Into::into).to_vec(),
            ..ListenerSpec::https(CERTIFICATE, teapot())
        };
        let old =
            ListenerSpec { ssl_policy: Some("ELBSecurityPolicy-FS-1-2-2019-08".into()), port: 8443, ..https.clone() };
        let lb = load_balancer(s);
        lb.add_listener(s, "Https", https);
        lb.add_listener(s, "Old", old);
    });
    let https = template.has_resource(
        LISTENER,
        json!({
            "Port": 443,
            "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{ "CertificateArn": CERTIFICATE }],
        }),
    );
    template.has_resource(LISTENER, json!({ "Port": 8443, "SslPolicy": "ELBSecurityPolicy-FS-1-2-2019-08" }));
    template.has_resource(
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        json!({ "ListenerArn": { "Ref": https.id }, "Certificates": [{ "CertificateArn": any() }] }),
    );
}

#[test]
fn a_port_is_listened_to_once() {
    assert_snapshot!(found(|s| {
        let lb = load_balancer(s);
        lb.add_listener(s, "One", ListenerSpec::new(80, teapot()));
        lb.add_listener(s, "Two", ListenerSpec::new(80, teapot()));
    }), @r"
    error[name-used-twice] Lb/Two/Resource: two listeners of one load balancer have the port `80`
      help: give one another port, or make it a rule of the other
    ");
}

#[test]
fn a_listener_has_a_certificate_where_it_needs_one_and_only_there() {
    let of = |listener: ListenerSpec| found(|s| load_balancer(s).add_listener(s, "It", listener));
    assert_snapshot!(of(ListenerSpec::new(443, teapot())), @r"
    error[missing-property] Lb/It: a listener for HTTPS has no certificate
      help: name one in `certificates`
    ");
    assert_snapshot!(of(ListenerSpec { port: 80, protocol: Protocol::Http, ..ListenerSpec::https(CERTIFICATE, teapot()) }), @r"
    error[exclusive-properties] Lb/It: a listener for HTTP has no use for certificates or a policy of TLS
      help: make its protocol HTTPS, or leave them out
    ");
    assert_snapshot!(of(ListenerSpec::new(0, teapot())), @r"
    error[range] Lb/It/Resource Port: `Port` cannot be `0`
      help: it must be between 1 and 65535
    ");
}

#[test]
fn a_load_balancer_has_a_name_subnets_and_a_timeout_of_the_right_form() {
    let named = |name: &str| {
        found(|s| {
            let vpc = network(s);
            let spec = ApplicationLoadBalancerSpec {
                load_balancer_name: Some(name.into()),
                ..ApplicationLoadBalancerSpec::new(&vpc)
            };
            s.add("Lb", spec)
        })
    };
    assert_snapshot!(named(&"x".repeat(33)), @r"
    error[length] Lb: the name of a load balancer has 33 characters, and may have 32
      help: give it a shorter one
    ");
    assert_snapshot!(named("shop_front"), @r"
    error[name] Lb: a load balancer cannot be called `shop_front`
      help: letters, digits and `-`, which neither begins nor ends it
    ");
    assert_snapshot!(named("shop-"), @r"
    error[name] Lb: a load balancer cannot be called `shop-`
      help: letters, digits and `-`, which neither begins nor ends it
    ");
    assert_snapshot!(named("internal-shop"), @r"
    error[name] Lb: a load balancer cannot be called `internal-shop`
      help: AWS begins the DNS names of internal load balancers so: choose another beginning
    ");
    assert_snapshot!(found(|s| {
        let vpc = network(s);
        s.add("Lb", ApplicationLoadBalancerSpec { idle_timeout: Some(4001), ..ApplicationLoadBalancerSpec::new(&vpc) })
    }), @r"
    error[range] Lb: the idle timeout cannot be 4001 s
      help: it is 1 to 4000 s
    ");
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec { zones: 1.into(), ..VpcSpec::new("10.0.0.0/16") });
        s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc))
    }), @r"
    error[item-count] Lb: a load balancer needs subnets in two zones at least
      help: give the VPC a second zone
    ");
    assert_snapshot!(found(|s| {
        let tiers = vec![formwork::aws::ec2::Tier::isolated("Isolated")];
        let vpc = s.add("Vpc", VpcSpec { tiers, ..VpcSpec::new("10.0.0.0/16") });
        s.add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) })
    }), @r"
    error[item-count] Lb: an internet-facing load balancer needs public subnets, and the VPC has none
      help: give the VPC a public tier, or name the subnets in `subnets`
    ");
}
