//! Queues.

use formwork::DeletionPolicy;
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::sqs::{DeadLetterQueue, QueueSpec};
use formwork::testing::{Template, absent, any};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const QUEUE: &str = "AWS::SQS::Queue";

#[test]
fn the_smallest_queue_refuses_requests_without_tls() {
    snapshot("sqs_queue", Template::of(|s| s.add("Jobs", QueueSpec::default())).yaml());
}

#[test]
fn a_queue_may_let_in_requests_without_tls() {
    let template = Template::of(|s| s.add("Jobs", QueueSpec { enforce_ssl: false, ..QueueSpec::default() }));
    template.resource_count("AWS::SQS::QueuePolicy", 0);
}

#[test]
fn a_queue_may_be_kept() {
    let spec = QueueSpec { deletion_policy: DeletionPolicy::Retain, ..QueueSpec::default() };
    let template = Template::of(|s| s.add("Jobs", spec));
    let kept = json!({ "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain" });
    template.has_resource_with(QUEUE, kept);
}

#[test]
fn who_uses_a_queue_may_use_its_key() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        let queue = s.add("Jobs", QueueSpec { encryption_key: Some(key), ..QueueSpec::default() });
        let [sender, consumer] =
            ["Sender", "Consumer"].map(|id| s.add(id, RoleSpec::new(Principal::service("lambda.amazonaws.com"))));
        queue.grant_send_messages(s, sender);
        queue.grant_consume_messages(s, consumer);
    });
    template.has_resource(QUEUE, json!({ "KmsMasterKeyId": any() }));
    let of = |id: &str| {
        let policies = template.resources("AWS::IAM::Policy");
        let policy = policies.iter().find(|policy| policy.id.starts_with(id)).unwrap();
        policy.resource["Properties"]["PolicyDocument"]["Statement"][1]["Action"].clone()
    };
    assert_eq!(of("Sender"), json!(["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]));
    assert_eq!(of("Consumer"), json!("kms:Decrypt"));
}

#[test]
fn a_service_gets_rights_from_the_queues_policy() {
    let template = Template::of(|s| {
        let queue = s.add("Jobs", QueueSpec { enforce_ssl: false, ..QueueSpec::default() });
        queue.grant_send_messages(s, Principal::service("s3.amazonaws.com"));
        s.output("Url", queue.url());
        s.output("Name", queue.name());
    });
    let statement = json!([{ "Principal": { "Service": "s3.amazonaws.com" }, "Condition": absent() }]);
    template.has_resource("AWS::SQS::QueuePolicy", json!({ "PolicyDocument": { "Statement": statement } }));
    template.has_output("Url", json!({ "Value": { "Ref": "JobsDF1CC2D4" } }));
    template.has_output("Name", json!({ "Value": { "Fn::GetAtt": ["JobsDF1CC2D4", "QueueName"] } }));
}

#[test]
fn the_name_of_a_queue_says_what_it_is() {
    let of = |name: &str, fifo| {
        found(|s| s.add("Jobs", QueueSpec { queue_name: Some(name.into()), fifo, ..QueueSpec::default() }))
    };
    assert_snapshot!(of("jobs", true), @"
    error[name] Jobs: a FIFO queue cannot be called `jobs`
      help: its name ends with `.fifo`
    ");
    assert_snapshot!(of("jobs.fifo", false), @"
    error[name] Jobs: `jobs.fifo` is the name of a FIFO queue
      help: set `fifo`, or take `.fifo` away
    ");
    assert_eq!(of("jobs.fifo", true), "");
    let spec = QueueSpec { content_based_deduplication: true, ..QueueSpec::default() };
    assert_snapshot!(found(|s| s.add("Jobs", spec)), @"
    error[dependent-properties] Jobs: only a FIFO queue tells messages that are the same
      help: set `fifo`, or leave `content_based_deduplication` out
    ");
}

#[test]
fn the_numbers_of_a_queue_are_within_bounds() {
    let text = found(|s| {
        let dead = s.add("Dead", QueueSpec { retention_period: Some(10), ..QueueSpec::default() });
        let spec = QueueSpec {
            visibility_timeout: Some(43_201),
            receive_message_wait_time: Some(21),
            delivery_delay: Some(901),
            dead_letter_queue: Some(DeadLetterQueue { queue: dead, max_receive_count: 1 }),
            ..QueueSpec::default()
        };
        s.add("Jobs", spec)
    });
    assert_snapshot!(text, @"
    error[range] Dead/Resource MessageRetentionPeriod: `MessageRetentionPeriod` cannot be `10`
      help: it must be between 60 and 1209600
    error[range] Jobs/Resource DelaySeconds: `DelaySeconds` cannot be `901`
      help: it must be between 0 and 900
    error[range] Jobs/Resource ReceiveMessageWaitTimeSeconds: `ReceiveMessageWaitTimeSeconds` cannot be `21`
      help: it must be between 0 and 20
    error[range] Jobs/Resource VisibilityTimeout: `VisibilityTimeout` cannot be `43201`
      help: it must be between 0 and 43200
    ");
}
