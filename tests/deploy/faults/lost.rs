//! Answers that fail again and again, and rates that are exceeded.

use serde_json::{Value, json};

use super::{ACCOUNT, deployed, shop};
use crate::deploy::scripted::{Fault, Lasts, On, Script, Server};

#[test]
fn a_poll_that_fails_is_tried_again() {
    let server = deployed(1);
    server.next("shop", Script::default().lasts(Lasts::Polls(4)));
    server.fault(On::nth("DescribeStacks", 2).times(3), Fault::answer(503, "ServiceUnavailable", "Slow down"));
    server.fault(On::first("DescribeStackEvents").times(2), Fault::answer(500, "InternalFailure", "Oops"));
    server.run(&shop(2), &["deploy"]).done().told("updated");
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
    server.run(&json!(stacks), &["deploy"]).done();
    assert_eq!(server.model().stacks.len(), 12);
    assert!(server.throttled("CreateChangeSet") > 0, "or this shows nothing");
}
