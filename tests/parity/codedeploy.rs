//! Deployments to services of ECS.

use formwork::Stack;
use formwork::aws::cloudwatch::{AlarmSpec, Metric};
use formwork::aws::codedeploy::{
    AutoRollbackConfig, EcsApplicationSpec, EcsBlueGreenDeploymentConfig, EcsDeploymentConfig, EcsDeploymentGroupSpec,
};
use formwork::aws::ec2::{Port, VpcSpec};
use formwork::aws::ecs::{
    ClusterSpec, ContainerSpec, DeploymentController, FargateService, FargateServiceSpec, FargateTaskDefinitionSpec,
    PortMapping,
};
use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};

use super::Case;

pub const CASES: &[Case] = &[
    ("application", application),
    ("deployment_group", deployment_group),
    ("deployment_group_with_options", deployment_group_with_options),
];

fn service(s: &mut Stack) -> (FargateService, EcsBlueGreenDeploymentConfig) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    let cluster = s.add("Cluster", ClusterSpec::default());
    let web = ContainerSpec { port_mappings: vec![PortMapping::tcp(80)], ..ContainerSpec::new("web", "nginx") };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([web]));
    let [blue, green] = ["Blue", "Green"].map(|id| s.add(id, TargetGroupSpec::new(&vpc, 80)));
    let spec = ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) };
    let lb = s.add("Lb", spec);
    let http = lb.add_listener(s, "Http", ListenerSpec::new(80, &blue));
    let test = lb.add_listener(s, "Test", ListenerSpec::new(8080, &green));
    let spec = FargateServiceSpec {
        desired_count: Some(2),
        deployment_controller: DeploymentController::CodeDeploy,
        ..FargateServiceSpec::new(&cluster, &task, &vpc)
    };
    let service = s.add("Service", spec);
    service.attach(s, &blue);
    lb.connect_to(s, &service.security_group, Port::tcp(80));
    let config = EcsBlueGreenDeploymentConfig::new(&blue, &green, &http);
    (service, EcsBlueGreenDeploymentConfig { test_listener: Some(test), ..config })
}

fn application(s: &mut Stack) {
    s.add("Shop", EcsApplicationSpec { application_name: Some("shop".into()) });
}

fn deployment_group(s: &mut Stack) {
    let (service, config) = service(s);
    let config = EcsBlueGreenDeploymentConfig { test_listener: None, ..config };
    s.add("Deployments", EcsDeploymentGroupSpec::new(&service, config));
}

fn deployment_group_with_options(s: &mut Stack) {
    let (service, config) = service(s);
    let metric = Metric { statistic: "Sum".into(), period: 60, ..Metric::new("Shop", "Errors") };
    let alarm = s.add("Errors", AlarmSpec::of(metric, 1.0));
    let application = s.add("Shop", EcsApplicationSpec::default());
    let config = EcsBlueGreenDeploymentConfig { deployment_approval_wait_time: 30, termination_wait_time: 5, ..config };
    let spec = EcsDeploymentGroupSpec {
        application: Some(application),
        deployment_group_name: Some("web".into()),
        deployment_config: EcsDeploymentConfig::canary_10_percent_5_minutes(),
        alarms: vec![alarm],
        ignore_poll_alarms_failure: true,
        auto_rollback: AutoRollbackConfig { stopped_deployment: true, ..AutoRollbackConfig::default() },
        ..EcsDeploymentGroupSpec::new(&service, config)
    };
    s.add("Deployments", spec);
}
