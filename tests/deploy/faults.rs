//! What AWS and the way to it do wrong, on the scripted server: nothing is lost, nothing is done twice, nothing is hidden.

use serde_json::{Value, json};

use super::scripted::{Fault, Finding, Lasts, On, Script, Server};
use super::{Definitions, Run};

const ACCOUNT: &str = "111111111111";

/// One stack with a queue and a topic.
fn shop(delay: u32) -> Value {
    json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
        "News": { "Type": "AWS::SNS::Topic" },
    } }])
}

fn run(server: &Server, stacks: &Value, args: &[&str]) -> Run {
    let definitions = Definitions::new(stacks);
    let mut command = definitions.program(|program, folder| server.command(program, folder));
    command.args(args).output().unwrap().into()
}

/// A server on which the stack was deployed by the program itself.
fn deployed(delay: u32) -> Server {
    let server = Server::start(ACCOUNT);
    run(&server, &shop(delay), &["deploy"]).done();
    server
}

/// How often a stack was executed.
fn executed(server: &Server) -> usize {
    let done = |event: &&_| -> bool { own_end(event) };
    server.model().stack("shop").events.iter().filter(done).count()
}

fn own_end(event: &super::scripted::Event) -> bool {
    event.resource == "shop" && matches!(event.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE")
}

// ----------------------------------------------------------------------------------------------------- who is calling

#[test]
fn credentials_of_another_account_change_nothing() {
    let server = Server::start("222222222222");
    run(&server, &shop(1), &["deploy"])
        .ended(2)
        .told("these stacks belong to account 111111111111, and the credentials to account 222222222222");
    assert_eq!(server.count("GetCallerIdentity"), server.calls().len());
}

#[test]
fn expired_credentials_say_to_log_in_again() {
    let server = Server::start(ACCOUNT);
    let expired = Fault::answer(403, "ExpiredToken", "The security token included in the request is expired");
    server.fault(On::first("GetCallerIdentity").times(usize::MAX), expired);
    run(&server, &shop(1), &["deploy"]).ended(2).told("log in again");
}

#[test]
fn credentials_that_expire_on_the_way_leave_the_operation_running_and_say_so() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::default().lasts(Lasts::Polls(50)));
    let expired = Fault::answer(403, "ExpiredToken", "The security token included in the request is expired");
    server.fault(On::nth("DescribeStacks", 3).times(usize::MAX), expired);
    run(&server, &shop(1), &["deploy"]).ended(3).told("log in again");
    assert_eq!(server.count("DeleteStack"), 0);
}

#[test]
fn a_missing_permission_is_named_and_the_change_set_taken_back() {
    let server = deployed(1);
    let denied =
        Fault::answer(403, "AccessDenied", "User: x is not authorized to perform: cloudformation:ExecuteChangeSet");
    server.fault(On::first("ExecuteChangeSet"), denied);
    run(&server, &shop(2), &["deploy"]).ended(3).told("not authorized to perform: cloudformation:ExecuteChangeSet");
    assert!(server.model().stack("shop").change_sets.iter().all(|set| set.execution != "AVAILABLE"));
    assert_eq!(executed(&server), 1);
}

// ------------------------------------------------------------------------------------------------- answers that get lost

#[test]
fn a_lost_answer_never_makes_a_second_change_set_or_a_second_execution() {
    for action in ["CreateChangeSet", "ExecuteChangeSet", "DescribeChangeSet", "DescribeStacks"] {
        for fault in [|| Fault::Drop, || Fault::DoAndDrop, || Fault::HalfAnswer] {
            let server = deployed(1);
            server.fault(On::first(action), fault());
            run(&server, &shop(2), &["deploy"]).done().told("updated");
            assert_eq!(executed(&server), 2, "{action}");
            let sets = server.model().stack("shop").change_sets.len();
            assert_eq!(sets, 1, "{action}");
        }
    }
}

#[test]
fn a_lost_answer_never_makes_a_second_stack() {
    for action in ["CreateChangeSet", "ExecuteChangeSet", "DescribeChangeSet", "DescribeStacks"] {
        for fault in [|| Fault::Drop, || Fault::DoAndDrop, || Fault::HalfAnswer] {
            let server = Server::start(ACCOUNT);
            server.next("shop", Script::default().lasts(Lasts::Polls(2)));
            server.fault(On::first(action), fault());
            run(&server, &shop(1), &["deploy"]).done().told("created");
            assert_eq!(server.model().stacks.len(), 1, "{action}");
            assert_eq!(executed(&server), 1, "{action}");
        }
    }
}

#[test]
fn a_lost_answer_to_a_deletion_is_no_failure() {
    for fault in [Fault::Drop, Fault::DoAndDrop, Fault::HalfAnswer] {
        let server = deployed(1);
        server.fault(On::first("DeleteStack"), fault);
        run(&server, &shop(1), &["destroy", "--yes", "shop"]).done().told("deleted");
        assert!(server.model().find("shop").is_none());
    }
}

#[test]
fn a_poll_that_fails_is_tried_again() {
    let server = deployed(1);
    server.next("shop", Script::default().lasts(Lasts::Polls(4)));
    server.fault(On::nth("DescribeStacks", 2).times(3), Fault::answer(503, "ServiceUnavailable", "Slow down"));
    server.fault(On::first("DescribeStackEvents").times(2), Fault::answer(500, "InternalFailure", "Oops"));
    run(&server, &shop(2), &["deploy"]).done().told("updated");
}

#[test]
fn throttling_slows_a_deployment_down_and_does_not_fail_it() {
    let server = Server::start(ACCOUNT);
    let stacks: Vec<Value> = (0..12)
        .map(|index| {
            json!({ "path": format!("s{index}"), "account": ACCOUNT, "resources": {
        "News": { "Type": "AWS::SNS::Topic" },
    } })
        })
        .collect();
    server.limit("DescribeStacks", 3.0, 2.0);
    server.limit("CreateChangeSet", 5.0, 2.0);
    run(&server, &json!(stacks), &["deploy"]).done();
    assert_eq!(server.model().stacks.len(), 12);
    assert!(server.throttled("CreateChangeSet") > 0, "or this shows nothing");
}

// ------------------------------------------------------------------------------------------------------- somebody else

#[test]
fn changes_are_worked_out_anew_when_somebody_else_was_quicker() {
    let server = deployed(1);
    server.fault(On::first("ExecuteChangeSet"), Fault::meanwhile(|model| model.stack("shop").change_sets.clear()));
    run(&server, &shop(2), &["deploy"]).done().told("worked out anew");
    assert_eq!(server.count("CreateChangeSet"), 3);
    assert_eq!(executed(&server), 2);
}

#[test]
fn a_stack_that_somebody_deletes_before_its_update_is_created() {
    let server = deployed(1);
    let gone = Fault::meanwhile(|model| model.stack("shop").status = "DELETE_COMPLETE".into());
    server.fault(On::first("CreateChangeSet"), gone);
    run(&server, &shop(2), &["deploy"]).done().told("created");
    assert_eq!(executed(&server), 1);
}

#[test]
fn a_stack_that_is_deleted_while_it_is_updated_is_told() {
    let server = deployed(1);
    server.next("shop", Script::default().lasts(Lasts::Polls(50)));
    server.fault(
        On::nth("DescribeStacks", 4),
        Fault::meanwhile(|model| model.stack("shop").status = "DELETE_COMPLETE".into()),
    );
    run(&server, &shop(2), &["deploy"]).ended(3).told("shop   failed");
}

// ------------------------------------------------------------------------------------------------------ why it failed

#[test]
fn what_validation_finds_is_shown_with_the_lines_that_made_it() {
    let server = deployed(1);
    let finding = Finding {
        resource: "Jobs".into(),
        path: "/Resources/Jobs/Properties/DelaySeconds".into(),
        reason: "the service does not like it".into(),
    };
    server.refuse("shop", "Validation failed", vec![finding]);
    run(&server, &shop(2), &["deploy"])
        .ended(3)
        .told("the service does not like it")
        .told("DelaySeconds")
        .told("examples/fixture.rs");
    assert_eq!(executed(&server), 1);
    assert!(server.model().stack("shop").change_sets.iter().all(|set| set.status != "FAILED"), "it is taken back");
}

#[test]
fn a_refused_first_change_set_leaves_no_stack_behind() {
    let server = Server::start(ACCOUNT);
    server.refuse("shop", "Something is wrong with it", Vec::new());
    run(&server, &shop(1), &["deploy"]).ended(3).told("Something is wrong with it");
    assert!(server.model().find("shop").is_none());
}

#[test]
fn the_cause_is_found_among_ten_thousand_events_and_down_in_a_nested_stack() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full").events(10_000));
    run(&server, &shop(1), &["deploy"]).ended(3).told("The queue is full").told("1 more resource cancelled");
    let child = json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Child": { "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": "https://example.com/t.json" } },
    } }]);
    server.next("shop", Script::nested_fails("Child", "Inner", "There is no room"));
    run(&server, &child, &["deploy"]).ended(3).told("There is no room").told("Inner");
}

#[test]
fn a_rollback_that_fails_tells_both_causes() {
    let server = deployed(1);
    server.next("shop", Script::rollback_fails("Jobs", "No such delay", "Jobs", "The way back is closed"));
    run(&server, &shop(2), &["deploy"])
        .ended(3)
        .told("No such delay")
        .told("The way back is closed")
        .told("recover shop");
    assert_eq!(server.model().stack("shop").status, "UPDATE_ROLLBACK_FAILED");
    run(&server, &shop(1), &["recover", "--skip", "Jobs", "--yes", "shop"]).done();
    assert_eq!(server.model().stack("shop").status, "UPDATE_ROLLBACK_COMPLETE");
}

// ---------------------------------------------------------------------------------------------------------- secrets

#[test]
fn what_must_not_be_echoed_is_nowhere() {
    let server = Server::start(ACCOUNT);
    let secret = json!([{ "path": "shop", "account": ACCOUNT,
        "parameters": { "Word": { "type": "String", "noEcho": true } },
        "resources": { "News": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "Word" } } } },
    }]);
    server.next("shop", Script::fails("News", "No"));
    for args in [&["deploy", "--parameters", "Word=xyzzy"][..], &["deploy", "--json", "--parameters", "Word=xyzzy"]] {
        let run = run(&server, &secret, args);
        assert!(!run.out.contains("xyzzy") && !run.err.contains("xyzzy"), "{}\n{}", run.out, run.err);
    }
    let sent = server
        .calls()
        .into_iter()
        .filter_map(|call| call.params.get("Parameters.member.1.ParameterValue").map(str::to_owned));
    assert_eq!(sent.collect::<Vec<_>>(), ["xyzzy", "xyzzy"], "it did arrive");
}
