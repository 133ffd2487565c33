//! `diff --change-set`: what it asks CloudFormation, what it says of the answer, and that it leaves nothing behind.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sdk_cloudformation::types::ChangeSetType;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::aws::Aws;
use super::emulator::Emulator;
use super::scripted::{Fault, Finding, On, Server, Xml, change, details, target};
use super::{Definitions, Run};
use crate::program::snapshot;

const ACCOUNT: &str = "111111111111";
const ASK: [&str; 2] = ["diff", "--change-set"];

/// A queue of this delay.
fn shop(delay: u32) -> Value {
    json!([{ "path": "shop", "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
    } }])
}

/// Text without the line of the double that makes every resource.
fn lineless(text: &str) -> String {
    regex_lite::Regex::new(r"fixture\.rs:\d+").unwrap().replace_all(text, "fixture.rs:<line>").into_owned()
}

// ------------------------------------------------------------------------------------------------------ on the emulator

/// An account of the emulator with its definitions.
struct Play {
    account: String,
    aws: Aws,
    definitions: Definitions,
}

impl Play {
    fn new(stacks: &Value) -> Self {
        let account = Emulator::account();
        Self { aws: Emulator::get().aws(&account), account, definitions: Definitions::new(stacks) }
    }

    fn run(&self, args: &[&str]) -> Run {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &self.account);
        self.definitions.program(isolated).args(args).output().unwrap().into()
    }

    /// The change sets of a stack that nobody executed.
    fn open(&self, stack: &str) -> usize {
        let left = self.aws.done(self.aws.cloudformation.list_change_sets().stack_name(stack).send());
        let open = |set: &&aws_sdk_cloudformation::types::ChangeSetSummary| {
            set.execution_status().unwrap().as_str() != "EXECUTE_COMPLETE"
        };
        left.summaries().iter().filter(open).count()
    }
}

#[test]
fn a_new_stack_is_asked_about_and_no_stack_is_left() {
    let play = Play::new(&shop(1));
    let run = play.run(&ASK).done().told("1/1  shop: 1 change\n");
    assert_snapshot!(lineless(&run.out), @r"
    shop  new: 1 added
        + Jobs  AWS::SQS::Queue  examples/fixture.rs:<line>

    1 stack differs
    compared with what is deployed, by change sets
    ");
    assert_eq!(play.aws.status("shop"), "-");
}

#[test]
fn a_stack_that_is_there_is_asked_about_and_stays_as_it_is() {
    let play = Play::new(&shop(1));
    play.run(&["deploy"]).done();
    play.run(&[&ASK[..], &["--exit-code"]].concat()).done().told("nothing differs: 1 stack");
    play.definitions.replace(&shop(2));
    let run = play
        .run(&[&ASK[..], &["--exit-code"]].concat())
        .ended(1)
        .told("compared with what is deployed, by change sets");
    assert!(run.out.contains("DelaySeconds: 1 → 2") && !run.out.contains('≠'), "{}", run.out);
    assert_eq!((play.aws.status("shop"), play.open("shop")), ("CREATE_COMPLETE".into(), 0));
    play.run(&["diff"]).done().told("compared with what is deployed, by the templates alone");
}

#[test]
fn where_it_and_the_templates_disagree_both_are_said() {
    // The emulator does not know which changes of a bucket replace it, and says that they may.
    let bucket = |status: &str| {
        json!([{ "path": "shop", "resources": { "Files": { "Type": "AWS::S3::Bucket", "Properties": {
            "VersioningConfiguration": { "Status": status },
        } } } }])
    };
    let play = Play::new(&bucket("Enabled"));
    play.run(&["deploy"]).done();
    play.definitions.replace(&bucket("Suspended"));
    let run = play.run(&ASK).done();
    assert!(run.out.contains("shop  1 maybe replaced; 1 disagreement"), "{}", run.out);
    assert!(run.out.contains("≠ by the templates alone it is changed in place"), "{}", run.out);
}

#[test]
fn somebody_elses_change_set_and_its_stack_stay() {
    let play = Play::new(&shop(1));
    let other = json!({ "Resources": { "Other": { "Type": "AWS::SNS::Topic" } } });
    play.aws.prepare("shop", ChangeSetType::Create, &other);
    play.run(&ASK).done().told("shop  new: 1 added");
    assert_eq!((play.aws.status("shop"), play.open("shop")), ("REVIEW_IN_PROGRESS".into(), 1));
}

#[test]
fn a_stack_that_no_change_set_can_be_made_for_is_not_compared() {
    let play =
        Play::new(&json!([shop(1)[0], { "path": "web", "resources": { "News": { "Type": "AWS::SNS::Topic" } } }]));
    let broken = json!({ "Resources": { "Jobs": { "Type": "AWS::EC2::EIP", "Properties": {
        "Tags": [{ "Key": "stub:create", "Value": "fail" }],
    } } } });
    assert_eq!(play.aws.deploy("shop", &broken), "ROLLBACK_COMPLETE");
    let run = play.run(&ASK).ended(3);
    assert_snapshot!(lineless(&run.out), @r"
    shop  not compared
      ! its creation failed, and it can only be deleted (ROLLBACK_COMPLETE)
        help: `deploy` deletes it and creates it anew

    web  new: 1 added
        + News  AWS::SNS::Topic  examples/fixture.rs:<line>

    1 stack differs; 1 was not compared
    compared with what is deployed, by change sets
    ");
    assert_eq!((play.aws.status("shop"), play.aws.status("web")), ("ROLLBACK_COMPLETE".into(), "-".into()));
}

#[test]
fn a_parameter_without_a_value_is_asked_for() {
    let play = Play::new(&json!([{ "path": "shop", "parameters": { "Word": { "type": "String", "noEcho": true } },
        "resources": { "News": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "Word" } } } },
    }]));
    play.run(&ASK).ended(3).told("! a parameter has no value: Word").told("help: give --parameters shop:Word=…");
    let run = play.run(&[&ASK[..], &["--parameters", "Word=xyzzy"]].concat()).done().told("shop  new: 1 added");
    assert!(!run.out.contains("xyzzy") && !run.err.contains("xyzzy"));
    play.run(&["diff", "--parameters", "Word=xyzzy"]).ended(2).told("required").told("--change-set");
    play.run(&[&ASK[..], &["--against", "templates"]].concat())
        .ended(2)
        .told("`--against templates` with something else");
}

/// A stack whose template has more than 51,200 bytes.
fn big() -> Value {
    let queue = |number: i32| {
        let tags = json!([{ "Key": "purpose", "Value": "x".repeat(200) }]);
        (format!("Queue{number}"), json!({ "Type": "AWS::SQS::Queue", "Properties": { "Tags": tags } }))
    };
    let resources: serde_json::Map<String, Value> = (0..200).map(queue).collect();
    json!([{ "path": "big", "name": "big", "resources": resources }])
}

#[test]
fn a_big_template_is_in_the_bucket_only_while_it_is_read() {
    let play = Play::new(&big());
    play.run(&ASK).ended(3).told("has no bucket for assets in us-east-1");
    play.definitions.replace(&json!([{ "path": "any" }]));
    std::fs::write(play.definitions.0.path().join("Cargo.toml"), "").unwrap();
    play.run(&["bootstrap", "--yes"]).done();
    play.definitions.replace(&big());
    play.run(&ASK).done().told("big  new: 200 added");
    let bucket = format!("formwork-assets-{}-us-east-1", play.account);
    let left = play.aws.done(play.aws.s3.list_object_versions().bucket(&bucket).send());
    assert!(left.versions().is_empty() && left.delete_markers().is_empty(), "{left:?}");
    assert_eq!(play.aws.status("big"), "-");
}

#[test]
fn what_a_stack_takes_along_is_called_but_not_sent() {
    let play = Play::new(&json!([{ "path": "any" }]));
    let folder = play.definitions.0.path();
    std::fs::write(folder.join("Cargo.toml"), "").unwrap();
    std::fs::create_dir(folder.join("lambda")).unwrap();
    std::fs::write(folder.join("lambda/index.py"), "def handler(event, context): pass").unwrap();
    play.run(&["bootstrap", "--yes"]).done();
    play.definitions.replace(&json!([{ "path": "shop", "assets": { "Code": { "folder": "lambda" } }, "resources": {
        "Where": { "Type": "AWS::SSM::Parameter", "Properties": { "Type": "String", "Value": { "Ref": "CodeAssetKey" } } },
    } }]));
    play.run(&ASK).done().told("its files and images are not sent for this");
    let bucket = format!("formwork-assets-{}-us-east-1", play.account);
    let left = play.aws.done(play.aws.s3.list_objects_v2().bucket(&bucket).send());
    assert!(left.contents().is_empty(), "{left:?}");
}

// ------------------------------------------------------------------------------------------------ on the scripted server

/// What is left of the asking: change sets that are open, stacks that are but a name.
fn left(server: &Server) -> (usize, usize) {
    let model = server.model();
    let alive = || model.stacks.iter().filter(|stack| stack.status != "DELETE_COMPLETE");
    let open = alive().flat_map(|stack| &stack.change_sets).filter(|set| set.execution != "EXECUTE_COMPLETE").count();
    (open, alive().filter(|stack| stack.status == "REVIEW_IN_PROGRESS").count())
}

/// A function, a table and a role, that was deployed with these words.
fn web(image: &str, key: &str) -> Value {
    json!([{ "path": "shop", "account": ACCOUNT, "parameters": {
        "Size": { "type": "Number", "default": 5 },
        "Word": { "type": "String", "noEcho": true },
    }, "resources": {
        "Run": { "Type": "AWS::Lambda::Function", "Properties": {
            "Role": "arn:aws:iam::111111111111:role/run", "PackageType": "Image", "Code": { "ImageUri": image },
            "Environment": { "Variables": { "SIZE": { "Ref": "Size" }, "GREETING": { "Ref": "Word" } } },
        } },
        "Orders": { "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Delete", "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": key, "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": key, "KeyType": "HASH" }],
        } },
        "News": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": image } },
    } }])
}

/// What CloudFormation says of it.
fn answer() -> Vec<Xml> {
    let environment = "/Properties/Environment/Variables";
    let run = details(vec![
        target("/Properties/Code/ImageUri", "Never", Some("one"), Some("two")),
        target(&format!("{environment}/SIZE"), "Never", Some("5"), Some("6")),
        target(&format!("{environment}/GREETING"), "Never", Some("hello-secret"), Some("other-secret")),
        target(&format!("{environment}/DB_PASSWORD"), "Never", Some("old-secret"), Some("new-secret")),
    ]);
    let orders = details(vec![target("/Properties/KeySchema/0/AttributeName", "Never", Some("id"), Some("number"))]);
    let log =
        Xml::new().text("PolicyAction", "Retain").text("BeforeContext", r#"{"Properties":{"RetentionInDays":"7"}}"#);
    vec![
        change("Modify False", "Run", "AWS::Lambda::Function", &run),
        change("Modify False", "Orders", "AWS::DynamoDB::Table", &orders),
        change("Remove", "Log", "AWS::Logs::LogGroup", &log),
    ]
}

fn asked() -> Server {
    let server = Server::start(ACCOUNT);
    server.run(&web("one", "id"), &["deploy", "--yes", "--parameters", "Word=hello-secret"]).done();
    server.tell("shop", answer());
    server
}

#[test]
fn values_come_from_the_change_set_and_secrets_from_nobody() {
    let server = asked();
    for (name, more) in [
        ("text", &[][..]),
        ("stat", &["--stat"]),
        ("markdown", &["--format", "markdown"]),
        ("json", &["--format", "json"]),
    ] {
        let run = server.run(&web("two", "number"), &[&ASK[..], more].concat()).done();
        assert!(!run.out.contains("-secret"), "{}", run.out);
        snapshot(&format!("diff_change_set_{name}"), &lineless(&run.out));
    }
    assert_eq!(left(&server), (0, 0));
    let calls: Vec<String> = server.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(
        calls[calls.len() - 4..],
        ["CreateChangeSet", "DescribeChangeSet", "DescribeChangeSet", "DeleteChangeSet"]
    );
}

#[test]
fn what_cloudformation_refuses_is_told_and_taken_back() {
    for stacks in [shop(2), web("two", "id")] {
        let server = if stacks == shop(2) { Server::start(ACCOUNT) } else { asked() };
        let finding = Finding {
            resource: "Jobs".into(),
            path: "/Resources/Jobs/Properties/DelaySeconds".into(),
            reason: "2000 is more than 900".into(),
        };
        server.refuse("shop", "Validation failed", vec![finding]);
        let run = server.run(&stacks, &ASK).ended(3).told("shop  not compared").told("Jobs: 2000");
        assert!(!run.out.contains("added") && !run.out.contains("changed"), "nothing is compared: {}", run.out);
        assert_eq!(left(&server), (0, 0));
    }
}

#[test]
fn whatever_goes_wrong_nothing_is_left_behind() {
    let denied = || Fault::answer(403, "AccessDenied", "You may not");
    let faults: [(&str, &(dyn Fn() -> Fault + Sync)); 3] =
        [("denied", &denied), ("lost", &|| Fault::DoAndDrop), ("half", &|| Fault::HalfAnswer)];
    let judge = |name: &str, fault: Fault, call: &'static str, there: bool| {
        let server = if there { asked() } else { Server::start(ACCOUNT) };
        server.fault(On::first(call).times(usize::MAX), fault);
        let stacks = if there { web("two", "id") } else { shop(1) };
        server.run(&stacks, &ASK).ended(3).told("not compared");
        assert_eq!(left(&server), (0, 0), "{name} {call} {there}");
    };
    std::thread::scope(|scope| {
        for (name, fault) in faults {
            for call in ["CreateChangeSet", "DescribeChangeSet"] {
                for there in [false, true] {
                    scope.spawn(move || judge(name, fault(), call, there));
                }
            }
        }
    });
}

#[test]
fn what_cannot_be_taken_back_is_said_with_the_way_out() {
    let server = asked();
    server.fault(On::first("DeleteChangeSet").times(usize::MAX), Fault::answer(403, "AccessDenied", "You may not"));
    let run = server.run(&web("two", "number"), &ASK).ended(3).told("compared with what is deployed, by change sets");
    assert!(run.err.contains("left behind: shop: You may not: aws cloudformation delete-change-set --stack-name shop"));
    assert_eq!(left(&server), (1, 0));
}

#[test]
fn a_stack_in_an_operation_is_not_waited_for() {
    let server = asked();
    server.model().stack("shop").status = "UPDATE_IN_PROGRESS".into();
    server.run(&web("two", "id"), &ASK).ended(3).told("an operation is in progress (UPDATE_IN_PROGRESS)");
    assert_eq!(left(&server), (0, 0));
}

#[test]
fn what_only_the_change_set_can_tell_is_told_by_it_alone() {
    for (template, why) in [
        (
            json!({ "Transform": "AWS::Serverless-2016-10-31", "Resources": {} }).to_string(),
            "goes through AWS::Serverless",
        ),
        ("Resources: [".to_owned(), "this is not YAML"),
    ] {
        let server = asked();
        server.model().stack("shop").content.template = template;
        server.run(&web("two", "id"), &["diff"]).ended(3).told("shop  not compared").told(why);
        let run = server.run(&web("two", "id"), &ASK).done().told("shop  1 removed, 2 changed in place");
        assert!(
            run.out.replace("\n  ", " ").contains("by the change set alone: ") && !run.out.contains('≠'),
            "{}",
            run.out
        );
    }
}

/// Runs it with a description that takes its time, and interrupts it this often.
fn interrupted(server: &Server, times: u32) -> Run {
    server.fault(On::first("DescribeChangeSet"), Fault::Wait(Duration::from_secs(3)));
    let definitions = Definitions::new(&web("two", "number"));
    let mut process = server.fixture(&definitions);
    let process = process.args(ASK).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = process.spawn().unwrap();
    while server.count("DescribeChangeSet") < 2 {
        assert!(process.try_wait().unwrap().is_none(), "it has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = process.id().to_string();
    let interrupt = || Command::new("kill").args(["-INT", &id]).status().unwrap();
    let mut said = String::new();
    interrupt();
    let mut lines = BufReader::new(process.stderr.take().unwrap());
    for _ in 1..times {
        while !said.contains("interrupted") {
            lines.read_line(&mut said).unwrap();
        }
        interrupt();
    }
    std::io::Read::read_to_string(&mut lines, &mut said).unwrap();
    let run = Run::from(process.wait_with_output().unwrap());
    Run { err: said + &run.err, ..run }
}

#[test]
fn an_interruption_takes_back_what_was_begun() {
    let server = asked();
    let run = interrupted(&server, 1).ended(130).told("interrupted: nothing new is begun");
    assert!(run.out.contains("shop  1 removed"), "{}", run.out);
    assert_eq!(left(&server), (0, 0));
}

#[test]
fn whoever_does_not_wait_is_told_how_to_take_it_back() {
    let server = asked();
    interrupted(&server, 2)
        .ended(130)
        .told("what may be left behind is taken away by\n  aws cloudformation delete-change-set");
    assert_eq!(left(&server).0, 1);
}

#[test]
fn where_the_change_set_alone_tells_it_is_said_what_it_does_not_tell() {
    let server = asked();
    let template = json!({ "Transform": "OurMacro", "Resources": {} }).to_string();
    server.model().stack("shop").content.template = template;
    let security = server.run(&web("two", "id"), &["diff", "--change-set", "--security-only", "--exit-code"]).ended(3);
    assert_snapshot!(security.out, @"
    shop
      not compared: who may do or reach what is not known: its template cannot be
      compared
        help: look at the template itself

    1 stack was not compared
    compared with what is deployed, by change sets
    ");
    let json = server.run(&web("two", "id"), &["diff", "--change-set", "--format", "json"]).done().out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["stacks"][0]["accessCompared"], false);
    server.model().stack("shop").termination_protection = true;
    server.run(&web("two", "id"), &ASK).done().told("Stack terminationProtection");
    server.model().stack("shop").termination_protection = false;
    server.tell("shop", Vec::new());
    server.run(&web("two", "id"), &ASK).ended(3).told("its change set changes no resource");
}

#[test]
fn tags_that_are_given_are_compared_with_those_that_there_are() {
    let server = Server::start(ACCOUNT);
    server.run(&shop(1), &["deploy", "--yes", "--tags", "team=one"]).done();
    server.run(&shop(1), &["diff", "--change-set", "--tags", "team=one", "--exit-code"]).done();
    let text = server.run(&shop(1), &["diff", "--change-set", "--tags", "team=two"]).done();
    assert!(text.out.contains("team: one → two"), "{}", text.out);
}

#[test]
fn where_the_change_set_does_not_say_what_becomes_of_the_old_one_the_templates_do() {
    let server = asked();
    let run_changes = details(vec![target("/Properties/Code/ImageUri", "Conditionally", Some("one"), Some("two"))]);
    server.tell("shop", vec![change("Modify Conditional", "Orders", "AWS::DynamoDB::Table", &run_changes)]);
    let text = server.run(&web("one", "number"), &ASK).done().out.replace("\n  ", " ");
    assert!(
        text.contains("Orders (AWS::DynamoDB::Table) may be replaced: the new one is empty, and the old one deleted"),
        "{text}"
    );
}

#[test]
fn two_that_ask_about_a_new_stack_leave_none() {
    let server = Server::start(ACCOUNT);
    server.model().add("shop", "REVIEW_IN_PROGRESS");
    server.run(&shop(1), &ASK).done();
    assert_eq!(server.model().find("shop"), None, "nobody asks any more");
}
