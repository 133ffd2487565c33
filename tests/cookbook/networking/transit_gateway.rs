//! Several VPCs that meet in one place, and share the way out.

use formwork::reach::Ports;
use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::transit_gateway::transit_gateway;
use crate::support::{app, assert_outputs, properties, template};

const INSTANCES: [&str; 3] = ["recipe/Instance1", "recipe/Instance2", "recipe/Instance3"];

#[test]
fn every_instance_reaches_every_other() {
    let app = app(transit_gateway);
    for from in INSTANCES {
        for to in INSTANCES.into_iter().filter(|to| *to != from) {
            assert_reachable(&app, from, to, Some(Ports::icmp()));
            assert_unreachable(&app, from, to, Some(22.into()));
        }
    }
}

#[test]
fn every_instance_leaves_through_the_second_vpcs_nat_gateways_and_is_not_reached() {
    let app = app(transit_gateway);
    for instance in INSTANCES {
        assert_reachable(&app, instance, "internet", Some(443.into()));
        assert_unreachable(&app, "internet", instance, Some(443.into()));
        assert_unreachable(&app, "internet", instance, Some(Ports::icmp()));
    }
    let template = template(transit_gateway);
    template.resource_count("AWS::EC2::NatGateway", 2);
    template.resource_count("AWS::EC2::InternetGateway", 1);
    let second = &template.json()["Outputs"]["VpcId2"]["Value"];
    assert_eq!(properties(&template, "EC2::VPCGatewayAttachment")[0]["VpcId"], *second);
}

#[test]
fn all_three_vpcs_are_in_one_block_and_share_no_addresses() {
    let template = template(transit_gateway);
    let mut blocks: Vec<(u32, u32)> =
        properties(&template, "EC2::VPC").iter().map(|vpc| addresses(vpc["CidrBlock"].as_str().unwrap())).collect();
    blocks.sort_unstable();
    let (first, end) = addresses("10.10.0.0/24");
    assert_eq!((blocks[0].0, blocks[2].1), (first, end));
    assert!(blocks.windows(2).all(|pair| pair[0].1 == pair[1].0), "one begins where the other ends: {blocks:?}");
}

/// The first address of a block, and the first behind it.
fn addresses(block: &str) -> (u32, u32) {
    let (first, prefix) = block.split_once('/').unwrap();
    let first = u32::from(first.parse::<std::net::Ipv4Addr>().unwrap());
    (first, first + (1 << (32 - prefix.parse::<u32>().unwrap())))
}

#[test]
fn each_vpc_is_attached_by_subnets_that_nothing_else_is_in() {
    let template = template(transit_gateway);
    let instances: Vec<_> = properties(&template, "EC2::Instance").iter().map(|one| one["SubnetId"].clone()).collect();
    let attachments = properties(&template, "EC2::TransitGatewayVpcAttachment");
    assert_eq!(attachments.len(), 3);
    for (attachment, number) in attachments.iter().zip(1..) {
        let subnets = attachment["SubnetIds"].as_array().unwrap();
        assert_eq!(subnets.len(), 2, "a zone each");
        assert!(subnets.iter().all(|subnet| !instances.contains(subnet)));
        assert_eq!(attachment["VpcId"], template.json()["Outputs"][format!("VpcId{number}")]["Value"]);
        let output = &template.json()["Outputs"][format!("AttachmentSubnetsVpc{number}")]["Value"];
        assert_eq!(*output, json!({ "Fn::Join": [",", subnets] }));
    }
}

#[test]
fn one_table_leads_what_comes_from_all_and_knows_all() {
    let template = template(transit_gateway);
    template.resource_count("AWS::EC2::TransitGateway", 1);
    template.resource_count("AWS::EC2::TransitGatewayRouteTable", 1);
    template.resource_count("AWS::EC2::TransitGatewayRouteTableAssociation", 3);
    template.resource_count("AWS::EC2::TransitGatewayRouteTablePropagation", 3);
    template.has_resource("AWS::EC2::TransitGatewayRoute", json!({ "DestinationCidrBlock": "0.0.0.0/0" }));
    let off = json!({ "DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable" });
    template.has_resource("AWS::EC2::TransitGateway", off);
}

#[test]
fn what_has_to_be_known_afterwards_is_an_output() {
    let outputs = [
        "VpcId1",
        "VpcId2",
        "VpcId3",
        "InstanceId1",
        "InstanceId2",
        "InstanceId3",
        "AttachmentSubnetsVpc1",
        "AttachmentSubnetsVpc2",
        "AttachmentSubnetsVpc3",
        "Vpc1RtId1",
        "Vpc1RtId2",
        "Vpc2PublicSubnetId1",
        "Vpc2PublicSubnetId2",
        "Vpc2PublicRtId1",
        "Vpc2PublicRtId2",
        "Vpc2RtId1",
        "Vpc2RtId2",
        "Vpc3RtId1",
        "Vpc3RtId2",
        "Vpc2AttachRtId1",
        "Vpc2AttachRtId2",
    ];
    assert_outputs(&template(transit_gateway), &outputs);
}
