//! Properties that open a resource to the public, or close it.

use serde_json::{Value, json};

use super::{lines, resources};

fn thing(type_name: &str, properties: &str) -> Value {
    resources(&format!("T: {{Type: '{type_name}', Properties: {{{properties}}}}}"))
}

#[test]
fn opening_is_found_and_closing_is_not() {
    for (type_name, closed, open, found) in [
        (
            "AWS::RDS::DBInstance",
            "PubliclyAccessible: false",
            "PubliclyAccessible: true",
            "T: sets `PubliclyAccessible` to `true`, after `false`",
        ),
        ("AWS::RDS::DBInstance", "PubliclyAccessible: false", "", "T: no longer sets `PubliclyAccessible` to `false`"),
        (
            "AWS::RDS::DBInstance",
            "PubliclyAccessible: false",
            "PubliclyAccessible: !Ref P",
            "T: sets `PubliclyAccessible` to `${P}`, after `false`",
        ),
        (
            "AWS::RDS::DBInstance",
            "PubliclyAccessible: !If [C, false, false]",
            "PubliclyAccessible: !If [C, true, false]",
            "T: sets `PubliclyAccessible` to `false`, `true`, after `false`",
        ),
        ("AWS::EC2::Subnet", "", "MapPublicIpOnLaunch: true", "T: sets `MapPublicIpOnLaunch` to `true`"),
        (
            "AWS::ECS::Service",
            "",
            "NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED}}",
            "T: sets `AssignPublicIp` to `ENABLED`",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Scheme: internal",
            "Scheme: internet-facing",
            "T: sets `Scheme` to `internet-facing`, after `internal`",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Scheme: internal",
            "",
            "T: no longer sets `Scheme` to `internal`",
        ),
        ("AWS::Lambda::Url", "AuthType: AWS_IAM", "AuthType: NONE", "T: sets `AuthType` to `NONE`, after `AWS_IAM`"),
        ("AWS::ApiGatewayV2::Route", "AuthorizationType: JWT", "", "T: no longer sets `AuthorizationType` to `JWT`"),
        ("AWS::S3::Bucket", "", "AccessControl: PublicRead", "T: sets `AccessControl` to `PublicRead`"),
        (
            "AWS::EC2::SnapshotBlockPublicAccess",
            "State: block-all-sharing",
            "State: unblocked",
            "T: sets `State` to `unblocked`, after `block-all-sharing`",
        ),
        (
            "AWS::DMS::ReplicationInstance",
            "PubliclyAccessible: false",
            "",
            "T: no longer sets `PubliclyAccessible` to `false`",
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "Data: [{AssociatePublicIpAddress: false}]",
            "Data: [{AssociatePublicIpAddress: false}, {AssociatePublicIpAddress: true}]",
            "T: sets `AssociatePublicIpAddress` to `false`, `true`, after `false`",
        ),
    ] {
        let (closed, open) = (thing(type_name, closed), thing(type_name, open));
        assert_eq!(lines(&closed, &open), [found]);
        assert_eq!(lines(&open, &closed), [""; 0], "{found}");
    }
}

#[test]
fn the_block_of_public_access_is_loosened_by_each_of_its_parts() {
    let bucket = |block: &str| thing("AWS::S3::Bucket", block);
    let all = "BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true";
    let full = bucket(&format!("PublicAccessBlockConfiguration: {{{all}}}"));
    let partial = bucket(
        "PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}",
    );
    assert_eq!(
        lines(&full, &partial),
        ["T: no longer sets `PublicAccessBlockConfiguration.BlockPublicPolicy` to `true`"]
    );
    assert_eq!(lines(&full, &bucket("")).len(), 4, "removing it turns it off");
    assert_eq!(lines(&partial, &full), [""; 0]);
    let none = json!({ "Resources": {} });
    assert_eq!(lines(&none, &bucket("")), [""; 0], "S3 blocks public access to new buckets");
    assert_eq!(
        lines(&none, &partial),
        ["T: leaves `PublicAccessBlockConfiguration.BlockPublicPolicy` unset, which opens it"]
    );
}

#[test]
fn what_a_new_resource_leaves_to_its_service_counts_only_where_that_opens_it() {
    let none = json!({ "Resources": {} });
    assert_eq!(lines(&none, &thing("AWS::RDS::DBInstance", "")), [""; 0]);
    assert_eq!(
        lines(&none, &thing("AWS::ElasticLoadBalancingV2::LoadBalancer", "")),
        ["T: leaves `Scheme` unset, which opens it"]
    );
}
