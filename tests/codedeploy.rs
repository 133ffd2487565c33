//! Deployments to services of ECS: how requests turn, when they turn back, what CodeDeploy may do for it.

use formwork::aws::cloudwatch::{AlarmSpec, Metric};
use formwork::aws::codedeploy::{
    AutoRollbackConfig, EcsApplicationSpec, EcsBlueGreenDeploymentConfig, EcsDeploymentConfig, EcsDeploymentGroup,
    EcsDeploymentGroupSpec,
};
use formwork::aws::ec2::{Port, VpcSpec};
use formwork::aws::ecs::{
    ClusterSpec, ContainerSpec, DeploymentController, FargateService, FargateServiceSpec, FargateTaskDefinitionSpec,
    LogDriver, PortMapping,
};
use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroup, TargetGroupSpec};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;
use formwork::testing::{Template, absent};
use formwork::{App, Env, Format, Stack};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::checks::found;
use crate::program::snapshot;

const GROUP: &str = "AWS::CodeDeploy::DeploymentGroup";

/// A service whose tasks CodeDeploy replaces, unless it is told otherwise, and what is before it.
fn service(s: &mut Stack, controller: DeploymentController) -> (FargateService, EcsBlueGreenDeploymentConfig) {
    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    let logs = s.add("Logs", LogGroupSpec::default());
    let web = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80)],
        logging: Some(LogDriver::aws_logs(logs, "web")),
        ..ContainerSpec::new("web", "nginx")
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([web]));
    let [blue, green] = ["Blue", "Green"].map(|id| -> TargetGroup { s.add(id, TargetGroupSpec::new(&vpc, 80)) });
    let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
    let http = lb.add_listener(s, "Http", ListenerSpec::new(80, &blue));
    let test = lb.add_listener(s, "Test", ListenerSpec::new(8080, &green));
    let spec =
        FargateServiceSpec { deployment_controller: controller, ..FargateServiceSpec::new(&cluster, &task, &vpc) };
    let service = s.add("Service", spec);
    service.attach(s, &blue);
    lb.connect_to(s, &service.security_group, Port::tcp(80));
    let config = EcsBlueGreenDeploymentConfig::new(&blue, &green, &http);
    (service, EcsBlueGreenDeploymentConfig { test_listener: Some(test), ..config })
}

fn group(s: &mut Stack, change: impl FnOnce(EcsDeploymentGroupSpec) -> EcsDeploymentGroupSpec) -> EcsDeploymentGroup {
    let (service, config) = service(s, DeploymentController::CodeDeploy);
    s.add("Deployments", change(EcsDeploymentGroupSpec::new(&service, config)))
}

/// What CodeDeploy may do, by action.
fn rights(template: &Template) -> Vec<(Value, Value)> {
    let policy = template.resource("DeploymentsServiceRoleDefaultPolicyFD533298");
    let statements = policy["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap();
    statements.iter().map(|statement| (statement["Action"].clone(), statement["Resource"].clone())).collect()
}

#[test]
fn the_smallest_group_turns_all_requests_at_once_and_goes_back_when_it_fails() {
    let mut app = App::new();
    let (service, config) = app.stack("web", Env::any(), |s| service(s, DeploymentController::CodeDeploy));
    let config = EcsBlueGreenDeploymentConfig { test_listener: None, ..config };
    app.stack("deployments", Env::any(), |s| {
        s.add("Deployments", EcsDeploymentGroupSpec::new(&service, config));
    });
    snapshot("codedeploy_deployment_group", &app.synth().unwrap().stacks[1].template(Format::Yaml));
}

#[test]
fn a_group_has_every_option() {
    let template = Template::of(|s| {
        let metric = Metric { statistic: "Sum".into(), ..Metric::new("Shop", "Errors") };
        let alarm = s.add("Errors", AlarmSpec::of(metric, 1.0));
        let role = s.add("Role", RoleSpec::new(Principal::service("codedeploy.amazonaws.com")));
        let application = s.add("Shop", EcsApplicationSpec { application_name: Some("shop".into()) });
        let group = group(s, |spec| EcsDeploymentGroupSpec {
            blue_green: EcsBlueGreenDeploymentConfig {
                deployment_approval_wait_time: 30,
                termination_wait_time: 5,
                ..spec.blue_green
            },
            application: Some(application),
            deployment_group_name: Some("web".into()),
            deployment_config: EcsDeploymentConfig::linear_10_percent_every_3_minutes(),
            alarms: vec![alarm],
            ignore_poll_alarms_failure: true,
            auto_rollback: AutoRollbackConfig { stopped_deployment: true, ..AutoRollbackConfig::default() },
            role: Some(role),
            ..spec
        });
        s.output("Name", group.name());
        s.output("Arn", group.arn());
        s.output("Application", application.arn());
    });
    let route = |listener: &str| json!({ "ListenerArns": [{ "Ref": listener }] });
    let name = |group: &str| json!({ "Name": { "Fn::GetAtt": [group, "TargetGroupName"] } });
    let properties = json!({
        "ApplicationName": { "Ref": "Shop563325D0" },
        "DeploymentGroupName": "web",
        "DeploymentConfigName": "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
        "ServiceRoleArn": { "Fn::GetAtt": ["Role1ABCC5F0", "Arn"] },
        "DeploymentStyle": { "DeploymentOption": "WITH_TRAFFIC_CONTROL", "DeploymentType": "BLUE_GREEN" },
        "BlueGreenDeploymentConfiguration": {
            "DeploymentReadyOption": { "ActionOnTimeout": "STOP_DEPLOYMENT", "WaitTimeInMinutes": 30 },
            "TerminateBlueInstancesOnDeploymentSuccess": { "Action": "TERMINATE", "TerminationWaitTimeInMinutes": 5 },
        },
        "LoadBalancerInfo": { "TargetGroupPairInfoList": [{
            "TargetGroups": [name("Blue10BB7880"), name("Green9DCBBC03")],
            "ProdTrafficRoute": route("LbHttp576C453A"),
            "TestTrafficRoute": route("LbTest397EE47D"),
        }] },
        "AlarmConfiguration": {
            "Enabled": true, "Alarms": [{ "Name": { "Ref": "ErrorsFA5270DE" } }], "IgnorePollAlarmFailure": true,
        },
        "AutoRollbackConfiguration": {
            "Enabled": true,
            "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
        },
    });
    template.has_resource(GROUP, properties);
    template
        .has_resource("AWS::CodeDeploy::Application", json!({ "ApplicationName": "shop", "ComputePlatform": "ECS" }));
    template.has_output("Name", json!({ "Value": { "Ref": "Deployments7DB91225" } }));
    let arn = "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${Shop563325D0}/${Deployments7DB91225}";
    template.has_output("Arn", json!({ "Value": { "Fn::Sub": arn } }));
}

#[test]
fn requests_turn_at_the_pace_they_are_told() {
    let paces = [
        (EcsDeploymentConfig::all_at_once(), "CodeDeployDefault.ECSAllAtOnce"),
        (EcsDeploymentConfig::linear_10_percent_every_minute(), "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"),
        (EcsDeploymentConfig::canary_10_percent_5_minutes(), "CodeDeployDefault.ECSCanary10Percent5Minutes"),
        (EcsDeploymentConfig::canary_10_percent_15_minutes(), "CodeDeployDefault.ECSCanary10Percent15Minutes"),
        (EcsDeploymentConfig::named("slowly"), "slowly"),
    ];
    for (deployment_config, name) in paces {
        let template = Template::of(|s| {
            group(s, |spec| EcsDeploymentGroupSpec { deployment_config, ..spec });
        });
        template.has_resource(GROUP, json!({ "DeploymentConfigName": name }));
    }
}

#[test]
fn codedeploy_may_change_this_service_and_these_listeners_and_hand_on_these_roles() {
    let template = Template::of(|s| {
        group(s, |spec| spec);
    });
    let rights = rights(&template);
    let of = |action: &str| {
        let found = rights.iter().filter(|(actions, _)| actions.to_string().contains(&format!("\"{action}\"")));
        let found: Vec<_> = found.map(|(_, resource)| resource.clone()).collect();
        assert_eq!(found.len(), 1, "{action}");
        found[0].clone()
    };
    assert_eq!(of("ecs:UpdateServicePrimaryTaskSet"), json!({ "Ref": "ServiceD69D759B" }));
    let sets = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-set/${ClusterEB0386A7}/${ServiceD69D759B.Name}/*";
    assert_eq!(of("ecs:CreateTaskSet"), json!({ "Fn::Sub": sets }));
    let listeners = json!([{ "Ref": "LbHttp576C453A" }, { "Ref": "LbTest397EE47D" }]);
    assert_eq!(of("elasticloadbalancing:ModifyListener"), listeners);
    let rules = of("elasticloadbalancing:ModifyRule");
    assert!(
        rules[0].to_string().contains(":listener-rule/") && rules[0].to_string().contains("LbHttp576C453A"),
        "{rules}"
    );
    let arn = |role: &str| json!({ "Fn::GetAtt": [role, "Arn"] });
    let passed = json!([arn("TaskTaskRoleE98524A1"), arn("TaskExecutionRoleEF964934")]);
    assert_eq!(of("iam:PassRole"), passed);
    for (actions, _) in rights.iter().filter(|(_, resource)| *resource == json!("*")) {
        let reads = |action: &Value| action.as_str().unwrap().contains(":Describe");
        assert!(actions.as_array().unwrap().iter().all(reads), "{actions}");
    }
    let group =
        template.has_resource_with(GROUP, json!({ "DependsOn": "DeploymentsServiceRoleDefaultPolicyFD533298" }));
    assert_eq!(group.id, "Deployments7DB91225");
}

#[test]
fn what_else_a_deployment_needs_is_granted() {
    let template = Template::of(|s| {
        let deployments = group(s, |spec| spec);
        let next = s.add("Next", FargateTaskDefinitionSpec::new([ContainerSpec::new("web", "nginx")]));
        deployments.allow_task_definition(s, &next);
        let revisions = s.add("Revisions", BucketSpec::default());
        revisions.grant_read(s, &deployments);
    });
    let rights = rights(&template);
    let of =
        |action: &str| rights.iter().find(|(actions, _)| actions.to_string().contains(action)).unwrap().1.to_string();
    assert!(of("iam:PassRole").contains("NextTaskRole"), "{rights:?}");
    assert!(of("s3:GetObject*").contains("Revisions"), "{rights:?}");
}

#[test]
fn a_service_of_codedeploys_says_no_revision_and_breaks_no_circuit() {
    let template = Template::of(|s| service(s, DeploymentController::CodeDeploy));
    let properties = json!({
        "DeploymentController": { "Type": "CODE_DEPLOY" },
        "TaskDefinition": "testTask5E55995A",
        "DeploymentConfiguration": { "DeploymentCircuitBreaker": absent() },
    });
    let found = template.has_resource("AWS::ECS::Service", properties);
    assert!(found.resource["DependsOn"].as_array().unwrap().contains(&json!("Task79114B6B")));
    let own = Template::of(|s| service(s, DeploymentController::Ecs));
    let properties = json!({ "DeploymentController": absent(), "TaskDefinition": { "Ref": "Task79114B6B" } });
    own.has_resource("AWS::ECS::Service", properties);
}

#[test]
fn rollbacks_are_as_they_are_told() {
    let of = |auto_rollback| {
        let template = Template::of(|s| {
            group(s, |spec| EcsDeploymentGroupSpec { auto_rollback, ..spec });
        });
        template.resources(GROUP)[0].resource["Properties"]["AutoRollbackConfiguration"].clone()
    };
    let default = AutoRollbackConfig::default();
    assert_eq!(of(default), json!({ "Enabled": true, "Events": ["DEPLOYMENT_FAILURE"] }));
    assert_eq!(of(AutoRollbackConfig { failed_deployment: false, ..default }), json!({ "Enabled": false }));
}

#[test]
fn what_cannot_be_deployed_is_a_problem() {
    let of = |change: fn(EcsDeploymentGroupSpec) -> EcsDeploymentGroupSpec| {
        found(|s| {
            group(s, change);
        })
    };
    assert_eq!(of(|spec| spec), "");
    let one = |spec: EcsDeploymentGroupSpec| {
        let mut spec = spec;
        spec.blue_green.green_target_group = spec.blue_green.blue_target_group;
        spec.blue_green.test_listener = Some(spec.blue_green.listener);
        spec
    };
    assert_snapshot!(of(one), @"
    error[exclusive-properties] Deployments: the listener for tests is the one for everybody
      help: add one on another port, or leave `test_listener` out
    error[unique-items] Deployments/Resource LoadBalancerInfo.TargetGroupPairInfoList[0].TargetGroups[1]: an item of `TargetGroups` is there twice
      help: leave one out
    ");
    let long = |spec: EcsDeploymentGroupSpec| {
        let mut spec = spec;
        spec.blue_green.deployment_approval_wait_time = 2881;
        spec.blue_green.termination_wait_time = 3000;
        spec
    };
    assert_snapshot!(of(long), @"
    error[range] Deployments: a deployment cannot wait 2881 minutes for approval
      help: CodeDeploy waits 2880 minutes, two days, at most
    error[range] Deployments: a deployment cannot wait 3000 minutes before the old tasks end
      help: CodeDeploy waits 2880 minutes, two days, at most
    ");
    let alarm = |spec: EcsDeploymentGroupSpec| EcsDeploymentGroupSpec {
        auto_rollback: AutoRollbackConfig { deployment_in_alarm: Some(true), ..AutoRollbackConfig::default() },
        ..spec
    };
    assert_snapshot!(of(alarm), @"
    error[dependent-properties] Deployments: deployments go back on an alarm, and there is none
      help: name one in `alarms`
    ");
    let controlled_by_ecs = found(|s| {
        let (service, config) = service(s, DeploymentController::Ecs);
        s.add("Deployments", EcsDeploymentGroupSpec::new(&service, config));
    });
    assert_snapshot!(controlled_by_ecs, @"
    error[exclusive-properties] Deployments: ECS itself replaces the tasks of this service, so that CodeDeploy cannot
      help: give the service `deployment_controller: DeploymentController::CodeDeploy`
    ");
}
