//! Two spellings of the same are equal, and nothing else is.

use formwork::diff::canonical;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any_json, any_template, one};

fn same(a: &Value, b: &Value) -> bool {
    canonical(a) == canonical(b)
}

#[test]
fn spellings_of_the_same_are_equal() {
    let arn = json!({ "Fn::GetAtt": ["A", "Arn"] });
    for (a, b) in [
        (json!({ "a": 1, "b": 2 }), json!({ "b": 2, "a": 1 })),
        (json!(80), json!("80")),
        (json!(true), json!("true")),
        (json!({ "Fn::GetAtt": "A.Arn" }), arn.clone()),
        (json!({ "Fn::GetAtt": "A.Outputs.B" }), json!({ "Fn::GetAtt": ["A", "Outputs.B"] })),
        (json!({ "Fn::Sub": "text" }), json!("text")),
        (json!({ "Fn::Sub": "${!A}" }), json!("${A}")),
        (json!({ "Fn::Sub": "${A}" }), json!({ "Ref": "A" })),
        (json!({ "Fn::Sub": "${A.Arn}" }), arn.clone()),
        (json!({ "Fn::Sub": "${AWS::Region}a" }), json!({ "Fn::Join": ["", [{ "Ref": "AWS::Region" }, "a"]] })),
        (json!({ "Fn::Sub": ["${X}/*", { "X": arn }] }), json!({ "Fn::Sub": "${A.Arn}/*" })),
        (json!({ "Fn::Join": [":", ["a", "b", { "Ref": "C" }]] }), json!({ "Fn::Sub": "a:b:${C}" })),
        (json!({ "Fn::Join": ["-", ["a", 1]] }), json!("a-1")),
        (
            json!({ "Fn::Join": ["", ["a", { "Fn::Join": ["", ["b", { "Ref": "C" }]] }]] }),
            json!({ "Fn::Sub": "ab${C}" }),
        ),
        (json!({ "Fn::Join": ["", []] }), json!("")),
        (json!({ "a": { "Ref": "AWS::NoValue" } }), json!({})),
        (one("AWS::S3::Bucket", &json!({})), json!({ "Resources": { "Thing": { "Type": "AWS::S3::Bucket" } } })),
        (
            json!({ "Resources": { "A": { "DependsOn": "B" } } }),
            json!({ "Resources": { "A": { "DependsOn": ["B"] } } }),
        ),
        (json!({ "Resources": {}, "Outputs": {} }), json!({ "Resources": {} })),
    ] {
        assert!(same(&a, &b), "{a}\n{b}\n{} {}", canonical(&a), canonical(&b));
    }
}

#[test]
fn different_things_are_different() {
    for (a, b) in [
        (json!("a"), json!("A")),
        (json!(80), json!("080")),
        (json!(1), json!(1.0)),
        (json!(true), json!("True")),
        (json!([1, 2]), json!([2, 1])),
        (json!([1]), json!(1)),
        (json!(null), json!("")),
        (json!({ "Ref": "A" }), json!("${A}")),
        (json!({ "Ref": "A" }), json!({ "Fn::GetAtt": "A.Arn" })),
        (json!({ "Fn::Join": [",", [{ "Ref": "List" }]] }), json!({ "Ref": "List" })),
        (
            json!({ "Fn::Join": [",", ["a", { "Fn::If": ["C", "b", { "Ref": "AWS::NoValue" }] }]] }),
            json!({ "Fn::Join": ["", ["a,", { "Fn::If": ["C", "b", { "Ref": "AWS::NoValue" }] }]] }),
        ),
        (json!({ "Fn::If": ["C", 1, 2] }), json!({ "Fn::If": ["C", 2, 1] })),
        (json!({ "Fn::ToJsonString": { "a": 1 } }), json!({ "Fn::ToJsonString": { "a": "1" } })),
        (json!({ "a": "" }), json!({})),
    ] {
        assert!(!same(&a, &b), "{a}\n{b}");
    }
}

fn policy(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[test]
fn order_and_single_values_mean_nothing_in_a_policy() {
    let read = json!({
        "Effect": "Allow", "Action": ["s3:GetObject", "s3:List*"], "Resource": ["a", "b"],
        "Principal": { "AWS": ["1", "2"] }, "Condition": { "StringEquals": { "k": ["x", "y"], "n": 1 } },
    });
    let other_order = json!({
        "Principal": { "AWS": ["2", "1"] }, "Action": ["s3:List*", "s3:GetObject"], "Resource": ["b", "a"], "Effect": "Allow",
        "Condition": { "StringEquals": { "n": "1", "k": ["y", "x"] } },
    });
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": { "Ref": "A" } });
    let listed = json!({ "Effect": "Deny", "Action": ["*"], "Resource": [{ "Fn::Sub": "${A}" }] });
    assert!(same(&policy(&json!([read, deny])), &policy(&json!([listed, other_order]))));
    assert!(same(&policy(&deny), &policy(&json!([listed]))));
}

#[test]
fn everybody_and_a_service_have_two_spellings_in_a_policy() {
    let statement = |principal: Value, action: Value| {
        policy(&json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "r" }))
    };
    let usual = statement(json!("*"), json!(["s3:GetObject", "s3:*"]));
    assert!(same(&usual, &statement(json!({ "AWS": "*" }), json!(["S3:*", "s3:GetObject"]))));
    assert!(same(&statement(json!("*"), json!("SQS:*")), &statement(json!({ "AWS": ["*"] }), json!(["sqs:*"]))));
    assert!(!same(&usual, &statement(json!("*"), json!(["s3:PutObject", "s3:*"]))));
    assert!(!same(&usual, &statement(json!({ "Service": "*" }), json!(["s3:GetObject", "s3:*"]))));
}

#[test]
fn a_policy_in_json_text_is_one() {
    let held = |text: &str| one("AWS::Logs::ResourcePolicy", &json!({ "PolicyName": "p", "PolicyDocument": text }));
    let (one_order, other) = (
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"logs:*","Resource":"*"}]}"#,
        r#"{ "Statement": [{ "Action": ["logs:*"], "Effect": "Allow", "Principal": "*", "Resource": "*" }], "Version": "2012-10-17" }"#,
    );
    assert!(same(&held(one_order), &held(other)));
    assert!(!same(&held(one_order), &held(&other.replace("logs:*", "logs:Get*"))));
    let other = r#"{"b": 1, "a": 2}"#;
    assert!(!same(&held(other), &held(r#"{"a": 2, "b": 1}"#)), "this is no policy");
}

#[test]
fn a_policy_that_says_another_thing_is_different() {
    let with = |key: &str, value: Value| {
        let mut statement = json!({ "Effect": "Allow", "Action": "a", "Resource": "r", "Principal": { "AWS": "p" } });
        statement[key] = value;
        policy(&statement)
    };
    let base = with("Effect", json!("Allow"));
    for (key, value) in [
        ("Effect", json!("Deny")),
        ("Action", json!(["a", "b"])),
        ("Resource", json!("*")),
        ("Principal", json!({ "AWS": ["p", "q"] })),
        ("Principal", json!({ "Service": "p" })),
        ("Principal", json!("*")),
        ("Condition", json!({ "Bool": { "k": "true" } })),
        ("NotAction", json!("b")),
    ] {
        assert!(!same(&base, &with(key, value.clone())), "{key}: {value}");
    }
    let several = json!({ "Fn::If": ["C", ["a", "b"], "c"] });
    assert!(!same(&with("Action", several.clone()), &with("Action", json!([several]))), "it may be a list");
    assert!(!same(&json!({ "Statement": [2, 1] }), &json!({ "Statement": [1, 2] })), "this is no policy");
}

#[test]
fn a_number_is_text_where_a_scalar_goes_and_not_in_free_form_json() {
    let pattern = |size: Value| one("AWS::Events::Rule", &json!({ "EventPattern": { "detail": { "size": [size] } } }));
    assert!(!same(&pattern(json!(5)), &pattern(json!("5"))));
    let delay = |delay: Value| one("AWS::SQS::Queue", &json!({ "DelaySeconds": delay, "FifoQueue": "true" }));
    assert!(same(&delay(json!(5)), &delay(json!("5"))));
    let tag = |value: Value| one("AWS::SQS::Queue", &json!({ "Tags": [{ "Key": "a", "Value": value }] }));
    assert!(same(&tag(json!(5)), &tag(json!("5"))));
    let custom = |value: Value| one("Custom::Thing", &json!({ "Any": { "a": value } }));
    assert!(same(&custom(json!(5)), &custom(json!("5"))), "CloudFormation hands it over as text");
    let unknown = |value: Value| one("Private::Own::Type", &json!({ "Any": value }));
    assert!(!same(&unknown(json!(5)), &unknown(json!("5"))));
    let role = |value: Value| {
        let statement = json!({ "Effect": "Allow", "Action": "a", "Condition": { "Bool": { "k": value } } });
        one("AWS::IAM::Role", &json!({ "AssumeRolePolicyDocument": policy(&statement) }))
    };
    assert!(same(&role(json!(true)), &role(json!("true"))), "a policy's condition compares text");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_meaning_of_a_meaning_is_itself(value in prop_oneof![any_json(), any_template()]) {
        let meaning = canonical(&value);
        prop_assert_eq!(canonical(&meaning).to_string(), meaning.to_string());
    }
}
