//! The internet for private subnets, through one NAT gateway.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::nat_gateway::nat_gateway;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn both_instances_reach_the_internet_and_are_not_reached() {
    for instance in ["recipe/Instance1", "recipe/Instance2"] {
        assert_reachable(&app(nat_gateway), instance, "internet", Some(443.into()));
        assert_unreachable(&app(nat_gateway), "internet", instance, Some(443.into()));
        assert_unreachable(&app(nat_gateway), "internet", instance, Some(22.into()));
    }
}

#[test]
fn both_private_route_tables_lead_to_the_one_gateway_in_the_first_public_subnet() {
    let template = template(nat_gateway);
    template.resource_count("AWS::EC2::NatGateway", 1);
    template.resource_count("AWS::EC2::EIP", 1);
    let gateway = &template.resources("AWS::EC2::NatGateway")[0];
    let first = json!({ "Ref": template.resources("AWS::EC2::Subnet")[0].id });
    assert_eq!(gateway.resource["Properties"]["SubnetId"], first);
    assert_eq!(template.json()["Outputs"]["VpcPublicSubnet1"]["Value"], first);
    for number in [1, 2] {
        let table = &template.json()["Outputs"][format!("PrivateRtId{number}")]["Value"];
        let to_gateway = json!({
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": { "Ref": gateway.id },
        });
        template.has_resource("AWS::EC2::Route", to_gateway);
    }
}

#[test]
fn the_instances_are_in_two_private_subnets_and_share_a_role() {
    let template = template(nat_gateway);
    template.resource_count("AWS::IAM::Role", 1);
    let subnets: Vec<_> = properties(&template, "EC2::Instance").iter().map(|one| one["SubnetId"].clone()).collect();
    let private: Vec<_> =
        template.resources("AWS::EC2::Subnet")[2..].iter().map(|one| json!({ "Ref": one.id })).collect();
    assert_eq!(subnets, private);
    let outputs = ["InstanceId1", "InstanceId2", "VpcId", "VpcPublicSubnet1", "PrivateRtId1", "PrivateRtId2"];
    assert_outputs(&template, &outputs);
}
