//! A private bucket, served to the world by CloudFront.

use formwork::testing::{absent, json};

use crate::cookbook::networking::cloudfront::cloudfront;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn the_bucket_is_private_and_only_this_distribution_reads_it() {
    let template = template(cloudfront);
    let bucket = &properties(&template, "S3::Bucket")[0]["PublicAccessBlockConfiguration"];
    assert!(bucket.as_object().unwrap().values().all(|on| on == true), "{bucket}");
    let distribution = template.resources("AWS::CloudFront::Distribution")[0].id;
    let policy = &properties(&template, "S3::BucketPolicy")[0]["PolicyDocument"]["Statement"];
    let allowed: Vec<_> =
        policy.as_array().unwrap().iter().filter(|statement| statement["Effect"] == "Allow").collect();
    let [allow] = allowed[..] else { panic!("{policy:#}") };
    assert_eq!(allow["Action"], "s3:GetObject");
    assert_eq!(allow["Principal"], json!({ "Service": "cloudfront.amazonaws.com" }));
    let arn = format!("arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{distribution}}}");
    assert_eq!(allow["Condition"], json!({ "StringEquals": { "AWS:SourceArn": { "Fn::Sub": arn } } }));
}

#[test]
fn the_distribution_signs_its_requests_and_sends_people_to_https() {
    let template = template(cloudfront);
    let control = template.resources("AWS::CloudFront::OriginAccessControl")[0];
    let config = &control.resource["Properties"]["OriginAccessControlConfig"];
    assert_eq!((&config["SigningBehavior"], &config["SigningProtocol"]), (&json!("always"), &json!("sigv4")));
    let origin = json!({
        "OriginAccessControlId": { "Fn::GetAtt": [control.id, "Id"] },
        "S3OriginConfig": { "OriginAccessIdentity": "" },
        "CustomOriginConfig": absent(),
    });
    let wanted = json!({ "DistributionConfig": {
        "Enabled": true,
        "DefaultRootObject": "index.html",
        "Origins": [origin],
        "DefaultCacheBehavior": { "ViewerProtocolPolicy": "redirect-to-https" },
    } });
    template.has_resource("AWS::CloudFront::Distribution", wanted);
}

#[test]
fn the_page_is_uploaded_as_html_and_the_bucket_leaves_with_its_stack() {
    let app = app(cloudfront);
    let assembly = app.synth().unwrap();
    let [objects] = &assembly.stacks[0].objects[..] else { panic!("one folder is sent") };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sent = formwork::assets::objects(root, objects.asset, objects.prefix).unwrap();
    let sent: Vec<_> = sent.iter().map(|object| (object.key.as_str(), object.content_type)).collect();
    assert_eq!(sent, [("index.html", "text/html; charset=utf-8")]);
    let template = template(cloudfront);
    template.has_resource_with("AWS::S3::Bucket", json!({ "DeletionPolicy": "Delete" }));
    assert_outputs(&template, &["BucketName", "DistributionId", "Url"]);
}
