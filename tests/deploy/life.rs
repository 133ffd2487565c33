//! Stacks from their creation to their deletion, on the emulator.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use aws_sdk_cloudformation::types::ChangeSetType;
use serde_json::{Value, json};

use super::aws::Aws;
use super::emulator::Emulator;
use super::{Definitions, Run};

/// An account with its definitions.
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

    fn command(&self, args: &[&str]) -> std::process::Command {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &self.account);
        let mut command = self.definitions.program(isolated);
        command.args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }
}

/// An address that misbehaves as told.
fn address(tags: &Value) -> Value {
    let tags: Value = tags
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| json!({ "Key": format!("stub:{key}"), "Value": value }))
        .collect();
    json!({ "Type": "AWS::EC2::EIP", "Properties": { "Tags": tags } })
}

/// A stack of one address.
fn stack(path: &str, needs: &[&str], tags: &Value) -> Value {
    json!({ "path": path, "needs": needs, "resources": { "Address": address(tags) } })
}

fn queue(delay: u32) -> Value {
    json!([{ "path": "shop", "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
    } }])
}

// ------------------------------------------------------------------------------------------------------- the usual way

#[test]
fn a_stack_is_created_left_alone_updated_and_deleted() {
    let play = Play::new(&queue(1));
    play.run(&["deploy"]).done().told("shop   created");
    play.run(&["deploy"]).done().told("shop   unchanged");
    play.definitions.replace(&queue(2));
    play.run(&["deploy"]).done().told("~ Jobs (AWS::SQS::Queue)").told("shop   updated");
    assert_eq!(play.aws.status("shop"), "UPDATE_COMPLETE");
    play.run(&["destroy", "--yes", "shop"]).done().told("shop   deleted");
    assert_eq!(play.aws.status("shop"), "-");
    play.run(&["destroy", "--yes", "shop"]).done().told("shop   not there");
}

#[test]
fn what_a_stack_needs_is_deployed_before_it_and_deleted_after_it() {
    let network = json!({ "path": "net", "resources": {
        "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } },
    } });
    let web = json!({ "path": "web", "resources": { "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
        "GroupDescription": "web", "VpcId": { "Ref": "net:Vpc" },
    } } } });
    let play = Play::new(&json!([network, web]));
    play.run(&["deploy", "--yes", "web"]).done();
    let vpc = &play.aws.resources("net")["Vpc"];
    assert!(play.aws.outputs("net").values().any(|value| value == vpc));
    play.run(&["destroy", "--yes", "net"]).done().told("because they need these: web");
    assert_eq!((play.aws.status("net"), play.aws.status("web")), ("-".into(), "-".into()));
}

#[test]
fn a_parameter_of_systems_manager_that_is_not_there_is_told() {
    let play = Play::new(&json!([{ "path": "shop", "parameters": {
        "Image": { "type": "AWS::SSM::Parameter::Value<String>", "default": "/shop/image" },
    }, "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } }]));
    play.run(&["deploy", "--yes"]).ended(3).told("/shop/image").told("does not exist");
}

#[test]
fn tags_and_protection_are_changed_without_a_change_of_the_template() {
    let tagged = |stage: &str, on: bool| {
        let mut stacks = queue(1);
        stacks[0]["tags"] = json!({ "stage": stage });
        stacks[0]["terminationProtection"] = json!(on);
        stacks
    };
    let play = Play::new(&tagged("dev", true));
    play.run(&["deploy"]).done();
    play.definitions.replace(&tagged("prod", true));
    play.run(&["deploy"]).done().told("updated");
    let stack = play.aws.stack("shop").unwrap();
    assert_eq!(stack.tags()[0].value(), Some("prod"));
    assert_eq!(stack.enable_termination_protection(), Some(true));
    play.run(&["destroy", "--yes", "shop"]).ended(2).told("protect");
    play.definitions.replace(&tagged("prod", false));
    play.run(&["deploy"]).done();
    play.run(&["destroy", "--yes", "shop"]).done();
}

#[test]
fn what_is_retained_is_told_and_stays() {
    let kept = json!([{ "path": "shop", "resources": { "Files": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain" } } }]);
    let play = Play::new(&kept);
    play.run(&["deploy"]).done();
    let bucket = play.aws.resources("shop")["Files"].clone();
    play.run(&["destroy", "--yes", "shop"]).done().told("left behind").told(&bucket);
    play.aws.done(play.aws.s3.head_bucket().bucket(&bucket).send());
}

#[test]
fn a_bucket_with_objects_is_deleted_once_it_may_be_emptied() {
    let play = Play::new(&json!([{ "path": "shop", "resources": { "Files": { "Type": "AWS::S3::Bucket" } } }]));
    play.run(&["deploy"]).done();
    let bucket = play.aws.resources("shop")["Files"].clone();
    play.aws.done(play.aws.s3.put_object().bucket(&bucket).key("a").body(b"1".to_vec().into()).send());
    play.run(&["destroy", "--yes", "shop"]).ended(3).told("The bucket you tried to delete is not empty");
    assert_eq!(play.aws.status("shop"), "DELETE_FAILED");
    play.run(&["destroy", "--yes", "--empty-buckets", "shop"]).done().told("1 objects and versions deleted");
    assert_eq!(play.aws.status("shop"), "-");
}

#[test]
fn a_replacement_waits_for_approval() {
    let zone = |zone: &str| {
        json!([{ "path": "shop", "resources": {
        "Disk": { "Type": "AWS::EC2::Volume", "Properties": { "AvailabilityZone": zone, "Size": 1 } },
    } }])
    };
    let play = Play::new(&zone("us-east-1a"));
    play.run(&["deploy"]).done();
    let before = play.aws.resources("shop");
    play.definitions.replace(&zone("us-east-1b"));
    play.run(&["deploy"]).ended(2).told("this needs approval, and there is no terminal to ask at").told("Disk");
    assert_eq!(play.aws.resources("shop"), before);
    let left = play.aws.done(play.aws.cloudformation.list_change_sets().stack_name("shop").send());
    let open = left.summaries().iter().filter(|set| set.execution_status().unwrap().as_str() == "AVAILABLE");
    assert_eq!(open.count(), 0, "the change set is taken back");
    play.run(&["deploy", "--yes"]).done();
    assert_ne!(play.aws.resources("shop"), before);
}

#[test]
fn what_somebody_changed_behind_the_stacks_back_is_shown_as_drift() {
    let play = Play::new(&queue(1));
    play.run(&["deploy"]).done();
    play.run(&["drift"]).done().told("1 stack looked at: no drift").told("1/1  shop: no drift");
    assert!(!play.run(&["status"]).done().out.contains("drifted"));
    let url = play.aws.resources("shop")["Jobs"].clone();
    Emulator::get().set_queue_attribute(&play.account, &url, "DelaySeconds", "900");
    let run = play.run(&["drift"]).ended(1);
    assert!(run.out.contains("shop  1 resource differs\n  Jobs  AWS::SQS::Queue"), "{}", run.out);
    assert!(run.out.contains("    DelaySeconds: the template has 1; there is 900\n"), "{}", run.out);
    play.run(&["status"]).done().told("drifted");
    let json: Value = serde_json::from_str(&play.run(&["drift", "--json"]).ended(1).out).unwrap();
    assert_eq!(json[0]["resources"][0]["differences"][0]["path"], "/DelaySeconds");
}

#[test]
fn the_drift_of_a_stack_that_is_not_there_is_none() {
    let play = Play::new(&queue(1));
    play.run(&["drift"]).done().told("0 stacks looked at, 1 not there: no drift");
}

#[test]
fn what_is_deployed_is_compared_with_the_definitions() {
    let play = Play::new(&queue(1));
    play.run(&["diff", "--exit-code"]).ended(1).told("shop  new: 1 added");
    play.run(&["deploy"]).done();
    play.run(&["diff", "--exit-code"]).done().told("nothing differs: 1 stack");
    play.definitions.replace(&queue(2));
    let run = play.run(&["diff", "--exit-code"]).ended(1).told("compared with what is deployed");
    assert!(run.out.contains("~ Jobs  AWS::SQS::Queue"), "{}", run.out);
}

// --------------------------------------------------------------------------------------------------------- what fails

#[test]
fn a_failed_create_is_removed_and_stops_its_dependents_but_no_others() {
    let stacks =
        |first: &Value| json!([stack("a", &[], first), stack("b", &["a"], &json!({})), stack("c", &[], &json!({}))]);
    let play = Play::new(&stacks(&json!({ "create": "fail" })));
    play.run(&["deploy"])
        .ended(3)
        .told("This stub was told to fail: create")
        .told("examples/fixture.rs")
        .told("because of a");
    assert_eq!(["a", "b", "c"].map(|name| play.aws.status(name)), ["-", "-", "CREATE_COMPLETE"]);
    play.definitions.replace(&stacks(&json!({})));
    play.run(&["deploy"]).done();
    assert_eq!(["a", "b", "c"].map(|name| play.aws.status(name)), ["CREATE_COMPLETE"; 3]);
}

#[test]
fn a_failed_update_is_rolled_back_and_the_next_can_go_on() {
    let play = Play::new(&json!([stack("shop", &[], &json!({}))]));
    play.run(&["deploy"]).done();
    play.definitions.replace(&json!([stack("shop", &[], &json!({ "update": "fail" }))]));
    play.run(&["deploy"]).ended(3).told("This stub was told to fail: update");
    assert_eq!(play.aws.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    play.definitions.replace(&json!([stack("shop", &[], &json!({ "note": "fine" }))]));
    play.run(&["deploy"]).done().told("updated");
}

#[test]
fn a_failure_can_be_left_where_it_is_and_gone_on_from() {
    let play = Play::new(&json!([stack("shop", &[], &json!({ "create": "fail once" }))]));
    play.run(&["deploy", "--no-rollback"]).ended(3);
    assert_eq!(play.aws.status("shop"), "CREATE_FAILED");
    play.run(&["deploy"]).ended(2).told("its creation failed and was not rolled back").told("recover shop");
    play.run(&["recover", "--yes", "shop"]).done().told("deleted");
    play.run(&["deploy"]).done();
    play.definitions.replace(&json!([stack("shop", &[], &json!({ "update": "fail once" }))]));
    play.run(&["deploy", "--no-rollback"]).ended(3);
    assert_eq!(play.aws.status("shop"), "UPDATE_FAILED");
    play.run(&["recover", "shop"]).done().told("the stack is as it was before the update");
    assert_eq!(play.aws.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_rollback_that_failed_is_continued_by_recover() {
    let two = |first: &Value, second: &Value| {
        let mut second = address(second);
        second["DependsOn"] = json!(["One"]);
        json!([{ "path": "shop", "resources": { "One": address(first), "Two": second } }])
    };
    let play = Play::new(&two(&json!({}), &json!({})));
    play.run(&["deploy"]).done();
    play.definitions.replace(&two(&json!({ "rollback": "fail once" }), &json!({ "update": "fail" })));
    play.run(&["deploy"]).ended(3).told("This stub was told to fail: update");
    assert_eq!(play.aws.status("shop"), "UPDATE_ROLLBACK_FAILED");
    play.run(&["deploy"]).ended(2).told("an update failed, and so did its rollback").told("recover shop");
    play.run(&["recover", "shop"]).done();
    assert_eq!(play.aws.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    play.run(&["recover", "shop"]).done().told("there is nothing to recover");
}

#[test]
fn a_deletion_that_failed_is_tried_again_without_what_stands_in_the_way() {
    let play = Play::new(&json!([stack("shop", &[], &json!({ "delete": "fail" }))]));
    play.run(&["deploy"]).done();
    play.run(&["destroy", "--yes", "shop"]).ended(3).told("This stub was told to fail: delete");
    assert_eq!(play.aws.status("shop"), "DELETE_FAILED");
    play.run(&["deploy"]).ended(2).told("its deletion failed (DELETE_FAILED)");
    play.run(&["recover", "--yes", "shop"]).ended(3).told("This stub was told to fail: delete");
    play.run(&["recover", "--yes", "--retain", "Address", "shop"]).done().told("left: Address");
    assert_eq!(play.aws.status("shop"), "-");
}

#[test]
fn a_stack_whose_creation_was_rolled_back_is_made_anew() {
    let play = Play::new(&json!([stack("shop", &[], &json!({}))]));
    let broken = json!({ "Resources": { "Address": address(&json!({ "create": "fail" })) } });
    assert_eq!(play.aws.deploy("shop", &broken), "ROLLBACK_COMPLETE");
    play.run(&["deploy"]).done().told("created");
    assert_eq!(play.aws.status("shop"), "CREATE_COMPLETE");
}

#[test]
fn a_stack_that_is_but_a_name_is_created() {
    let play = Play::new(&queue(1));
    let other = json!({ "Resources": { "Other": { "Type": "AWS::SNS::Topic" } } });
    play.aws.prepare("shop", ChangeSetType::Create, &other);
    assert_eq!(play.aws.status("shop"), "REVIEW_IN_PROGRESS");
    play.run(&["deploy"]).done();
    assert_eq!(play.aws.resources("shop").into_keys().collect::<Vec<_>>(), ["Jobs"]);
}

// ------------------------------------------------------------------------------------------------ somebody else, and ^C

#[test]
fn an_operation_that_somebody_else_began_is_waited_for() {
    let play = Play::new(&json!([stack("shop", &[], &json!({}))]));
    let slow = json!({ "Resources": { "Address": address(&json!({ "create": "wait 1" })) } });
    play.aws.prepare("shop", ChangeSetType::Create, &slow);
    play.aws.done(play.aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    play.run(&["deploy"]).done().told("CREATE_IN_PROGRESS, begun by somebody else").told("updated");
    assert_eq!(play.aws.status("shop"), "UPDATE_COMPLETE");
}

#[test]
fn an_interrupted_deployment_ends_what_it_began_and_begins_nothing_new() {
    let play = Play::new(&json!([stack("a", &[], &json!({ "create": "wait 1.5" })), stack("b", &["a"], &json!({}))]));
    let mut process =
        play.command(&["deploy", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains(r#""running""#)), "it says that it executes the change set");
    std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap();
    let rest: Vec<String> = lines.collect();
    Run::from(process.wait_with_output().unwrap()).ended(130);
    assert!(rest.iter().any(|line| line.contains(r#""notStarted""#)), "{rest:?}");
    assert_eq!((play.aws.settled("a"), play.aws.status("b")), ("CREATE_COMPLETE".into(), "-".into()));
    play.run(&["deploy"]).done().told("a      unchanged").told("b      created");
}

#[test]
fn a_deployment_that_was_killed_is_taken_up_by_the_next() {
    let play = Play::new(&json!([stack("a", &[], &json!({ "create": "wait 1.5" })), stack("b", &["a"], &json!({}))]));
    let mut process = play.command(&["deploy", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("CREATE_IN_PROGRESS")), "its resource is being created");
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(play.aws.status("a"), "CREATE_IN_PROGRESS");
    play.run(&["deploy"]).done().told("a      unchanged").told("b      created");
}

#[test]
fn an_export_in_use_is_not_taken_away_and_the_stack_stays_as_it_is() {
    let producer = |export: &str| {
        json!({ "path": "net", "resources": { "News": { "Type": "AWS::SNS::Topic" } },
        "outputs": { "Arn": { "value": { "Fn::GetAtt": ["News", "TopicArn"] }, "export": export } } })
    };
    let consumer = json!({ "path": "web", "needs": ["net"], "resources": { "Policy": {
        "Type": "AWS::SSM::Parameter",
        "Properties": { "Type": "String", "Value": { "Fn::ImportValue": "news" } },
    } } });
    let play = Play::new(&json!([producer("news"), consumer]));
    play.run(&["deploy"]).done();
    // Outputs alone are a change.
    play.definitions.replace(&json!([producer("other"), consumer]));
    play.run(&["deploy", "net"]).ended(3).told("the stack is as it was");
    assert!(play.aws.stack("net").unwrap().outputs().iter().any(|output| output.export_name() == Some("news")));
    play.run(&["destroy", "--yes", "--exclusively", "net"]).ended(3).told("Export news is imported by stack web");
    assert_ne!(play.aws.status("net"), "-");
}

#[test]
fn a_template_too_long_to_send_along_goes_through_the_bucket_or_says_what_is_missing() {
    let long: String = "x".repeat(2000);
    let parameters: Value = (0..40).map(|index| (format!("P{index}"), json!({
        "Type": "AWS::SSM::Parameter", "Properties": { "Type": "String", "Value": format!("{long}{index}") },
    }))).collect();
    let play = Play::new(&json!([{ "path": "shop", "resources": parameters }]));
    play.run(&["deploy"]).ended(2).told("bucket");
    assert_eq!(play.aws.status("shop"), "-");
}
