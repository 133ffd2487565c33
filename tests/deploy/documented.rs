//! What AWS documents of changes (`tests/review/documented.txt`), against what the emulator's change sets say of them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::ChangeSetType;
use serde_json::{Value, json};

use super::emulator::Emulator;

const DOCUMENTED: &str = include_str!("../review/documented.txt");

/// Types of which the emulator knows no property that replaces: it says of each change that it may.
const NOT_MODELLED: &[&str] = &[
    "AWS::AmazonMQ::Broker",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::Events::Rule",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Route53::HostedZone",
    "AWS::Route53::RecordSet",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SecretsManager::Secret",
];

/// Where the emulator says something else than AWS documents: the type, the property, what it says, why that is wrong.
const DISAGREE: &[(&str, &str, &str, &str)] = &[
    ("AWS::CertificateManager::Certificate", "ValidationMethod", "False", PLAIN),
    ("AWS::EC2::Instance", "EbsOptimized", "False", STUB),
    ("AWS::EC2::Instance", "InstanceType", "False", STUB),
    ("AWS::EC2::Instance", "UserData", "False", STUB),
    ("AWS::EC2::Volume", "AvailabilityZone", "True", REFUSED),
    ("AWS::EC2::Volume", "Encrypted", "True", REFUSED),
    ("AWS::EC2::Volume", "SnapshotId", "True", REFUSED),
    ("AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration", "Conditional", SCHEMA),
    ("AWS::RDS::DBCluster", "Engine", "Conditional", SCHEMA),
    ("AWS::RDS::DBInstance", "AutoMinorVersionUpgrade", "Conditional", SCHEMA),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod", "Conditional", SCHEMA),
    ("AWS::RDS::DBInstance", "DBParameterGroupName", "Conditional", SCHEMA),
    ("AWS::RDS::DBInstance", "MultiAZ", "Conditional", SCHEMA),
    ("AWS::RDS::DBInstance", "PreferredMaintenanceWindow", "Conditional", SCHEMA),
];

const PLAIN: &str = "the emulator changes it in place";
const STUB: &str = "the type is a stub of ours, and stubs know no conditions";
const REFUSED: &str = "AWS refuses the change; the stub is replaced, so that there is a resource that can be";
const SCHEMA: &str = "the emulator follows the schema, which has it among those some of whose changes replace";

/// A resource for each line, in a template that deploys nothing of it: the emulator makes change sets of resources whose
/// condition does not hold, too, so that one stack and one change set answer for all.
fn template(value: &str) -> Value {
    let resources = lines().enumerate().map(|(index, [type_name, property, _])| {
        let properties = property.rsplit('/').fold(json!(value), |inner, key| json!({ key: inner }));
        (format!("C{index}"), json!({ "Type": type_name, "Condition": "Never", "Properties": properties }))
    });
    let mut resources: serde_json::Map<String, Value> = resources.collect();
    resources.insert("News".into(), json!({ "Type": "AWS::SNS::Topic" }));
    json!({ "Conditions": { "Never": { "Fn::Equals": ["a", "b"] } }, "Resources": resources })
}

/// Type, property, what is documented.
fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    let lines = DOCUMENTED.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ').collect::<Vec<_>>().try_into().unwrap())
}

/// What the emulator's change set says of each line: `True`, `False`, `Conditional`.
fn answers() -> Vec<String> {
    let aws = Emulator::get().aws(&Emulator::account());
    assert_eq!(aws.deploy("documented", &template("one")), "CREATE_COMPLETE");
    aws.prepare("documented", ChangeSetType::Update, &template("two"));
    let asked = aws.cloudformation.describe_change_set().stack_name("documented").change_set_name("test");
    let answer = aws.done(asked.send());
    let changes = answer.changes().iter().filter_map(|change| change.resource_change());
    let by_id: BTreeMap<&str, &str> = changes
        .map(|change| (change.logical_resource_id().unwrap(), change.replacement().map_or("-", |r| r.as_str())))
        .collect();
    lines().enumerate().map(|(index, _)| by_id[format!("C{index}").as_str()].to_owned()).collect()
}

#[test]
fn the_emulators_change_sets_say_what_aws_documents_where_they_model_it() {
    let answers = answers();
    let mut by_type: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ([type_name, ..], answer) in lines().zip(&answers) {
        by_type.entry(type_name).or_default().insert(answer);
    }
    let unknown = |name: &&str| by_type[name].iter().eq(&["Conditional"]);
    let not_modelled: Vec<&str> = by_type.keys().copied().filter(unknown).collect();
    assert_eq!(not_modelled, NOT_MODELLED, "types of which the emulator says that each change may replace");
    let mut wrong = Vec::new();
    let modelled = lines().zip(&answers).filter(|([type_name, ..], _)| !not_modelled.contains(type_name));
    let mut compared = 0;
    for ([type_name, property, documented], answer) in modelled {
        compared += 1;
        let expected = match documented {
            "replacement" => "True",
            "conditional" => "Conditional",
            _ => "False",
        };
        let excused = DISAGREE.iter().find(|(name, of, ..)| (*name, *of) == (type_name, property));
        match excused {
            None if answer != expected => wrong.push(format!("{type_name} {property} {documented}: {answer}")),
            Some((.., said, _)) if said != answer => {
                wrong.push(format!("{type_name} {property}: not {said}, {answer}"));
            }
            Some(_) if answer == expected => wrong.push(format!("{type_name} {property}: need not be excused")),
            _ => {}
        }
    }
    for (type_name, property, ..) in DISAGREE {
        if !lines().any(|[name, of, _]| (name, of) == (*type_name, *property)) {
            wrong.push(format!("{type_name} {property} is not documented"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 100, "{compared}");
}
