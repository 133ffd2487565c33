//! Rules, and what they do.

use formwork::aws::ec2::VpcSpec;
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateTaskDefinitionSpec};
use formwork::aws::events::{EcsTask, EventPattern, RuleSpec, RuleTarget, RuleTargetInput, Schedule};
use formwork::aws::sns::TopicSpec;
use formwork::aws::sqs::QueueSpec;
use formwork::{Stack, json};

use super::{Case, lambda};

pub const CASES: &[Case] = &[("schedule", schedule), ("pattern", pattern), ("topic", topic), ("task", task)];

fn schedule(s: &mut Stack) {
    let function = s.add("Handler", lambda::spec());
    let rule = s.add("Nightly", RuleSpec::schedule(Schedule::cron("0 3 * * ? *")));
    let input = RuleTargetInput::Json(serde_json::json!({ "full": true }));
    rule.add_target(s, RuleTarget::function(&function).input(input));
}

fn pattern(s: &mut Stack) {
    let queue = s.add("Jobs", QueueSpec::default());
    let pattern = EventPattern {
        source: vec!["aws.s3".into()],
        detail_type: vec!["Object Created".into()],
        detail: Some(json!({ "bucket": { "name": ["uploads"] } })),
        ..EventPattern::default()
    };
    let spec = RuleSpec {
        rule_name: Some("uploads".into()),
        description: Some("what was uploaded".into()),
        enabled: false,
        ..RuleSpec::pattern(pattern)
    };
    let rule = s.add("Uploads", spec);
    let paths = [("detail-object-key", "$.detail.object.key")];
    let target = RuleTarget { retry_attempts: Some(2), max_event_age: Some(7200), ..RuleTarget::queue(&queue) };
    rule.add_target(s, target.input(RuleTargetInput::transformer(paths, r#"{"key":<detail-object-key>}"#)));
}

fn topic(s: &mut Stack) {
    let topic = s.add("Topic", TopicSpec::default());
    let rule = s.add("Hourly", RuleSpec::schedule(Schedule::rate(1, "hours")));
    rule.add_target(s, &topic);
}

fn task(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let cluster = s.add("Cluster", ClusterSpec::default());
    let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec::new("web", "nginx")]));
    let rule = s.add("Nightly", RuleSpec::schedule(Schedule::rate(1, "days")));
    let template = r#"{"containerOverrides":[{"name":"web","environment":[{"name":"KEY","value":<id>}]}]}"#;
    let input = RuleTargetInput::transformer([("id", "$.id")], template);
    rule.add_target(s, RuleTarget::task(EcsTask::new(&cluster, &task, &vpc)).input(input));
}
