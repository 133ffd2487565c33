//! A network of its own, with room to grow.

use formwork::testing::{absent, any, json};

use crate::cookbook::networking::vpc::vpc;
use crate::support::{assert_outputs, properties, template};

#[test]
fn the_vpc_has_a_second_block_of_addresses_that_is_not_the_first() {
    let template = template(vpc);
    template.resource_count("AWS::EC2::VPC", 2);
    template.has_resource("AWS::EC2::VPC", json!({ "CidrBlock": "10.10.0.0/16" }));
    template.has_resource("AWS::EC2::VPCCidrBlock", json!({ "CidrBlock": "10.11.0.0/16", "VpcId": { "Ref": "Vpc" } }));
    assert_outputs(&template, &["VpcId", "Ipv6VpcId"]);
}

#[test]
fn the_second_vpc_has_ipv6_addresses() {
    let template = template(vpc);
    let block = json!({ "AmazonProvidedIpv6CidrBlock": true, "VpcId": { "Ref": "Ipv6Vpc" }, "CidrBlock": absent() });
    template.has_resource("AWS::EC2::VPCCidrBlock", block);
    template.has_resource("AWS::EC2::VPC", json!({ "CidrBlock": "10.12.0.0/16", "Tags": any() }));
    assert_eq!(properties(&template, "EC2::VPCCidrBlock").len(), 2);
}
