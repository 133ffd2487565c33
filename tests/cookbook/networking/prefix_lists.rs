//! Addresses that several security groups let in, kept in one list.

use formwork::testing::{Template, assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::prefix_lists::prefix_lists;
use crate::support::{app, assert_outputs, properties, template};

const SERVERS: [&str; 2] = ["recipe/Instance1", "recipe/Instance2"];

#[test]
fn the_addresses_of_the_list_reach_both_servers_on_80_and_on_nothing_else() {
    for server in SERVERS {
        for allowed in ["44.234.54.0/23", "54.244.46.0/23", "44.234.55.7"] {
            assert_reachable(&app(prefix_lists), allowed, server, Some(80.into()));
            assert_unreachable(&app(prefix_lists), allowed, server, Some(22.into()));
        }
    }
}

#[test]
fn nobody_else_reaches_a_server() {
    for server in SERVERS {
        for other in ["internet", "44.234.52.0/22", "54.244.48.0/24", "203.0.113.7", "recipe/Vpc/PublicSubnet1"] {
            assert_unreachable(&app(prefix_lists), other, server, Some(80.into()));
        }
    }
}

fn entries(template: &Template) -> &serde_json::Value {
    &properties(template, "EC2::PrefixList")[0]["Entries"]
}

#[test]
fn a_workstation_is_in_the_list_where_its_parameter_says_one() {
    let template = template(prefix_lists);
    let condition = &template.json()["Conditions"]["HasWorkstation"];
    assert_eq!(*condition, json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "WorkstationCidr" }, ""] }] }));
    assert_eq!(template.json()["Parameters"]["WorkstationCidr"]["Default"], "");
    let workstation = json!({ "Cidr": { "Ref": "WorkstationCidr" }, "Description": "your machine" });
    assert_eq!(entries(&template)[2], json!({ "Fn::If": ["HasWorkstation", workstation, { "Ref": "AWS::NoValue" }] }));
}

#[test]
fn both_groups_name_the_list_and_no_address() {
    let template = template(prefix_lists);
    let list = template.resources("AWS::EC2::PrefixList")[0].id;
    for number in [1, 2] {
        let group = &template.json()["Outputs"][format!("InstanceSg{number}")]["Value"];
        let rule = json!({
            "GroupId": group, "SourcePrefixListId": { "Fn::GetAtt": [list, "PrefixListId"] }, "FromPort": 80, "ToPort": 80,
        });
        template.has_resource("AWS::EC2::SecurityGroupIngress", rule);
    }
    assert!(properties(&template, "EC2::SecurityGroup").iter().all(|group| group["SecurityGroupIngress"].is_null()));
    let outputs = ["InstanceId1", "InstanceId2", "InstanceSg1", "InstanceSg2", "InstanceIp1", "InstanceIp2"];
    assert_outputs(&template, &outputs);
}
