//! Which properties a resource has: required, unknown, set by the service, together or not at all.

use formwork::cfn::{ec2, elasticloadbalancingv2 as elb, rds, s3};
use formwork::intrinsics::{if_else, no_value};
use formwork::{Condition, Env, PropertyType as _, RawResource, Resource as _, json};
use serde_json::json as plain;

use super::{found, found_in, found_in_resource, passes, resource_passes};

#[test]
fn a_required_property_that_is_missing_is_named() {
    insta::assert_snapshot!(found(|s| s.add("Subnet", RawResource::new("AWS::EC2::Subnet").raw("CidrBlock", "10.0.0.0/24"))), @r"
    error[missing-property] Subnet: the resource has no `VpcId`, which is required
      help: set `VpcId`
    ");
    resource_passes("AWS::EC2::Subnet", plain!({ "CidrBlock": "10.0.0.0/24", "VpcId": "vpc-1a2b3c4d" }));
}

#[test]
fn a_required_property_is_missed_inside_nested_and_raw_values_too() {
    let rule = |rule: serde_json::Value| {
        found(|s| s.add("Bucket", s3::Bucket::new().raw("LifecycleConfiguration", plain!({ "Rules": [rule] }))))
    };
    insta::assert_snapshot!(rule(plain!({ "ExpirationInDays": 30 })), @r"
    error[missing-property] Bucket LifecycleConfiguration.Rules[0]: an item of `Rules` has no `Status`, which is required
      help: set its `Status`
    ");
    assert_eq!(rule(plain!({ "Status": "Enabled", "ExpirationInDays": 30 })), "");
    let nested = found(|s| {
        let target = elb::listener::Action::new("redirect").raw("RedirectConfig", json!({ "Port": "443" }));
        let listener =
            elb::Listener::new([target], "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/1");
        s.add("Http", listener.port(80).protocol("HTTP"))
    });
    insta::assert_snapshot!(nested, @r"
    error[missing-property] Http DefaultActions[0].RedirectConfig: `RedirectConfig` has no `StatusCode`, which is required
      help: set its `StatusCode`
    ");
}

#[test]
fn a_property_that_becomes_nothing_is_missing() {
    insta::assert_snapshot!(found(|s| s.add("Subnet", ec2::Subnet::new(no_value()).cidr_block("10.0.0.0/24"))), @r"
    error[missing-property] Subnet: the resource has no `VpcId`, which is required
      help: set `VpcId`
    ");
    insta::assert_snapshot!(found_in_resource("AWS::EC2::Subnet", plain!({ "CidrBlock": "10.0.0.0/24", "VpcId": null })), @r"
    error[missing-property] It: the resource has no `VpcId`, which is required
      help: set `VpcId`
    ");
}

#[test]
fn a_property_that_a_condition_may_take_away_is_left_to_the_condition() {
    passes(|s| {
        let big = s.condition("Big", Condition::equals("a", "b"));
        let vpc = if_else(&big, "vpc-1a2b3c4d", no_value());
        s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24"));
    });
}

#[test]
fn an_unknown_property_is_reported_with_the_nearest_name() {
    let of = |name: &str| found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").raw(name, true)));
    insta::assert_snapshot!(of("EnableDnsSuport"), @r"
    error[unknown-property] Vpc EnableDnsSuport: there is no property `EnableDnsSuport` here
      help: did you mean `EnableDnsSupport`?
    ");
    insta::assert_snapshot!(of("enable_dns_support"), @r"
    error[unknown-property] Vpc enable_dns_support: there is no property `enable_dns_support` here
      help: did you mean `EnableDnsSupport`?
    ");
    insta::assert_snapshot!(of("Favourite"), @r"
    error[unknown-property] Vpc Favourite: there is no property `Favourite` here
      help: there are `CidrBlock`, `EnableDnsHostnames`, `EnableDnsSupport`, `InstanceTenancy`, `Ipv4IpamPoolId`, `Ipv4NetmaskLength`, `Tags` and `VpcEncryptionControl`
    ");
    assert_eq!(of("EnableDnsSupport"), "");
}

#[test]
fn an_unknown_property_is_found_inside_nested_values() {
    let of = |key: &str| {
        let encryption = plain!({ "ServerSideEncryptionConfiguration": [{ key: { "SSEAlgorithm": "AES256" } }] });
        found(|s| s.add("Bucket", s3::Bucket::new().raw("BucketEncryption", encryption)))
    };
    insta::assert_snapshot!(of("ServerSideEncryptionByDefaults"), @r"
    error[unknown-property] Bucket BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefaults: there is no property `ServerSideEncryptionByDefaults` here
      help: did you mean `ServerSideEncryptionByDefault`?
    ");
    assert_eq!(of("ServerSideEncryptionByDefault"), "");
}

#[test]
fn a_property_that_only_the_service_sets_is_refused() {
    let of = |name: &str, value: serde_json::Value| found_in_resource("AWS::SNS::Topic", plain!({ name: value }));
    insta::assert_snapshot!(of("TopicArn", plain!("arn:aws:sns:us-east-1:123456789012:t")), @r"
    error[read-only-property] It TopicArn: `TopicArn` is set by the service, never by a template
      help: leave it out; `get_att` reads it
    ");
    assert_eq!(of("TopicName", plain!("t")), "");
    let nested =
        found(|s| s.add("Db", rds::DbInstance::new().raw("Endpoint", plain!({ "Address": "db.example.com" }))));
    insta::assert_snapshot!(nested, @r"
    error[read-only-property] Db Endpoint: `Endpoint` is set by the service, never by a template
      help: leave it out; `get_att` reads it
    ");
}

#[test]
fn one_property_of_several_must_be_there() {
    let vpc = |properties: serde_json::Value| found_in_resource("AWS::EC2::VPC", properties);
    insta::assert_snapshot!(vpc(plain!({ "EnableDnsSupport": true })), @r"
    error[exclusive-properties] It: one of `CidrBlock` and `Ipv4IpamPoolId` must be there
      help: set exactly one
    ");
    insta::assert_snapshot!(vpc(plain!({
        "CidrBlock": "10.0.0.0/16", "Ipv4IpamPoolId": "ipam-pool-0123456789abcdef0", "Ipv4NetmaskLength": 16,
    })), @r"
    error[exclusive-properties] It: `CidrBlock` and `Ipv4IpamPoolId` exclude each other
      help: keep one of `CidrBlock` and `Ipv4IpamPoolId`
    ");
    assert_eq!(vpc(plain!({ "CidrBlock": "10.0.0.0/16" })), "");
    insta::assert_snapshot!(found_in_resource("AWS::IAM::Policy", plain!({ "PolicyName": "p", "PolicyDocument": {} })), @r"
    error[exclusive-properties] It: at least one of `Groups`, `Roles` and `Users` must be there
      help: set one
    ");
    resource_passes(
        "AWS::IAM::Policy",
        plain!({ "PolicyName": "p", "PolicyDocument": {}, "Users": ["u"], "Roles": ["r"] }),
    );
}

#[test]
fn properties_that_exclude_each_other_are_named_once() {
    let zone = |properties: serde_json::Value| {
        let subnet = RawResource::new("AWS::EC2::Subnet").raw("VpcId", "vpc-1a2b3c4d").raw("CidrBlock", "10.0.0.0/24");
        let serde_json::Value::Object(properties) = properties else { panic!() };
        found(|s| s.add("Subnet", properties.into_iter().fold(subnet, |subnet, (key, value)| subnet.raw(key, value))))
    };
    insta::assert_snapshot!(zone(plain!({ "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1" })), @r"
    error[exclusive-properties] Subnet: `AvailabilityZone` excludes `AvailabilityZoneId`
      help: keep `AvailabilityZone` or `AvailabilityZoneId`
    ");
    assert_eq!(zone(plain!({ "AvailabilityZone": "us-east-1a" })), "");
    assert_eq!(zone(plain!({ "AvailabilityZoneId": "use1-az1" })), "");
}

#[test]
fn a_property_that_needs_another_is_told_which() {
    let table = |encryption: serde_json::Value| {
        found_in_resource(
            "AWS::DynamoDB::Table",
            plain!({ "KeySchema": [{ "AttributeName": "a", "KeyType": "HASH" }], "SSESpecification": encryption }),
        )
    };
    insta::assert_snapshot!(table(plain!({ "SSEEnabled": true, "KMSMasterKeyId": "alias/t" })), @r"
    error[dependent-properties] It SSESpecification: `KMSMasterKeyId` needs `SSEType`
      help: set `SSEType` too, or leave `KMSMasterKeyId` out
    ");
    assert_eq!(table(plain!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": "alias/t" })), "");
}

#[test]
fn a_rule_that_a_value_decides_is_checked_where_the_value_is_known() {
    let cluster = |engine: &str, user: &str| {
        found_in_resource("AWS::RDS::DBCluster", plain!({ "Engine": engine, "MasterUsername": user }))
    };
    assert_eq!(cluster("aurora-mysql", "admin"), "");
    insta::assert_snapshot!(cluster("aurora-postgresql", "admin"), @r"
    error[allowed-values] It MasterUsername: `MasterUsername` cannot be `admin`
      help: choose another value
    ");
    insta::assert_snapshot!(cluster("aurora-mysql", "rdsadmin"), @r"
    error[allowed-values] It MasterUsername: `MasterUsername` cannot be `rdsadmin`
      help: choose another value
    ");
    passes(|s| {
        let user = s.parameter("User", formwork::Parameter::string());
        let engine = s.parameter("Engine", formwork::Parameter::string());
        s.add("One", rds::DbCluster::new().engine("aurora-postgresql").master_username(&user));
        s.add("Two", rds::DbCluster::new().engine(&engine).master_username("admin"));
        let name = "{{resolve:ssm:/db/user}}";
        s.add("Three", rds::DbCluster::new().engine("aurora-postgresql").master_username(name));
    });
}

#[test]
fn a_property_that_aws_advises_against_is_a_warning() {
    insta::assert_snapshot!(found_in_resource("AWS::EC2::EIPAssociation", plain!({ "EIP": "192.0.2.1", "InstanceId": "i-1a2b3c4d" })), @r"
    warning[deprecated] It EIP: AWS advises against `EIP`
      help: see the type's documentation for what replaces it
    ");
    resource_passes(
        "AWS::EC2::EIPAssociation",
        plain!({ "AllocationId": "eipalloc-1a2b3c4d", "InstanceId": "i-1a2b3c4d" }),
    );
}

#[test]
fn keys_that_do_not_match_their_pattern_are_shown_it() {
    let api = |key: &str| {
        found_in_resource(
            "AWS::ApiGatewayV2::Api",
            plain!({ "Name": "a", "ProtocolType": "HTTP", "Tags": { key: "v" } }),
        )
    };
    assert_eq!(api("team"), "");
    assert_eq!(api("team:name/of@it"), "");
}

#[test]
fn free_form_objects_take_any_key() {
    passes(|s| {
        let policy =
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Anything": { "goes": [1, true] } }] });
        s.add("Policy", formwork::cfn::iam::ManagedPolicy::new(policy));
    });
}

#[test]
fn a_type_that_does_not_exist_is_told_the_nearest() {
    let of = |name: &str| found(|s| s.add("It", RawResource::new(name)));
    insta::assert_snapshot!(of("AWS::EC2::Vpc2"), @r"
    error[unknown-type] It: there is no resource type AWS::EC2::Vpc2
      help: did you mean AWS::EC2::VPC?
    ");
    insta::assert_snapshot!(of("AWS::Nothing::LikeThis"), @r"
    error[unknown-type] It: there is no resource type AWS::Nothing::LikeThis
      help: private and third-party types begin with another word than AWS
    ");
    insta::assert_snapshot!(of("AWS::Serverless::Function"), @r#"
    error[unknown-type] It: there is no resource type AWS::Serverless::Function
      help: the transform makes it of other types: `s.transform("AWS::Serverless-2016-10-31")`
    "#);
    assert_eq!(of("MyCompany::Monitoring::Monitor"), "");
    assert_eq!(of("Custom::Thing"), "");
    passes(|s| {
        s.transform("AWS::Serverless-2016-10-31");
        s.add("It", RawResource::new("AWS::Serverless::Function"));
    });
}

#[test]
#[cfg(not(feature = "all-services"))]
fn a_type_whose_service_is_not_enabled_names_the_feature() {
    insta::assert_snapshot!(found(|s| s.add("It", RawResource::new("AWS::Athena::WorkGroup"))), @r"
    error[unknown-type] It: AWS::Athena::WorkGroup cannot be checked: its service is not enabled
      help: enable the cargo feature `athena` of formwork
    ");
}

#[test]
fn a_type_that_the_region_does_not_offer_is_told_where_it_is() {
    let of = |region: &str| found_in(Env::region(region), |s| s.add("It", raw_public_repository()));
    insta::assert_snapshot!(of("eu-west-1"), @r"
    error[region] It: AWS::ECR::PublicRepository is not offered in eu-west-1
      help: it is in `us-east-1`
    ");
    insta::assert_snapshot!(of("us-gov-west-1"), @r"
    error[region] It: AWS::ECR::PublicRepository is not offered in us-gov-west-1
      help: no region near it offers it either: leave it out where the stack is deployed there
    ");
    assert_eq!(of("us-east-1"), "");
    assert_eq!(of("moon-north-1"), "", "a region that the specification does not know yet offers everything");
    passes(|s| s.add("It", raw_public_repository()));
}

fn raw_public_repository() -> RawResource {
    RawResource::new("AWS::ECR::PublicRepository")
}

#[test]
fn custom_resources_have_the_properties_that_they_like() {
    let token = "arn:aws:lambda:us-east-1:123456789012:function:f";
    resource_passes(
        "AWS::CloudFormation::CustomResource",
        plain!({ "ServiceToken": token, "Id": 5, "Flag": true, "List": [1, "two"], "Nested": { "a": { "b": [] } } }),
    );
    insta::assert_snapshot!(found_in_resource("AWS::CloudFormation::CustomResource", plain!({ "Flag": true })), @r"
    error[missing-property] It: the resource has no `ServiceToken`, which is required
      help: set `ServiceToken`
    ");
}
