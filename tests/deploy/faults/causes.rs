//! Why an operation failed: the cause first, with the line that made it.

use serde_json::json;

use super::{ACCOUNT, deployed, executed, left_behind, shop, shown, status, written_since};
use crate::deploy::scripted::{Finding, Script, Server};

/// The calls that change something when a change set is executed.
const EXECUTED: [&str; 2] = ["CreateChangeSet", "ExecuteChangeSet"];

#[test]
fn what_validation_finds_is_shown_with_the_lines_that_made_it() {
    let server = deployed(1);
    let before = server.writes().len();
    let finding = Finding {
        resource: "Jobs".into(),
        path: "/Resources/Jobs/Properties/DelaySeconds".into(),
        reason: "the service does not like it".into(),
    };
    server.refuse("shop", "Validation failed", vec![finding]);
    let run = server.run(&shop(2), &["deploy"]).ended(3).told("DelaySeconds").told("examples/fixture.rs");
    shown("validation", &run);
    assert_eq!(written_since(&server, before), ["CreateChangeSet", "DeleteChangeSet"]);
    assert_eq!((executed(&server), left_behind(&server)), (1, 0));
}

#[test]
fn a_refused_first_change_set_leaves_no_stack_behind() {
    let server = Server::start(ACCOUNT);
    server.refuse("shop", "Something is wrong with it", Vec::new());
    shown("refused_change_set", &server.run(&shop(1), &["deploy"]).ended(3));
    assert_eq!(status(&server), "-");
}

#[test]
fn a_creation_that_fails_is_taken_back() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full"));
    shown("create_failed", &server.run(&shop(1), &["deploy"]).ended(3));
    assert_eq!(server.writes(), EXECUTED);
    assert_eq!(status(&server), "-");
}

#[test]
fn an_update_that_fails_is_rolled_back() {
    let server = deployed(1);
    let before = server.writes().len();
    server.next("shop", Script::fails("Jobs", "No such delay"));
    shown("update_failed", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!(written_since(&server, before), EXECUTED);
    assert_eq!(status(&server), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn an_update_that_the_stacks_policy_forbids_is_rolled_back_and_the_policy_named() {
    let server = deployed(1);
    let before = server.writes().len();
    let why = "Action denied by stack policy: Statement [#1] does not allow [Update:*] for resource";
    server.next("shop", Script::fails("Jobs", &format!("{why} [LogicalResourceId/Jobs]")));
    shown("policy", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!(written_since(&server, before), EXECUTED);
    assert_eq!(status(&server), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn the_cause_is_found_among_ten_thousand_events() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full").events(10_000));
    shown("ten_thousand_events", &server.run(&shop(1), &["deploy"]).ended(3));
    assert_eq!(server.writes(), EXECUTED);
}

#[test]
fn the_cause_is_found_down_in_a_nested_stack() {
    let server = Server::start(ACCOUNT);
    let stacks = json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Child": { "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": "https://example.com/t.json" } },
    } }]);
    server.next("shop", Script::nested_fails("Child", "Inner", "There is no room"));
    shown("nested", &server.run(&stacks, &["deploy"]).ended(3));
    assert_eq!(server.writes(), EXECUTED);
}
