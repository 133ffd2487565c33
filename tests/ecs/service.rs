//! Services: their network, their deployments, the load balancers before them.

use formwork::Stack;
use formwork::aws::applicationautoscaling::{ScalableTargetSpec, ServiceNamespace, TargetTracking};
use formwork::aws::ec2::{Peer, Port, SecurityGroupSpec, Tier, Vpc, VpcSpec};
use formwork::aws::ecs::{
    CapacityProviderStrategy, ClusterSpec, ContainerSpec, FargateService, FargateServiceSpec,
    FargateTaskDefinitionSpec, LogDriver, PropagatedTagSource,
};
use formwork::aws::elasticloadbalancingv2::{
    ApplicationLoadBalancer, ApplicationLoadBalancerSpec, ListenerSpec, TargetGroup, TargetGroupSpec, TargetType,
};
use formwork::aws::logs::LogGroupSpec;
use formwork::testing::{Template, absent, any};
use insta::assert_snapshot;
use serde_json::json;

use super::{alone, cluster, network, task, web};
use crate::checks::found;
use crate::program::snapshot;

const SERVICE: &str = "AWS::ECS::Service";
const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
const POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";

fn service(s: &mut Stack, change: impl FnOnce(FargateServiceSpec) -> FargateServiceSpec) -> (Vpc, FargateService) {
    let vpc = network(s);
    let (cluster, task) = (cluster(s), task(s));
    let service = s.add("Service", change(FargateServiceSpec::new(&cluster, &task, &vpc)));
    (vpc, service)
}

fn plain(s: &mut Stack) -> (Vpc, FargateService) {
    service(s, |spec| spec)
}

/// A target group on a port, which a listener sends requests to.
fn targets(s: &mut Stack, vpc: &Vpc, port: u16) -> (ApplicationLoadBalancer, TargetGroup) {
    let targets = s.add("Targets", TargetGroupSpec::new(vpc, port));
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(vpc));
    lb.add_listener(s, "Http", ListenerSpec::new(80, &targets));
    (lb, targets)
}

#[test]
fn the_smallest_service_keeps_a_private_task_running() {
    let text = alone(|s, vpc| {
        let (cluster, task) = (cluster(s), task(s));
        s.add("Service", FargateServiceSpec::new(&cluster, &task, vpc));
    });
    snapshot("ecs_service", &text);
}

#[test]
fn a_service_has_every_option() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let spec = ClusterSpec { fargate_capacity_providers: true, ..ClusterSpec::default() };
        let (cluster, task) = (s.add("Cluster", spec), task(s));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "tasks"));
        let spec = FargateServiceSpec {
            subnets: vpc.public_subnets(),
            security_groups: vec![group],
            desired_count: Some(3),
            service_name: Some("web".into()),
            assign_public_ip: true,
            health_check_grace_period: Some(90),
            min_healthy_percent: 50,
            max_healthy_percent: 150,
            circuit_breaker: false,
            enable_execute_command: true,
            platform_version: Some("1.4.0".into()),
            propagate_tags: Some(PropagatedTagSource::TaskDefinition),
            capacity_provider_strategies: vec![CapacityProviderStrategy::fargate_spot(1).base(1)],
            ..FargateServiceSpec::new(&cluster, &task, &vpc)
        };
        let service = s.add("Service", spec);
        s.output("Name", service.name());
        s.output("Arn", service.arn());
    });
    let properties = json!({
        "CapacityProviderStrategy": [{ "CapacityProvider": "FARGATE_SPOT", "Base": 1, "Weight": 1 }],
        "LaunchType": absent(),
        "DeploymentConfiguration": {
            "MinimumHealthyPercent": 50, "MaximumPercent": 150, "DeploymentCircuitBreaker": absent(),
        },
        "DesiredCount": 3,
        "EnableExecuteCommand": true,
        "HealthCheckGracePeriodSeconds": 90,
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "AssignPublicIp": "ENABLED",
                "SecurityGroups": [{ "Fn::GetAtt": ["GroupC77FDACD", "GroupId"] }],
                "Subnets": [{ "Ref": "VpcPublicSubnet1Subnet5C2D37C4" }, { "Ref": "VpcPublicSubnet2Subnet691E08A3" }],
            },
        },
        "PlatformVersion": "1.4.0",
        "PropagateTags": "TASK_DEFINITION",
        "ServiceName": "web",
    });
    let found = template.has_resource(SERVICE, properties);
    let waits = found.resource["DependsOn"].to_string();
    for before in ["Cluster3DA9CCBA", "TaskTaskRoleE98524A1", "TaskTaskRoleDefaultPolicyC02AED32"] {
        assert!(waits.contains(before), "{before} is not in {waits}");
    }
    template.resource_count("AWS::EC2::SecurityGroup", 1);
    template.has_output("Name", json!({ "Value": { "Fn::GetAtt": ["ServiceD69D759B", "Name"] } }));
    template.has_output("Arn", json!({ "Value": { "Ref": "ServiceD69D759B" } }));
}

#[test]
fn a_service_waits_for_what_its_tasks_need_before_they_start() {
    let template = Template::of(|s| {
        let vpc = network(s);
        let logs = s.add("Logs", LogGroupSpec::default());
        let container = ContainerSpec { logging: Some(LogDriver::aws_logs(logs, "web")), ..web() };
        let (cluster, task) = (cluster(s), s.add("Task", FargateTaskDefinitionSpec::new([container])));
        s.add("Service", FargateServiceSpec::new(&cluster, &task, &vpc))
    });
    let waits = template.resource("ServiceD69D759B")["DependsOn"].to_string();
    for before in ["TaskExecutionRoleDefaultPolicy72339918", "VpcPrivateSubnet1DefaultRoute"] {
        assert!(waits.contains(before), "{before} is not in {waits}");
    }
}

#[test]
fn a_service_is_in_private_subnets_where_there_are_any() {
    let subnets = |vpc: VpcSpec, assign_public_ip| {
        let template = Template::of(|s| {
            let vpc = s.add("Vpc", vpc);
            let (cluster, task) = (cluster(s), task(s));
            let spec = FargateServiceSpec { assign_public_ip, ..FargateServiceSpec::new(&cluster, &task, &vpc) };
            s.add("Service", spec)
        });
        template.resource("ServiceD69D759B")["Properties"]["NetworkConfiguration"].to_string()
    };
    let vpc = || VpcSpec::new("10.0.0.0/16");
    assert!(subnets(vpc(), false).contains("VpcPrivateSubnet1"));
    assert!(subnets(vpc(), true).contains("VpcPublicSubnet1"));
    let isolated = VpcSpec { tiers: vec![Tier::isolated("Inner")], nat_gateways: 0, ..vpc() };
    assert!(subnets(isolated, false).contains("VpcInnerSubnet1"));
}

#[test]
fn a_service_is_a_peer() {
    let template = Template::of(|s| {
        let (vpc, service) = plain(s);
        service.allow_from(s, Peer::ipv4("192.0.2.0/24"), Port::tcp(80));
        let database = s.add("Database", SecurityGroupSpec::new(&vpc, "database"));
        database.allow_from(s, &service, Port::tcp(5432));
    });
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "SecurityGroupIngress": [{ "CidrIp": "192.0.2.0/24" }] }));
    template
        .has_resource("AWS::EC2::SecurityGroupIngress", json!({ "FromPort": 5432, "SourceSecurityGroupId": any() }));
}

#[test]
fn a_service_is_registered_with_the_container_on_the_groups_port() {
    let template = Template::of(|s| {
        let (vpc, service) = plain(s);
        let (lb, targets) = targets(s, &vpc, 80);
        service.attach(s, &targets);
        lb.connect_to(s, &service.security_group, Port::tcp(80));
    });
    let properties = json!({
        "LoadBalancers": [{ "ContainerName": "web", "ContainerPort": 80, "TargetGroupArn": { "Ref": "Targets7ED976EF" } }],
        "HealthCheckGracePeriodSeconds": 60,
    });
    let found = template.has_resource(SERVICE, properties);
    assert!(found.resource["DependsOn"].to_string().contains("LbHttp576C453A"));
}

#[test]
fn a_container_is_registered_on_a_port_of_its_own() {
    let template = Template::of(|s| {
        let (vpc, service) = plain(s);
        let (_, targets) = targets(s, &vpc, 8080);
        service.attach_container(s, &targets, "web", 80);
    });
    template.has_resource(SERVICE, json!({ "LoadBalancers": [{ "ContainerName": "web", "ContainerPort": 80 }] }));
}

fn attached(port: u16, attach: impl FnOnce(&mut Stack, &FargateService, &TargetGroup)) -> String {
    found(|s| {
        let (vpc, service) = plain(s);
        let (_, targets) = targets(s, &vpc, port);
        attach(s, &service, &targets);
    })
}

#[test]
fn a_target_group_has_a_port_that_a_container_has() {
    assert_snapshot!(attached(8080, |s, service, targets| service.attach(s, targets)), @"
    error[target-group] Service: no container takes requests on port 8080
      help: these do: `web` on 80; or name one with `attach_container`
    ");
    assert_snapshot!(attached(80, |s, service, targets| service.attach_container(s, targets, "web", 81)), @"
    error[target-group] Service: no container called `web` takes requests on port 81
      help: these do: `web` on 80
    ");
    assert_snapshot!(attached(80, |s, service, targets| service.attach_container(s, targets, "app", 80)), @"
    error[target-group] Service: no container called `app` takes requests on port 80
      help: these do: `web` on 80
    ");
    let portless = found(|s| {
        let vpc = network(s);
        let cluster = cluster(s);
        let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec::new("web", "nginx")]));
        let service = s.add("Service", FargateServiceSpec::new(&cluster, &task, &vpc));
        let (_, targets) = targets(s, &vpc, 80);
        service.attach(s, &targets);
    });
    assert_snapshot!(portless, @"
    error[target-group] Service: no container takes requests on port 80
      help: give a container a port in `port_mappings`; or name one with `attach_container`
    ");
}

#[test]
fn a_target_group_is_of_addresses_and_has_a_listener() {
    let of = |target_type| {
        found(|s| {
            let (vpc, service) = plain(s);
            let targets = s.add("Targets", TargetGroupSpec { target_type, ..TargetGroupSpec::new(&vpc, 80) });
            service.attach(s, &targets);
        })
    };
    assert_snapshot!(of(TargetType::Instance), @"
    error[target-group] Service: tasks on Fargate are registered by their addresses
      help: give the service a target group of addresses, which is its default
    ");
    assert_snapshot!(of(TargetType::Ip), @"
    error[target-group] Service: no listener sends requests to the target group yet
      help: add the listener before the service is attached: ECS refuses a target group without one
    ");
}

#[test]
fn a_deployment_can_begin() {
    let of = |min_healthy_percent, max_healthy_percent| {
        found(|s| service(s, |spec| FargateServiceSpec { min_healthy_percent, max_healthy_percent, ..spec }))
    };
    assert_snapshot!(of(100, 100), @"
    error[range] Service: no deployment can begin: 100 % of the tasks must run, and 100 % may
      help: let the first be less than the second
    ");
    assert_eq!(of(0, 100), "");
}

#[test]
fn the_number_of_tasks_scales() {
    let template = Template::of(|s| {
        let (_, service) = plain(s);
        let scaling = service.auto_scale_task_count(s, 2, 4);
        scaling.scale_on_cpu_utilization(s, "Cpu", 50);
        scaling.scale_on_memory_utilization(s, "Memory", 70);
    });
    template.has_resource(
        TARGET,
        json!({
            "MinCapacity": 2,
            "MaxCapacity": 4,
            "ServiceNamespace": "ecs",
            "ScalableDimension": "ecs:service:DesiredCount",
        }),
    );
    for (metric, target) in [("ECSServiceAverageCPUUtilization", 50), ("ECSServiceAverageMemoryUtilization", 70)] {
        let configuration =
            json!({ "PredefinedMetricSpecification": { "PredefinedMetricType": metric }, "TargetValue": target });
        template.has_resource(POLICY, json!({ "TargetTrackingScalingPolicyConfiguration": configuration }));
    }
}

#[test]
fn the_number_of_tasks_scales_in_one_way() {
    let text = found(|s| {
        let (_, service) = plain(s);
        service.auto_scale_task_count(s, 1, 2);
        service.auto_scale_task_count(s, 1, 3);
    });
    assert_snapshot!(text, @"
    error[name-used-twice] Service/TaskCount: two constructs are called `TaskCount` here
      help: give one of them another id
    ");
    assert_snapshot!(found(|s| plain(s).1.auto_scale_task_count(s, 3, 2)), @"
    error[range] Service/TaskCount/Target: it cannot scale from 3 to 2
      help: let the least be no more than the most
    ");
}

#[test]
fn the_smallest_scalable_target_has_its_services_role() {
    let template = Template::of(|s| {
        let spec = ScalableTargetSpec::new(ServiceNamespace::Ecs, "service/shop/web", "ecs:service:DesiredCount", 1, 2);
        let target = s.add("Target", spec);
        let tracking = TargetTracking {
            scale_in_cooldown: Some(60),
            scale_out_cooldown: Some(30),
            disable_scale_in: true,
            policy_name: Some("cpu".into()),
            ..TargetTracking::new("ECSServiceAverageCPUUtilization", 50)
        };
        target.scale_to_track_metric(s, "Cpu", tracking);
    });
    snapshot("applicationautoscaling_scalable_target", template.yaml());
}
