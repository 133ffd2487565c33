//! Buckets, log groups, topics.

use formwork::aws::iam::{Principal, UserSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::{BucketSpec, LifecycleRule, StorageClass};
use formwork::aws::secretsmanager::SecretSpec;
use formwork::aws::sns::TopicSpec;
use formwork::cfn::kms;
use formwork::testing::{Template, absent, any};
use formwork::{DeletionPolicy, Env, Stack};
use serde_json::json;

use crate::program::snapshot;

const BUCKET: &str = "AWS::S3::Bucket";
const BUCKET_POLICY: &str = "AWS::S3::BucketPolicy";
const POLICY: &str = "AWS::IAM::Policy";

fn key(s: &mut Stack) -> formwork::Ref<kms::Key> {
    s.add("Key", kms::Key::new())
}

#[test]
fn the_smallest_of_each() {
    let template = Template::of(|s| {
        s.add("Bucket", BucketSpec::default());
        s.add("Secret", SecretSpec::default());
        s.add("Logs", LogGroupSpec::default());
        s.add("Topic", TopicSpec::default());
    });
    snapshot("storage_smallest", template.yaml());
}

#[test]
fn a_bucket_has_every_option() {
    let template = Template::of(|s| {
        let logs = s.add("Logs", BucketSpec::default());
        let key = key(s).arn();
        let rule = LifecycleRule {
            prefix: Some("tmp/".into()),
            expiration_days: Some(1),
            noncurrent_version_expiration_days: Some(2),
            abort_incomplete_multipart_upload_days: Some(3),
            transitions: vec![(30, StorageClass::GLACIER)],
        };
        let spec = BucketSpec {
            bucket_name: Some("reports".into()),
            versioned: true,
            kms_key: Some(key),
            lifecycle_rules: vec![rule],
            server_access_logs: Some((logs, "reports/".into())),
            public_access_blocked: false,
            deletion_policy: DeletionPolicy::Delete,
        };
        s.add("Reports", spec)
    });
    let encryption = json!([{
        "BucketKeyEnabled": true,
        "ServerSideEncryptionByDefault": { "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": { "Fn::GetAtt": ["Key", "Arn"] } },
    }]);
    let rule = json!({
        "Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 1,
        "NoncurrentVersionExpiration": { "NoncurrentDays": 2 },
        "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 3 },
        "Transitions": [{ "StorageClass": "GLACIER", "TransitionInDays": 30 }],
    });
    let found = template.has_resource_with(
        BUCKET,
        json!({
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "BucketName": "reports",
                "BucketEncryption": { "ServerSideEncryptionConfiguration": encryption },
                "VersioningConfiguration": { "Status": "Enabled" },
                "LifecycleConfiguration": { "Rules": [rule] },
                "LoggingConfiguration": { "LogFilePrefix": "reports/", "DestinationBucketName": any() },
                "PublicAccessBlockConfiguration": { "BlockPublicAcls": false },
            },
        }),
    );
    assert!(found.id.starts_with("Reports"));
    let log = json!([{ "Effect": "Deny" }, {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Condition": { "ArnLike": { "aws:SourceArn": any() } },
    }]);
    template.has_resource(BUCKET_POLICY, json!({ "PolicyDocument": { "Statement": log } }));
}

#[test]
fn a_principal_that_is_no_identity_is_named_by_the_buckets_policy() {
    let template = Template::of(|s| {
        let bucket = s.add("Bucket", BucketSpec::default());
        bucket.grant_read(s, Principal::account("333333333333"));
    });
    let read = json!({
        "Effect": "Allow",
        "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
        "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::333333333333:root" } },
    });
    template.has_resource(BUCKET_POLICY, json!({ "PolicyDocument": { "Statement": [any(), read] } }));
}

#[test]
fn load_balancers_of_the_account_may_write_their_logs_below_a_prefix() {
    let template = Template::of(|s| {
        let bucket = s.add("Bucket", BucketSpec::default());
        bucket.accept_load_balancer_logs(s, "front");
    });
    let write = json!({
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
        "Condition": absent(),
    });
    let found = template.has_resource(BUCKET_POLICY, json!({ "PolicyDocument": { "Statement": [any(), write] } }));
    let text = found.resource["Properties"]["PolicyDocument"]["Statement"][1]["Resource"].to_string();
    assert!(text.contains("/front/AWSLogs/${AWS::AccountId}/*"), "{text}");
}

#[test]
fn a_log_group_keeps_events_as_long_as_is_said() {
    let template = Template::of(|s| {
        let key = key(s).arn();
        let spec = LogGroupSpec {
            log_group_name: Some("/aws/ecs/shop".into()),
            retention_days: None,
            kms_key: Some(key),
            log_group_class: Some("INFREQUENT_ACCESS".into()),
            deletion_policy: DeletionPolicy::Delete,
        };
        s.add("Logs", spec)
    });
    template.has_resource_with(
        "AWS::Logs::LogGroup",
        json!({
            "DeletionPolicy": "Delete",
            "Properties": { "LogGroupName": "/aws/ecs/shop", "RetentionInDays": absent(), "KmsKeyId": any(), "LogGroupClass": "INFREQUENT_ACCESS" },
        }),
    );
}

#[test]
fn a_retention_that_logs_does_not_know_is_a_problem() {
    let spec = LogGroupSpec { retention_days: Some(31), ..LogGroupSpec::default() };
    let problems = Template::problems_of(Env::any(), |s| s.add("Logs", spec));
    assert!(problems.contains("31") && problems.contains("30"), "{problems}");
}

#[test]
fn a_log_groups_rights_are_about_it_alone() {
    let template = Template::of(|s| {
        let logs = s.add("Logs", LogGroupSpec::default());
        let user = s.add("User", UserSpec::default());
        logs.grant_write(s, user);
    });
    let write = json!([{
        "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] },
    }]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": write } }));
}

#[test]
fn a_topics_options_and_its_policy() {
    let template = Template::of(|s| {
        let key = key(s).arn();
        let spec =
            TopicSpec { topic_name: Some("alarms".into()), display_name: Some("Alarms".into()), kms_key: Some(key) };
        let topic = s.add("Topic", spec);
        topic.subscribe_email(s, "ops@example.com");
        topic.allow_service(s, "budgets.amazonaws.com");
        topic.allow_service(s, "events.amazonaws.com");
    });
    let wanted = json!({ "TopicName": "alarms", "DisplayName": "Alarms", "KmsMasterKeyId": any() });
    template.has_resource("AWS::SNS::Topic", wanted);
    let subscription = json!({ "Protocol": "email", "Endpoint": "ops@example.com", "TopicArn": any() });
    template.has_resource("AWS::SNS::Subscription", subscription);
    let publish = json!([{
        "Action": "sns:Publish",
        "Principal": { "Service": ["budgets.amazonaws.com", "events.amazonaws.com"] },
        "Condition": { "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } },
    }]);
    template.has_resource("AWS::SNS::TopicPolicy", json!({ "PolicyDocument": { "Statement": publish } }));
}
