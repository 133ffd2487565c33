//! Clusters: where services and tasks run.

use crate::aws::iam::{Grantee, Statement};
use crate::cfn::ecs;
use crate::cfn::ecs::cluster::ClusterSettings;
use crate::cfn::ecs::cluster_capacity_provider_associations::CapacityProviderStrategy as CfnStrategy;
use crate::core::{Construct, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// How closely CloudWatch watches the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerInsights {
    /// By service and cluster.
    Enabled,
    /// By task and container, too.
    Enhanced,
    /// Not at all.
    Disabled,
}

/// A share of the tasks that run on a capacity provider.
#[derive(Clone, Debug)]
pub struct CapacityProviderStrategy {
    /// `FARGATE`, `FARGATE_SPOT`, or a capacity provider of yours.
    pub capacity_provider: Value<String>,
    /// How many tasks run there before shares count; in one strategy of a list only. Default: 0.
    pub base: Option<u32>,
    /// Its share of the others, 0 to 1,000. Default: 0.
    pub weight: Option<u32>,
}

impl CapacityProviderStrategy {
    /// Fargate, with this share.
    #[must_use]
    pub fn fargate(weight: u32) -> Self {
        Self { capacity_provider: "FARGATE".into(), base: None, weight: Some(weight) }
    }

    /// Fargate Spot, with this share: up to 70 % cheaper, and a task can be stopped with two minutes' notice.
    #[must_use]
    pub fn fargate_spot(weight: u32) -> Self {
        Self { capacity_provider: "FARGATE_SPOT".into(), base: None, weight: Some(weight) }
    }

    /// How many tasks run there before shares count.
    #[must_use]
    pub fn base(self, tasks: u32) -> Self {
        Self { base: Some(tasks), ..self }
    }
}

/// Says that a list of strategies is not one. Rule: the ECS API reference, `CapacityProviderStrategyItem`.
pub(super) fn check_strategies(stack: &mut Stack, strategies: &[CapacityProviderStrategy]) {
    if strategies.iter().filter(|strategy| strategy.base.is_some_and(|base| base > 0)).count() > 1 {
        let problem = Problem::error("exclusive-properties", "more than one capacity provider has a base")
            .help("give it to one of them");
        stack.report_at(None, problem);
    }
    if !strategies.is_empty() && strategies.iter().all(|strategy| strategy.weight.unwrap_or(0) == 0) {
        let problem = Problem::error("range", "no capacity provider has a weight above 0, so no task would start")
            .help("give one of them a weight of 1");
        stack.report_at(None, problem);
    }
}

/// A cluster of services and tasks.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ecs::{CapacityProviderStrategy, ClusterSpec};
///
/// s.add("Cluster", ClusterSpec {
///     default_capacity_provider_strategy: vec![
///         CapacityProviderStrategy::fargate(1).base(1),
///         CapacityProviderStrategy::fargate_spot(4),
///     ],
///     ..ClusterSpec::default()
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct ClusterSpec {
    /// Its name, up to 255 letters, digits, `-` and `_`. A change replaces it. Default: CloudFormation makes one.
    pub cluster_name: Option<Value<String>>,
    /// How closely CloudWatch watches the tasks. Default: as the account's setting says, which is not at all at first.
    pub container_insights: Option<ContainerInsights>,
    /// Whether `FARGATE` and `FARGATE_SPOT` can be named in strategies. Default: false, but where there is a default
    /// strategy; a service runs on Fargate without it.
    pub fargate_capacity_providers: bool,
    /// Where tasks run that name neither a strategy nor a launch type. Default: none.
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategy>,
}

/// A cluster that was added.
#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    /// The cluster itself.
    pub cluster: Ref<ecs::Cluster>,
    /// What says that it has the capacity providers of Fargate, where it has them.
    pub capacity_providers: Option<Ref<ecs::ClusterCapacityProviderAssociations>>,
}

impl Construct for ClusterSpec {
    type Out = Cluster;

    fn build(self, stack: &mut Stack) -> Cluster {
        check_strategies(stack, &self.default_capacity_provider_strategy);
        let mut cluster = ecs::Cluster::new();
        if let Some(name) = self.cluster_name {
            cluster = cluster.cluster_name(name);
        }
        if let Some(insights) = self.container_insights {
            let value = match insights {
                ContainerInsights::Enabled => "enabled",
                ContainerInsights::Enhanced => "enhanced",
                ContainerInsights::Disabled => "disabled",
            };
            cluster = cluster.cluster_settings([ClusterSettings::new().name("containerInsights").value(value)]);
        }
        let cluster = stack.add("Resource", cluster);
        let strategies = self.default_capacity_provider_strategy;
        let capacity_providers = (self.fargate_capacity_providers || !strategies.is_empty()).then(|| {
            let strategies: Vec<_> = strategies.into_iter().map(strategy).collect();
            let providers =
                ecs::ClusterCapacityProviderAssociations::new(cluster.get_ref().cast::<String>(), strategies);
            // AWS CDK's id: the cluster's own.
            let id = stack.current().and_then(|node| stack.path_of(node).last().map(|id| (*id).to_owned()));
            stack.add(id.unwrap_or_else(|| "Cluster".into()), providers.capacity_providers(["FARGATE", "FARGATE_SPOT"]))
        });
        Cluster { cluster, capacity_providers }
    }
}

fn strategy(strategy: CapacityProviderStrategy) -> CfnStrategy {
    let mut out = CfnStrategy::new(strategy.capacity_provider);
    if let Some(base) = strategy.base {
        out = out.base(base);
    }
    if let Some(weight) = strategy.weight {
        out = out.weight(weight);
    }
    out
}

impl Cluster {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<ecs::ClusterName> {
        self.cluster.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<ecs::ClusterArn> {
        self.cluster.arn()
    }

    /// Lets a grantee, the role of a task that works on a job, keep the cluster's tasks from being stopped. Rule: the
    /// Amazon ECS developer guide, "Protect your Amazon ECS tasks from being terminated by scale-in events".
    #[track_caller]
    pub fn grant_task_protection(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let tasks = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/${Cluster}/*";
        let tasks: Value<String> = intrinsics::sub(tasks, [("Cluster", self.name().into())]).into();
        grantee.into().grant_identity(stack, Statement::allow(["ecs:UpdateTaskProtection"], [tasks]), "a cluster");
    }
}

impl From<&Cluster> for StackRef {
    fn from(cluster: &Cluster) -> Self {
        cluster.cluster.into()
    }
}

crate::aws::iam::has_arn! { Cluster, "a cluster"; }
