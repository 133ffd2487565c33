//! Instances: what they are by default, and their options.

use formwork::aws::ec2::{InstanceSpec, MachineImage, Port, SecurityGroupSpec, Vpc, VpcSpec};
use formwork::aws::iam::{Principal, RoleSpec, Statement};
use formwork::aws::s3::BucketSpec;
use formwork::testing::{Template, absent, any};
use formwork::{App, Env, Stack};
use serde_json::json;

const INSTANCE: &str = "AWS::EC2::Instance";

fn vpc(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") })
}

#[test]
fn an_instance_is_private_asks_for_tokens_and_encrypts_its_root() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        s.add("Worker", InstanceSpec::new(&vpc))
    });
    let found = template.has_resource(
        INSTANCE,
        json!({
            "MetadataOptions": { "HttpTokens": "required" },
            "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": { "Encrypted": true, "VolumeType": "gp3", "VolumeSize": 8 } }],
            "SubnetId": { "Ref": "VpcPrivateSubnet1Subnet536B997A" },
            "InstanceType": "t3.micro",
            "NetworkInterfaces": absent(),
            "KeyName": absent(),
            "UserData": { "Fn::Base64": "#!/bin/bash" },
            "Tags": [{ "Key": "Name", "Value": "test/Worker" }],
        }),
    );
    let waits = found.resource["DependsOn"].to_string();
    assert!(waits.contains("VpcPrivateSubnet1DefaultRoute") && waits.contains("InstanceRole"), "{waits}");
    let managed = json!([{ "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore" }]);
    template.has_resource("AWS::IAM::Role", json!({ "ManagedPolicyArns": managed }));
}

#[test]
fn an_instance_has_every_option() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "members"));
        let spec = InstanceSpec {
            subnet: vpc.public_subnets().first().copied(),
            instance_type: "t4g.nano".into(),
            machine_image: MachineImage::Id("ami-0123456789abcdef0".into()),
            user_data: vec!["echo one".into(), "echo two".into()],
            security_groups: vec![group],
            role: Some(role),
            session_manager: false,
            associate_public_ip_address: Some(true),
            private_ip_address: Some("10.0.0.10".into()),
            key_name: Some("mine".into()),
            root_volume_size: 20,
            root_volume_encrypted: false,
            detailed_monitoring: true,
            source_dest_check: false,
            disable_api_termination: true,
            ..InstanceSpec::new(&vpc)
        };
        s.add("Router", spec)
    });
    template.has_resource(
        INSTANCE,
        json!({
            "InstanceType": "t4g.nano",
            "ImageId": "ami-0123456789abcdef0",
            "UserData": { "Fn::Base64": "#!/bin/bash\necho one\necho two" },
            "KeyName": "mine",
            "BlockDeviceMappings": [{ "Ebs": { "Encrypted": false, "VolumeSize": 20 } }],
            "Monitoring": true,
            "SourceDestCheck": false,
            "DisableApiTermination": true,
            "SubnetId": absent(),
            "NetworkInterfaces": [{
                "AssociatePublicIpAddress": true, "DeviceIndex": "0", "PrivateIpAddress": "10.0.0.10",
                "GroupSet": [any()], "SubnetId": { "Ref": "VpcPublicSubnet1Subnet5C2D37C4" },
            }],
        }),
    );
    template.has_resource("AWS::IAM::Role", json!({ "ManagedPolicyArns": absent() }));
}

#[test]
fn instances_of_one_image_share_a_parameter() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        s.add("One", InstanceSpec::new(&vpc));
        s.add("Two", InstanceSpec::new(&vpc));
        let machine_image = MachineImage::latest_amazon_linux_2023_arm();
        s.add("Three", InstanceSpec { machine_image, instance_type: "t4g.micro".into(), ..InstanceSpec::new(&vpc) });
    });
    assert_eq!(template.yaml().matches("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>").count(), 2);
}

#[test]
fn an_instance_is_a_grantee_and_a_peer() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let [one, two] = ["One", "Two"].map(|id| s.add(id, InstanceSpec::new(&vpc)));
        two.allow_from(s, &one, Port::tcp(22));
        let bucket = s.add("Bucket", BucketSpec::default());
        bucket.grant_read(s, &one);
        one.add_to_policy(s, Statement::allow(["ses:SendEmail"], ["*"]));
    });
    template.has_resource("AWS::EC2::SecurityGroupIngress", json!({ "FromPort": 22, "SourceSecurityGroupId": any() }));
    let policy = template.has_resource("AWS::IAM::Policy", json!({}));
    let statements = &policy.resource["Properties"]["PolicyDocument"]["Statement"];
    assert_eq!(statements.as_array().unwrap().len(), 2);
}

#[test]
fn a_role_of_another_stack_is_used_as_it_is() {
    let mut app = App::new();
    let role =
        app.stack("first", Env::any(), |s| s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com"))));
    app.stack("second", Env::any(), |s| {
        let vpc = vpc(s);
        s.add("Worker", InstanceSpec { role: Some(role), ..InstanceSpec::new(&vpc) });
    });
    let assembly = app.synth().unwrap();
    Template::from(&assembly.stacks[0]).has_resource("AWS::IAM::Role", json!({ "ManagedPolicyArns": absent() }));
    Template::from(&assembly.stacks[1]).resource_count(INSTANCE, 1);
}

#[test]
fn an_instance_without_a_subnet_is_a_problem() {
    let problems = Template::problems_of(Env::any(), |s| {
        let vpc = vpc(s);
        s.add("Worker", InstanceSpec { subnet: None, ..InstanceSpec::new(&vpc) })
    });
    assert!(problems.contains("the instance's VPC has no subnet to put it in"), "{problems}");
}
