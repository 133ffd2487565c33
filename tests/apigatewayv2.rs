//! HTTP APIs: routes, integrations, stages, links into a VPC.

mod routes;

use formwork::aws::apigatewayv2::{
    AccessLogs, CorsSpec, HttpApiSpec, HttpStageSpec, Integration, Throttle, VpcLink, VpcLinkSpec,
};
use formwork::aws::ec2::{Port, SecurityGroupSpec, VpcSpec};
use formwork::aws::elasticloadbalancingv2::{Action, ApplicationLoadBalancerSpec, Listener, ListenerSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::testing::{Template, absent, any};
use formwork::{App, Env, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const API: &str = "AWS::ApiGatewayV2::Api";
const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";
const ROUTE: &str = "AWS::ApiGatewayV2::Route";
const STAGE: &str = "AWS::ApiGatewayV2::Stage";

fn books() -> Integration {
    Integration::url("Books", "https://books.example.com")
}

fn link_and_listener(s: &mut Stack) -> (VpcLink, Listener) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
    let listener = ListenerSpec::new(80, Action::fixed_response(404, "text/plain", ""));
    let listener = lb.add_listener(s, "Http", listener);
    (s.add("Link", VpcLinkSpec::new(&vpc)), listener)
}

#[test]
fn the_smallest_api() {
    let template = Template::of(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        api.add_route(s, "GET /books", books());
    });
    snapshot("apigatewayv2_http_api", template.yaml());
}

#[test]
fn an_api_has_every_option() {
    let template = Template::of(|s| {
        let cors = CorsSpec {
            allow_methods: vec!["GET".into()],
            allow_headers: vec!["X-Token".into()],
            expose_headers: vec!["X-Page".into()],
            allow_credentials: true,
            max_age: Some(600),
            ..CorsSpec::new(["https://www.example.com"])
        };
        let spec = HttpApiSpec {
            api_name: Some("shop".into()),
            description: Some("the shop".into()),
            cors: Some(cors),
            disable_execute_api_endpoint: true,
            default_stage: None,
            default_integration: Some(books()),
        };
        let api = s.add("Api", spec);
        assert!(api.default_stage.is_none());
        s.output("Id", api.api_id());
    });
    template.has_resource(
        API,
        json!({
            "Name": "shop",
            "Description": "the shop",
            "ProtocolType": "HTTP",
            "DisableExecuteApiEndpoint": true,
            "CorsConfiguration": {
                "AllowCredentials": true,
                "AllowHeaders": ["X-Token"],
                "AllowMethods": ["GET"],
                "AllowOrigins": ["https://www.example.com"],
                "ExposeHeaders": ["X-Page"],
                "MaxAge": 600,
            },
        }),
    );
    let route = template.has_resource(ROUTE, json!({ "RouteKey": "$default" }));
    assert!(route.id.starts_with("ApiDefaultRoute"), "{}", route.id);
    template.resource_count(STAGE, 0);
}

#[test]
fn a_stage_has_every_option() {
    let template = Template::of(|s| {
        let logs = s.add("Logs", LogGroupSpec::default());
        let api = s.add("Api", HttpApiSpec { default_stage: None, ..HttpApiSpec::default() });
        let stage = HttpStageSpec {
            auto_deploy: false,
            access_logs: Some(AccessLogs::to(&logs)),
            throttle: Some(Throttle { rate_limit: 100, burst_limit: 50 }),
            detailed_metrics: true,
            description: Some("what people call".into()),
            stage_variables: vec![("color".into(), "blue".into())],
            ..HttpStageSpec::new("live")
        };
        let stage = api.add_stage(s, "Live", stage);
        s.output("Url", stage.url());
    });
    let found = template.has_resource(
        STAGE,
        json!({
            "ApiId": { "Ref": "ApiF70053CD" },
            "AutoDeploy": false,
            "StageName": "live",
            "Description": "what people call",
            "StageVariables": { "color": "blue" },
            "DefaultRouteSettings": {
                "DetailedMetricsEnabled": true, "ThrottlingBurstLimit": 50, "ThrottlingRateLimit": 100,
            },
            "AccessLogSettings": { "DestinationArn": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] }, "Format": any() },
        }),
    );
    let format = found.resource["Properties"]["AccessLogSettings"]["Format"].as_str().unwrap();
    let line: serde_json::Value = serde_json::from_str(format).unwrap();
    assert_eq!(line["requestId"], "$context.requestId");
    let url = "https://${ApiF70053CD}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live";
    template.has_output("Url", json!({ "Value": { "Fn::Sub": url } }));
}

#[test]
fn the_default_stage_has_options_too() {
    let template = Template::of(|s| {
        let logs = s.add("Logs", LogGroupSpec::default());
        let stage = HttpStageSpec { access_logs: Some(AccessLogs::to(&logs)), ..HttpStageSpec::default() };
        let api = s.add("Api", HttpApiSpec { default_stage: Some(stage), ..HttpApiSpec::default() });
        s.output("Url", api.default_stage.unwrap().url());
    });
    template.has_resource(STAGE, json!({ "StageName": "$default", "AutoDeploy": true, "AccessLogSettings": any() }));
}

#[test]
fn an_integration_has_every_option() {
    let template = Template::of(|s| {
        let (link, listener) = link_and_listener(s);
        let api = s.add("Api", HttpApiSpec::default());
        let integration = Integration {
            method: "GET".into(),
            parameter_mapping: vec![
                ("overwrite:path".into(), "/v1/${request.path.proxy}".into()),
                ("remove:header.X-Debug".into(), "''".into()),
            ],
            timeout_in_millis: Some(5000),
            server_name_to_verify: Some("shop.example.com".into()),
            ..Integration::alb("Listener", &listener, &link)
        };
        let route = api.add_route(s, "ANY /shop/{proxy+}", integration);
        s.output("Route", route.route);
    });
    template.has_resource(
        INTEGRATION,
        json!({
            "ConnectionId": { "Ref": "Link1234EF21" },
            "ConnectionType": "VPC_LINK",
            "IntegrationMethod": "GET",
            "IntegrationType": "HTTP_PROXY",
            "IntegrationUri": { "Ref": "LbHttp576C453A" },
            "RequestParameters": { "overwrite:path": "/v1/${request.path.proxy}", "remove:header.X-Debug": "''" },
            "TimeoutInMillis": 5000,
            "TlsConfig": { "ServerNameToVerify": "shop.example.com" },
        }),
    );
}

#[test]
fn a_link_has_a_group_of_its_own_and_reaches_what_it_is_connected_to() {
    let template = Template::of(|s| {
        let (link, listener) = link_and_listener(s);
        link.connect_to(s, &listener);
    });
    template
        .has_resource("AWS::ApiGatewayV2::VpcLink", json!({ "Name": "testLinkF31EF027", "SecurityGroupIds": [any()] }));
    let front = json!({ "Fn::GetAtt": ["LbSecurityGroup89A8258D", "GroupId"] });
    template.has_resource("AWS::EC2::SecurityGroupIngress", json!({ "GroupId": front, "FromPort": 80, "ToPort": 80 }));
    template
        .has_resource("AWS::EC2::SecurityGroupEgress", json!({ "DestinationSecurityGroupId": front, "FromPort": 80 }));
}

#[test]
fn a_link_has_every_option() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let group =
            s.add("Own", SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(&vpc, "own") });
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        let spec = VpcLinkSpec {
            subnets: vpc.public_subnets().iter().map(Into::into).collect(),
            security_groups: vec![group],
            vpc_link_name: Some("shop".into()),
            ..VpcLinkSpec::new(&vpc)
        };
        let link = s.add("Link", spec);
        link.allow_to(s, web, Port::tcp(80));
        web.allow_from(s, link, Port::tcp(80));
    });
    let found = template.has_resource("AWS::ApiGatewayV2::VpcLink", json!({ "Name": "shop" }));
    assert!(found.resource["Properties"]["SubnetIds"][0].to_string().contains("Public"));
    template.resource_count("AWS::EC2::SecurityGroupEgress", 1);
    template.resource_count("AWS::EC2::SecurityGroupIngress", 1);
}

#[test]
fn a_link_of_another_stack_is_referred_to() {
    let mut app = App::new();
    let (link, listener) = app.stack("network", Env::any(), link_and_listener);
    app.stack("api", Env::any(), |s| {
        let api = s.add("Api", HttpApiSpec::default());
        api.add_route(s, "$default", Integration::alb("Listener", &listener, &link));
    });
    let assembly = app.synth().unwrap();
    assert_eq!(assembly.stacks[1].template(formwork::Format::Yaml).matches("ImportValue").count(), 2);
}

#[test]
fn a_stage_has_a_name_and_a_format_of_the_right_form() {
    let of = |stage: HttpStageSpec| {
        found(|s| s.add("Api", HttpApiSpec { default_stage: Some(stage), ..HttpApiSpec::default() }))
    };
    assert_snapshot!(of(HttpStageSpec::new("live.1")), @r"
    error[name] Api/DefaultStage: a stage cannot be called `live.1`
      help: 1 to 128 letters, digits, `-` and `_`, or `$default`
    ");
    let arn = "arn:aws:logs:us-east-1:111111111111:log-group:api";
    let logs = AccessLogs { destination: arn.into(), format: "$context.status".into() };
    assert_snapshot!(of(HttpStageSpec { access_logs: Some(logs), ..HttpStageSpec::default() }), @r"
    error[format] Api/DefaultStage: the format of the access logs leaves `$context.requestId` out
      help: API Gateway refuses it: put it in
    ");
}

#[test]
fn cors_has_no_cookies_for_everybody() {
    let of = |cors: CorsSpec| found(|s| s.add("Api", HttpApiSpec { cors: Some(cors), ..HttpApiSpec::default() }));
    assert_snapshot!(of(CorsSpec { allow_credentials: true, ..CorsSpec::new(["*"]) }), @r"
    error[exclusive-properties] Api: cookies do not go with requests from every origin
      help: name the origins, or leave `allow_credentials` out
    ");
    assert_snapshot!(of(CorsSpec { max_age: Some(86_401), ..CorsSpec::new(["*"]) }), @r"
    error[range] Api: a browser cannot remember it for 86401 s
      help: it is -1 to 86400 s
    ");
    let template =
        Template::of(|s| s.add("Api", HttpApiSpec { cors: Some(CorsSpec::new(["*"])), ..HttpApiSpec::default() }));
    template.has_resource(API, json!({ "CorsConfiguration": { "AllowOrigins": ["*"], "MaxAge": absent() } }));
}

#[test]
fn a_link_leads_somewhere() {
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        s.add("Link", VpcLinkSpec { subnets: Vec::new(), ..VpcLinkSpec::new(&vpc) })
    }), @r"
    error[item-count] Link: a VPC link without subnets leads nowhere
      help: name some in `subnets`, or give the VPC a tier
    ");
}
