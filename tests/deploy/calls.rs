//! What a deployment asks of AWS: how many calls, how often.

use serde_json::{Value, json};

use super::scripted::{Call, Server};

const ACCOUNT: &str = "111111111111";

fn stacks(count: usize) -> Value {
    let stack = |index: usize| {
        json!({ "path": format!("many/stack{index:03}"), "account": ACCOUNT, "resources": {
            "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": index % 900 } },
        } })
    };
    (0..count).map(stack).collect()
}

fn actions(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.action.as_str()).collect()
}

#[test]
fn a_new_stack_that_is_done_at_once_takes_six_calls() {
    let server = Server::start(ACCOUNT);
    server.run(&stacks(1), &["deploy", "--yes"]).done();
    assert_eq!(
        actions(&server.calls()),
        [
            "GetCallerIdentity",
            "DescribeStacks",
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DescribeStacks"
        ]
    );
}

#[test]
fn an_unchanged_stack_takes_two_reads() {
    let server = Server::start(ACCOUNT);
    server.run(&stacks(1), &["deploy", "--yes"]).done();
    let before = server.calls().len();
    server.run(&stacks(1), &["deploy", "--yes"]).done();
    assert_eq!(actions(&server.calls()[before..]), ["GetCallerIdentity", "DescribeStacks", "GetTemplate"]);
}

#[test]
fn forty_unchanged_stacks_are_read_together() {
    let server = Server::start(ACCOUNT);
    server.run(&stacks(40), &["deploy", "--yes"]).done();
    let before = server.calls().len();
    server.run(&stacks(40), &["deploy", "--yes"]).done();
    let again = server.calls().split_off(before);
    assert_eq!(again.len(), 42, "{:?}", actions(&again));
}

/// AWS publishes no limits; these are somewhat above what is asked, and below what 400 stacks at once would ask.
#[test]
fn four_hundred_stacks_in_one_account_are_never_refused_for_their_rate() {
    let server = Server::start(ACCOUNT);
    server.limit("DescribeStacks", 5.0, 12.0);
    for action in ["CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "GetTemplate"] {
        server.limit(action, 12.0, 60.0);
    }
    server.run(&stacks(400), &["deploy", "--yes", "--concurrency", "40"]).done();
    server.run(&stacks(400), &["deploy", "--yes", "--concurrency", "40"]).done();
    let refused: Vec<String> =
        server.calls().into_iter().filter(|call| call.refused.is_some()).map(|call| call.action).collect();
    assert_eq!(refused, [""; 0]);
    assert_eq!(server.count("ExecuteChangeSet"), 400);
}
