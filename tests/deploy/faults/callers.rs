//! Who is calling, what they may, and whether anybody listens.

use std::net::TcpListener;

use super::{ACCOUNT, deployed, executed, left_behind, shop, shown, status, written_since};
use crate::deploy::run_at;
use crate::deploy::scripted::{Fault, Lasts, On, Script, Server};

fn expired() -> Fault {
    Fault::answer(403, "ExpiredToken", "The security token included in the request is expired")
}

fn denied(action: &str) -> Fault {
    let who = "User: arn:aws:iam::111111111111:user/test is not authorized to perform";
    let why = "because no identity-based policy allows the action";
    Fault::answer(403, "AccessDenied", &format!("{who}: cloudformation:{action} on resource: shop {why}"))
}

fn throttled() -> Fault {
    Fault::answer(400, "Throttling", "Rate exceeded")
}

fn always(action: &'static str) -> On {
    On::first(action).times(usize::MAX)
}

// ----------------------------------------------------------------------------------------------------- who is calling

#[test]
fn credentials_of_another_account_change_nothing() {
    let server = Server::start("222222222222");
    shown("wrong_account", &server.run(&shop(1), &["deploy"]).ended(2));
    assert_eq!(server.count("GetCallerIdentity"), server.calls().len());
}

#[test]
fn expired_credentials_say_to_log_in_again() {
    let server = Server::start(ACCOUNT);
    server.fault(always("GetCallerIdentity"), expired());
    shown("expired", &server.run(&shop(1), &["deploy"]).ended(2));
    assert_eq!(server.count("GetCallerIdentity"), server.calls().len());
}

#[test]
fn credentials_that_expire_before_the_execution_change_nothing() {
    let server = deployed(1);
    let before = server.writes().len();
    server.fault(always("ExecuteChangeSet"), expired());
    server.fault(always("DeleteChangeSet"), expired());
    shown("expired_in_the_middle", &server.run(&shop(2), &["deploy"]).ended(3));
    assert_eq!(written_since(&server, before), ["CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet"]);
    assert_eq!((executed(&server), status(&server)), (1, "CREATE_COMPLETE".into()));
}

#[test]
fn credentials_that_expire_on_the_way_leave_the_operation_running_and_say_so() {
    let server = Server::start(ACCOUNT);
    server.next("shop", Script::default().lasts(Lasts::Polls(50)));
    server.fault(On::nth("DescribeStacks", 3).times(usize::MAX), expired());
    shown("expired_while_polled", &server.run(&shop(1), &["deploy"]).ended(3));
    assert_eq!(server.writes(), ["CreateChangeSet", "ExecuteChangeSet"]);
    assert_eq!(status(&server), "CREATE_IN_PROGRESS");
}

// ------------------------------------------------------------------------------------------------------ what they may

#[test]
fn who_may_not_look_at_stacks_is_told_so_and_changes_nothing() {
    for (name, args) in
        [("denied_describe_stacks", &["deploy", "--yes"][..]), ("denied_describe_stacks_unattended", &["deploy"])]
    {
        let server = Server::start(ACCOUNT);
        server.fault(always("DescribeStacks"), denied("DescribeStacks"));
        shown(name, &server.run(&shop(1), args).ended(3));
        assert!(server.writes().is_empty());
    }
}

#[test]
fn what_refuses_a_change_set_or_its_execution_leaves_the_stack_as_it_is() {
    let capabilities =
        Fault::answer(400, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NEW]");
    let limit = "Limit for change sets per stack has been exceeded";
    let cases = [
        ("denied_create_change_set", "CreateChangeSet", denied("CreateChangeSet")),
        ("denied_execute_change_set", "ExecuteChangeSet", denied("ExecuteChangeSet")),
        ("capabilities", "CreateChangeSet", capabilities),
        // The SDK takes this for throttling too, and tries it eight times.
        ("limit", "CreateChangeSet", Fault::answer(400, "LimitExceededException", limit)),
        ("throttled_for_ever", "CreateChangeSet", throttled()),
    ];
    let stands = |name, call, fault| {
        let server = deployed(1);
        let before = server.writes().len();
        server.fault(always(call), fault);
        shown(name, &server.run(&shop(2), &["deploy"]).ended(3));
        let all = ["CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet"];
        let expected = if call == "CreateChangeSet" { &all[..1] } else { &all };
        assert_eq!(written_since(&server, before), expected, "{name}");
        assert_eq!((executed(&server), left_behind(&server)), (1, 0), "{name}");
        assert_eq!(status(&server), "CREATE_COMPLETE", "{name}");
    };
    // Some take long, and only wait.
    std::thread::scope(|scope| {
        for (name, call, fault) in cases {
            scope.spawn(move || stands(name, call, fault));
        }
    });
}

#[test]
fn who_may_not_delete_a_stack_is_told_so_and_it_stays() {
    let server = deployed(1);
    let before = server.writes().len();
    server.fault(always("DeleteStack"), denied("DeleteStack"));
    shown("denied_delete_stack", &server.run(&shop(1), &["destroy", "--yes", "shop"]).ended(3));
    assert_eq!(written_since(&server, before), ["DeleteStack"]);
    assert_eq!(status(&server), "CREATE_COMPLETE");
}

// ----------------------------------------------------------------------------------------------- whether anybody listens

#[test]
fn throttling_that_never_ends_is_given_up() {
    let server = Server::start(ACCOUNT);
    server.fault(always("GetCallerIdentity"), throttled());
    shown("throttled_at_the_door", &server.run(&shop(1), &["deploy"]).ended(2));
    assert_eq!(server.calls().len(), 4);
}

#[test]
fn where_nobody_listens_nothing_is_done_and_the_address_is_named() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    shown("nobody_listens", &run_at(&format!("http://{address}"), ACCOUNT, &shop(1), &["deploy"]).ended(2));
}
