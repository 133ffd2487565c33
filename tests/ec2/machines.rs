//! Key pairs, launch templates, flow logs.

use formwork::aws::ec2::{
    FlowLogDestination, FlowLogSpec, FlowLogTrafficType, InstanceSpec, KeyPairSpec, KeyPairType, LaunchTemplateSpec,
    MachineImage, SecurityGroupSpec, Tier, Vpc, VpcSpec, Zones,
};
use formwork::aws::logs::LogGroupSpec;
use formwork::testing::{Template, absent};
use formwork::{App, Env, Format, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const KEY: &str = "AWS::EC2::KeyPair";

#[test]
fn the_smallest_key_pair_is_made_by_aws() {
    snapshot("ec2_key_pair", Template::of(|s| s.add("Key", KeyPairSpec::default())).yaml());
}

#[test]
fn a_key_pair_is_rsa_or_your_own() {
    let template = Template::of(|s| {
        let spec =
            KeyPairSpec { key_type: KeyPairType::Rsa, key_pair_name: Some("old".into()), ..KeyPairSpec::default() };
        let key = s.add("Old", spec);
        s.add("Own", KeyPairSpec { public_key_material: Some("ssh-ed25519 AAAA me".into()), ..KeyPairSpec::default() });
        s.output("Name", key.name());
        s.output("Private", key.private_key_parameter());
    });
    template.has_resource(KEY, json!({ "KeyName": "old", "KeyType": "rsa" }));
    let own = json!({ "PublicKeyMaterial": "ssh-ed25519 AAAA me", "KeyType": absent(), "KeyFormat": absent() });
    template.has_resource(KEY, own);
}

#[test]
fn a_launch_template_has_every_option() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "workers"));
        let spec = LaunchTemplateSpec {
            instance_type: "t4g.micro".into(),
            machine_image: MachineImage::Id("ami-0123456789abcdef0".into()),
            launch_template_name: Some("workers".into()),
            key_name: Some("mine".into()),
            root_volume_size: 20,
            ..LaunchTemplateSpec::new(group)
        };
        let made = s.add("Workers", spec);
        s.output("Id", made.id());
        s.output("Version", made.latest_version());
    });
    let data = json!({
        "InstanceType": "t4g.micro",
        "ImageId": "ami-0123456789abcdef0",
        "KeyName": "mine",
        "BlockDeviceMappings": [{ "Ebs": { "VolumeSize": 20, "Encrypted": true } }],
        "MetadataOptions": { "HttpTokens": "required" },
        "IamInstanceProfile": absent(),
        "Monitoring": absent(),
    });
    let template_of = json!({ "LaunchTemplateName": "workers", "LaunchTemplateData": data });
    template.has_resource("AWS::EC2::LaunchTemplate", template_of);
}

#[test]
fn a_launch_template_has_a_group() {
    let text = found(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "workers"));
        s.add("Workers", LaunchTemplateSpec { security_groups: Vec::new(), ..LaunchTemplateSpec::new(group) })
    });
    assert!(text.contains("error[item-count] Workers: the launch template has no security group"), "{text}");
}

#[test]
fn flow_logs_go_to_a_group_of_their_own_a_given_one_or_a_bucket() {
    const LOG: &str = "AWS::EC2::FlowLog";
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        vpc.add_flow_log(s, "Own", FlowLogSpec::default());
        let group = s.add("Logs", LogGroupSpec::default());
        let destination = FlowLogDestination::LogGroup(Some(group));
        vpc.add_flow_log(
            s,
            "Given",
            FlowLogSpec { destination, traffic_type: FlowLogTrafficType::Accept, ..FlowLogSpec::default() },
        );
        let destination = FlowLogDestination::Bucket("arn:aws:s3:::flows/vpc".into());
        vpc.add_flow_log(s, "Bucket", FlowLogSpec { destination, ..FlowLogSpec::default() });
    });
    template.resource_count("AWS::Logs::LogGroup", 2);
    template.has_resource(LOG, json!({ "TrafficType": "ACCEPT", "LogGroupName": { "Ref": "Logs6819BB44" } }));
    let bucket = json!({
        "TrafficType": "ALL", "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::flows/vpc",
        "DeliverLogsPermissionArn": absent(), "MaxAggregationInterval": absent(),
    });
    template.has_resource(LOG, bucket);
    let text = found(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let spec = FlowLogSpec { max_aggregation_interval: Some(300), ..FlowLogSpec::default() };
        vpc.add_flow_log(s, "Flow", spec);
    });
    assert_snapshot!(text, @"
    error[range] Vpc/Flow: flow logs cannot tell 300 s as one
      help: write 60 or 600
    ");
}

/// The template of a stack that is defined after one with a network, so that it holds what it is about.
fn alone<T>(define: impl FnOnce(&mut Stack, &Vpc) -> T) -> String {
    let mut app = App::new();
    let vpc = app.stack("network", Env::any(), |s| s.add("Vpc", VpcSpec::new("10.0.0.0/16")));
    app.stack("app", Env::any(), |s| define(s, &vpc));
    app.synth().unwrap().stacks[1].template(Format::Yaml)
}

#[test]
fn the_smallest_instance_and_launch_template_and_flow_log() {
    snapshot("ec2_instance", &alone(|s, vpc| s.add("Worker", InstanceSpec::new(vpc))));
    let template = alone(|s, vpc| {
        let group = s.add("Group", SecurityGroupSpec::new(vpc, "workers"));
        s.add("Workers", LaunchTemplateSpec::new(group))
    });
    snapshot("ec2_launch_template", &template);
    let template = Template::of(|s| {
        let spec = VpcSpec {
            tiers: vec![Tier::isolated("Data")],
            zones: Zones::Count(1),
            nat_gateways: 0,
            ..VpcSpec::new("10.0.0.0/24")
        };
        s.add("Vpc", spec).add_flow_log(s, "Flow", FlowLogSpec::default())
    });
    snapshot("ec2_flow_log", template.yaml());
}
