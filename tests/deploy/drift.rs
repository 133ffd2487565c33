//! `drift`: what CloudFormation finds, what it cannot look at, and that no secret is in it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::Run;
use super::scripted::{Fault, On, Server, Xml};

const ACCOUNT: &str = "111111111111";

fn shop() -> Value {
    let stack = |path: &str| {
        json!({ "path": path, "account": ACCOUNT, "resources": {
            "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 5 } },
        } })
    };
    json!([stack("shop"), stack("till")])
}

/// A server where both stacks are deployed, by this template.
fn server(template: &Value) -> Server {
    let server = Server::start(ACCOUNT);
    for stack in ["shop", "till"] {
        server.model().deployed(stack, template);
    }
    server
}

fn run(server: &Server, args: &[&str]) -> Run {
    let run = server.run(&shop(), args);
    assert!(server.writes().iter().all(|write| write == "DetectStackDrift"), "nothing is changed");
    let line = regex_lite::Regex::new(r"  \S*fixture\.rs:\d+").unwrap();
    Run { out: line.replace_all(&run.out, "").into_owned(), ..run }
}

/// What is found of a resource: how it stands, and where it differs, with what the template has and what there is.
fn found(id: &str, kind: &str, status: &str, differences: &[(&str, &str, &str)]) -> Xml {
    let one = |(path, expected, actual): &(&str, &str, &str)| {
        Xml::new()
            .text("PropertyPath", *path)
            .text("ExpectedValue", *expected)
            .text("ActualValue", *actual)
            .text("DifferenceType", if *expected == "null" { "ADD" } else { "NOT_EQUAL" })
    };
    Xml::new()
        .text("StackId", "shop")
        .text("LogicalResourceId", id)
        .text("ResourceType", kind)
        .text("StackResourceDriftStatus", status)
        .text("Timestamp", "2026-01-01T00:00:00Z")
        .members("PropertyDifferences", differences.iter().map(one))
}

#[test]
fn what_differs_is_shown_without_its_secrets() {
    let template = json!({
        "Parameters": { "Word": { "Type": "String", "NoEcho": true } },
        "Resources": {
            "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 5 } },
            "Run": { "Type": "AWS::Lambda::Function", "Properties": { "Environment": { "Variables": {
                "GREETING": { "Ref": "Word" }, "SIZE": "1",
            } } } },
        },
    });
    let server = server(&template);
    let tag = r#"{"Key":"ApiPassword","Value":"hunter4"}"#;
    server.model().detected.1 = vec![
        found("Jobs", "AWS::SQS::Queue", "MODIFIED", &[("/DelaySeconds", "5", "900"), ("/Tags/0", "null", tag)]),
        found(
            "Run",
            "AWS::Lambda::Function",
            "MODIFIED",
            &[
                ("/Environment/Variables/GREETING", "hunter2", "hunter3"),
                ("/Environment/Variables/DB_PASSWORD", "null", "hunter5"),
                ("/Environment/Variables/SIZE", "1", "2"),
            ],
        ),
        found("Other", "AWS::SNS::Topic", "IN_SYNC", &[]),
    ];
    assert_snapshot!(run(&server, &["drift", "shop"]).ended(1).out, @r#"
    shop  2 resources differ
      Jobs  AWS::SQS::Queue
        DelaySeconds: the template has 5; there is 900
        Tags.0: the template has nothing; there is {"Key":"ApiPassword","Value":"(secret)"}
      Run  AWS::Lambda::Function
        Environment.Variables.GREETING: the template has (secret); there is (secret)
        Environment.Variables.DB_PASSWORD: the template has nothing; there is (secret)
        Environment.Variables.SIZE: the template has 1; there is 2

    1 stack looked at: 1 differs from its template
    "#);
    let json = run(&server, &["drift", "shop", "--json"]).ended(1).out;
    assert!(!json.contains("hunter"), "{json}");
    let json: Value = serde_json::from_str(&json).unwrap();
    let tag = json[0]["resources"].as_array().unwrap().iter().find(|one| one["id"] == "Jobs").unwrap();
    assert_eq!(tag["differences"][1]["expected"], "", "there is nothing in the template");
}

#[test]
fn what_could_not_be_looked_at_is_not_called_the_same() {
    let server = server(&json!({ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }));
    server.model().detected.0 = Some("Access denied to Jobs".into());
    assert_snapshot!(run(&server, &["drift", "shop"]).ended(3).out, @"
    shop  not known
      ! not all of it was looked at: Access denied to Jobs

    1 stack looked at: no drift found, 1 not wholly looked at
    ");
    server.model().detected = (None, vec![found("Jobs", "AWS::SQS::Queue", "UNKNOWN", &[])]);
    run(&server, &["drift", "shop"]).ended(3).told("not all of it was looked at: CloudFormation cannot tell of Jobs");
}

#[test]
fn one_stack_that_cannot_be_looked_at_hides_no_other() {
    let server = server(&json!({ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }));
    server.model().detected.1 = vec![found("Jobs", "AWS::SQS::Queue", "MODIFIED", &[("/DelaySeconds", "5", "900")])];
    let answer = Fault::answer(400, "ValidationError", "Stack [till] is in ROLLBACK_COMPLETE state");
    server.fault(On::first("DetectStackDrift").stack("till"), answer);
    assert_snapshot!(run(&server, &["drift"]).ended(3).out, @"
    shop  1 resource differs
      Jobs  AWS::SQS::Queue
        DelaySeconds: the template has 5; there is 900

    till  not known
      ! not all of it was looked at: its drift cannot be detected: Stack [till] is in ROLLBACK_COMPLETE state (ValidationError)

    2 stacks looked at: 1 differs from its template
    ");
}
