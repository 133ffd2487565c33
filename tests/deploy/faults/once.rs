//! What passes: every call, times everything that can go wrong with it once. Nobody has to notice.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::{ACCOUNT, executed, left_behind, shop, status};
use crate::deploy::scripted::{Fault, Lasts, On, Server};

/// How many runs at a time: they wait more than they work.
const AT_A_TIME: usize = 12;

/// A name, and how to make a fault of that kind.
type Kind = (&'static str, fn() -> Fault);

/// What goes wrong, once.
const FAULTS: [Kind; 7] = [
    ("throttled", || Fault::answer(400, "Throttling", "Rate exceeded")),
    ("500", || Fault::answer(500, "InternalFailure", "Something went wrong")),
    ("503", || Fault::answer(503, "ServiceUnavailable", "Come back later")),
    ("dropped before it was done", || Fault::Drop),
    ("dropped after it was done", || Fault::DoAndDrop),
    ("half an answer", || Fault::HalfAnswer),
    ("slow", || Fault::Wait(Duration::from_millis(300))),
];

/// A command, the calls it makes, and what is to come of it.
struct Case {
    args: &'static [&'static str],
    /// Whether the stack is there already.
    there: bool,
    calls: &'static [&'static str],
    /// The calls that change something, each made until it was answered, and then no more.
    writes: &'static [&'static str],
    end: &'static str,
    executed: usize,
}

const CREATE: Case = Case {
    args: &["deploy", "--yes"],
    there: false,
    calls: &[
        "GetCallerIdentity",
        "DescribeStacks",
        "CreateChangeSet",
        "DescribeChangeSet",
        "ExecuteChangeSet",
        "DescribeStackEvents",
        "SetStackPolicy",
        "UpdateTerminationProtection",
    ],
    writes: &["CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"],
    end: "CREATE_COMPLETE",
    executed: 1,
};

const UPDATE: Case = Case {
    args: &["deploy", "--yes"],
    there: true,
    calls: &[
        "GetCallerIdentity",
        "DescribeStacks",
        "GetTemplate",
        "GetStackPolicy",
        "CreateChangeSet",
        "DescribeChangeSet",
        "SetStackPolicy",
        "ExecuteChangeSet",
        "DescribeStackEvents",
        "UpdateTerminationProtection",
    ],
    writes: &["CreateChangeSet", "SetStackPolicy", "ExecuteChangeSet", "UpdateTerminationProtection"],
    end: "UPDATE_COMPLETE",
    executed: 1,
};

const DELETION: Case = Case {
    args: &["destroy", "--yes", "shop"],
    there: true,
    calls: &["GetCallerIdentity", "DescribeStacks", "DeleteStack", "DescribeStackEvents"],
    writes: &["DeleteStack"],
    end: "-",
    executed: 0,
};

/// The stack with all that takes a call of its own.
fn wanted() -> Value {
    let mut stacks = shop(2);
    stacks[0]["terminationProtection"] = json!(true);
    stacks[0]["policy"] = json!({ "Statement": [
        { "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" },
    ] });
    stacks
}

impl Case {
    fn server(&self) -> Server {
        let server = Server::start(ACCOUNT);
        server.model().lasts = Lasts::Polls(4);
        if self.there {
            server.model().deployed("shop", &json!({ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }));
        }
        server
    }

    /// Runs the command while one call meets one fault. Returns what is wrong with what came of it.
    fn judge(&self, call: &'static str, fault: Fault) -> Option<String> {
        let server = self.server();
        server.fault(On::first(call), fault);
        let run = server.run(&wanted(), self.args);
        if run.code != 0 || server.count(call) == 0 {
            return Some(format!(
                "exit code {}, called {} times\n{}{}",
                run.code,
                server.count(call),
                run.out,
                run.err
            ));
        }
        let mut writes = server.writes();
        writes.dedup();
        let executed = if self.executed == 0 { 0 } else { executed(&server) };
        let (end, left, stacks) = (status(&server), left_behind(&server), server.model().stacks.len());
        let right = (end.as_str(), executed, left, stacks) == (self.end, self.executed, 0, 1) && writes == self.writes;
        (!right)
            .then(|| format!("{end}, executed {executed} times, {left} change sets left, {stacks} stacks, {writes:?}"))
    }

    /// Every call of the command, times every fault.
    fn stands_every_fault(&self) {
        let all = self.calls.iter().flat_map(|call| FAULTS.iter().map(move |(name, fault)| (*call, *name, fault)));
        let (todo, wrong) = (Mutex::new(all.collect::<Vec<_>>()), Mutex::new(Vec::new()));
        let next = || todo.lock().unwrap().pop();
        std::thread::scope(|scope| {
            for _ in 0..AT_A_TIME {
                scope.spawn(|| {
                    while let Some((call, name, fault)) = next() {
                        let found = self.judge(call, fault());
                        wrong.lock().unwrap().extend(found.map(|found| format!("{call}, {name}: {found}")));
                    }
                });
            }
        });
        let wrong = wrong.into_inner().unwrap();
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

#[test]
fn a_creation_stands_every_fault_that_passes_at_every_call() {
    CREATE.stands_every_fault();
}

#[test]
fn an_update_stands_every_fault_that_passes_at_every_call() {
    UPDATE.stands_every_fault();
}

#[test]
fn a_deletion_stands_every_fault_that_passes_at_every_call() {
    DELETION.stands_every_fault();
}

/// What a case calls is what it really calls: a call that is new gets its faults too.
#[test]
fn the_calls_that_meet_faults_are_all_that_are_made() {
    for case in [CREATE, UPDATE, DELETION] {
        let server = case.server();
        server.run(&wanted(), case.args).done();
        let mut made: Vec<_> = server.calls().into_iter().map(|call| call.action).collect();
        made.sort();
        made.dedup();
        let mut known = case.calls.to_vec();
        known.sort_unstable();
        assert_eq!(made, known, "{:?}", case.args);
    }
}
