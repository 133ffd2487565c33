//! Two VPCs that are connected directly.

use formwork::reach::Ports;
use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::vpc_peering::vpc_peering;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn the_first_instance_pings_the_second_and_not_the_reverse() {
    let app = app(vpc_peering);
    assert_reachable(&app, "recipe/Instance1", "recipe/Instance2", Some(Ports::icmp()));
    assert_unreachable(&app, "recipe/Instance2", "recipe/Instance1", Some(Ports::icmp()));
    assert_unreachable(&app, "recipe/Instance1", "recipe/Instance2", Some(22.into()));
}

#[test]
fn nobody_else_reaches_the_second_instance() {
    for other in ["internet", "recipe/Vpc1/IsolatedSubnet1", "recipe/Vpc2/IsolatedSubnet1", "recipe/Vpc1/Ssm"] {
        assert_unreachable(&app(vpc_peering), other, "recipe/Instance2", Some(Ports::icmp()));
    }
}

#[test]
fn each_route_table_has_a_way_to_the_other_vpc() {
    let template = template(vpc_peering);
    let output = |key: &str| &template.json()["Outputs"][key]["Value"];
    let connection = template.resources("AWS::EC2::VPCPeeringConnection")[0];
    assert_eq!(connection.resource["Properties"]["VpcId"], *output("VpcId1"));
    assert_eq!(connection.resource["Properties"]["PeerVpcId"], *output("VpcId2"));
    assert_eq!(properties(&template, "EC2::Route").len(), 2);
    for (table, block) in [("VpcSubnetRtId1", "10.20.0.0/24"), ("VpcSubnetRtId2", "10.10.0.0/24")] {
        let route = json!({
            "RouteTableId": output(table), "DestinationCidrBlock": block,
            "VpcPeeringConnectionId": { "Ref": connection.id },
        });
        template.has_resource("AWS::EC2::Route", route);
    }
}

#[test]
fn the_rule_names_the_group_in_the_other_vpc_once_they_are_connected() {
    let template = template(vpc_peering);
    let output = |key: &str| &template.json()["Outputs"][key]["Value"];
    let rule = json!({
        "GroupId": output("InstanceSg2"), "SourceSecurityGroupId": output("InstanceSg1"), "IpProtocol": "icmp", "FromPort": -1,
    });
    let rule = template.has_resource("AWS::EC2::SecurityGroupIngress", rule);
    assert_eq!(rule.resource["DependsOn"], template.resources("AWS::EC2::VPCPeeringConnection")[0].id);
    let each = ["VpcId", "VpcCidr", "InstanceId", "InstanceIp", "InstanceSg", "VpcSubnetRtId"];
    let outputs: Vec<String> = each.iter().flat_map(|key| [1, 2].map(|number| format!("{key}{number}"))).collect();
    assert_outputs(&template, &outputs.iter().map(String::as_str).collect::<Vec<_>>());
}
