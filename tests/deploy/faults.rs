//! What AWS and the way to it do wrong, on the scripted server: nothing is lost, nothing is done twice, nothing is hidden.
//!
//! * `once` — what passes: each call of a creation, an update and a deletion, times each fault. All end with 0.
//! * `lost` — answers that get lost again and again, polls that fail, rates that are exceeded
//! * `callers` — who is calling, what they may, and whether anybody listens
//! * `others` — somebody else at the same stack
//! * `causes` — why an operation failed
//! * `stuck` — states that an update cannot leave, and `recover`
//!
//! What lasts, or needs a person. Each is in `snapshots/fault_<name>.snap` as a person would see it.
//!
//! | fault | exit code |
//! |---|---|
//! | `wrong_account` credentials of another account | 2 |
//! | `expired` credentials expired before | 2 |
//! | `expired_in_the_middle` between change set and execution | 3 |
//! | `expired_while_polled` while the operation goes on | 3 |
//! | `denied_describe_stacks`, `denied_describe_stacks_unattended` | 3, 3 |
//! | `denied_create_change_set` | 3 |
//! | `denied_execute_change_set` | 3 |
//! | `denied_delete_stack` | 3 |
//! | `capabilities` InsufficientCapabilities | 3 |
//! | `limit` LimitExceeded | 3 |
//! | `throttled_for_ever` CreateChangeSet is never let through | 3 |
//! | `throttled_at_the_door` GetCallerIdentity is never let through | 2 |
//! | `nobody_listens` | 2 |
//! | `policy` an update that the stack's policy forbids | 3 |
//! | `validation` findings before provisioning | 3 |
//! | `refused_change_set` without findings | 3 |
//! | `create_failed` | 3 |
//! | `update_failed` | 3 |
//! | `nested` a stack in a stack fails | 3 |
//! | `ten_thousand_events` | 3 |
//! | `rollback_failed` | 3 |
//! | `rollback_failed_before` found in UPDATE_ROLLBACK_FAILED | 2 |
//! | `recover_fails_again`, `recover_skip_unapproved`, `recover_skip`, `recover` | 3, 2, 0, 0 |
//! | `delete_failed` | 3 |
//! | `delete_failed_before` found in DELETE_FAILED | 2 |
//! | `recover_retain` | 0 |
//! | `create_failed_left`, `update_failed_left` with `--no-rollback` | 3 |
//! | `create_failed_before`, `update_failed_before` found without `--no-rollback` | 2 |
//! | `create_failed_goes_on`, `update_failed_goes_on` found with it | 0 |
//! | `create_failed_again` found with it, and with the same definitions | 0 |
//! | `overtaken` changed by somebody else, nothing to ask about | 0 |
//! | `overtaken_destructive` changed by somebody else, and now something is deleted | 2 |
//! | `overtaken_for_ever` changed by somebody else each time | 3 |
//! | `busy` an operation in progress at the start | 0 |
//! | `deleted_meanwhile` a stack deleted by somebody during its update | 3 |
//! | `deleted_before` a stack deleted by somebody just before its update | 0 |

mod callers;
mod causes;
mod lost;
mod once;
mod others;
mod stuck;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::Run;
use super::scripted::{Event, Server};
use crate::program::snapshot;

const ACCOUNT: &str = "111111111111";

/// One stack with a queue and a topic.
fn shop(delay: u32) -> Value {
    json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
        "News": { "Type": "AWS::SNS::Topic" },
    } }])
}

/// A server on which the stack was deployed by the program itself.
fn deployed(delay: u32) -> Server {
    let server = Server::start(ACCOUNT);
    server.run(&shop(delay), &["deploy"]).done();
    server
}

/// How often the stack was executed to a good end.
fn executed(server: &Server) -> usize {
    let own_end = |event: &&Event| {
        event.resource == "shop" && matches!(event.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE")
    };
    server.model().stack("shop").events.iter().filter(own_end).count()
}

/// What the stack is in; `-` if there is none.
fn status(server: &Server) -> String {
    let model = server.model();
    model.find("shop").map_or_else(|| "-".into(), |index| model.stacks[index].status.clone())
}

/// The change sets that wait for somebody to execute them, or failed.
fn left_behind(server: &Server) -> usize {
    let model = server.model();
    let all = model.stacks.iter().flat_map(|stack| &stack.change_sets);
    all.filter(|set| matches!(set.execution.as_str(), "AVAILABLE" | "UNAVAILABLE" | "OBSOLETE")).count()
}

/// The calls since the first `before` ones that would change something, without those that were tried again.
fn written_since(server: &Server, before: usize) -> Vec<String> {
    let mut written = server.writes().split_off(before);
    written.dedup();
    written
}

/// Compares a run with its file in `snapshots/`, without what differs from run to run.
#[track_caller]
fn shown(name: &str, run: &Run) {
    snapshot(&format!("fault_{name}"), &masked(run));
}

/// All that a run ended with and said, without what differs from run to run.
pub(super) fn masked(run: &Run) -> String {
    let masks = [
        (r"\(\d+(\.\d)? s\)", "(<time>)"),
        (r" +\d+(\.\d)? s\b", " <time>"),
        (r"fixture\.rs:\d+:\d+", "fixture.rs:<line>"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:<port>"),
        (r"os error \d+", "os error <number>"),
        (r"formwork-[a-z]{16}", "<change set>"),
        (r"(shop-[A-Za-z]+)-\d{6}", "$1-<id>"),
    ];
    let text = format!("exit code {}\n--- standard error\n{}--- standard output\n{}", run.code, run.err, run.out);
    masks.iter().fold(text, |text, (pattern, mask)| Regex::new(pattern).unwrap().replace_all(&text, *mask).into_owned())
}

#[test]
fn what_must_not_be_echoed_is_nowhere() {
    let server = Server::start(ACCOUNT);
    let secret = json!([{ "path": "shop", "account": ACCOUNT,
        "parameters": { "Word": { "type": "String", "noEcho": true } },
        "resources": { "News": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "Word" } } } },
    }]);
    server.next("shop", super::scripted::Script::fails("News", "No"));
    for args in [&["deploy", "--parameters", "Word=xyzzy"][..], &["deploy", "--json", "--parameters", "Word=xyzzy"]] {
        let run = server.run(&secret, args);
        assert!(!run.out.contains("xyzzy") && !run.err.contains("xyzzy"), "{}\n{}", run.out, run.err);
    }
    let sent = server
        .calls()
        .into_iter()
        .filter_map(|call| call.params.get("Parameters.member.1.ParameterValue").map(str::to_owned));
    assert_eq!(sent.collect::<Vec<_>>(), ["xyzzy", "xyzzy"], "it did arrive");
}
