//! Rules, their conditions, and what becomes of a request.

use formwork::aws::elasticloadbalancingv2::{Action, ListenerSpec, Redirect, RuleCondition, RuleSpec};
use formwork::testing::Template;
use formwork::{App, Env};
use insta::assert_snapshot;
use serde_json::json;

use super::{LISTENER, listener, load_balancer, teapot};
use crate::checks::found;

const RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";

#[test]
fn a_redirect_keeps_what_it_is_not_told_to_change() {
    let template = Template::of(|s| {
        let lb = load_balancer(s);
        lb.add_listener(s, "Http", ListenerSpec::new(80, Action::redirect_to_https()));
        let moved = Redirect {
            host: Some("www.example.com".into()),
            path: Some("/#{path}".into()),
            query: Some("q".into()),
            ..Redirect::default()
        };
        lb.add_listener(s, "Moved", ListenerSpec::new(8080, Action::redirect(moved)));
    });
    let config = |index: usize| {
        template.resources(LISTENER)[index].resource["Properties"]["DefaultActions"][0]["RedirectConfig"].clone()
    };
    assert_eq!(config(0), json!({ "Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301" }));
    assert_eq!(
        config(1),
        json!({ "Host": "www.example.com", "Path": "/#{path}", "Query": "q", "StatusCode": "HTTP_302" })
    );
}

#[test]
fn a_rule_of_another_stacks_listener_is_added_where_it_is_said() {
    let mut app = App::new();
    let listener = app.stack("front", Env::any(), listener);
    app.stack("shop", Env::any(), |s| {
        listener.add_rule(s, "Shop", RuleSpec::new(1, [RuleCondition::path_patterns(["/shop/*"])], teapot()));
    });
    let assembly = app.synth().unwrap();
    let shop = assembly.stacks[1].template(formwork::Format::Yaml);
    assert!(shop.contains(RULE) && shop.contains("ImportValue"), "{shop}");
}

fn rule_problems(priority: u32, conditions: &[RuleCondition]) -> String {
    found(|s| listener(s).add_rule(s, "It", RuleSpec::new(priority, conditions.to_vec(), teapot())))
}

#[test]
fn a_priority_is_taken_once() {
    let rule = || RuleSpec::new(10, [RuleCondition::methods(["GET"])], teapot());
    assert_snapshot!(found(|s| {
        let listener = listener(s);
        listener.add_rule(s, "One", rule());
        listener.add_rule(s, "Two", rule());
    }), @r"
    error[name-used-twice] Lb/Http/TwoRule/Resource: two rules of one listener have the priority `10`
      help: give one another priority: the lower number is tried first
    ");
    let two_listeners = found(|s| {
        let lb = load_balancer(s);
        for (id, port) in [("One", 80), ("Two", 8080)] {
            lb.add_listener(s, id, ListenerSpec::new(port, teapot())).add_rule(s, "Rule", rule());
        }
    });
    assert_eq!(two_listeners, "");
}

#[test]
fn a_rules_priority_and_conditions_have_limits() {
    let paths = |count: usize| RuleCondition::path_patterns((0..count).map(|index| format!("/{index}")));
    assert_snapshot!(rule_problems(0, &[paths(1)]), @r"
    error[range] Lb/Http/ItRule/Resource Priority: `Priority` cannot be `0`
      help: it must be between 1 and 50000
    ");
    assert_snapshot!(rule_problems(50_001, &[paths(6)]), @r"
    error[item-count] Lb/Http/ItRule: a rule's conditions have 6 values, and may have 5
      help: split it into two rules
    error[range] Lb/Http/ItRule/Resource Priority: `Priority` cannot be `50001`
      help: it must be between 1 and 50000
    ");
    assert_snapshot!(rule_problems(1, &[]), @r"
    error[item-count] Lb/Http/ItRule: a rule has no conditions
      help: give it one, or make its action the listener's default
    ");
    assert_snapshot!(rule_problems(1, &[paths(1), paths(1)]), @r"
    error[item-count] Lb/Http/ItRule: a rule has 2 conditions on path-pattern, and may have one
      help: one condition takes several values
    error[unique-items] Lb/Http/ItRule/Resource Conditions[1]: an item of `Conditions` is there twice
      help: leave one out
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::host_headers(["*.*.*.*.*.example.co?"])]), @r"
    error[item-count] Lb/Http/ItRule: a rule's conditions have 6 wildcards, and may have 5
      help: split it into two rules
    ");
    assert_eq!(rule_problems(50_000, &[paths(5)]), "");
}

#[test]
fn a_condition_has_values_of_its_form() {
    let none: [&str; 0] = [];
    assert_snapshot!(rule_problems(1, &[RuleCondition::path_patterns(["api/*"])]), @r"
    error[format] Lb/Http/ItRule: no path is like `api/*`
      help: a path begins with `/`
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::host_headers(none)]), @r"
    error[item-count] Lb/Http/ItRule: a condition on host-header has no values
      help: give it one
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::host_headers(["a".repeat(129)])]), @r"
    error[length] Lb/Http/ItRule: a value of a condition on host-header has 129 characters, and may have 128
      help: shorten it, with `*` for a part
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::methods(["get"])]), @r"
    error[format] Lb/Http/ItRule: no request has the method `get`
      help: write `GET`
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::http_header("Host", ["example.com"])]), @r"
    error[name] Lb/Http/ItRule: a condition on the header field Host is one on the host
      help: use `host_headers`
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::http_header("h".repeat(41), ["x"])]), @r"
    error[length] Lb/Http/ItRule: a header field's name has 41 characters
      help: it has 1 to 40
    ");
    assert_snapshot!(rule_problems(1, &[RuleCondition::source_ips(["192.0.2.1"])]), @r"
    error[format] Lb/Http/ItRule: `192.0.2.1` is not a block of addresses
      help: write it like 192.0.2.0/24
    ");
    let fine = [
        RuleCondition::http_header("X-Version", ["1*"]),
        RuleCondition::query_strings([("", "beta"), ("v", "2")]),
        RuleCondition::source_ips(["192.0.2.1/32", "2001:db8::/32"]),
    ];
    assert_eq!(rule_problems(1, &fine), "");
}

fn action_problems(action: Action) -> String {
    found(|s| load_balancer(s).add_listener(s, "Http", ListenerSpec::new(80, action)))
}

#[test]
fn an_action_is_one_that_load_balancers_know() {
    assert_snapshot!(action_problems(Action::fixed_response(301, "text/plain", "")), @r"
    error[pattern] Lb/Http/Resource DefaultActions[0].FixedResponseConfig.StatusCode: `StatusCode` does not have the form it must
      help: it must match ^(2|4|5)\d\d$
    ");
    assert_snapshot!(action_problems(Action::fixed_response(200, "text/xml", "")), @r"
    error[allowed-values] Lb/Http: a fixed response has a content type that load balancers do not send
      help: it is one of text/plain, text/css, text/html, application/javascript, application/json
    ");
    assert_snapshot!(action_problems(Action::fixed_response(200, "text/plain", &"x".repeat(1025))), @r"
    error[length] Lb/Http/Resource DefaultActions[0].FixedResponseConfig.MessageBody: `MessageBody` has 1025 characters
      help: it may have at most 1024
    ");
    assert_snapshot!(action_problems(Action::redirect(Redirect::default())), @r"
    error[missing-property] Lb/Http: a redirect leads back to where it came from
      help: give it a protocol, port, host, path or query
    ");
    let relative = Redirect { path: Some("x".into()), ..Redirect::default() };
    assert_snapshot!(action_problems(Action::redirect(relative)), @r"
    error[format] Lb/Http: a redirect's path does not begin with `/`
      help: write it from the root
    ");
    let none: [(&str, u16); 0] = [];
    assert_snapshot!(action_problems(Action::weighted_forward(none)), @r"
    error[item-count] Lb/Http: a forward is to 1 to 5 target groups
      help: split the rest off to another rule
    ");
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/web/0123456789abcdef";
    assert_snapshot!(action_problems(Action::weighted_forward([(arn, 1000)])), @r"
    error[range] Lb/Http: a target group's weight is greater than 999
      help: a weight is 0 to 999
    ");
}
