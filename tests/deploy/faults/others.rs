//! Somebody else at the same stack.

use serde_json::json;

use aws_sdk_cloudformation::types::ChangeSetType;

use super::{deployed, executed, left_behind, shop, shown, status, written_since};
use crate::deploy::scripted::{Fault, Lasts, Model, On, Script};

/// The service's way: change sets made for an earlier state of the stack cannot be executed.
fn obsolete(model: &mut Model) {
    for set in model.stack("shop").change_sets.iter_mut().filter(|set| set.execution == "AVAILABLE") {
        set.execution = "OBSOLETE".into();
    }
}

#[test]
fn changes_are_worked_out_anew_when_somebody_else_was_quicker() {
    let server = deployed(1);
    server.fault(On::first("ExecuteChangeSet"), Fault::meanwhile(obsolete));
    shown("overtaken", &server.run(&shop(2), &["deploy"]).done());
    assert_eq!(server.count("CreateChangeSet"), 3);
    assert_eq!((executed(&server), left_behind(&server)), (2, 0));
}

#[test]
fn what_somebody_elses_change_makes_destructive_is_shown_and_not_done_unasked() {
    let server = deployed(1);
    let before = server.writes().len();
    // They added a queue. It is not defined here: the second change set deletes it.
    let theirs = json!({ "Resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 1 } },
        "News": { "Type": "AWS::SNS::Topic" },
        "Files": { "Type": "AWS::SQS::Queue" },
    } });
    let change = move |model: &mut Model| {
        obsolete(model);
        model.stack("shop").content.template = theirs.to_string();
    };
    server.fault(On::first("ExecuteChangeSet"), Fault::meanwhile(change));
    shown("overtaken_destructive", &server.run(&shop(2), &["deploy"]).ended(2));
    let turn = ["CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet"];
    assert_eq!(written_since(&server, before), [&turn[..], &["CreateChangeSet", "DeleteChangeSet"]].concat());
    assert_eq!((executed(&server), left_behind(&server)), (1, 0));
    assert!(server.model().stack("shop").content.template.contains("Files"));
}

#[test]
fn who_is_overtaken_each_time_gives_up_and_leaves_nothing_behind() {
    let server = deployed(1);
    server.fault(On::first("ExecuteChangeSet").times(usize::MAX), Fault::meanwhile(obsolete));
    shown("overtaken_for_ever", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!((executed(&server), left_behind(&server)), (1, 0));
}

#[test]
fn an_operation_in_progress_is_waited_for() {
    let server = deployed(1);
    server.next("shop", Script::default().lasts(Lasts::Polls(8)));
    let aws = server.aws();
    let theirs = json!({ "Resources": { "News": { "Type": "AWS::SNS::Topic" } } });
    aws.prepare("shop", ChangeSetType::Update, &theirs);
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    let before = server.writes().len();
    shown("busy", &server.run(&shop(2), &["deploy"]).done());
    assert_eq!(written_since(&server, before), ["CreateChangeSet", "ExecuteChangeSet"]);
    assert_eq!(status(&server), "UPDATE_COMPLETE");
}

#[test]
fn a_stack_that_somebody_deletes_before_its_update_is_created() {
    let server = deployed(1);
    let gone = Fault::meanwhile(|model| model.stack("shop").status = "DELETE_COMPLETE".into());
    server.fault(On::first("CreateChangeSet"), gone);
    shown("deleted_before", &server.run(&shop(2), &["deploy"]).done());
    assert_eq!((executed(&server), left_behind(&server)), (1, 0));
}

#[test]
fn a_stack_that_is_deleted_while_it_is_updated_is_told() {
    let server = deployed(1);
    let before = server.writes().len();
    server.next("shop", Script::default().lasts(Lasts::Polls(50)));
    server.fault(
        On::nth("DescribeStacks", 4),
        Fault::meanwhile(|model| {
            let stack = model.stack("shop");
            (stack.status, stack.reason, stack.operation) = ("DELETE_COMPLETE".into(), None, None);
        }),
    );
    shown("deleted_meanwhile", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!(written_since(&server, before), ["CreateChangeSet", "ExecuteChangeSet"]);
}
