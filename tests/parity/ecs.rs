//! Clusters, tasks, services.

use formwork::Stack;
use formwork::aws::ec2::{Port, SecurityGroupSpec, Vpc, VpcSpec};
use formwork::aws::ecs::{
    CapacityProviderStrategy, Cluster, ClusterSpec, ContainerDependency, ContainerDependencyCondition,
    ContainerHealthCheck, ContainerInsights, ContainerSecret, ContainerSpec, CpuArchitecture, FargateServiceSpec,
    FargateTaskDefinition, FargateTaskDefinitionSpec, LogDriver, PortMapping, PropagatedTagSource,
};
use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::secretsmanager::SecretSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("cluster", cluster),
    ("cluster_with_options", cluster_with_options),
    ("task_definition", task_definition),
    ("task_definition_with_options", task_definition_with_options),
    ("service", service),
    ("service_behind_a_load_balancer", service_behind_a_load_balancer),
    ("service_with_options", service_with_options),
    ("run_task", run_task),
];

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec::new("10.0.0.0/16"))
}

fn unwatched(s: &mut Stack) -> Cluster {
    s.add("Cluster", ClusterSpec { container_insights: Some(ContainerInsights::Disabled), ..ClusterSpec::default() })
}

fn nginx(s: &mut Stack) -> FargateTaskDefinition {
    let web = ContainerSpec { port_mappings: vec![PortMapping::tcp(80)], ..ContainerSpec::new("web", "nginx") };
    s.add("Task", FargateTaskDefinitionSpec::new([web]))
}

fn cluster(s: &mut Stack) {
    network(s);
    let spec = ClusterSpec {
        container_insights: Some(ContainerInsights::Disabled),
        fargate_capacity_providers: true,
        ..ClusterSpec::default()
    };
    s.add("Cluster", spec);
}

fn cluster_with_options(s: &mut Stack) {
    network(s);
    let spec = ClusterSpec {
        cluster_name: Some("shop".into()),
        container_insights: Some(ContainerInsights::Enhanced),
        default_capacity_provider_strategy: vec![
            CapacityProviderStrategy::fargate(1).base(1),
            CapacityProviderStrategy::fargate_spot(4),
        ],
        ..ClusterSpec::default()
    };
    s.add("Cluster", spec);
}

fn task_definition(s: &mut Stack) {
    nginx(s);
}

fn task_definition_with_options(s: &mut Stack) {
    let logs = s.add("Logs", LogGroupSpec::default());
    let secret = s.add("Secret", SecretSpec::default());
    let role = s.add("Role", RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com")));
    let web = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80).name("http")],
        logging: Some(LogDriver::aws_logs(logs, "web")),
        environment: vec![("STAGE".into(), "dev".into())],
        secrets: vec![
            ("PASSWORD".into(), ContainerSecret::of(secret)),
            ("USER".into(), ContainerSecret::field(secret, "username")),
        ],
        command: ["nginx", "-g", "daemon off;"].map(Into::into).to_vec(),
        entry_point: vec!["/entry".into()],
        cpu: Some(128),
        memory: Some(512),
        memory_reservation: Some(256),
        working_directory: Some("/srv".into()),
        user: Some("nginx".into()),
        readonly_root_filesystem: true,
        stop_timeout: Some(30),
        health_check: Some(ContainerHealthCheck {
            interval: Some(10),
            timeout: Some(3),
            retries: Some(2),
            start_period: Some(20),
            ..ContainerHealthCheck::shell("curl -f localhost")
        }),
        depends_on: vec![ContainerDependency::new("app", ContainerDependencyCondition::Start)],
        ..ContainerSpec::new("web", "nginx:1.27")
    };
    let app = ContainerSpec {
        essential: false,
        port_mappings: vec![PortMapping::tcp(5000)],
        ..ContainerSpec::new("app", "app")
    };
    let spec = FargateTaskDefinitionSpec {
        cpu: 512,
        memory: 2048,
        ephemeral_storage: Some(30),
        family: Some("shop".into()),
        task_role: Some(role),
        cpu_architecture: Some(CpuArchitecture::Arm64),
        ..FargateTaskDefinitionSpec::new([web, app])
    };
    s.add("Task", spec);
}

fn service(s: &mut Stack) {
    let vpc = network(s);
    let cluster = unwatched(s);
    let task = nginx(s);
    s.add("Service", FargateServiceSpec::new(&cluster, &task, &vpc));
}

fn service_behind_a_load_balancer(s: &mut Stack) {
    let vpc = network(s);
    let cluster = unwatched(s);
    let task = nginx(s);
    let spec = FargateServiceSpec {
        desired_count: Some(2),
        health_check_grace_period: Some(90),
        ..FargateServiceSpec::new(&cluster, &task, &vpc)
    };
    let web = s.add("Service", spec);
    let spec = ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) };
    let lb = s.add("Lb", spec);
    let targets = s.add("Targets", TargetGroupSpec::new(&vpc, 80));
    lb.add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, &targets) });
    web.attach(s, &targets);
    lb.connect_to(s, &web.security_group, Port::tcp(80));
    let scaling = web.auto_scale_task_count(s, 2, 4);
    scaling.scale_on_cpu_utilization(s, "Cpu", 50);
    scaling.scale_on_memory_utilization(s, "Memory", 70);
}

fn service_with_options(s: &mut Stack) {
    let vpc = network(s);
    let spec = ClusterSpec {
        container_insights: Some(ContainerInsights::Disabled),
        fargate_capacity_providers: true,
        ..ClusterSpec::default()
    };
    let cluster = s.add("Cluster", spec);
    let group = s.add("Group", SecurityGroupSpec::new(&vpc, "tasks"));
    let task = nginx(s);
    let spec = FargateServiceSpec {
        subnets: vpc.public_subnets(),
        security_groups: vec![group],
        desired_count: Some(3),
        service_name: Some("web".into()),
        assign_public_ip: true,
        max_healthy_percent: 150,
        enable_execute_command: true,
        platform_version: Some("1.4.0".into()),
        propagate_tags: Some(PropagatedTagSource::Service),
        capacity_provider_strategies: vec![CapacityProviderStrategy::fargate_spot(1)],
        ..FargateServiceSpec::new(&cluster, &task, &vpc)
    };
    s.add("Service", spec);
}

fn run_task(s: &mut Stack) {
    let role = s.add("Role", RoleSpec::new(Principal::service("lambda.amazonaws.com")));
    let task = nginx(s);
    task.grant_run(s, role);
}
