//! The generator of the L1: names, and corrections that fail the build once they no longer apply.

#[path = "../build/names.rs"]
mod names;
#[path = "../build/spec.rs"]
#[allow(dead_code, reason = "the build uses all of it")]
mod spec;

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use serde_json::json;

#[test]
fn acronyms_become_words() {
    for (cloudformation, rust) in [
        ("VPCGatewayAttachment", "VpcGatewayAttachment"),
        ("DBInstance", "DbInstance"),
        ("EIP", "Eip"),
        ("IPAMPool", "IpamPool"),
        ("OAuthProvider", "OauthProvider"),
        ("SecurityGroup", "SecurityGroup"),
    ] {
        assert_eq!(names::type_name(cloudformation), rust);
    }
    for (cloudformation, rust) in [
        ("CidrBlock", "cidr_block"),
        ("DBSubnetGroupName", "db_subnet_group_name"),
        ("EnableDns64", "enable_dns64"),
        ("IPv6CidrBlock", "ipv6_cidr_block"),
        ("NotificationARNs", "notification_arns"),
        ("SubnetIDs", "subnet_ids"),
        ("S3OriginConfig", "s3_origin_config"),
    ] {
        assert_eq!(names::method(cloudformation), rust);
    }
}

#[test]
fn keywords_become_raw_identifiers_and_what_cannot_gets_an_underscore() {
    assert_eq!(names::method("Type"), "r#type");
    assert_eq!(names::method("Match"), "r#match");
    assert_eq!(names::method("Self"), "self_");
    assert_eq!(names::method("New"), "new_");
}

#[test]
fn constants_are_spelled_after_their_values() {
    assert_eq!(names::constant("aws:kms"), "AWS_KMS");
    assert_eq!(names::constant("db.t3.micro"), "DB_T3_MICRO");
    assert_eq!(names::constant("1.2"), "_1_2");
    assert_eq!(names::constant(""), "EMPTY");
}

#[test]
fn an_identifier_is_named_after_its_resource() {
    assert_eq!(names::kind("VPC", "VpcId"), "VpcId");
    assert_eq!(names::kind("VPC", "Id"), "VpcId");
    assert_eq!(names::kind("Role", "Arn"), "RoleArn");
}

/// A specification of one type, corrected.
fn corrected(corrections: &serde_json::Value) -> Result<serde_json::Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corrections.json");
    std::fs::write(&file, corrections.to_string()).unwrap();
    let type_name = "AWS::Demo::Thing".to_owned();
    let schema =
        json!({ "properties": { "Size": { "type": "string", "kinds": ["AWS::Demo::Thing.Arn"] } }, "refs": "" });
    let outcome = catch_unwind(|| {
        let service = spec::Service {
            feature: "demo".into(),
            type_names: vec![type_name.clone()],
            types: BTreeMap::from([(type_name.clone(), schema)]),
        };
        let mut all = spec::Spec { regions: vec![], sources: String::new(), services: vec![service] };
        spec::correct(&mut all, &file);
        all.services[0].types[&type_name].clone()
    });
    outcome.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

fn correction(type_name: &str, was: &serde_json::Value) -> serde_json::Value {
    json!({
        "types": [{
            "type": type_name, "path": "/properties/Size/type", "was": was, "becomes": "integer", "reason": "it is one",
        }],
        "sameIdentifier": [],
    })
}

#[test]
fn a_correction_replaces_what_it_says_was_wrong() {
    let schema = corrected(&correction("AWS::Demo::Thing", &json!("string"))).unwrap();
    assert_eq!(schema["properties"]["Size"]["type"], "integer");
}

#[test]
fn a_correction_that_no_longer_applies_fails_the_build() {
    let error = corrected(&correction("AWS::Demo::Thing", &json!("number"))).unwrap_err();
    assert!(
        error.contains("AWS::Demo::Thing /properties/Size/type is no longer what its correction corrects"),
        "{error}"
    );
    let error = corrected(&correction("AWS::Demo::Gone", &json!("string"))).unwrap_err();
    assert!(error.contains("there is no type AWS::Demo::Gone any more: delete its correction"), "{error}");
}

#[test]
fn two_names_of_one_identifier_become_one_and_a_name_nobody_uses_fails_the_build() {
    let same = |kind: &str| json!({ "types": [], "sameIdentifier": [{ "kind": kind, "is": "AWS::Demo::Other.Arn", "reason": "so it is" }] });
    let schema = corrected(&same("AWS::Demo::Thing.Arn")).unwrap();
    assert_eq!(schema["properties"]["Size"]["kinds"], json!(["AWS::Demo::Other.Arn"]));
    let error = corrected(&same("AWS::Demo::Thing.Gone")).unwrap_err();
    assert!(error.contains("nothing speaks of AWS::Demo::Thing.Gone any more: delete its entry"), "{error}");
}
