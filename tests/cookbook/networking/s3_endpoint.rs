//! S3 without the internet, and one bucket only.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::s3_endpoint::s3_endpoint;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn the_instance_reaches_s3_through_the_endpoint_and_has_no_other_way_out() {
    assert_reachable(&app(s3_endpoint), "recipe/Instance", "recipe/Vpc/S3", Some(443.into()));
    assert_unreachable(&app(s3_endpoint), "recipe/Instance", "internet", Some(443.into()));
    assert_unreachable(&app(s3_endpoint), "internet", "recipe", None);
}

#[test]
fn the_endpoint_leads_to_this_bucket_alone() {
    let template = template(s3_endpoint);
    let bucket = template.resources("AWS::S3::Bucket")[0].id;
    let endpoint = template.has_resource("AWS::EC2::VPCEndpoint", json!({ "VpcEndpointType": "Gateway" })).resource;
    let statements = &endpoint["Properties"]["PolicyDocument"]["Statement"];
    let arn = json!({ "Fn::GetAtt": [bucket, "Arn"] });
    let objects = json!({ "Fn::Sub": format!("${{{bucket}.Arn}}/*") });
    assert_eq!(
        *statements,
        json!([{
            "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [arn, objects],
        }])
    );
    let tables: Vec<_> = ["RtId1", "RtId2"].map(|key| template.json()["Outputs"][key]["Value"].clone()).into();
    assert_eq!(endpoint["Properties"]["RouteTableIds"], json!(tables));
}

#[test]
fn the_buckets_objects_are_read_through_this_endpoint_alone() {
    let template = template(s3_endpoint);
    let endpoint = template.has_resource("AWS::EC2::VPCEndpoint", json!({ "VpcEndpointType": "Gateway" })).id;
    let policy = &properties(&template, "S3::BucketPolicy")[0]["PolicyDocument"]["Statement"];
    let bucket = template.resources("AWS::S3::Bucket")[0].id;
    let elsewhere = json!({
        "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:GetObject*",
        "Resource": { "Fn::Sub": format!("${{{bucket}.Arn}}/*") },
        "Condition": { "StringNotEquals": { "aws:SourceVpce": { "Ref": endpoint } } },
    });
    assert!(policy.as_array().unwrap().contains(&elsewhere), "{policy:#}");
    assert!(policy.as_array().unwrap().iter().all(|statement| statement["Effect"] == "Deny"), "nobody is let in");
}

#[test]
fn a_test_object_is_uploaded_and_the_bucket_leaves_with_its_stack() {
    let app = app(s3_endpoint);
    let assembly = app.synth().unwrap();
    let [objects] = &assembly.stacks[0].objects[..] else { panic!("one folder is sent") };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sent = formwork::assets::objects(root, objects.asset, objects.prefix).unwrap();
    assert_eq!(sent.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), ["test-file.txt"]);
    let template = template(s3_endpoint);
    template.has_resource_with("AWS::S3::Bucket", json!({ "DeletionPolicy": "Delete" }));
    assert_outputs(&template, &["VpcId", "InstanceId", "RtId1", "RtId2", "BucketName"]);
}
