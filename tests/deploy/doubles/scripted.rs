//! The scripted server: each thing that it can be told, as the SDK's client sees it.

use std::time::{Duration, Instant};

use aws_config::retry::RetryConfig;
use aws_sdk_cloudformation::types::{ChangeSetType, OnStackFailure};
use serde_json::{Value, json};

use crate::deploy::aws::Aws;
use crate::deploy::scripted::{Fault, Finding, Lasts, On, Script, Server};
use crate::deploy::{fixture, isolated};

const ACCOUNT: &str = "111111111111";

/// A queue and a topic, the queue's delay as given.
fn template(delay: u32) -> Value {
    json!({
        "Resources": {
            "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
            "News": { "Type": "AWS::SNS::Topic" },
        },
        "Outputs": { "Url": { "Value": { "Ref": "Jobs" }, "Export": { "Name": "jobs" } } },
    })
}

/// A server with a client, and one with a deployed stack `shop`.
fn empty() -> (Server, Aws) {
    let server = Server::start(ACCOUNT);
    let aws = server.aws();
    (server, aws)
}

fn deployed() -> (Server, Aws) {
    let (server, aws) = empty();
    server.model().deployed("shop", &template(1));
    (server, aws)
}

/// Client with quick retries.
fn patient(server: &Server) -> Aws {
    let quick = RetryConfig::standard().with_max_attempts(5).with_initial_backoff(Duration::from_millis(20));
    Aws::retrying(&server.url(), "test", quick)
}

fn statuses(aws: &Aws, name: &str) -> Vec<String> {
    let events = aws.events(name).into_iter().rev();
    let told = |event: aws_sdk_cloudformation::types::StackEvent| {
        let (id, status) = (event.logical_resource_id.unwrap(), event.resource_status.unwrap());
        format!("{id} {status}")
    };
    events.map(told).collect()
}

// ------------------------------------------------------------------------------------------------------ what succeeds

#[test]
fn a_stack_is_created_and_updated_by_change_sets() {
    let (_server, aws) = empty();
    assert_eq!(aws.status("shop"), "-");
    assert_eq!(aws.deploy("shop", &template(1)), "CREATE_COMPLETE");
    assert_eq!(aws.outputs("shop")["Url"], "shop-Url-value");
    assert_eq!(aws.resources("shop").into_keys().collect::<Vec<_>>(), ["Jobs", "News"]);
    assert_eq!(
        statuses(&aws, "shop"),
        [
            "shop CREATE_IN_PROGRESS",
            "Jobs CREATE_IN_PROGRESS",
            "Jobs CREATE_COMPLETE",
            "News CREATE_IN_PROGRESS",
            "News CREATE_COMPLETE",
            "shop CREATE_COMPLETE"
        ]
    );
    let exports = aws.done(aws.cloudformation.list_exports().send()).exports.unwrap();
    assert_eq!(exports[0].name.as_deref(), Some("jobs"));
    let renewed = json!({ "Resources": { "Jobs": template(2)["Resources"]["Jobs"], "Bus": { "Type": "AWS::Events::EventBus" } } });
    aws.prepare("shop", ChangeSetType::Update, &renewed);
    let set = aws.done(aws.cloudformation.describe_change_set().stack_name("shop").change_set_name("test").send());
    let changes = set.changes.unwrap().into_iter().map(|change| change.resource_change.unwrap());
    let changes: Vec<_> =
        changes.map(|c| format!("{} {}", c.action.unwrap(), c.logical_resource_id.unwrap())).collect();
    assert_eq!(changes, ["Modify Jobs", "Add Bus", "Remove News"]);
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    assert_eq!(aws.settled("shop"), "UPDATE_COMPLETE");
    assert_eq!(aws.resources("shop").into_keys().collect::<Vec<_>>(), ["Bus", "Jobs"]);
    let body = aws.done(aws.cloudformation.get_template().stack_name("shop").send()).template_body.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), renewed);
}

#[test]
fn yaml_is_read_as_json_is() {
    let (server, aws) = empty();
    let yaml =
        "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub x-${AWS::Region}\n";
    let create = aws.cloudformation.create_change_set().stack_name("shop").change_set_name("test");
    aws.done(create.change_set_type(ChangeSetType::Create).template_body(yaml).send());
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    assert_eq!(aws.resources("shop").into_keys().collect::<Vec<_>>(), ["Jobs"]);
    assert_eq!(server.model().stack("shop").change_sets[0].execution, "EXECUTE_COMPLETE");
}

#[test]
fn a_deleted_stack_answers_to_its_id_alone() {
    let (_server, aws) = deployed();
    let id = aws.stack("shop").unwrap().stack_id.unwrap();
    assert_eq!(aws.delete("shop"), "-");
    assert_eq!(aws.status(&id), "DELETE_COMPLETE");
    assert_eq!(aws.deploy("shop", &template(1)), "CREATE_COMPLETE", "the name is free again");
}

#[test]
fn an_operation_lasts_as_many_polls_as_it_is_told_and_its_events_come_meanwhile() {
    let (server, aws) = deployed();
    server.next("shop", Script::default().lasts(Lasts::Polls(3)));
    aws.prepare("shop", ChangeSetType::Update, &template(2));
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    assert_eq!(aws.status("shop"), "UPDATE_IN_PROGRESS");
    let seen = aws.events("shop").len();
    assert_eq!(aws.status("shop"), "UPDATE_COMPLETE", "the events were the second look, this is the third");
    assert!(0 < seen && seen < aws.events("shop").len());
}

#[test]
fn an_operation_that_takes_time_can_be_cancelled() {
    let (server, aws) = deployed();
    server.model().lasts = Lasts::For(Duration::from_hours(1));
    server.next("shop", Script::default());
    aws.prepare("shop", ChangeSetType::Update, &template(2));
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    assert_eq!(aws.status("shop"), "UPDATE_IN_PROGRESS");
    server.model().lasts = Lasts::Polls(1);
    aws.done(aws.cloudformation.cancel_update_stack().stack_name("shop").send());
    assert_eq!(aws.settled("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

// --------------------------------------------------------------------------------------------------------- what fails

#[test]
fn a_failed_create_is_rolled_back_deleted_or_left_as_it_was_asked() {
    for (policy, ends, then) in [
        (OnStackFailure::Rollback, "ROLLBACK_COMPLETE", "-"),
        (OnStackFailure::Delete, "-", "-"),
        (OnStackFailure::DoNothing, "CREATE_FAILED", "ROLLBACK_COMPLETE"),
    ] {
        let (server, aws) = empty();
        server.next("shop", Script::fails("Jobs", "The queue is full"));
        let create = aws.cloudformation.create_change_set().stack_name("shop").change_set_name("test");
        let create = create.change_set_type(ChangeSetType::Create).on_stack_failure(policy);
        aws.done(create.template_body(template(1).to_string()).send());
        aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
        assert_eq!(aws.settled("shop"), ends);
        if then != "-" {
            aws.done(aws.cloudformation.rollback_stack().stack_name("shop").send());
            assert_eq!(aws.settled("shop"), then);
        }
    }
}

#[test]
fn the_first_failure_is_the_cause_and_the_others_are_cancelled() {
    let (server, aws) = empty();
    server.next("shop", Script::fails("Jobs", "The queue is full"));
    assert_eq!(aws.deploy("shop", &template(1)), "ROLLBACK_COMPLETE");
    let failed =
        aws.events("shop").into_iter().rev().filter(|e| e.resource_status().unwrap().as_str() == "CREATE_FAILED");
    let reasons: Vec<_> = failed.map(|event| event.resource_status_reason.unwrap()).collect();
    assert_eq!(reasons, ["The queue is full", "Resource creation cancelled"]);
}

#[test]
fn a_rollback_that_fails_can_be_continued() {
    let (server, aws) = deployed();
    server.next("shop", Script::rollback_fails("Jobs", "No", "Jobs", "Still no"));
    assert_eq!(aws.deploy("shop", &template(2)), "UPDATE_ROLLBACK_FAILED");
    let update = aws.cloudformation.create_change_set().stack_name("shop").change_set_name("next");
    assert!(aws.refused(update.use_previous_template(true).send()).contains("can not be updated"));
    let go_on = aws.cloudformation.continue_update_rollback().stack_name("shop").resources_to_skip("Jobs");
    aws.done(go_on.send());
    assert_eq!(aws.settled("shop"), "UPDATE_ROLLBACK_COMPLETE");
    let body = aws.done(aws.cloudformation.get_template().stack_name("shop").send()).template_body.unwrap();
    assert_eq!(body, template(1).to_string());
}

#[test]
fn a_stack_that_cannot_be_deleted_can_be_deleted_without_what_stands_in_the_way() {
    let (server, aws) = deployed();
    server.next("shop", Script::fails("News", "Somebody listens"));
    assert_eq!(aws.delete("shop"), "DELETE_FAILED");
    assert_eq!(aws.resources("shop").into_keys().collect::<Vec<_>>(), ["News"]);
    aws.done(aws.cloudformation.delete_stack().stack_name("shop").retain_resources("News").send());
    assert_eq!(aws.settled("shop"), "-");
}

#[test]
fn a_stack_that_is_protected_or_whose_export_is_in_use_is_not_deleted() {
    let (server, aws) = deployed();
    let protect =
        |on| aws.cloudformation.update_termination_protection().stack_name("shop").enable_termination_protection(on);
    aws.done(protect(true).send());
    let refused = aws.refused(aws.cloudformation.delete_stack().stack_name("shop").send());
    assert!(refused.contains("Stack [shop] cannot be deleted while TerminationProtection is enabled"), "{refused}");
    aws.done(protect(false).send());
    server.model().deployed("web", &json!({ "Resources": { "A": { "P": { "Fn::ImportValue": "jobs" } } } }));
    let refused = aws.refused(aws.cloudformation.delete_stack().stack_name("shop").send());
    assert!(refused.contains("Export jobs cannot be deleted as it is in use by web"), "{refused}");
    let imports = aws.done(aws.cloudformation.list_imports().export_name("jobs").send());
    assert_eq!(imports.imports.unwrap(), ["web"]);
}

#[test]
fn a_change_set_fails_without_changes_and_with_what_validation_finds() {
    let (server, aws) = deployed();
    let ask = |name: &str, template: Value| {
        let create = aws.cloudformation.create_change_set().stack_name("shop").change_set_name(name);
        aws.done(create.template_body(template.to_string()).send());
        let set = aws.done(aws.cloudformation.describe_change_set().stack_name("shop").change_set_name(name).send());
        (set.status_reason.unwrap(), set.change_set_id.unwrap())
    };
    let (reason, _) = ask("same", template(1));
    assert!(reason.starts_with("The submitted information didn't contain changes."), "{reason}");
    let (path, why) = ("/Resources/Jobs/Properties/DelaySeconds", "901 is greater than 900");
    let finding = Finding { resource: "Jobs".into(), path: path.into(), reason: why.into() };
    server.refuse("shop", "The change set did not pass validation", vec![finding]);
    let (reason, set) = ask("wrong", template(901));
    assert_eq!(reason, "The change set did not pass validation");
    let events = aws.done(aws.cloudformation.describe_events().change_set_name(set).send()).operation_events.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event_type().unwrap().as_str(), "VALIDATION_ERROR");
    assert_eq!((events[0].validation_path(), events[0].validation_status_reason()), (Some(path), Some(why)));
    let run = aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("wrong").send();
    assert!(aws.refused(run).contains("InvalidChangeSetStatus"));
    let listed = aws.done(aws.cloudformation.list_change_sets().stack_name("shop").send()).summaries.unwrap();
    assert_eq!(listed.iter().map(|set| set.change_set_name().unwrap()).collect::<Vec<_>>(), ["same", "wrong"]);
}

#[test]
fn a_nested_stack_hides_its_failure_one_level_down() {
    let (server, aws) = empty();
    server.next("shop", Script::nested_fails("Child", "Inner", "No room"));
    let child = json!({ "Resources": { "Child": { "Type": "AWS::CloudFormation::Stack" } } });
    assert_eq!(aws.deploy("shop", &child), "ROLLBACK_COMPLETE");
    let events = aws.events("shop");
    let failed = events.iter().find(|event| event.resource_status().unwrap().as_str() == "CREATE_FAILED").unwrap();
    let inner = aws.events(failed.physical_resource_id().unwrap());
    assert!(inner.iter().any(|event| event.resource_status_reason() == Some("No room")));
    let filter = aws_sdk_cloudformation::types::EventFilter::builder().failed_events(true).build();
    let failures = aws.done(aws.cloudformation.describe_events().stack_name("shop").filters(filter).send());
    assert_eq!(failures.operation_events.unwrap().len(), 1);
}

#[test]
fn ten_thousand_events_come_a_hundred_at_a_time() {
    let (server, aws) = empty();
    server.next("shop", Script::default().events(10_000));
    assert_eq!(aws.deploy("shop", &template(1)), "CREATE_COMPLETE");
    assert_eq!(aws.events("shop").len(), 10_006);
    assert_eq!(server.count("DescribeStackEvents"), 101);
}

// ------------------------------------------------------------------------------------------------ what goes wrong on the way

#[test]
fn a_call_that_comes_too_often_is_throttled_and_the_client_tries_again() {
    let (server, _) = deployed();
    server.limit("DescribeStacks", 20.0, 1.0);
    let aws = patient(&server);
    for _ in 0..3 {
        assert_eq!(aws.status("shop"), "CREATE_COMPLETE");
    }
    assert!(server.throttled("DescribeStacks") > 0);
    assert_eq!(server.count("DescribeStacks") - server.throttled("DescribeStacks"), 3);
}

#[test]
fn a_repeated_token_is_the_same_request() {
    let (server, aws) = deployed();
    let create = |token: &str| {
        let create =
            aws.cloudformation.create_change_set().stack_name("shop").change_set_name("test").client_token(token);
        create.template_body(template(2).to_string())
    };
    let id = aws.done(create("one").send()).id;
    assert_eq!(aws.done(create("one").send()).id, id);
    assert!(aws.refused(create("two").send()).contains("AlreadyExistsException"));
    let execute = || aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test");
    aws.done(execute().client_request_token("run").send());
    aws.done(execute().client_request_token("run").send());
    assert!(aws.refused(execute().client_request_token("other").send()).contains("InvalidChangeSetStatus"));
    assert_eq!(server.model().stack("shop").events.iter().filter(|event| event.status == "UPDATE_COMPLETE").count(), 2);
}

#[test]
fn an_answer_can_be_lost_before_after_and_in_the_middle() {
    for (fault, done) in [(Fault::Drop, false), (Fault::DoAndDrop, true), (Fault::HalfAnswer, true)] {
        let (server, aws) = deployed();
        server.fault(On::first("DeleteStack"), fault);
        let lost = aws.refused(aws.cloudformation.delete_stack().stack_name("shop").send());
        assert!(lost.contains("dispatch failure") || lost.contains("response error"), "{lost}");
        assert_eq!(aws.status("shop"), if done { "-" } else { "CREATE_COMPLETE" });
    }
}

#[test]
fn errors_of_the_service_come_as_often_as_they_are_told_to() {
    let (server, _) = deployed();
    let on = On::nth("DescribeStacks", 2).times(2).stack("shop");
    server.fault(on, Fault::answer(503, "ServiceUnavailable", "Slow down"));
    let aws = patient(&server);
    assert_eq!(aws.status("other"), "-", "another stack is not counted");
    assert_eq!(aws.status("shop"), "CREATE_COMPLETE");
    assert_eq!(aws.status("shop"), "CREATE_COMPLETE", "the fourth call answers the second question");
    assert_eq!(server.count("DescribeStacks"), 5);
}

#[test]
fn an_answer_can_take_its_time() {
    let (server, aws) = deployed();
    server.fault(On::first("DescribeStacks"), Fault::Wait(Duration::from_millis(50)));
    let start = Instant::now();
    assert_eq!(aws.status("shop"), "CREATE_COMPLETE");
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn somebody_else_can_be_quicker() {
    let (server, aws) = deployed();
    aws.prepare("shop", ChangeSetType::Update, &template(2));
    server.fault(On::first("ExecuteChangeSet"), Fault::meanwhile(|model| model.stack("shop").change_sets.clear()));
    let run = aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send();
    assert!(aws.refused(run).contains("ChangeSet [test] does not exist"));
}

// ------------------------------------------------------------------------------------------------------ what is recorded

#[test]
fn every_call_is_recorded_with_its_stack_and_parameters() {
    let (server, aws) = deployed();
    let id = aws.stack("shop").unwrap().stack_id.unwrap();
    assert!(server.writes().is_empty());
    let policy = r#"{"Statement":[]}"#;
    aws.done(aws.cloudformation.set_stack_policy().stack_name(&id).stack_policy_body(policy).send());
    assert_eq!(
        aws.done(aws.cloudformation.get_stack_policy().stack_name("shop").send()).stack_policy_body.as_deref(),
        Some(policy)
    );
    assert_eq!(server.writes(), ["SetStackPolicy"]);
    let call = &server.calls()[1];
    assert_eq!((call.action.as_str(), call.stack.as_deref()), ("SetStackPolicy", Some("shop")));
    assert_eq!(call.params.get("StackPolicyBody"), Some(policy));
}

#[test]
fn lists_come_in_pages_and_what_is_secret_stays_so() {
    let (server, aws) = empty();
    server.model().page = 2;
    for name in ["a", "b", "c"] {
        server.model().deployed(name, &template(1));
    }
    let stacks = aws.cloudformation.describe_stacks().into_paginator().items().send();
    assert_eq!(aws.done(stacks.collect::<Result<Vec<_>, _>>()).len(), 3);
    assert_eq!(server.count("DescribeStacks"), 2);
    let secret =
        json!({ "Parameters": { "Word": { "Type": "String", "NoEcho": true, "Default": "plain" } }, "Resources": {} });
    aws.deploy("d", &secret);
    let stack = aws.stack("d").unwrap();
    assert_eq!(stack.parameters()[0].parameter_value(), Some("****"));
}

#[test]
fn the_account_is_the_one_the_server_was_given() {
    let (server, aws) = empty();
    assert_eq!(aws.done(aws.sts.get_caller_identity().send()).account.as_deref(), Some(ACCOUNT));
    server.model().account = "222222222222".into();
    assert_eq!(aws.done(aws.sts.get_caller_identity().send()).account.as_deref(), Some("222222222222"));
}

#[test]
fn a_program_is_cut_off_from_everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(ACCOUNT);
    let printed = server.command("env", folder.path()).env("FIXTURE", fixture()).output().unwrap().stdout;
    let printed = String::from_utf8(printed).unwrap();
    let set: Vec<_> = printed.lines().filter(|line| line.starts_with("AWS_") || line.starts_with("COLUMNS")).collect();
    assert!(set.contains(&format!("AWS_ENDPOINT_URL={}", server.url()).as_str()), "{set:?}");
    assert_eq!(set.len(), 8, "{set:?}");
    assert!(!printed.to_uppercase().contains("_PROXY="), "{printed}");
    let other = isolated("env", folder.path(), "http://127.0.0.1:1", ACCOUNT);
    assert_eq!(other.get_current_dir(), Some(folder.path()));
}
