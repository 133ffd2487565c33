//! `diff` against stacks that are not as ours: unreadable, processed by macros, made by another tool.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::scripted::{Fault, On, Server};
use super::{Run, run_at};

const ACCOUNT: &str = "111111111111";

/// What is defined.
fn shop() -> Value {
    json!([{ "path": "shop", "account": ACCOUNT, "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 5 } },
        "News": { "Type": "AWS::SNS::Topic" },
    } }])
}

/// `diff`, where this template is deployed.
fn diff(template: &str, args: &[&str]) -> Run {
    let server = Server::start(ACCOUNT);
    server.model().deployed("shop", &json!({ "Resources": {} }));
    server.model().stack("shop").content.template = template.into();
    let run = server.run(&shop(), &[&["diff"], args].concat());
    assert_eq!(server.writes(), [""; 0], "nothing is written");
    let line = regex_lite::Regex::new(r"fixture\.rs:\d+").unwrap();
    Run { out: line.replace_all(&run.out, "fixture.rs:<line>").into_owned(), ..run }
}

#[test]
fn a_deployed_template_that_cannot_be_read_is_said_where_it_is_wrong() {
    assert_snapshot!(diff("{ \"Resources\": { \"Jobs\": [ }", &[]).ended(3).out, @r"
    shop  not compared
      ! the template cannot be read: line 1, column 28: this is not JSON: expected
      value
        help: look at the template itself

    1 stack was not compared
    compared with what is deployed, by the templates alone
    ");
    diff("Resources:\n  Jobs: [\n", &[]).ended(3).told("this is not YAML");
    let text = diff("just a text", &["--security-only"]).ended(3);
    assert_snapshot!(text.out, @"
    shop
      not compared: the template cannot be read: line 1, column 1: a template is a
      mapping, with `Resources` in it
        help: look at the template itself

    1 stack was not compared
    compared with what is deployed, by the templates alone
    ");
    diff("", &["--format", "markdown"]).ended(3).told("**Not compared:** `shop`");
    diff("Resources: [", &["--exit-code"]).ended(3);
}

#[test]
fn what_macros_made_of_a_template_is_not_guessed_at() {
    let template = json!({
        "Transform": ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "OurMacro"],
        "Resources": { "Jobs": { "Type": "AWS::SQS::Queue", "Fn::Transform": { "Name": "AWS::Include" } } },
    });
    assert_snapshot!(diff(&template.to_string(), &[]).ended(3).out, @r"
    shop  not compared
      ! its template goes through AWS::Serverless-2016-10-31, OurMacro,
      AWS::Include: what that makes of it is not known here
        help: `--change-set` shows what CloudFormation makes of it

    1 stack was not compared
    compared with what is deployed, by the templates alone
    ");
    let extended =
        json!({ "Transform": "AWS::LanguageExtensions", "Resources": { "News": { "Type": "AWS::SNS::Topic" } } });
    let run = diff(&extended.to_string(), &[]).done();
    assert!(run.out.contains("shop  1 added"), "these make nothing else of it: {}", run.out);
}

#[test]
fn macros_are_recognised_however_they_are_written() {
    let queue = json!({ "Type": "AWS::SQS::Queue" });
    for (template, named) in [
        (json!({ "Transform": { "Name": "AWS::Include" }, "Resources": { "Jobs": queue } }), "AWS::Include"),
        (json!({ "Transform": [{ "Name": "OurMacro" }], "Resources": { "Jobs": queue } }), "OurMacro"),
        (json!({ "Resources": { "Fn::Transform": { "Name": "AWS::Include" } } }), "AWS::Include"),
        (
            json!({ "Transform": "AWS::LanguageExtensions",
                    "Resources": { "Fn::ForEach::Each": ["Id", ["A"], { "Job${Id}": queue }] } }),
            "Fn::ForEach",
        ),
    ] {
        let run = diff(&template.to_string(), &[]).ended(3);
        assert!(run.out.contains(&format!("  ! its template goes through {named}: what")), "{}", run.out);
    }
}

#[test]
fn a_text_without_resources_is_no_template() {
    for text in ["A: x", "Resources: []", "Outputs: {}"] {
        let run = diff(text, &[]).ended(3);
        assert!(
            run.out.replace("\n  ", " ").contains("no template of CloudFormation: it has no `Resources`"),
            "{}",
            run.out
        );
    }
}

#[test]
fn what_a_stack_has_beside_its_template_is_compared() {
    let defined = json!([{ "path": "shop", "account": ACCOUNT, "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
        "tags": { "team": "new" }, "policy": { "Statement": [] } }]);
    let server = Server::start(ACCOUNT);
    server.run(&defined, &["deploy", "--yes"]).done();
    let diff = || server.run(&defined, &["diff", "--exit-code"]);
    diff().done();
    let mut model = server.model();
    let stack = model.stack("shop");
    stack.content.tags = [("team".into(), "old".into())].into();
    stack.termination_protection = true;
    drop(model);
    let run = diff().ended(1);
    assert!(run.out.starts_with("shop  no resource differs: 2 settings\n"), "{}", run.out);
    assert!(run.out.contains("team: old → new"), "{}", run.out);
    assert!(run.out.contains("- Stack terminationProtection\n"), "{}", run.out);
}

#[test]
fn who_imports_an_export_is_asked_of_cloudformation() {
    let server = Server::start(ACCOUNT);
    let exported = json!({
        "Resources": { "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 5 } },
                       "News": { "Type": "AWS::SNS::Topic" } },
        "Outputs": { "Jobs": { "Value": "jobs", "Export": { "Name": "jobs" } } },
    });
    server.model().deployed("shop", &exported);
    let importing = json!({ "Resources": { "Mail": { "Type": "AWS::SNS::Topic",
        "Properties": { "DisplayName": { "Fn::ImportValue": "jobs" } } } } });
    server.model().deployed("of-another-tool", &importing);
    let run = server.run(&shop(), &["diff"]).ended(1);
    assert!(run.out.contains("! refused: the export jobs is removed, and imported by of-another-tool"), "{}", run.out);
}

/// A stack as AWS CDK deploys it: JSON, with metadata, its bootstrap's parameter and rule, and ids of its own.
fn of_cdk() -> String {
    let path = |path: &str| json!({ "aws:cdk:path": path });
    json!({
        "Resources": {
            "Jobs87AA1D7D": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 5 },
                "UpdateReplacePolicy": "Delete", "DeletionPolicy": "Delete", "Metadata": path("Shop/Jobs/Resource") },
            "News": { "Type": "AWS::SNS::Topic", "Metadata": path("Shop/News") },
            "CDKMetadata": { "Type": "AWS::CDK::Metadata", "Properties": { "Analytics": "v2:deflate64:H4sIAAAAAAAA" },
                "Metadata": path("Shop/CDKMetadata/Default"), "Condition": "CDKMetadataAvailable" },
        },
        "Conditions": { "CDKMetadataAvailable": { "Fn::Or": [
            { "Fn::Equals": [{ "Ref": "AWS::Region" }, "eu-west-1"] },
            { "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] },
        ] } },
        "Parameters": { "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version",
        } },
        "Rules": { "CheckBootstrapVersion": { "Assertions": [{
            "Assert": { "Fn::Not": [{ "Fn::Contains": [["1", "2", "3", "4", "5"], { "Ref": "BootstrapVersion" }] }] },
            "AssertDescription": "CDK bootstrap stack version 6 required.",
        }] } },
    })
    .to_string()
}

#[test]
fn a_stack_of_another_tool_is_compared_like_any_other() {
    assert_snapshot!(diff(&of_cdk(), &[]).done().out, @r"
    shop  1 removed, 1 moved, 1 changed in place
      ! at risk: Jobs (AWS::SQS::Queue) has another logical id than Jobs87AA1D7D: a
      second one is made, and the first deleted
        help: `refactor` gives it the new id, `.moved_from(…)` with its old path
        keeps the old one
        - CDKMetadata  AWS::CDK::Metadata
          deleted
       -> Jobs  AWS::SQS::Queue  examples/fixture.rs:<line>
          was Jobs87AA1D7D: the same resource under another logical id
          @DeletionPolicy: Delete → nothing
          @UpdateReplacePolicy: Delete → nothing
        ~ News  AWS::SNS::Topic  examples/fixture.rs:<line>
          @Metadata: {aws:cdk:path: Shop/News} → nothing
        - Conditions CDKMetadataAvailable
            - Or(Equals(${AWS::Region}, eu-west-1), Equals(${AWS::Region}, us-east-1))
        - Parameters BootstrapVersion
            - {Default: /cdk-bootstrap/hnb659fds/version, Type: AWS::SSM::Parameter::Value<String>}
        - Rules CheckBootstrapVersion
            - {Assertions: [{Assert: Not(Contains([1, 2, 3, 4, 5], ${BootstrapVersion})), AssertDescription: CDK bootstrap stack version 6 required.}]}

    1 stack differs
    compared with what is deployed, by the templates alone
    ");
}

#[test]
fn five_hundred_resources_of_unknown_types_are_compared() {
    let resources = |count: usize| -> serde_json::Map<String, Value> {
        let one = |index: usize| {
            (format!("Thing{index:03}"), json!({ "Type": "Private::Own::Type", "Properties": { "Size": index } }))
        };
        (0..count).map(one).collect()
    };
    let run = diff(&json!({ "Resources": resources(500) }).to_string(), &[]).done();
    assert!(run.out.starts_with("shop  500 removed, 2 added\n"), "{}", &run.out[..200]);
    assert!(
        run.out.contains("    - Thing499  Private::Own::Type\n      deleted\n"),
        "{}",
        &run.out[run.out.len() - 400..]
    );
}

/// `diff`, where the stack is in this state.
fn in_state(status: &str, args: &[&str]) -> Run {
    let server = Server::start(ACCOUNT);
    server.model().deployed("shop", &json!({ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }));
    server.model().stack("shop").status = status.into();
    server.run(&shop(), &[&["diff"], args].concat())
}

#[test]
fn a_stack_that_holds_nothing_or_not_all_is_not_taken_for_deployed() {
    in_state("ROLLBACK_COMPLETE", &["--exit-code"]).ended(1).told("shop  new: 2 added");
    assert_snapshot!(in_state("DELETE_FAILED", &[]).ended(3).out, @"
    shop  not compared
      ! its deletion failed (DELETE_FAILED): some of what its template says is gone
        help: `destroy` deletes the rest of it

    1 stack was not compared
    compared with what is deployed, by the templates alone
    ");
    for (status, note) in [
        ("UPDATE_IN_PROGRESS", "an operation is in progress (UPDATE_IN_PROGRESS)"),
        ("UPDATE_ROLLBACK_FAILED", "it is stuck (UPDATE_ROLLBACK_FAILED)"),
    ] {
        in_state(status, &[]).done().told(note);
    }
    let same = shop()[0]["resources"].clone();
    let server = Server::start(ACCOUNT);
    server.model().deployed("shop", &json!({ "Resources": same }));
    server.model().stack("shop").status = "UPDATE_IN_PROGRESS".into();
    let run = server.run(&shop(), &["diff"]).done();
    assert!(run.out.starts_with("nothing differs") && run.err.contains("an operation is in progress"), "{}", run.err);
    in_state("DELETE_FAILED", &["--stat"]).ended(3).told("its deletion failed");
}

#[test]
fn one_stack_that_may_not_be_read_hides_no_other() {
    let server = Server::start(ACCOUNT);
    let stack = |path: &str| json!({ "path": path, "account": ACCOUNT, "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } });
    for path in ["shop", "till"] {
        server.model().deployed(path, &json!({ "Resources": {} }));
    }
    let denied = Fault::answer(400, "AccessDenied", "not authorized to perform cloudformation:GetTemplate");
    server.fault(On::first("GetTemplate").stack("till"), denied);
    let run = server.run(&json!([stack("shop"), stack("till")]), &["diff"]).ended(3);
    assert!(run.out.contains("shop  1 added") && run.out.contains("till  not compared"), "{}", run.out);
}

#[test]
fn an_endpoint_that_is_no_url_is_not_called_missing_credentials() {
    let run = run_at("127.0.0.1:9", ACCOUNT, &shop(), &["diff"]).ended(2);
    run.told("the endpoint is no URL: it has no scheme, such as `https://`");
}
