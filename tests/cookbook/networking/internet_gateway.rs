//! The internet for an instance with a public address.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::internet_gateway::internet_gateway;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn the_instance_reaches_the_internet() {
    for port in [80, 443] {
        assert_reachable(&app(internet_gateway), "recipe/Instance", "internet", Some(port.into()));
    }
}

#[test]
fn nothing_gets_in() {
    for port in [22, 80, 443] {
        assert_unreachable(&app(internet_gateway), "internet", "recipe/Instance", Some(port.into()));
        assert_unreachable(&app(internet_gateway), "recipe/Vpc/IsolatedSubnet2", "recipe/Instance", Some(port.into()));
    }
    assert_unreachable(&app(internet_gateway), "internet", "recipe", None);
}

#[test]
fn every_route_table_leads_to_the_gateway_once_it_is_attached() {
    let template = template(internet_gateway);
    template.resource_count("AWS::EC2::RouteTable", 2);
    let routes = template.resources("AWS::EC2::Route");
    assert_eq!(routes.len(), 2);
    for route in routes {
        assert_eq!(route.resource["Properties"]["DestinationCidrBlock"], "0.0.0.0/0");
        assert_eq!(route.resource["DependsOn"], template.resources("AWS::EC2::VPCGatewayAttachment")[0].id);
    }
    template.resource_count("AWS::EC2::InternetGateway", 1);
}

#[test]
fn the_address_is_the_instances_while_the_gateway_is_attached() {
    let template = template(internet_gateway);
    let attachment = template.resources("AWS::EC2::VPCGatewayAttachment")[0].id;
    for type_name in ["AWS::EC2::EIP", "AWS::EC2::EIPAssociation"] {
        template.has_resource_with(type_name, json!({ "DependsOn": attachment }));
    }
    let instance = template.resources("AWS::EC2::Instance")[0].id;
    assert_eq!(properties(&template, "EC2::EIPAssociation")[0]["InstanceId"], json!({ "Ref": instance }));
    assert_outputs(&template, &["InstanceId", "VpcId", "RouteTableId1", "RouteTableId2"]);
}
