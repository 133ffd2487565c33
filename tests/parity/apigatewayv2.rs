//! HTTP APIs.

use formwork::Stack;
use formwork::aws::apigatewayv2::{AccessLogs, HttpApiSpec, HttpStageSpec, Integration, Throttle, VpcLinkSpec};
use formwork::aws::ec2::{SecurityGroupSpec, VpcSpec};
use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};
use formwork::aws::logs::LogGroupSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("http_api", http_api),
    ("http_api_with_url", http_api_with_url),
    ("http_api_behind_vpc_link", http_api_behind_vpc_link),
    ("http_api_with_lambda", http_api_with_lambda),
];

fn http_api(s: &mut Stack) {
    s.add("Api", HttpApiSpec::default());
}

fn http_api_with_url(s: &mut Stack) {
    let spec =
        HttpApiSpec { api_name: Some("shop".into()), description: Some("the shop".into()), ..HttpApiSpec::default() };
    let api = s.add("Api", spec);
    api.add_route(s, "ANY /books/{proxy+}", Integration::url("Books", "https://books.example.com/{proxy}"));
}

fn http_api_behind_vpc_link(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let group = s.add("LinkGroup", SecurityGroupSpec::new(&vpc, "VPC link"));
    let link =
        VpcLinkSpec { security_groups: vec![group], vpc_link_name: Some("shop".into()), ..VpcLinkSpec::new(&vpc) };
    let link = s.add("Link", link);
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
    let web = s.add("Web", TargetGroupSpec::new(&vpc, 80));
    let listener = lb.add_listener(s, "Http", ListenerSpec::new(80, &web));
    let api = s.add("Api", HttpApiSpec { default_stage: None, ..HttpApiSpec::default() });
    let integration = Integration {
        parameter_mapping: vec![("overwrite:path".into(), "$request.path.proxy".into())],
        ..Integration::alb("Listener", &listener, &link)
    };
    api.add_route(s, "ANY /financial-data-api/{proxy+}", integration);
    let logs = LogGroupSpec { log_group_name: Some("/aws/debug_apigateway".into()), ..LogGroupSpec::default() };
    let logs = s.add("Logs", logs);
    let stage = HttpStageSpec {
        access_logs: Some(AccessLogs::to(&logs)),
        throttle: Some(Throttle { rate_limit: 100, burst_limit: 50 }),
        ..HttpStageSpec::new("live")
    };
    api.add_stage(s, "Stage", stage);
}

fn http_api_with_lambda(s: &mut Stack) {
    let api = s.add("Api", HttpApiSpec::default());
    let handler = "arn:aws:lambda:us-east-1:111111111111:function:handler";
    api.add_route(s, "GET /orders", Integration::lambda("Orders", handler));
}
