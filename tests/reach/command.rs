//! The command: what it prints, and how it ends.

use std::process::Command;

use formwork::aws::ec2::{InstanceSpec, Port};
use formwork::testing::{assert_reachable, assert_unreachable};
use insta::assert_snapshot;

use super::{app, network};
use crate::program::{Run, STACKS, snapshot};

fn reach(arguments: &[&str]) -> Run {
    let mut program = Command::new(STACKS);
    program.arg("reach").args(arguments).env("NO_COLOR", "1");
    Run::from(program.output().unwrap())
}

const DATABASE: &str = "financial-data-api/dev/rds";

#[test]
fn no_is_said_with_what_stops_it_and_ends_with_1() {
    let run = reach(&["internet", DATABASE]).ended(1);
    snapshot("reach_no", &run.out);
}

#[test]
fn yes_is_said_with_the_way_and_ends_with_0() {
    let run = reach(&["financial-data-api/dev/bastion", DATABASE]).done();
    snapshot("reach_yes", &run.out);
}

#[test]
fn json_holds_the_same() {
    snapshot("reach_json", &reach(&["financial-data-api/dev/alb", DATABASE, "--format", "json"]).ended(1).out);
}

#[test]
fn what_is_wrong_with_the_arguments_ends_with_2() {
    let run = reach(&["internet", DATABASE, "--port", "http"]).ended(2);
    assert_snapshot!(run.err.lines().next().unwrap(), @"error: invalid value 'http' for '--port <PORT>': it is a port like 443, 53/udp, 8000-8080, or icmp");
    for port in ["70000", "22/sctp", "9-8", ""] {
        reach(&["internet", DATABASE, "--port", port]).ended(2);
    }
    let run = reach(&["internet", "financial-data-api/dev/rsd"]).ended(2);
    assert_snapshot!(run.err, @"
    error: `financial-data-api/dev/rsd` names no stack
      help: it is `internet`, addresses (10.0.0.0/16), or the path of a stack or construct; the nearest are
              financial-data-api/dev/rds
              financial-data-api/dev/alb
              financial-data-api/dev/dns
    ");
}

#[test]
fn ports_are_typed_in_every_form() {
    for port in ["5432", "5432/tcp", "53/udp", "1000-2000", "1000-2000/udp", "icmp"] {
        reach(&["internet", DATABASE, "--port", port]).ended(1);
    }
}

#[test]
fn tests_ask_the_same() {
    let app = app(|s| {
        let vpc = network(s);
        let [web, db] = ["Web", "Db"].map(|id| s.add(id, InstanceSpec::new(&vpc)));
        db.allow_from(s, &web, Port::tcp(5432));
    });
    assert_reachable(&app, "net/Web", "net/Db", Some(5432.into()));
    assert_reachable(&app, "net/Web", "net/Db", None);
    assert_unreachable(&app, "internet", "net/Db", None);
    let failed = |check: &dyn Fn()| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    assert_snapshot!(failed(&|| assert_reachable(&app, "internet", "net/Db", None)), @"
    not reachable: internet → net/Db on tcp 5432

      net/Db
        it has no public address: only its own VPC, and what is connected with that,
        can reach it
        help: if it is to be reached, put something public before it
    ");
    assert!(failed(&|| assert_unreachable(&app, "net/Web", "net/Db", None)).starts_with("reachable: "));
    assert!(failed(&|| assert_unreachable(&app, "net/Web", "net/Dbb", None)).contains("no construct `Dbb`"));
}
