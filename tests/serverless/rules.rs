//! Rules: when they hold, and what they do.

use formwork::Stack;
use formwork::aws::ec2::{SecurityGroupSpec, VpcSpec};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateTaskDefinitionSpec};
use formwork::aws::events::{EcsTask, EventPattern, Rule, RuleSpec, RuleTarget, RuleTargetInput, Schedule};
use formwork::aws::lambda::{Code, FunctionSpec};
use formwork::aws::sqs::QueueSpec;
use formwork::testing::{Template, absent};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const RULE: &str = "AWS::Events::Rule";

fn nightly(s: &mut Stack) -> Rule {
    s.add("Nightly", RuleSpec::schedule(Schedule::cron("0 3 * * ? *")))
}

#[test]
fn the_smallest_rule_holds_and_does_nothing() {
    snapshot("events_rule", Template::of(nightly).yaml());
}

#[test]
fn a_schedule_has_the_right_word() {
    let of = |number, unit: &'static str| {
        let template = Template::of(|s| s.add("Often", RuleSpec::schedule(Schedule::rate(number, unit))));
        template.resources(RULE)[0].resource["Properties"]["ScheduleExpression"].clone()
    };
    assert_eq!(of(1, "minutes"), "rate(1 minute)");
    assert_eq!(of(5, "minute"), "rate(5 minutes)");
}

#[test]
fn a_pattern_has_the_parts_it_is_given() {
    let template = Template::of(|s| {
        let pattern = EventPattern {
            account: vec!["111111111111".into()],
            region: vec!["us-east-1".into()],
            resources: vec!["arn:aws:s3:::uploads".into()],
            ..EventPattern::default()
        };
        s.add("Uploads", RuleSpec::pattern(pattern))
    });
    let pattern = json!({
        "account": ["111111111111"], "region": ["us-east-1"], "resources": ["arn:aws:s3:::uploads"],
        "source": absent(), "detail-type": absent(), "detail": absent(),
    });
    template.has_resource(RULE, json!({ "EventPattern": pattern, "ScheduleExpression": absent() }));
}

#[test]
fn inputs_are_text_json_or_a_path() {
    let template = Template::of(|s| {
        let queue = s.add("Jobs", QueueSpec::default());
        let rule = nightly(s);
        for input in [
            RuleTargetInput::Constant("go".into()),
            RuleTargetInput::Json(json!({ "full": true })),
            RuleTargetInput::Path("$.detail".into()),
        ] {
            rule.add_target(s, RuleTarget::queue(&queue).input(input));
        }
    });
    let targets = json!([
        { "Id": "Target0", "Input": "go" },
        { "Id": "Target1", "Input": "{\"full\":true}" },
        { "Id": "Target2", "InputPath": "$.detail" },
    ]);
    template.has_resource(RULE, json!({ "Targets": targets }));
}

#[test]
fn what_cannot_be_delivered_goes_to_a_queue_that_lets_it_in() {
    let template = Template::of(|s| {
        let function = s.add("Handler", FunctionSpec::new("nodejs22.x", "index.handler", Code::inline("1")));
        let dead = s.add("Dead", QueueSpec { enforce_ssl: false, ..QueueSpec::default() });
        let rule = nightly(s);
        rule.add_target(s, RuleTarget { dead_letter_queue: Some(dead), ..RuleTarget::function(&function) });
        rule.add_target(s, &function);
    });
    let target = json!([{ "DeadLetterConfig": { "Arn": { "Fn::GetAtt": ["DeadB2807C34", "Arn"] } } }, {}]);
    template.has_resource(RULE, json!({ "Targets": target }));
    let condition = json!({ "ArnEquals": { "aws:SourceArn": { "Fn::GetAtt": ["NightlyC44EE0A7", "Arn"] } } });
    let statement = json!([{ "Principal": { "Service": "events.amazonaws.com" }, "Condition": condition }]);
    template.has_resource("AWS::SQS::QueuePolicy", json!({ "PolicyDocument": { "Statement": statement } }));
    template.resource_count("AWS::Lambda::Permission", 1);
}

#[test]
fn two_rules_start_a_task_as_one_role() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let cluster = s.add("Cluster", ClusterSpec::default());
        let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec::new("web", "nginx")]));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "tasks"));
        for id in ["Morning", "Evening"] {
            let rule = s.add(id, RuleSpec::schedule(Schedule::rate(12, "hours")));
            let task = EcsTask {
                subnets: vpc.public_subnets(),
                security_groups: vec![group],
                assign_public_ip: true,
                task_count: 2,
                ..EcsTask::new(&cluster, &task, &vpc)
            };
            rule.add_target(s, task);
        }
    });
    let parameters = json!({
        "TaskCount": 2,
        "NetworkConfiguration": { "AwsVpcConfiguration": { "AssignPublicIp": "ENABLED" } },
    });
    template.has_resource(RULE, json!({ "Targets": [{ "EcsParameters": parameters }] }));
    let policies = template.resources("AWS::IAM::Policy");
    let [policy] = &policies[..] else { panic!("{policies:?}") };
    assert_eq!(policy.resource["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap().len(), 3);
}

#[test]
fn a_schedule_is_one() {
    let of = |schedule| found(|s| s.add("Rule", RuleSpec::schedule(schedule)));
    assert_snapshot!(of(Schedule::rate(0, "hours")), @"
    error[format] Rule: `rate(0 hours)` is no schedule
      help: write a number above 0 of minutes, hours or days
    ");
    assert_snapshot!(of(Schedule::rate(2, "weeks")), @"
    error[format] Rule: `rate(2 weeks)` is no schedule
      help: write a number above 0 of minutes, hours or days
    ");
    assert_snapshot!(of(Schedule::cron("0 3 * * *")), @"
    error[format] Rule: `cron(0 3 * * *)` is no schedule
      help: write six fields, of which the day of the month or that of the week is `?`: `0 3 * * ? *`
    ");
    assert_snapshot!(of(Schedule::cron("0 3 * * * *")), @"
    error[format] Rule: `cron(0 3 * * * *)` is no schedule
      help: write six fields, of which the day of the month or that of the week is `?`: `0 3 * * ? *`
    ");
}

#[test]
fn a_rule_holds_at_some_time_or_for_some_event() {
    assert_snapshot!(found(|s| s.add("Rule", RuleSpec::pattern(EventPattern::default()))), @"
    error[missing-property] Rule: the rule holds for no event and at no time
      help: give it a schedule, or a pattern with a part in it
    ");
}

#[test]
fn an_input_has_a_path_for_each_name() {
    let text = found(|s| {
        let queue = s.add("Jobs", QueueSpec::default());
        let input =
            RuleTargetInput::transformer([("key", "$.detail.key")], r#"{"key":<kye>,"rule":<aws.events.rule-arn>}"#);
        nightly(s).add_target(s, RuleTarget::queue(&queue).input(input));
    });
    assert_snapshot!(text, @"
    error[unknown-reference] Nightly: no path stands for `<kye>` in the input
      help: name it in `paths`
    ");
}

#[test]
fn a_rule_has_five_targets_at_most() {
    let text = found(|s| {
        let queue = s.add("Jobs", QueueSpec::default());
        let rule = nightly(s);
        for _ in 0..6 {
            rule.add_target(s, &queue);
        }
    });
    assert!(text.contains("error[item-count] Nightly: a rule has 5 targets at most"), "{text}");
}
