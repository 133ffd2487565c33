//! Target groups.

use formwork::aws::elasticloadbalancingv2::{HealthCheck, Protocol, TargetGroupSpec, TargetType};
use formwork::testing::{Template, absent};
use insta::assert_snapshot;
use serde_json::json;

use super::network;
use crate::checks::found;

const TARGET_GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:111111111111:function:handler";

#[test]
fn a_target_group_has_every_option() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let health_check = HealthCheck {
            enabled: Some(true),
            path: Some("/_healthcheck".into()),
            port: Some("traffic-port".into()),
            interval: Some(20),
            timeout: Some(10),
            healthy_threshold_count: Some(2),
            unhealthy_threshold_count: Some(3),
            healthy_http_codes: Some("200,302-308".into()),
        };
        let spec = TargetGroupSpec {
            protocol: Protocol::Https,
            target_type: TargetType::Instance,
            health_check,
            deregistration_delay: Some(30),
            target_group_name: Some("web".into()),
            ..TargetGroupSpec::new(&vpc, 8000)
        };
        let group = s.add("Web", spec);
        s.output("Arn", group.arn());
        s.output("Name", group.name());
        s.output("FullName", group.full_name());
    });
    template.has_resource(
        TARGET_GROUP,
        json!({
            "HealthCheckEnabled": true,
            "HealthCheckPath": "/_healthcheck",
            "HealthCheckPort": "traffic-port",
            "HealthCheckIntervalSeconds": 20,
            "HealthCheckTimeoutSeconds": 10,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "Matcher": { "HttpCode": "200,302-308" },
            "Name": "web",
            "Port": 8000,
            "Protocol": "HTTPS",
            "TargetType": "instance",
            "TargetGroupAttributes": [
                { "Key": "deregistration_delay.timeout_seconds", "Value": "30" },
                { "Key": "stickiness.enabled", "Value": "false" },
            ],
            "VpcId": { "Ref": "Vpc8378EB38" },
        }),
    );
    template.has_output("Arn", json!({ "Value": { "Ref": "Web3C8945DB" } }));
    template.has_output("Name", json!({ "Value": { "Fn::GetAtt": ["Web3C8945DB", "TargetGroupName"] } }));
    template.has_output("FullName", json!({ "Value": { "Fn::GetAtt": ["Web3C8945DB", "TargetGroupFullName"] } }));
}

#[test]
fn a_function_is_a_target_without_a_network() {
    let template = Template::of(|s| s.add("Handler", TargetGroupSpec::lambda(FUNCTION)));
    let found = json!({
        "TargetType": "lambda", "Targets": [{ "Id": FUNCTION }], "Port": absent(), "Protocol": absent(), "VpcId": absent(),
        "TargetGroupAttributes": absent(),
    });
    template.has_resource(TARGET_GROUP, found);
}

fn checked(health_check: HealthCheck) -> String {
    found(|s| {
        let vpc = network(s);
        s.add("Web", TargetGroupSpec { health_check, ..TargetGroupSpec::new(&vpc, 80) })
    })
}

#[test]
fn a_health_check_has_numbers_within_bounds() {
    let spec = HealthCheck {
        interval: Some(4),
        timeout: Some(1),
        healthy_threshold_count: Some(1),
        unhealthy_threshold_count: Some(11),
        ..HealthCheck::default()
    };
    assert_snapshot!(checked(spec), @r"
    error[range] Web/Resource HealthCheckIntervalSeconds: `HealthCheckIntervalSeconds` cannot be `4`
      help: it must be between 5 and 300
    error[range] Web/Resource HealthCheckTimeoutSeconds: `HealthCheckTimeoutSeconds` cannot be `1`
      help: it must be between 2 and 120
    error[range] Web/Resource HealthyThresholdCount: `HealthyThresholdCount` cannot be `1`
      help: it must be between 2 and 10
    error[range] Web/Resource UnhealthyThresholdCount: `UnhealthyThresholdCount` cannot be `11`
      help: it must be between 2 and 10
    ");
    assert_snapshot!(checked(HealthCheck { interval: Some(5), ..HealthCheck::default() }), @r"
    error[range] Web: a health check every 5 s cannot wait 5 s for an answer
      help: make the timeout less than the interval
    ");
    assert_eq!(checked(HealthCheck { interval: Some(6), ..HealthCheck::default() }), "");
}

#[test]
fn a_health_check_has_a_path_and_statuses_of_their_form() {
    assert_snapshot!(checked(HealthCheck::path("healthy")), @r"
    error[format] Web: the path of a health check does not begin with `/`
      help: write it from the root
    ");
    assert_snapshot!(checked(HealthCheck { healthy_http_codes: Some("2xx".into()), ..HealthCheck::default() }), @r"
    error[format] Web: the statuses of a health check are not of their form
      help: 200 to 499, like `200`, `200,202` or `200-299`
    ");
    assert_snapshot!(checked(HealthCheck { enabled: Some(false), ..HealthCheck::default() }), @r"
    error[exclusive-properties] Web: only the health check of a Lambda function can be turned off
      help: leave `enabled` out
    ");
}

#[test]
fn a_target_group_is_of_a_function_or_of_a_network() {
    assert_snapshot!(found(|s| {
        let vpc = network(s);
        s.add("Web", TargetGroupSpec { target_type: TargetType::Lambda, ..TargetGroupSpec::new(&vpc, 80) })
    }), @r"
    error[exclusive-properties] Web: a target group of a Lambda function has no VPC, port or deregistration delay
      help: make it with `TargetGroupSpec::lambda`
    ");
    assert_snapshot!(found(|s| {
        s.add("Web", TargetGroupSpec { target_type: TargetType::Ip, ..TargetGroupSpec::lambda(FUNCTION) })
    }), @r"
    error[missing-property] Web: a target group of addresses or instances has no VPC, or no port
      help: make it with `TargetGroupSpec::new`
    error[exclusive-properties] Web: only a target group of the type Lambda has a function
      help: make it with `TargetGroupSpec::lambda`
    ");
}

#[test]
fn a_target_group_has_a_name_port_and_delay_that_it_can_have() {
    assert_snapshot!(found(|s| {
        let vpc = network(s);
        s.add("Web", TargetGroupSpec {
            target_group_name: Some("web.1".into()),
            deregistration_delay: Some(3601),
            ..TargetGroupSpec::new(&vpc, 0)
        })
    }), @r"
    error[name] Web: a target group cannot be called `web.1`
      help: letters, digits and `-`, which neither begins nor ends it
    error[range] Web: the deregistration delay cannot be 3601 s
      help: it is 0 to 3600 s
    error[range] Web/Resource Port: `Port` cannot be `0`
      help: it must be between 1 and 65535
    ");
}
