//! A new version beside the old one, and a way back.

use formwork::testing::{array_with, assert_reachable, assert_unreachable, json};
use serde_json::Value;

use crate::cookbook::containers::blue_green::blue_green;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn codedeploy_replaces_the_tasks_of_the_service() {
    let template = template(blue_green);
    let service = json!({
        "DeploymentController": { "Type": "CODE_DEPLOY" },
        "DesiredCount": 2,
        "LoadBalancers": [{ "ContainerName": "web", "ContainerPort": 80, "TargetGroupArn": { "Ref": "BlueTargetsE182926F" } }],
    });
    template.has_resource("AWS::ECS::Service", service);
    template.resource_count("AWS::ECS::TaskDefinition", 2);
    template.has_resource("AWS::CodeDeploy::Application", json!({ "ComputePlatform": "ECS" }));
}

#[test]
fn the_deployment_group_turns_two_listeners_between_two_groups_and_keeps_blue_five_minutes() {
    let template = template(blue_green);
    let group = |id: &str| json!({ "Name": { "Fn::GetAtt": [id, "TargetGroupName"] } });
    let route = |id: &str| json!({ "ListenerArns": [{ "Ref": id }] });
    let deployments = json!({
        "DeploymentStyle": { "DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL" },
        "BlueGreenDeploymentConfiguration": {
            "DeploymentReadyOption": { "ActionOnTimeout": "CONTINUE_DEPLOYMENT" },
            "TerminateBlueInstancesOnDeploymentSuccess": { "Action": "TERMINATE", "TerminationWaitTimeInMinutes": 5 },
        },
        "LoadBalancerInfo": { "TargetGroupPairInfoList": [{
            "TargetGroups": [group("BlueTargetsE182926F"), group("GreenTargets3B8B9D71")],
            "ProdTrafficRoute": route("LoadBalancerProduction16BB449C"),
            "TestTrafficRoute": route("LoadBalancerTest8AF6DB4A"),
        }] },
        "AutoRollbackConfiguration": { "Enabled": true },
        "ECSServices": [{ "ServiceName": { "Fn::GetAtt": ["ServiceD69D759B", "Name"] } }],
    });
    template.has_resource("AWS::CodeDeploy::DeploymentGroup", deployments);
    let listener = |port: u16, group: &str| json!({ "Port": port, "DefaultActions": [{ "Type": "forward", "TargetGroupArn": { "Ref": group } }] });
    template.has_resource("AWS::ElasticLoadBalancingV2::Listener", listener(80, "BlueTargetsE182926F"));
    template.has_resource("AWS::ElasticLoadBalancingV2::Listener", listener(8080, "GreenTargets3B8B9D71"));
    template.resource_count("AWS::ElasticLoadBalancingV2::TargetGroup", 2);
}

#[test]
fn codedeploy_may_change_this_service_alone_and_read_what_to_do() {
    let template = template(blue_green);
    let policies = properties(&template, "IAM::Policy");
    let [policy] = policies[..] else { panic!("{policies:?}") };
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    for statement in statements {
        let actions =
            statement["Action"].as_array().map_or_else(|| vec![&statement["Action"]], |all| all.iter().collect());
        let looks = actions.iter().all(|action| action.as_str().unwrap().contains(":Describe"));
        let resources = statement["Resource"].as_array();
        let resources = resources.map_or_else(|| vec![&statement["Resource"]], |all| all.iter().collect());
        // Each resource is one of the stack's, or what belongs to one.
        let own = ["ServiceD69D759B", "LoadBalancerProduction", "LoadBalancerTest", "BlueTaskRole", "Revisions"];
        let own = |resource: &&Value| own.iter().any(|id| resource.to_string().contains(id));
        assert!(looks || resources.iter().all(own), "{statement}");
    }
    let pass = statements.iter().find(|statement| statement["Action"] == "iam:PassRole").unwrap();
    assert_eq!(pass["Resource"], json!({ "Fn::GetAtt": ["BlueTaskRole94C9F478", "Arn"] }));
    let read = json!([{ "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*"] }]);
    template.has_resource("AWS::IAM::Policy", json!({ "PolicyDocument": { "Statement": array_with(read) } }));
}

#[test]
fn everybody_sees_the_version_of_today_and_testers_alone_that_of_tomorrow() {
    let app = app(blue_green);
    assert_reachable(&app, "internet", "recipe/LoadBalancer", Some(80.into()));
    assert_unreachable(&app, "internet", "recipe/LoadBalancer", Some(8080.into()));
    assert_reachable(&app, "recipe/Vpc/PublicSubnet1", "recipe/LoadBalancer", Some(8080.into()));
    assert_reachable(&app, "recipe/LoadBalancer", "recipe/Service", Some(80.into()));
    for other in ["internet", "recipe/Vpc/PublicSubnet1", "recipe/Service"] {
        assert_unreachable(&app, other, "recipe/Service", Some(80.into()));
    }
}

#[test]
fn its_outputs_are_what_a_deployment_is_made_of() {
    let expected = [
        "ApplicationName",
        "BlueImage",
        "BlueTargetGroupName",
        "BucketName",
        "DefaultTargetGroupArn",
        "DeploymentGroupName",
        "EcsClusterName",
        "FargateTaskBlueArn",
        "FargateTaskGreenArn",
        "GreenImage",
        "LoadBalancerDns",
        "ProdListenerArn",
        "TestListenerArn",
        "VpcDefaultSecurityGroup",
        "VpcId",
        "VpcPublicSubnets",
    ];
    assert_outputs(&template(blue_green), &expected);
}
