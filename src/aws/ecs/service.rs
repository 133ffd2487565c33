//! Services: tasks that are kept running.

use super::cluster::{CapacityProviderStrategy, Cluster, check_strategies};
use super::scaling::{ScalableTaskCount, TaskCount};
use super::task_definition::FargateTaskDefinition;
use crate::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec, Subnet, Vpc};
use crate::cfn::ecs;
use crate::cfn::ecs::service::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, DeploymentCircuitBreaker, DeploymentConfiguration,
    DeploymentController as CfnController, NetworkConfiguration,
};
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// Whose tags the tasks of a service get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropagatedTagSource {
    /// The service's.
    Service,
    /// The task definition's.
    TaskDefinition,
}

/// Who replaces the tasks of a service when there is something new to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentController {
    /// ECS, a few tasks after the other.
    Ecs,
    /// CodeDeploy, all of them at once beside the old ones: see
    /// [`EcsDeploymentGroupSpec`](crate::aws::codedeploy::EcsDeploymentGroupSpec). What the service runs is then changed by
    /// deployments of CodeDeploy's alone: its template names the family of its task definition without a revision, so that
    /// a new revision is no change of it.
    CodeDeploy,
}

/// A service on Fargate: it keeps a number of tasks running, and replaces them by new ones when the task definition
/// changes.
///
/// A deployment starts new tasks before it ends old ones, and goes back to the last one that worked when they do not
/// start: AWS CDK may end half of them first, and leaves a failed one trying until CloudFormation gives up, three hours
/// later, unless it is told otherwise.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{Port, VpcSpec};
/// use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
/// use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
/// let cluster = s.add("Cluster", ClusterSpec::default());
/// let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec {
///     port_mappings: vec![PortMapping::tcp(80)],
///     ..ContainerSpec::new("web", "public.ecr.aws/nginx/nginx:1.27")
/// }]));
/// let service = s.add("Service", FargateServiceSpec {
///     desired_count: Some(2),
///     ..FargateServiceSpec::new(&cluster, &task, &vpc)
/// });
///
/// let targets = s.add("Targets", TargetGroupSpec::new(&vpc, 80));
/// let lb = s.add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) });
/// lb.add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, &targets) });
/// service.attach(s, &targets);
/// lb.connect_to(s, &service.security_group, Port::tcp(80));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct FargateServiceSpec {
    /// Where it runs. A change replaces it.
    pub cluster: Cluster,
    /// What it runs.
    pub task_definition: FargateTaskDefinition,
    /// The VPC it is in.
    pub vpc: Vpc,
    /// Its subnets. Default: the VPC's private ones, the isolated ones where there are none; the public ones where tasks
    /// have public addresses, or where there are none of these.
    pub subnets: Vec<Subnet>,
    /// Its security groups; rules of [`FargateService::allow_from`] go to the first. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// How many tasks it keeps running. Leave it out where it scales, or each deployment sets it back. Default: 1 at
    /// first, then as it is, from ECS.
    pub desired_count: Option<u32>,
    /// Its name, up to 255 letters, digits, `-` and `_`, unique in the cluster. A change replaces it. Default:
    /// CloudFormation makes one.
    pub service_name: Option<Value<String>>,
    /// Whether tasks have public addresses. Default: false.
    pub assign_public_ip: bool,
    /// Seconds in which a new task may fail the load balancer's health checks. Default: 60 where it has a target group.
    pub health_check_grace_period: Option<u32>,
    /// The percentage of the desired tasks that must run during a deployment. Default: 100 (AWS CDK's is 50).
    pub min_healthy_percent: u32,
    /// The percentage of the desired tasks that may run during a deployment. Default: 200.
    pub max_healthy_percent: u32,
    /// Whether a deployment of ECS's own whose tasks do not start is ended, and the last one that worked is taken again.
    /// Default: true (AWS CDK's is false).
    pub circuit_breaker: bool,
    /// Who replaces its tasks. A change replaces it. Default: ECS.
    pub deployment_controller: DeploymentController,
    /// Whether people can run commands in its containers (`aws ecs execute-command`); lets the task role open the channel.
    /// Default: false.
    pub enable_execute_command: bool,
    /// The version of Fargate. Default: `LATEST`.
    pub platform_version: Option<String>,
    /// Whose tags its tasks get. Default: none.
    pub propagate_tags: Option<PropagatedTagSource>,
    /// The capacity providers it runs on. The cluster must have them. Default: Fargate.
    pub capacity_provider_strategies: Vec<CapacityProviderStrategy>,
}

impl FargateServiceSpec {
    /// A service of this task definition, with the defaults of every field.
    #[must_use]
    pub fn new(cluster: &Cluster, task_definition: &FargateTaskDefinition, vpc: &Vpc) -> Self {
        Self {
            cluster: *cluster,
            task_definition: task_definition.clone(),
            vpc: vpc.clone(),
            subnets: Vec::new(),
            security_groups: Vec::new(),
            desired_count: None,
            service_name: None,
            assign_public_ip: false,
            health_check_grace_period: None,
            min_healthy_percent: 100,
            max_healthy_percent: 200,
            circuit_breaker: true,
            deployment_controller: DeploymentController::Ecs,
            enable_execute_command: false,
            platform_version: None,
            propagate_tags: None,
            capacity_provider_strategies: Vec::new(),
        }
    }

    fn subnets(&self) -> Vec<Subnet> {
        if !self.subnets.is_empty() {
            return self.subnets.clone();
        }
        if self.assign_public_ip { self.vpc.public_subnets() } else { self.vpc.inner_subnets() }
    }

    fn check(&self, stack: &mut Stack, subnets: &[Subnet]) {
        check_strategies(stack, &self.capacity_provider_strategies);
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if subnets.is_empty() {
            let message = "the service's VPC has no subnet for its tasks".into();
            report("item-count", message, "give the VPC a tier, or name the subnets in `subnets`");
        }
        if self.max_healthy_percent <= self.min_healthy_percent {
            let (min, max) = (self.min_healthy_percent, self.max_healthy_percent);
            let message = format!("no deployment can begin: {min} % of the tasks must run, and {max} % may");
            report("range", message, "let the first be less than the second");
        }
    }

    /// Without a way to end what does not start, CloudFormation waits for three hours.
    fn deployment(&self) -> DeploymentConfiguration {
        let mut deployment = DeploymentConfiguration::new();
        // CodeDeploy has rollbacks of its own.
        if self.circuit_breaker && self.deployment_controller == DeploymentController::Ecs {
            deployment = deployment.deployment_circuit_breaker(DeploymentCircuitBreaker::new(true, true));
        }
        deployment.maximum_percent(self.max_healthy_percent).minimum_healthy_percent(self.min_healthy_percent)
    }

    fn properties(self, groups: &[SecurityGroup], subnets: &[Subnet]) -> ecs::Service {
        let deployment = self.deployment();
        let network = AwsVpcConfiguration::new()
            .assign_public_ip(if self.assign_public_ip { "ENABLED" } else { "DISABLED" })
            .security_groups(groups.iter().map(SecurityGroup::group_id).collect::<Vec<_>>())
            .subnets(subnets.iter().map(Into::into).collect::<Vec<Value<_>>>());
        let mut service = ecs::Service::new();
        if self.capacity_provider_strategies.is_empty() {
            service = service.launch_type("FARGATE");
        } else {
            let strategies = self.capacity_provider_strategies.into_iter().map(strategy);
            service = service.capacity_provider_strategy(strategies.collect::<Vec<_>>());
        }
        service = service
            .cluster(self.cluster.cluster)
            .deployment_configuration(deployment)
            .enable_ecs_managed_tags(false)
            .network_configuration(NetworkConfiguration::new().awsvpc_configuration(network));
        service = match self.deployment_controller {
            DeploymentController::Ecs => service.task_definition(self.task_definition.arn()),
            DeploymentController::CodeDeploy => service
                .deployment_controller(CfnController::new().r#type("CODE_DEPLOY"))
                .task_definition(self.task_definition.family.clone().cast::<Computed>()),
        };
        if let Some(count) = self.desired_count {
            service = service.desired_count(count);
        }
        if self.enable_execute_command {
            service = service.enable_execute_command(true);
        }
        if let Some(seconds) = self.health_check_grace_period {
            service = service.health_check_grace_period_seconds(seconds);
        }
        if let Some(version) = self.platform_version {
            service = service.platform_version(version);
        }
        if let Some(source) = self.propagate_tags {
            service = service.propagate_tags(match source {
                PropagatedTagSource::Service => "SERVICE",
                PropagatedTagSource::TaskDefinition => "TASK_DEFINITION",
            });
        }
        if let Some(name) = self.service_name {
            service = service.service_name(name);
        }
        service
    }
}

fn strategy(strategy: CapacityProviderStrategy) -> CapacityProviderStrategyItem {
    let mut item = CapacityProviderStrategyItem::new().capacity_provider(strategy.capacity_provider.cast::<Computed>());
    if let Some(base) = strategy.base {
        item = item.base(base);
    }
    if let Some(weight) = strategy.weight {
        item = item.weight(weight);
    }
    item
}

/// Lets the containers open the channel that commands come through. Rule: the ECS developer guide, "Monitor Amazon ECS
/// containers with ECS Exec".
fn allow_commands(stack: &mut Stack, task: &FargateTaskDefinition) {
    let actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];
    task.add_to_policy(stack, crate::aws::iam::Statement::allow(actions, ["*"]));
}

/// A service that was added.
#[derive(Clone, Debug)]
pub struct FargateService {
    /// The service itself.
    pub service: Ref<ecs::Service>,
    /// Its first security group.
    pub security_group: SecurityGroup,
    /// The names of its containers, with the TCP ports they take requests on.
    pub ports: Vec<(String, Vec<u16>)>,
    /// What it runs, by its definition.
    pub task_definition: FargateTaskDefinition,
    /// Who replaces its tasks.
    pub deployment_controller: DeploymentController,
    /// Where it runs.
    pub cluster: Cluster,
    pub(super) node: NodeId,
}

impl Construct for FargateServiceSpec {
    type Out = FargateService;

    fn build(self, stack: &mut Stack) -> FargateService {
        let subnets = self.subnets();
        self.check(stack, &subnets);
        let groups = if self.security_groups.is_empty() {
            let description = stack.path_of_child("SecurityGroup");
            vec![stack.add("SecurityGroup", SecurityGroupSpec::new(&self.vpc, description))]
        } else {
            self.security_groups.clone()
        };
        if self.enable_execute_command {
            allow_commands(stack, &self.task_definition);
        }
        let (cluster, task) = (self.cluster, self.task_definition.clone());
        let strategies = !self.capacity_provider_strategies.is_empty();
        let deployment_controller = self.deployment_controller;
        let node = stack.current();
        let service = stack.add("Service", self.properties(&groups, &subnets));
        // The first tasks need what their roles allow, and the way out; strategies, the providers they name.
        for role in [Some(task.task_role), task.execution_role].into_iter().flatten() {
            let rights = if stack.owns(&role) {
                Some(NodeId::from(&role))
            } else {
                role.identity().policy_of_another_stacks(stack)
            };
            if let Some(rights) = rights {
                stack.resource(service).depends_on(rights);
            }
        }
        for subnet in &subnets {
            for way in subnet.way_out(stack) {
                stack.resource(service).depends_on(way);
            }
        }
        if let Some(providers) = cluster.capacity_providers.filter(|_| strategies) {
            stack.resource(service).depends_on(providers);
        }
        if deployment_controller == DeploymentController::CodeDeploy {
            // A family is there once it has a revision.
            stack.resource(service).depends_on(task.task_definition);
        }
        let node = node.unwrap_or(service.node());
        let ports = task.ports.clone();
        let security_group = groups[0];
        FargateService { service, security_group, ports, task_definition: task, deployment_controller, cluster, node }
    }
}

impl FargateService {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.service.name()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<ecs::ServiceArn> {
        self.service.get_ref()
    }

    /// Lets a peer reach its tasks on a port.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.security_group.allow_from(stack, peer, port);
    }

    /// Lets the number of its tasks change by itself, between two bounds. Leave `desired_count` out.
    #[track_caller]
    pub fn auto_scale_task_count(&self, stack: &mut Stack, min_capacity: u32, max_capacity: u32) -> ScalableTaskCount {
        let (service, cluster) = (self.service, self.cluster);
        let count = TaskCount { service, cluster, min_capacity, max_capacity };
        stack.add_within(self.node, "TaskCount", count)
    }
}

impl From<&FargateService> for Peer {
    fn from(service: &FargateService) -> Self {
        service.security_group.into()
    }
}

impl From<&FargateService> for StackRef {
    fn from(service: &FargateService) -> Self {
        service.service.into()
    }
}

crate::aws::iam::has_arn! { FargateService, "a service"; }
