//! Endpoints: what may be done through them.

use formwork::aws::ec2::{GatewayService, InterfaceService, Peer, VpcSpec};
use formwork::aws::iam::{Principal, Statement};
use formwork::testing::{Template, absent};
use formwork::{App, Env};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;

const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

fn read(keys: &str) -> Statement {
    Statement::allow(["s3:GetObject"], [format!("arn:aws:s3:::reports/{keys}")])
}

fn network() -> VpcSpec {
    VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") }
}

#[test]
fn an_endpoint_lets_through_what_its_statements_allow() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", network());
        let s3 = vpc.add_gateway_endpoint(s, "S3", GatewayService::S3);
        s3.add_to_policy(s, read("2025/*").principal(Principal::any()));
        s3.add_to_policy(s, read("2026/*").principal(Principal::any()));
        let logs = vpc.add_interface_endpoint(s, "Logs", InterfaceService::LOGS);
        logs.add_to_policy(s, Statement::allow(["logs:PutLogEvents"], ["*"]).principal(Principal::this_account()));
        vpc.add_gateway_endpoint(s, "Tables", GatewayService::DynamoDb);
        s.output("S3", s3.id());
        s.output("Logs", logs.id());
    });
    let policies: Vec<_> = template
        .resources(ENDPOINT)
        .iter()
        .map(|found| &found.resource["Properties"]["PolicyDocument"]["Statement"])
        .collect();
    assert_eq!(
        *policies[0],
        json!([{
            "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::reports/2025/*", "arn:aws:s3:::reports/2026/*"],
        }])
    );
    assert_eq!(policies[1][0]["Action"], "logs:PutLogEvents");
    template.has_resource(ENDPOINT, json!({ "PolicyDocument": absent() }));
}

#[test]
fn a_statement_of_an_endpoint_names_somebody() {
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", network());
        vpc.add_gateway_endpoint(s, "S3", GatewayService::S3).add_to_policy(s, read("*"));
    }), @"
    error[missing-property] Vpc/S3/Resource: a statement of an endpoint's policy names nobody
      help: `.principal(Principal::any())` is everybody who can reach the endpoint
    ");
}

#[test]
fn the_policy_of_another_stacks_endpoint_is_not_changed_here() {
    let mut app = App::new();
    let endpoint = app.stack("network", Env::any(), |s| {
        let vpc = s.add("Vpc", network());
        vpc.add_gateway_endpoint(s, "S3", GatewayService::S3)
    });
    app.stack("shop", Env::any(), |s| endpoint.add_to_policy(s, read("*").principal(Principal::any())));
    let problems = app.synth().unwrap_err().to_string();
    assert!(problems.contains("a resource of `network` cannot be edited here"), "{problems}");
}

#[test]
fn who_is_beyond_the_vpc_may_be_let_in() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", network());
        let logs = vpc.add_interface_endpoint(s, "Logs", InterfaceService::LOGS);
        logs.allow_from(s, Peer::ipv4("10.1.0.0/16"));
    });
    let group = template.resources("AWS::EC2::SecurityGroup")[0].resource;
    let rules = group["Properties"]["SecurityGroupIngress"].as_array().unwrap();
    let from: Vec<_> = rules.iter().map(|rule| (&rule["CidrIp"], &rule["FromPort"], &rule["ToPort"])).collect();
    assert_eq!(from[1], (&json!("10.1.0.0/16"), &json!(443), &json!(443)), "{group}");
}
