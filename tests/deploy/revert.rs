//! `deploy --revert-drift`: what somebody changed by other ways is shown, asked about, and brought back.

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::scripted::{Server, Xml, change, details, target};
use super::{Definitions, Run};
use crate::program::snapshot;

const ACCOUNT: &str = "111111111111";

fn shop(delay: u32) -> Value {
    json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
        "News": { "Type": "AWS::SNS::Topic" },
        "Db": { "Type": "AWS::RDS::DBInstance", "Properties": {
            "Engine": "postgres", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20",
        } },
    } }])
}

/// What a detail says of a property that somebody changed.
fn drifted(path: &str, actual: &str, template: &str) -> Xml {
    let drift = Xml::new().text("PreviousValue", template).text("ActualValue", actual);
    let target = target(path, "Never", Some(actual), Some(template)).inside("Drift", &drift);
    target.text("BeforeValueFrom", "ACTUAL_STATE").text("AfterValueFrom", "TEMPLATE")
}

/// A server that knows of drift, and a stack of which this has drifted.
fn server(drift: Vec<Xml>) -> Server {
    let server = Server::start(ACCOUNT);
    server.run(&shop(1), &["deploy", "--yes"]).done();
    server.drifted("shop", drift);
    server
}

fn drift() -> Vec<Xml> {
    let jobs = details(vec![drifted("/Properties/DelaySeconds", "900", "1")]);
    let db = details(vec![drifted("/Properties/MasterUserPassword", "xyzzy", "plugh")]);
    vec![
        change(
            "Modify False",
            "Jobs",
            "AWS::SQS::Queue",
            &Xml::new().text("ResourceDriftStatus", "MODIFIED").then(&jobs),
        ),
        change("Add", "News", "AWS::SNS::Topic", &Xml::new().text("ResourceDriftStatus", "DELETED")),
        change(
            "Modify False",
            "Db",
            "AWS::RDS::DBInstance",
            &Xml::new().text("ResourceDriftStatus", "MODIFIED").then(&db),
        ),
    ]
}

const REVERT: [&str; 2] = ["deploy", "--revert-drift"];

#[test]
fn what_drifted_is_shown_and_brought_back_though_no_template_changed() {
    let server = server(drift());
    server.run(&shop(1), &["deploy"]).done().told("shop   unchanged");
    let run = server.run(&shop(1), &[&REVERT[..], &["--yes"]].concat()).done();
    let time = regex_lite::Regex::new(r"\(?\d+\.\d s\)?").unwrap();
    snapshot("deploy_revert_drift", &time.replace_all(&format!("{}{}", run.err, run.out), "<time>"));
    let made: Vec<_> = server.calls().into_iter().filter(|call| call.action == "CreateChangeSet").collect();
    assert_eq!(made[1].params.get("DeploymentMode"), Some("REVERT_DRIFT"));
    assert_eq!(made[0].params.get("DeploymentMode"), None, "a stack that is new cannot have drifted");
    assert_eq!(server.count("ExecuteChangeSet"), 2);
}

#[test]
fn events_have_what_goes_back_without_secrets() {
    let server = server(drift());
    let run = server.run(&shop(1), &[&REVERT[..], &["--yes", "--json"]].concat()).done();
    let mut events = run.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let changes = events.rfind(|event| event["event"] == "changes").unwrap()["changes"].clone();
    assert_eq!(
        changes[0]["reverts"],
        json!([{ "path": "/Properties/DelaySeconds", "actual": "900", "template": "1" }])
    );
    assert_eq!((&changes[1]["gone"], &changes[0]["gone"]), (&json!(true), &Value::Null));
    assert_eq!(changes[2]["reverts"][0]["actual"], "(secret)");
    assert!(!run.out.contains("xyzzy") && !run.out.contains("plugh"), "{}", run.out);
}

#[test]
fn where_nobody_can_be_asked_nothing_is_brought_back() {
    let server = server(drift());
    let before = server.writes().len();
    server.run(&shop(1), &REVERT).ended(2).told("this needs approval").told("what somebody changed outside");
    assert_eq!(server.writes().len(), before);
    server.run(&shop(1), &[&REVERT[..], &["--require-approval", "never"]].concat()).done().told("shop   updated");
}

#[test]
fn a_stack_that_has_not_drifted_is_unchanged() {
    let server = server(Vec::new());
    server.run(&shop(1), &[&REVERT[..], &["--yes"]].concat()).done().told("shop   unchanged");
    assert_eq!(server.count("ExecuteChangeSet"), 1);
    let open =
        server.model().stack("shop").change_sets.iter().filter(|set| set.execution != "EXECUTE_COMPLETE").count();
    assert_eq!(open, 0);
}

#[test]
fn what_the_template_says_already_is_noted() {
    let server = server(vec![change("SyncWithActual", "Jobs", "AWS::SQS::Queue", &Xml::new())]);
    let run = server.run(&shop(2), &[&REVERT[..], &["--yes"]].concat()).done();
    run.told("= Jobs (AWS::SQS::Queue) is as the template says already");
}

#[test]
fn an_endpoint_that_does_not_look_at_drift_reverts_none() {
    let account = Emulator::account();
    let mut stacks = json!([{ "path": "shop", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }]);
    let definitions = Definitions::new(&stacks);
    let go = |args: &[&str]| -> Run {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &account);
        definitions.program(isolated).args(args).output().unwrap().into()
    };
    go(&["deploy"]).done();
    let revert = [&REVERT[..], &["--yes"]].concat();
    go(&revert).ended(2).told("the change set that was made does not look at drift").told("shop   refused");
    stacks[0]["resources"]["Jobs"]["Properties"] = json!({ "DelaySeconds": 5 });
    definitions.replace(&stacks);
    go(&revert).ended(2);
    go(&["diff", "--exit-code"]).ended(1);
}
