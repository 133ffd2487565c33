//! A security group whose members may talk to each other.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::networking::security_group_references::security_group_references;
use crate::support::{app, assert_outputs, properties, template};

const MEMBERS: [&str; 3] = ["recipe/Instance1", "recipe/Instance2", "recipe/Instance3"];

#[test]
fn every_member_reaches_every_other_on_22_and_on_nothing_else() {
    for from in MEMBERS {
        for to in MEMBERS.into_iter().filter(|to| *to != from) {
            assert_reachable(&app(security_group_references), from, to, Some(22.into()));
            assert_unreachable(&app(security_group_references), from, to, Some(80.into()));
        }
    }
}

#[test]
fn nobody_else_reaches_a_member() {
    for member in MEMBERS {
        for other in ["internet", "recipe/Vpc/IsolatedSubnet1", "recipe/Vpc/Ssm", "10.10.0.0/23"] {
            assert_unreachable(&app(security_group_references), other, member, Some(22.into()));
        }
    }
}

#[test]
fn the_one_rule_refers_to_its_own_group_and_all_instances_are_in_it() {
    let template = template(security_group_references);
    let group =
        template.has_resource("AWS::EC2::SecurityGroup", json!({ "GroupDescription": "reach each other with SSH" }));
    let group = json!({ "Fn::GetAtt": [group.id, "GroupId"] });
    let [rule] = properties(&template, "EC2::SecurityGroupIngress")[..] else { panic!("there is one rule") };
    assert_eq!((&rule["GroupId"], &rule["SourceSecurityGroupId"]), (&group, &group));
    for instance in properties(&template, "EC2::Instance") {
        assert_eq!(instance["SecurityGroupIds"], json!([group]));
    }
}

#[test]
fn s3_is_reached_through_an_endpoint_that_costs_nothing() {
    assert_reachable(&app(security_group_references), "recipe/Instance3", "recipe/Vpc/S3", Some(443.into()));
    let template = template(security_group_references);
    template.has_resource("AWS::EC2::VPCEndpoint", json!({ "VpcEndpointType": "Gateway" }));
    assert_outputs(
        &template,
        &[
            "VpcId",
            "DefaultVpcSecurityGroup",
            "InstanceId1",
            "VpcIsolatedSubnet1",
            "InstanceId2",
            "Amznlinuxami",
            "InstanceIamRole",
        ],
    );
}
