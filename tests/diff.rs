//! Template against template: reading them, what they mean, what differs, who may do what.

mod access;
mod changes;
mod meaning;
mod reading;

use proptest::prelude::*;
use serde_json::{Value, json};

/// A template, in YAML.
#[track_caller]
fn read(text: &str) -> Value {
    formwork::diff::read(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

#[test]
fn every_template_of_the_catalogue_is_read_and_is_the_same_as_itself() {
    let mut open = vec![std::path::PathBuf::from("templates")];
    let (mut seen, mut opened) = (0, 0);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let template = read(&std::fs::read_to_string(&path).unwrap());
            let nothing = json!({ "Resources": {} });
            assert!(formwork::diff::changes(&template, &template).is_empty(), "{}", path.display());
            assert_eq!(formwork::diff::widened(&template, &template), [], "{}", path.display());
            // A stack that opens nothing, such as one of private buckets, widens nothing.
            opened += usize::from(!formwork::diff::widened(&nothing, &template).is_empty());
            seen += 1;
        }
    }
    assert!(seen > 0 && opened > 0, "the templates have moved");
}

/// A template of one resource, `Thing`, of a type.
fn one(type_name: &str, properties: &Value) -> Value {
    json!({ "Resources": { "Thing": { "Type": type_name, "Properties": properties } } })
}

/// Any JSON, functions and policies among it.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-zA-Z0-9.:*/-]{0,8}", Just("${Other}".to_owned()), Just("${Other.Arn}x${!A}".to_owned())];
    let leaf = prop_oneof![
        4 => text.clone().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!({ "Ref": "Other" })),
        1 => Just(json!({ "Fn::GetAtt": "Other.Arn" })),
    ];
    leaf.prop_recursive(4, 40, 4, move |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            list.clone().prop_map(Value::from),
            proptest::collection::vec(("[A-Za-z]{1,6}", inner.clone()), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            (text.clone(), list.clone()).prop_map(|(by, list)| json!({ "Fn::Join": [by, list] })),
            text.clone().prop_map(|text| json!({ "Fn::Sub": text })),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({ "Fn::If": ["Condition", a, b] })),
            (list, any::<bool>()).prop_map(|(actions, allow)| json!({
                "Version": "2012-10-17",
                "Statement": { "Effect": if allow { "Allow" } else { "Deny" }, "Action": actions, "Resource": "*" },
            })),
        ]
    })
}

/// A template with any properties in a few types.
fn any_template() -> impl Strategy<Value = Value> {
    const TYPES: &[&str] = &[
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::NetworkAclEntry",
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::Lambda::Permission",
        "AWS::Events::Rule",
        "Custom::Thing",
    ];
    const NAMES: &[&str] = &[
        "SecurityGroupIngress",
        "CidrIp",
        "FromPort",
        "IpProtocol",
        "PolicyDocument",
        "AssumeRolePolicyDocument",
        "Policies",
        "ManagedPolicyArns",
        "Roles",
        "AccessControl",
        "EventPattern",
        "GroupId",
        "Principal",
        "Action",
        "Tags",
    ];
    let properties = proptest::collection::btree_map(proptest::sample::select(NAMES), any_json(), 0..5);
    let resource = (proptest::sample::select(TYPES), properties)
        .prop_map(|(type_name, properties)| json!({ "Type": type_name, "Properties": properties }));
    proptest::collection::btree_map("[A-D]", resource, 0..4).prop_map(|resources| json!({ "Resources": resources }))
}
