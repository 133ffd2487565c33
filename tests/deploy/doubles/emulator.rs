//! The emulator: that a test has it to itself, and that the ways to make things go wrong do.

use std::time::Instant;

use aws_sdk_cloudformation::types::ChangeSetType;
use serde_json::{Value, json};

use crate::deploy::aws::Aws;
use crate::deploy::emulator::Emulator;

/// Clients of an account of one's own.
fn fresh() -> Aws {
    Emulator::get().aws(&Emulator::account())
}

/// Two addresses, the second after the first, with tags that say how they misbehave.
fn addresses(first: &Value, second: &Value) -> Value {
    let tags = |tags: &Value| -> Value {
        tags.as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| json!({ "Key": format!("stub:{key}"), "Value": value }))
            .collect()
    };
    json!({ "Resources": {
        "One": { "Type": "AWS::EC2::EIP", "Properties": { "Tags": tags(first) } },
        "Two": { "Type": "AWS::EC2::EIP", "DependsOn": "One", "Properties": { "Tags": tags(second) } },
    } })
}

#[test]
fn every_account_sees_its_own_stacks_alone() {
    let (one, other) = (fresh(), fresh());
    assert_eq!(one.deploy("shop", &addresses(&json!({}), &json!({}))), "CREATE_COMPLETE");
    assert_eq!(other.status("shop"), "-");
    assert_eq!(one.delete("shop"), "-");
}

#[test]
fn the_account_is_the_access_key() {
    let account = Emulator::account();
    let aws = Emulator::get().aws(&account);
    assert_eq!(aws.done(aws.sts.get_caller_identity().send()).account, Some(account));
}

#[test]
fn a_stub_says_so_and_has_the_same_ids_each_time() {
    let account = Emulator::account();
    let aws = Emulator::get().aws(&account);
    let template = json!({
        "Resources": {
            "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } },
            "Address": { "Type": "AWS::EC2::EIP" },
        },
        "Outputs": {
            "Block": { "Value": { "Fn::GetAtt": ["Vpc", "CidrBlock"] } },
            "Id": { "Value": { "Fn::GetAtt": ["Address", "AllocationId"] } },
        },
    });
    assert_eq!(aws.deploy("shop", &template), "CREATE_COMPLETE");
    let (before, address) = (aws.outputs("shop"), aws.resources("shop")["Address"].clone());
    assert_eq!(before["Block"], "10.0.0.0/16");
    assert!(before["Id"].starts_with("eipalloc-stub") && address.starts_with("198."), "{before:?} {address}");
    assert_eq!(aws.delete("shop"), "-");
    assert_eq!(aws.deploy("shop", &template), "CREATE_COMPLETE");
    assert_eq!((aws.outputs("shop"), &aws.resources("shop")["Address"]), (before, &address));
}

#[test]
fn a_stub_is_replaced_when_a_property_says_so() {
    let aws = fresh();
    let volume = |zone: &str| json!({ "Resources": { "Disk": { "Type": "AWS::EC2::Volume", "Properties": { "AvailabilityZone": zone } } } });
    aws.deploy("shop", &volume("us-east-1a"));
    let before = aws.resources("shop");
    aws.prepare("shop", ChangeSetType::Update, &volume("us-east-1b"));
    let set = aws.done(aws.cloudformation.describe_change_set().stack_name("shop").change_set_name("test").send());
    let change = set.changes()[0].resource_change().unwrap();
    assert_eq!(change.replacement().unwrap().as_str(), "True");
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    assert_eq!(aws.settled("shop"), "UPDATE_COMPLETE");
    assert_ne!(aws.resources("shop"), before);
}

#[test]
fn a_create_an_update_and_a_rollback_fail_when_a_tag_says_so() {
    let aws = fresh();
    let fine = addresses(&json!({}), &json!({}));
    assert_eq!(aws.deploy("broken", &addresses(&json!({}), &json!({ "create": "fail" }))), "ROLLBACK_COMPLETE");
    assert_eq!(aws.deploy("shop", &fine), "CREATE_COMPLETE");
    assert_eq!(aws.deploy("shop", &addresses(&json!({}), &json!({ "update": "fail" }))), "UPDATE_ROLLBACK_COMPLETE");
    let stuck = addresses(&json!({ "rollback": "fail once" }), &json!({ "update": "fail" }));
    assert_eq!(aws.deploy("shop", &stuck), "UPDATE_ROLLBACK_FAILED");
    aws.done(aws.cloudformation.continue_update_rollback().stack_name("shop").send());
    assert_eq!(aws.settled("shop"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_delete_fails_when_a_tag_says_so_or_a_bucket_is_not_empty() {
    let aws = fresh();
    aws.deploy("shop", &addresses(&json!({ "delete": "fail once" }), &json!({})));
    assert_eq!(aws.delete("shop"), "DELETE_FAILED");
    assert_eq!(aws.delete("shop"), "-");
    aws.deploy("store", &json!({ "Resources": { "Files": { "Type": "AWS::S3::Bucket" } } }));
    let bucket = &aws.resources("store")["Files"];
    aws.done(aws.s3.put_object().bucket(bucket).key("a").body(b"1".to_vec().into()).send());
    assert_eq!(aws.delete("store"), "DELETE_FAILED");
    aws.done(aws.s3.delete_object().bucket(bucket).key("a").send());
    assert_eq!(aws.delete("store"), "-");
}

#[test]
fn an_operation_is_in_progress_as_long_as_a_stub_waits_and_others_are_not_held_up() {
    let (aws, other) = (fresh(), fresh());
    aws.prepare("shop", ChangeSetType::Create, &addresses(&json!({ "create": "wait 1" }), &json!({})));
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    let start = Instant::now();
    assert_eq!(aws.status("shop"), "CREATE_IN_PROGRESS");
    assert_eq!(other.status("shop"), "-");
    assert_eq!(aws.settled("shop"), "CREATE_COMPLETE");
    assert!(start.elapsed().as_secs_f64() > 0.8);
}

#[test]
fn an_operation_waits_for_the_test_at_a_wait_condition() {
    let aws = fresh();
    let wait = |timeout: &str| {
        json!({ "Resources": {
            "Handle": { "Type": "AWS::CloudFormation::WaitConditionHandle" },
            "Wait": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": { "Handle": { "Ref": "Handle" }, "Timeout": timeout, "Count": 1 },
            },
        } })
    };
    assert_eq!(aws.deploy("late", &wait("1")), "ROLLBACK_COMPLETE");
    aws.prepare("shop", ChangeSetType::Create, &wait("60"));
    aws.done(aws.cloudformation.execute_change_set().stack_name("shop").change_set_name("test").send());
    let handle = loop {
        if let Some(url) = aws.resources("shop").remove("Handle").filter(|url| !url.is_empty()) {
            break url;
        }
    };
    assert_eq!(aws.status("shop"), "CREATE_IN_PROGRESS");
    Emulator::get().signal(&handle, "SUCCESS");
    assert_eq!(aws.settled("shop"), "CREATE_COMPLETE");
}

#[test]
fn a_missing_parameter_and_a_name_that_is_taken_fail_a_create() {
    let aws = fresh();
    let queue = json!({ "Resources": { "Jobs": {
        "Type": "AWS::SQS::Queue", "Properties": { "QueueName": "{{resolve:ssm:/not/there}}" },
    } } });
    assert_eq!(aws.deploy("missing", &queue), "ROLLBACK_COMPLETE");
    let name = format!("taken-{}", Emulator::account());
    aws.done(aws.s3.create_bucket().bucket(&name).send());
    let bucket =
        json!({ "Resources": { "Files": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": name } } } });
    assert_eq!(aws.deploy("taken", &bucket), "ROLLBACK_COMPLETE");
}

#[test]
fn outputs_alone_are_a_change() {
    let aws = fresh();
    let topic = |value: &str| json!({ "Resources": { "News": { "Type": "AWS::SNS::Topic" } }, "Outputs": { "A": { "Value": value } } });
    aws.deploy("shop", &topic("one"));
    assert_eq!(aws.deploy("shop", &topic("two")), "UPDATE_COMPLETE");
    assert_eq!(aws.outputs("shop")["A"], "two");
}

#[test]
fn the_fixture_is_deployed_as_it_is_synthesized() {
    let (account, folder) = (Emulator::account(), tempfile::tempdir().unwrap());
    let stacks = json!([{ "path": "shop", "resources": {
        "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": { "Fn::Join": ["-", ["jobs", { "Ref": "AWS::Region" }]] } } },
    } }]);
    std::fs::write(folder.path().join("stacks.json"), stacks.to_string()).unwrap();
    let mut command = Emulator::get().command(crate::deploy::fixture(), folder.path(), &account);
    let output =
        command.env("FIXTURE", "stacks.json").args(["synth", "--stdout", "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let aws = Emulator::get().aws(&account);
    assert_eq!(aws.deploy("shop", &serde_json::from_slice(&output.stdout).unwrap()), "CREATE_COMPLETE");
    assert!(aws.resources("shop")["Jobs"].ends_with("jobs-us-east-1"));
}
