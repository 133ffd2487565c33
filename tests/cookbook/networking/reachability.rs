//! Why one instance reaches another, or does not.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::reachability::reachability;
use crate::support::{app, assert_outputs, template};

#[test]
fn the_first_instance_reaches_the_second_on_22_and_nobody_else_does() {
    assert_reachable(&app(reachability), "recipe/Instance1", "recipe/Instance2", Some(22.into()));
    assert_unreachable(&app(reachability), "recipe/Instance1", "recipe/Instance2", Some(80.into()));
    assert_unreachable(&app(reachability), "recipe/Instance2", "recipe/Instance1", Some(22.into()));
    for other in ["internet", "recipe/Vpc/IsolatedSubnet1"] {
        assert_unreachable(&app(reachability), other, "recipe/Instance2", Some(22.into()));
    }
}

#[test]
fn the_path_is_the_one_that_the_rule_is_for() {
    let template = template(reachability);
    let output = |key: &str| &template.json()["Outputs"][key]["Value"];
    let path = json!({
        "Source": output("InstanceId1"), "Destination": output("InstanceId2"), "DestinationPort": 22, "Protocol": "tcp",
    });
    let path = template.has_resource("AWS::EC2::NetworkInsightsPath", path).id;
    let rule = json!({
        "GroupId": output("InstanceSgId2"), "SourceSecurityGroupId": output("InstanceSgId1"), "FromPort": 22, "ToPort": 22,
    });
    template.has_resource("AWS::EC2::SecurityGroupIngress", rule);
    let analysis = json!({ "NetworkInsightsPathId": { "Ref": path } });
    template.has_resource("AWS::EC2::NetworkInsightsAnalysis", analysis);
    assert_outputs(&template, &["InstanceId1", "InstanceId2", "InstanceSgId1", "InstanceSgId2"]);
}

#[test]
fn the_analysis_is_made_after_the_rule() {
    let template = template(reachability);
    let waits = template.resources("AWS::EC2::NetworkInsightsAnalysis")[0].resource["DependsOn"].to_string();
    assert!(waits.contains(template.resources("AWS::EC2::SecurityGroupIngress")[0].id), "{waits}");
}
