//! A service that grows with its load.

use formwork::testing::{assert_reachable, assert_unreachable, capture, json};

use crate::cookbook::containers::ecs_autoscaling::ecs_autoscaling;
use crate::support::{app, assert_outputs, template};

#[test]
fn two_tasks_become_up_to_four_while_their_processors_are_half_busy() {
    let template = template(ecs_autoscaling);
    template.has_resource("AWS::ECS::Service", json!({ "DesiredCount": 2, "LaunchType": "FARGATE" }));
    let target = json!({
        "MinCapacity": 2, "MaxCapacity": 4,
        "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs",
    });
    template.has_resource("AWS::ApplicationAutoScaling::ScalableTarget", target);
    let metric = json!({ "PredefinedMetricType": "ECSServiceAverageCPUUtilization" });
    let tracking = json!({ "TargetValue": 50, "PredefinedMetricSpecification": metric });
    let policy = json!({ "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": tracking });
    template.has_resource("AWS::ApplicationAutoScaling::ScalingPolicy", policy);
}

#[test]
fn the_world_reaches_the_load_balancer_and_the_load_balancer_the_tasks_on_8080() {
    let app = app(ecs_autoscaling);
    assert_reachable(&app, "internet", "recipe/Web/LB", Some(8080.into()));
    assert_unreachable(&app, "internet", "recipe/Web/LB", Some(80.into()));
    assert_reachable(&app, "recipe/Web/LB", "recipe/Web/Service", Some(8080.into()));
    for other in ["internet", "recipe/Vpc/PublicSubnet1", "recipe/Vpc/PrivateSubnet1", "recipe/Web/Service"] {
        assert_unreachable(&app, other, "recipe/Web/Service", Some(8080.into()));
    }
}

#[test]
fn the_tasks_run_the_program_that_the_health_check_asks() {
    let template = template(ecs_autoscaling);
    let containers = json!([{
        "Command": ["python3", "-c", capture("program")],
        "Image": { "Ref": "Image" },
        "PortMappings": [{ "ContainerPort": 8080 }],
    }]);
    let task = template.has_resource("AWS::ECS::TaskDefinition", json!({ "ContainerDefinitions": containers }));
    let program = task.captured("program").as_str().unwrap();
    assert!(program.contains("\"/health\"") && program.contains("8080"), "{program}");
    template.has_resource("AWS::ElasticLoadBalancingV2::TargetGroup", json!({ "HealthCheckPath": "/health" }));
    assert_outputs(&template, &["EcrImage", "EcsClusterName", "LoadBalancerDns", "ServiceName"]);
}
