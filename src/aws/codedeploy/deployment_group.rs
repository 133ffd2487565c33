//! Deployment groups: a service, the listeners before it, and how they turn from old tasks to new ones.

use super::{AutoRollbackConfig, EcsApplication, EcsApplicationSpec, rights};
use crate::aws::cloudwatch::Alarm;
use crate::aws::ecs::{DeploymentController, FargateService, FargateTaskDefinition};
use crate::aws::elasticloadbalancingv2::{Listener, TargetGroup};
use crate::aws::iam::{Principal, Role, RoleSpec};
use crate::cfn::codedeploy;
use crate::cfn::codedeploy::deployment_group::{
    Alarm as CfnAlarm, AlarmConfiguration, BlueGreenDeploymentConfiguration, BlueInstanceTerminationOption,
    DeploymentReadyOption, DeploymentStyle, EcsService, LoadBalancerInfo, TargetGroupInfo, TargetGroupPairInfo,
    TrafficRoute,
};
use crate::core::{Construct, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// The longest wait, in minutes: two days. Source: the CodeDeploy API reference, `BlueInstanceTerminationOption` and the
/// CodeDeploy user guide, "CodeDeploy quotas".
const LONGEST: u32 = 2880;

/// How fast requests turn to the new tasks.
#[derive(Clone, Debug)]
pub struct EcsDeploymentConfig(Value<String>);

impl EcsDeploymentConfig {
    /// All at once.
    #[must_use]
    pub fn all_at_once() -> Self {
        Self("CodeDeployDefault.ECSAllAtOnce".into())
    }

    /// A tenth of them every minute.
    #[must_use]
    pub fn linear_10_percent_every_minute() -> Self {
        Self("CodeDeployDefault.ECSLinear10PercentEvery1Minutes".into())
    }

    /// A tenth of them every three minutes.
    #[must_use]
    pub fn linear_10_percent_every_3_minutes() -> Self {
        Self("CodeDeployDefault.ECSLinear10PercentEvery3Minutes".into())
    }

    /// A tenth of them, and the rest five minutes later.
    #[must_use]
    pub fn canary_10_percent_5_minutes() -> Self {
        Self("CodeDeployDefault.ECSCanary10Percent5Minutes".into())
    }

    /// A tenth of them, and the rest a quarter of an hour later.
    #[must_use]
    pub fn canary_10_percent_15_minutes() -> Self {
        Self("CodeDeployDefault.ECSCanary10Percent15Minutes".into())
    }

    /// As a configuration of yours says, by its name.
    #[must_use]
    pub fn named(name: impl Into<Value<String>>) -> Self {
        Self(name.into())
    }
}

/// Where the old tasks and the new ones are, and what turns from these to those.
#[derive(Clone, Debug)]
pub struct EcsBlueGreenDeploymentConfig {
    /// The target group that the service was attached to. After a deployment it is the one for the next tasks.
    pub blue_target_group: TargetGroup,
    /// The target group for the next tasks.
    pub green_target_group: TargetGroup,
    /// The listener that everybody's requests come to. It sends them to the blue group at first.
    pub listener: Listener,
    /// The listener that shows the next tasks before everybody sees them, on another port. Default: none.
    pub test_listener: Option<Listener>,
    /// Minutes, up to two days, in which somebody has to say that requests shall turn to the new tasks (`aws deploy
    /// continue-deployment`); without a word, the deployment ends then. Default: 0, they turn as soon as the tasks work.
    pub deployment_approval_wait_time: u32,
    /// Minutes, up to two days, for which the old tasks are kept once requests have turned: so long is going back a matter
    /// of seconds. Default: 0.
    pub termination_wait_time: u32,
}

impl EcsBlueGreenDeploymentConfig {
    /// Two target groups behind a listener, with the defaults of every field.
    #[must_use]
    pub fn new(blue_target_group: &TargetGroup, green_target_group: &TargetGroup, listener: &Listener) -> Self {
        Self {
            blue_target_group: *blue_target_group,
            green_target_group: *green_target_group,
            listener: *listener,
            test_listener: None,
            deployment_approval_wait_time: 0,
            termination_wait_time: 0,
        }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.test_listener.is_some_and(|test| test.listener == self.listener.listener) {
            let message = "the listener for tests is the one for everybody".into();
            report("exclusive-properties", message, "add one on another port, or leave `test_listener` out");
        }
        let waits = [
            ("for approval", self.deployment_approval_wait_time),
            ("before the old tasks end", self.termination_wait_time),
        ];
        for (what, minutes) in waits.into_iter().filter(|(_, minutes)| *minutes > LONGEST) {
            let message = format!("a deployment cannot wait {minutes} minutes {what}");
            report("range", message, &format!("CodeDeploy waits {LONGEST} minutes, two days, at most"));
        }
    }

    fn waits(&self) -> BlueGreenDeploymentConfiguration {
        let approval = self.deployment_approval_wait_time;
        let ready = DeploymentReadyOption::new()
            .action_on_timeout(if approval > 0 { "STOP_DEPLOYMENT" } else { "CONTINUE_DEPLOYMENT" })
            .wait_time_in_minutes(approval);
        let end = BlueInstanceTerminationOption::new()
            .action("TERMINATE")
            .termination_wait_time_in_minutes(self.termination_wait_time);
        BlueGreenDeploymentConfiguration::new()
            .deployment_ready_option(ready)
            .terminate_blue_instances_on_deployment_success(end)
    }

    fn routes(&self) -> LoadBalancerInfo {
        let route = |listener: &Listener| TrafficRoute::new().listener_arns([Value::<String>::from(listener.arn())]);
        let groups = [&self.blue_target_group, &self.green_target_group];
        let mut pair = TargetGroupPairInfo::new()
            .target_groups(groups.map(|group| TargetGroupInfo::new().name(group.name())))
            .prod_traffic_route(route(&self.listener));
        if let Some(listener) = &self.test_listener {
            pair = pair.test_traffic_route(route(listener));
        }
        LoadBalancerInfo::new().target_group_pair_info_list([pair])
    }
}

/// A group of deployments to a service of ECS: each starts new tasks beside the old ones, turns the listener to them, and
/// ends the old ones after a while.
///
/// A deployment is made by `aws deploy create-deployment` or a pipeline, never by CloudFormation: it changes what the
/// service runs and where its listener sends requests, so that the template says of both how they began.
///
/// AWS CDK's role may change every service and listener of the account, and hand any role to tasks; this one may change
/// this service and these listeners, and hand on the roles of the service's own task definition. What else a deployment
/// needs is granted: another task definition's roles by [`EcsDeploymentGroup::allow_task_definition`], reading the
/// revision by `bucket.grant_read(s, &group)`, hooks by `function.grant_invoke(s, &group)`.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::codedeploy::{EcsBlueGreenDeploymentConfig, EcsDeploymentGroupSpec};
/// use formwork::aws::ec2::{Port, VpcSpec};
/// use formwork::aws::ecs::{
///     ClusterSpec, ContainerSpec, DeploymentController, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping,
/// };
/// use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
/// let cluster = s.add("Cluster", ClusterSpec::default());
/// let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec {
///     port_mappings: vec![PortMapping::tcp(80)],
///     ..ContainerSpec::new("web", "public.ecr.aws/nginx/nginx:1.27")
/// }]));
/// let [blue, green] = ["Blue", "Green"].map(|id| s.add(id, TargetGroupSpec::new(&vpc, 80)));
/// let lb = s.add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) });
/// let http = lb.add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, &blue) });
/// let service = s.add("Service", FargateServiceSpec {
///     deployment_controller: DeploymentController::CodeDeploy,
///     ..FargateServiceSpec::new(&cluster, &task, &vpc)
/// });
/// service.attach(s, &blue);
/// lb.connect_to(s, &service.security_group, Port::tcp(80));
///
/// s.add("Deployments", EcsDeploymentGroupSpec::new(&service, EcsBlueGreenDeploymentConfig {
///     termination_wait_time: 5,
///     ..EcsBlueGreenDeploymentConfig::new(&blue, &green, &http)
/// }));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct EcsDeploymentGroupSpec {
    /// The service, whose deployment controller is CodeDeploy.
    pub service: FargateService,
    /// Where the old tasks and the new ones are, and what turns from these to those.
    pub blue_green: EcsBlueGreenDeploymentConfig,
    /// The application it is in. A change replaces it. Default: one of its own.
    pub application: Option<EcsApplication>,
    /// Its name, up to 100 letters, digits and `._+=,@-`, unique in the application. A change replaces it. Default:
    /// CloudFormation makes one.
    pub deployment_group_name: Option<Value<String>>,
    /// How fast requests turn to the new tasks. Default: all at once.
    pub deployment_config: EcsDeploymentConfig,
    /// The alarms that stop a deployment when they are raised. Default: none.
    pub alarms: Vec<Alarm>,
    /// Whether a deployment goes on when CodeDeploy cannot read the alarms. Default: false.
    pub ignore_poll_alarms_failure: bool,
    /// When a deployment goes back to what was there before. Default: when it fails, and when an alarm is raised.
    pub auto_rollback: AutoRollbackConfig,
    /// What CodeDeploy does it as: a role that `codedeploy.amazonaws.com` may assume. Default: one of its own.
    pub role: Option<Role>,
}

impl EcsDeploymentGroupSpec {
    /// Deployments to this service, with the defaults of every field.
    #[must_use]
    pub fn new(service: &FargateService, blue_green: EcsBlueGreenDeploymentConfig) -> Self {
        Self {
            service: service.clone(),
            blue_green,
            application: None,
            deployment_group_name: None,
            deployment_config: EcsDeploymentConfig::all_at_once(),
            alarms: Vec::new(),
            ignore_poll_alarms_failure: false,
            auto_rollback: AutoRollbackConfig::default(),
            role: None,
        }
    }

    fn check(&self, stack: &mut Stack) {
        self.blue_green.check(stack);
        if self.service.deployment_controller != DeploymentController::CodeDeploy {
            let message = "ECS itself replaces the tasks of this service, so that CodeDeploy cannot";
            let problem = Problem::error("exclusive-properties", message)
                .help("give the service `deployment_controller: DeploymentController::CodeDeploy`");
            stack.report_at(None, problem);
        }
    }

    fn alarm_configuration(&self) -> AlarmConfiguration {
        let alarms: Vec<_> = self.alarms.iter().map(|alarm| CfnAlarm::new().name(alarm.alarm.get_ref())).collect();
        let mut configuration = AlarmConfiguration::new().enabled(!alarms.is_empty());
        if !alarms.is_empty() {
            configuration = configuration.alarms(alarms);
        }
        if self.ignore_poll_alarms_failure {
            configuration = configuration.ignore_poll_alarm_failure(true);
        }
        configuration
    }
}

/// A deployment group that was added.
#[derive(Clone, Copy, Debug)]
pub struct EcsDeploymentGroup {
    /// The group itself.
    pub deployment_group: Ref<codedeploy::DeploymentGroup>,
    /// The application it is in.
    pub application: EcsApplication,
    /// What CodeDeploy deploys as.
    pub role: Role,
}

impl Construct for EcsDeploymentGroupSpec {
    type Out = EcsDeploymentGroup;

    fn build(self, stack: &mut Stack) -> EcsDeploymentGroup {
        self.check(stack);
        let application = self.application.unwrap_or_else(|| stack.add("Application", EcsApplicationSpec::default()));
        let role = self
            .role
            .unwrap_or_else(|| stack.add("ServiceRole", RoleSpec::new(Principal::service("codedeploy.amazonaws.com"))));
        self.grant_deploying(stack, &role);
        let service = EcsService::new(self.service.cluster.name(), self.service.name());
        let style = DeploymentStyle::new().deployment_option("WITH_TRAFFIC_CONTROL").deployment_type("BLUE_GREEN");
        let mut group = codedeploy::DeploymentGroup::new(application.name(), role.arn())
            .alarm_configuration(self.alarm_configuration())
            .auto_rollback_configuration(self.auto_rollback(stack))
            .blue_green_deployment_configuration(self.blue_green.waits())
            .deployment_config_name(&self.deployment_config.0)
            .deployment_style(style)
            .ecs_services([service])
            .load_balancer_info(self.blue_green.routes());
        if let Some(name) = &self.deployment_group_name {
            group = group.deployment_group_name(name);
        }
        let deployment_group = stack.add("Resource", group);
        if let Some(rights) = role.identity().granted(stack) {
            // The first deployment needs them.
            stack.resource(deployment_group).depends_on(rights);
        }
        EcsDeploymentGroup { deployment_group, application, role }
    }
}

impl EcsDeploymentGroup {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<codedeploy::DeploymentGroupName> {
        self.deployment_group.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn =
            "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${Application}/${Name}";
        let (application, name) = (self.application.name().into(), self.name().into());
        intrinsics::sub(arn, [("Application", application), ("Name", name)]).into()
    }

    /// Lets deployments start tasks of another definition than the service's own: CodeDeploy may hand on its roles.
    #[track_caller]
    pub fn allow_task_definition(&self, stack: &mut Stack, task: &FargateTaskDefinition) {
        rights::grant_pass(stack, &self.role, task);
    }
}

impl From<&EcsDeploymentGroup> for crate::aws::iam::Grantee {
    fn from(group: &EcsDeploymentGroup) -> Self {
        group.role.into()
    }
}

impl From<&EcsDeploymentGroup> for StackRef {
    fn from(group: &EcsDeploymentGroup) -> Self {
        group.deployment_group.into()
    }
}

crate::aws::iam::has_arn! { EcsDeploymentGroup, "a deployment group"; }
