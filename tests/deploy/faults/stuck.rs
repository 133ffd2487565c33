//! States that an update cannot leave, and the ways out of them.

use super::{ACCOUNT, deployed, executed, left_behind, shop, shown, status, written_since};
use crate::deploy::scripted::{Script, Server};

/// A deployment is refused in the state that the stack is in, and nothing is written.
#[track_caller]
fn refused(server: &Server, name: &str) {
    let (before, state) = (server.writes().len(), status(server));
    shown(name, &server.run(&shop(3), &["deploy"]).ended(2));
    assert_eq!((written_since(server, before), status(server)), (Vec::new(), state));
}

#[test]
fn a_rollback_that_fails_tells_both_causes_and_is_continued_by_recover() {
    let server = deployed(1);
    server.next("shop", Script::rollback_fails("Jobs", "No such delay", "Jobs", "The way back is closed"));
    shown("rollback_failed", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!(status(&server), "UPDATE_ROLLBACK_FAILED");
    refused(&server, "rollback_failed_before");
    server.run(&shop(1), &["status", "shop"]).done().told("The way back is closed");
    let before = server.writes().len();
    server.next("shop", Script::rollback_fails("Jobs", "", "Jobs", "The way back is still closed"));
    shown("recover_fails_again", &server.run(&shop(1), &["recover", "shop"]).ended(3));
    assert_eq!(written_since(&server, before), ["ContinueUpdateRollback"]);
    shown("recover", &server.run(&shop(1), &["recover", "shop"]).done());
    assert_eq!(status(&server), "UPDATE_ROLLBACK_COMPLETE");
    server.run(&shop(2), &["deploy"]).done().told("updated");
}

#[test]
fn a_resource_is_left_out_of_a_rollback_only_with_approval() {
    let server = deployed(1);
    server.next("shop", Script::rollback_fails("Jobs", "No such delay", "Jobs", "The way back is closed"));
    server.run(&shop(2), &["deploy"]).ended(3);
    let before = server.writes().len();
    let skip = ["recover", "--skip", "Jobs", "shop"];
    shown("recover_skip_unapproved", &server.run(&shop(1), &skip).ended(2));
    assert!(written_since(&server, before).is_empty());
    shown("recover_skip", &server.run(&shop(1), &[&skip[..], &["--yes"]].concat()).done());
    assert_eq!(status(&server), "UPDATE_ROLLBACK_COMPLETE");
    let skipped = server.calls().into_iter().flat_map(|call| call.params.list("ResourcesToSkip"));
    assert_eq!(skipped.collect::<Vec<_>>(), ["Jobs"]);
}

#[test]
fn a_deletion_that_fails_is_finished_by_leaving_what_stands_in_the_way() {
    let server = deployed(1);
    let before = server.writes().len();
    server.next("shop", Script::fails("Jobs", "Somebody holds on to it"));
    shown("delete_failed", &server.run(&shop(1), &["destroy", "--yes", "shop"]).ended(3));
    assert_eq!(written_since(&server, before), ["DeleteStack"]);
    assert_eq!(status(&server), "DELETE_FAILED");
    refused(&server, "delete_failed_before");
    let retain = ["recover", "--yes", "--retain", "Jobs", "shop"];
    shown("recover_retain", &server.run(&shop(1), &retain).done());
    assert_eq!(status(&server), "-");
}

#[test]
fn a_creation_that_fails_and_is_left_is_gone_on_from() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full"));
    shown("create_failed_left", &server.run(&shop(1), &["deploy", "--no-rollback"]).ended(3));
    assert_eq!(status(&server), "CREATE_FAILED");
    refused(&server, "create_failed_before");
    shown("create_failed_goes_on", &server.run(&shop(2), &["deploy", "--no-rollback"]).done());
    assert_eq!((executed(&server), left_behind(&server), status(&server)), (1, 0, "UPDATE_COMPLETE".into()));
}

#[test]
fn an_update_that_fails_and_is_left_is_gone_on_from() {
    let server = deployed(1);
    server.next("shop", Script::fails("Jobs", "No such delay"));
    shown("update_failed_left", &server.run(&shop(2), &["deploy", "--no-rollback"]).ended(3));
    assert_eq!(status(&server), "UPDATE_FAILED");
    refused(&server, "update_failed_before");
    shown("update_failed_goes_on", &server.run(&shop(3), &["deploy", "--no-rollback"]).done());
    assert_eq!((executed(&server), left_behind(&server), status(&server)), (2, 0, "UPDATE_COMPLETE".into()));
}

#[test]
fn a_creation_that_was_left_is_tried_again_with_the_same_definitions() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full"));
    server.run(&shop(1), &["deploy", "--no-rollback"]).ended(3);
    shown("create_failed_again", &server.run(&shop(1), &["deploy", "--no-rollback"]).done());
    assert_eq!((executed(&server), left_behind(&server), status(&server)), (1, 0, "UPDATE_COMPLETE".into()));
}

#[test]
fn a_failed_stack_without_changes_is_never_called_unchanged() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::fails("Jobs", "The queue is full"));
    server.run(&shop(1), &["deploy", "--no-rollback"]).ended(3);
    server.refuse("shop", "The submitted information didn't contain changes.", Vec::new());
    shown("create_failed_nothing_to_change", &server.run(&shop(1), &["deploy", "--no-rollback"]).ended(2));
    assert_eq!((left_behind(&server), status(&server)), (0, "CREATE_FAILED".into()));
}
