//! Zones and records.

use formwork::Stack;
use formwork::aws::ec2::{Vpc, VpcSpec};
use formwork::aws::elasticloadbalancingv2::ApplicationLoadBalancerSpec;
use formwork::aws::route53::{HostedZoneSpec, RecordSetSpec};
use formwork::cfn::apigatewayv2;

use super::Case;

pub const CASES: &[Case] = &[("public_zone", public_zone), ("private_zone", private_zone), ("aliases", aliases)];

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec::new("10.0.0.0/16"))
}

fn public_zone(s: &mut Stack) {
    let spec = HostedZoneSpec { comment: Some("the shop".into()), ..HostedZoneSpec::public("example.com") };
    let zone = s.add("Zone", spec);
    s.add("Www", RecordSetSpec::a(&zone, "www", ["192.0.2.1"]));
    s.add("Docs", RecordSetSpec { ttl: 60, ..RecordSetSpec::cname(&zone, "docs", "docs.example.net") });
    s.add("Spf", RecordSetSpec::txt(&zone, "", ["v=spf1 -all"]));
}

fn private_zone(s: &mut Stack) {
    let vpc = network(s);
    s.add("Zone", HostedZoneSpec::private("shop.internal", [&vpc]));
}

fn aliases(s: &mut Stack) {
    let vpc = network(s);
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
    let zone = s.add("Zone", HostedZoneSpec::public("example.com"));
    s.add("Apex", RecordSetSpec::alias(&zone, "", &lb));
    let configuration = apigatewayv2::domain_name::DomainNameConfiguration::new()
        .certificate_arn("arn:aws:acm:us-east-1:111111111111:certificate/first")
        .endpoint_type("REGIONAL");
    let domain = apigatewayv2::DomainName::new("api.example.com").domain_name_configurations([configuration]);
    let domain = s.add("Domain", domain);
    s.add("Api", RecordSetSpec::alias(&zone, "api", &domain));
}
