//! Trails: what they record, where they write it, who lets them.

use formwork::Stack;
use formwork::aws::cloudtrail::{DataEvents, ReadWriteType, TrailSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::{Bucket, BucketSpec};
use formwork::testing::{Template, absent, array_with};
use formwork::{App, Env};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const TRAIL: &str = "AWS::CloudTrail::Trail";

fn bucket(s: &mut Stack, id: &str) -> Bucket {
    s.add(id, BucketSpec::default())
}

#[test]
fn the_smallest_trail_records_what_is_done_to_resources_in_a_bucket_of_its_own() {
    snapshot("cloudtrail_trail", Template::of(|s| s.add("Trail", TrailSpec::default())).yaml());
}

#[test]
fn a_trail_has_every_option() {
    let template = Template::of(|s| {
        let records = bucket(s, "Records");
        let key = s.add("Key", KeySpec::default());
        let logs = s.add("Logs", LogGroupSpec::default());
        let spec = TrailSpec {
            trail_name: Some("shop".into()),
            bucket: Some(records),
            s3_key_prefix: Some("trail".into()),
            is_multi_region_trail: false,
            include_global_service_events: false,
            enable_file_validation: false,
            management_events: Some(ReadWriteType::WriteOnly),
            data_events: Vec::new(),
            encryption_key: Some(key.arn()),
            cloud_watch_log_group: Some(logs),
        };
        let trail = s.add("Trail", spec);
        s.output("Arn", trail.arn());
        s.output("Name", trail.name());
    });
    let properties = json!({
        "TrailName": "shop",
        "S3BucketName": { "Ref": "Records091F6ECA" },
        "S3KeyPrefix": "trail",
        "IsLogging": true,
        "IsMultiRegionTrail": false,
        "IncludeGlobalServiceEvents": false,
        "EnableLogFileValidation": false,
        "EventSelectors": [{ "IncludeManagementEvents": true, "ReadWriteType": "WriteOnly", "DataResources": absent() }],
        "KMSKeyId": { "Fn::GetAtt": ["Key961B73FD", "Arn"] },
        "CloudWatchLogsLogGroupArn": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] },
        "CloudWatchLogsRoleArn": { "Fn::GetAtt": ["TrailLogsRole83B70503", "Arn"] },
    });
    let found = template.has_resource(TRAIL, properties);
    let waits = found.resource["DependsOn"].to_string();
    assert!(waits.contains("RecordsPolicy") && waits.contains("TrailLogsRoleDefaultPolicy"), "{waits}");
    template.resource_count("AWS::S3::Bucket", 1);
    template.has_output("Name", json!({ "Value": { "Ref": "Trail022F0CF2" } }));
    template.has_output("Arn", json!({ "Value": { "Fn::GetAtt": ["Trail022F0CF2", "Arn"] } }));
}

#[test]
fn only_trails_of_the_account_and_region_write_to_the_bucket() {
    let template = Template::of(|s| {
        let spec = TrailSpec { s3_key_prefix: Some("trail".into()), ..TrailSpec::default() };
        s.add("Trail", spec)
    });
    let trails = json!({ "Fn::Sub": "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/*" });
    let keys = json!({ "Fn::Sub": "${TrailS30071F172.Arn}/trail/AWSLogs/${AWS::AccountId}/*" });
    let look = json!({
        "Action": "s3:GetBucketAcl",
        "Principal": { "Service": "cloudtrail.amazonaws.com" },
        "Condition": { "ArnLike": { "aws:SourceArn": trails } },
    });
    let write = json!({
        "Action": "s3:PutObject",
        "Resource": keys,
        "Principal": { "Service": "cloudtrail.amazonaws.com" },
        "Condition": {
            "ArnLike": { "aws:SourceArn": trails },
            "StringEquals": { "s3:x-amz-acl": "bucket-owner-full-control" },
        },
    });
    let document = json!({ "Statement": array_with(json!([look, write])) });
    template.has_resource("AWS::S3::BucketPolicy", json!({ "PolicyDocument": document }));
}

#[test]
fn the_key_of_a_trail_lets_cloudtrail_use_it() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::default());
        s.add("Trail", TrailSpec { encryption_key: Some(key.arn()), ..TrailSpec::default() })
    });
    let statements = array_with(json!([
        { "Action": "kms:GenerateDataKey*", "Principal": { "Service": "cloudtrail.amazonaws.com" } },
        { "Action": "kms:DescribeKey", "Principal": { "Service": "cloudtrail.amazonaws.com" } },
    ]));
    template.has_resource("AWS::KMS::Key", json!({ "KeyPolicy": { "Statement": statements } }));
}

#[test]
fn events_of_data_are_recorded_beside_the_others_or_instead_of_them() {
    let selectors = |management_events: Option<ReadWriteType>| {
        let template = Template::of(|s| {
            let [uploads, reports] = ["Uploads", "Reports"].map(|id| bucket(s, id));
            let objects = [(&uploads, "input/"), (&reports, "")];
            let data_events = vec![
                DataEvents::s3_objects(objects, ReadWriteType::WriteOnly),
                DataEvents::lambda_functions(["arn:aws:lambda"], ReadWriteType::All),
            ];
            s.add("Trail", TrailSpec { management_events, data_events, ..TrailSpec::default() });
        });
        template.resources(TRAIL)[0].resource["Properties"]["EventSelectors"].clone()
    };
    let objects = json!({
        "DataResources": [{
            "Type": "AWS::S3::Object",
            "Values": [{ "Fn::Sub": "${Uploads4F6EB0FD.Arn}/input/" }, { "Fn::Sub": "${Reports65402A0A.Arn}/" }],
        }],
        "IncludeManagementEvents": false,
        "ReadWriteType": "WriteOnly",
    });
    let functions = json!({
        "DataResources": [{ "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }],
        "IncludeManagementEvents": false,
        "ReadWriteType": "All",
    });
    let management = |events: &str| json!({ "IncludeManagementEvents": true, "ReadWriteType": events });
    assert_eq!(selectors(None), json!([objects, functions]));
    assert_eq!(selectors(Some(ReadWriteType::All)), json!([management("All"), objects, functions]));
    assert_eq!(selectors(Some(ReadWriteType::ReadOnly)), json!([management("ReadOnly"), objects, functions]));
}

#[test]
fn a_trail_that_records_nothing_or_too_much_is_a_problem() {
    let of = |management_events, data: &dyn Fn(&Bucket) -> Vec<DataEvents>| {
        found(|s| {
            let bucket = bucket(s, "Uploads");
            s.add("Trail", TrailSpec { management_events, data_events: data(&bucket), ..TrailSpec::default() });
        })
    };
    assert_snapshot!(of(None, &|_| Vec::new()), @"
    error[missing-property] Trail: the trail records nothing
      help: give it management events, or events of data in `data_events`
    ");
    assert_snapshot!(of(None, &|_| vec![DataEvents::s3_objects([], ReadWriteType::All)]), @"
    error[item-count] Trail: events of data are about nothing
      help: name a bucket, or a function
    ");
    let objects = |bucket: &Bucket, count: usize| {
        let prefixes: Vec<String> = (0..count).map(|number| format!("{number}/")).collect();
        let one = |prefix: &String| DataEvents::s3_objects([(bucket, prefix.as_str())], ReadWriteType::All);
        let apart = prefixes.iter().map(one).collect::<Vec<_>>();
        let together = prefixes.iter().map(|prefix| (bucket, prefix.as_str()));
        (apart, vec![DataEvents::s3_objects(together, ReadWriteType::All)])
    };
    let apart = |bucket: &Bucket| objects(bucket, 5).0;
    assert_snapshot!(of(Some(ReadWriteType::All), &apart), @"
    error[item-count] Trail/Resource EventSelectors: `EventSelectors` has 6 items
      help: it may have at most 5
    ");
    assert_eq!(of(None, &apart), "");
    assert_snapshot!(of(None, &|bucket| objects(bucket, 251).1), @"
    error[item-count] Trail: the trail's event selectors name 251 resources, and may name 250
      help: name whole buckets rather than prefixes, or add another trail
    ");
    assert_eq!(of(None, &|bucket| objects(bucket, 250).1), "");
}

#[test]
fn the_bucket_of_another_stack_lets_the_trail_write_there() {
    let mut app = App::new();
    let records = app.stack("records", Env::any(), |s| {
        let records = bucket(s, "Records");
        records.accept_cloudtrail_logs(s, "");
        records
    });
    app.stack("trail", Env::any(), |s| s.add("Trail", TrailSpec { bucket: Some(records), ..TrailSpec::default() }));
    let assembly = app.synth().unwrap();
    let template = Template::from(&assembly.stacks[1]);
    template.resource_count("AWS::S3::BucketPolicy", 0);
    template.has_resource_with(TRAIL, json!({ "DependsOn": absent() }));
}
