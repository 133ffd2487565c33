//! The four policies of a resource. Rules: the AWS CloudFormation user guide, "Resource attribute reference".

use std::panic::Location;

use super::{Expr, IntoExpr, Props};

/// What happens to a resource when it leaves its stack, or the stack is deleted: `DeletionPolicy`.
///
/// Default: [`DeletionPolicy::Delete`], except for a few types that hold data, which CloudFormation snapshots
/// (`AWS::RDS::DBCluster`, and `AWS::RDS::DBInstance` outside a cluster).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// It is deleted.
    Delete,
    /// It stays.
    Retain,
    /// It stays, unless the operation that created it is rolled back.
    RetainExceptOnCreate,
    /// It is deleted after a last snapshot, for the types that have snapshots.
    Snapshot,
}

impl DeletionPolicy {
    /// How CloudFormation spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::RetainExceptOnCreate => "RetainExceptOnCreate",
            Self::Snapshot => "Snapshot",
        }
    }
}

impl DeletionPolicy {
    /// What keeps as much of the old resource where it is replaced.
    pub(crate) const fn of_replaced(self) -> UpdateReplacePolicy {
        match self {
            Self::Delete => UpdateReplacePolicy::Delete,
            Self::Snapshot => UpdateReplacePolicy::Snapshot,
            Self::Retain | Self::RetainExceptOnCreate => UpdateReplacePolicy::Retain,
        }
    }
}

/// What happens to the old resource when an update replaces it: `UpdateReplacePolicy`.
///
/// Default: [`UpdateReplacePolicy::Delete`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateReplacePolicy {
    /// It is deleted.
    Delete,
    /// It stays.
    Retain,
    /// It is deleted after a last snapshot, for the types that have snapshots.
    Snapshot,
}

impl UpdateReplacePolicy {
    /// How CloudFormation spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::Snapshot => "Snapshot",
        }
    }
}

#[track_caller]
fn set(props: &mut Props, key: &'static str, value: impl IntoExpr) {
    props.set_at(key, value.into_expr(), Location::caller());
}

#[track_caller]
fn object(pairs: impl IntoIterator<Item = (&'static str, Option<Expr>)>) -> Expr {
    let at = Location::caller();
    let mut props = Props::new();
    for (key, value) in pairs {
        if let Some(value) = value {
            props.set_at(key, value, at);
        }
    }
    Expr::Map(props)
}

/// When a resource counts as created: `CreationPolicy`. Default: when its service says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreationPolicy(pub(crate) Props);

impl CreationPolicy {
    /// Waits for `count` success signals, at most `timeout` (an ISO 8601 duration such as `PT15M`).
    #[must_use]
    #[track_caller]
    pub fn resource_signal(count: i64, timeout: &str) -> Self {
        let mut props = Props::new();
        let signal = object([("Count", Some(count.into_expr())), ("Timeout", Some(timeout.into()))]);
        set(&mut props, "ResourceSignal", signal);
        Self(props)
    }

    /// Lets an Auto Scaling group count as created when this share of its instances signals success. In percent.
    #[must_use]
    #[track_caller]
    pub fn min_successful_instances_percent(mut self, percent: i64) -> Self {
        let share = object([("MinSuccessfulInstancesPercent", Some(percent.into_expr()))]);
        set(&mut self.0, "AutoScalingCreationPolicy", share);
        self
    }

    /// Starts an `AppStream` fleet once it is created.
    #[must_use]
    #[track_caller]
    pub fn start_fleet() -> Self {
        let mut props = Props::new();
        set(&mut props, "StartFleet", true);
        Self(props)
    }
}

/// How an update reaches a resource: `UpdatePolicy`. Default: the service's own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdatePolicy(pub(crate) Props);

/// How instances of an Auto Scaling group are replaced in batches: `AutoScalingRollingUpdate`.
#[derive(Clone, Debug, Default)]
pub struct RollingUpdate {
    /// How many instances are replaced at once. Default: 1.
    pub max_batch_size: Option<i64>,
    /// How many stay in service meanwhile. Default: 0.
    pub min_instances_in_service: Option<i64>,
    /// The share of instances that must signal success, in percent. Default: 100.
    pub min_successful_instances_percent: Option<i64>,
    /// How long to pause after a batch, an ISO 8601 duration. Default: none, or `PT5M` with signals.
    pub pause_time: Option<String>,
    /// Processes of the group to suspend meanwhile. Default: none.
    pub suspend_processes: Vec<String>,
    /// Whether to wait for signals from new instances. Default: false.
    pub wait_on_resource_signals: Option<bool>,
}

/// How a Lambda alias moves to a new version through `CodeDeploy`: `CodeDeployLambdaAliasUpdate`.
#[derive(Clone, Debug)]
pub struct CodeDeployLambdaAliasUpdate {
    /// The `CodeDeploy` application.
    pub application_name: Expr,
    /// The deployment group.
    pub deployment_group_name: Expr,
    /// A function to call before traffic moves. Default: none.
    pub before_allow_traffic_hook: Option<Expr>,
    /// A function to call after traffic moved. Default: none.
    pub after_allow_traffic_hook: Option<Expr>,
}

impl UpdatePolicy {
    /// No policy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the instances of an Auto Scaling group in batches.
    #[must_use]
    #[track_caller]
    pub fn auto_scaling_rolling_update(mut self, update: RollingUpdate) -> Self {
        let processes = update.suspend_processes.into_iter().map(Expr::from).collect::<Vec<_>>();
        let value = object([
            ("MaxBatchSize", update.max_batch_size.map(Expr::Integer)),
            ("MinInstancesInService", update.min_instances_in_service.map(Expr::Integer)),
            ("MinSuccessfulInstancesPercent", update.min_successful_instances_percent.map(Expr::Integer)),
            ("PauseTime", update.pause_time.map(Expr::from)),
            ("SuspendProcesses", Some(processes).filter(|list| !list.is_empty()).map(Expr::List)),
            ("WaitOnResourceSignals", update.wait_on_resource_signals.map(Expr::Bool)),
        ]);
        set(&mut self.0, "AutoScalingRollingUpdate", value);
        self
    }

    /// Replaces an Auto Scaling group as a whole, the old one being kept until the new one is up.
    #[must_use]
    #[track_caller]
    pub fn auto_scaling_replacing_update(mut self, will_replace: bool) -> Self {
        let value = object([("WillReplace", Some(Expr::Bool(will_replace)))]);
        set(&mut self.0, "AutoScalingReplacingUpdate", value);
        self
    }

    /// Leaves the sizes of an Auto Scaling group alone that a scheduled action changed.
    #[must_use]
    #[track_caller]
    pub fn auto_scaling_scheduled_action(mut self, ignore_unmodified_group_size_properties: bool) -> Self {
        let ignore = Expr::Bool(ignore_unmodified_group_size_properties);
        let value = object([("IgnoreUnmodifiedGroupSizeProperties", Some(ignore))]);
        set(&mut self.0, "AutoScalingScheduledAction", value);
        self
    }

    /// Moves a Lambda alias through `CodeDeploy`.
    #[must_use]
    #[track_caller]
    pub fn code_deploy_lambda_alias_update(mut self, update: CodeDeployLambdaAliasUpdate) -> Self {
        let value = object([
            ("ApplicationName", Some(update.application_name)),
            ("DeploymentGroupName", Some(update.deployment_group_name)),
            ("BeforeAllowTrafficHook", update.before_allow_traffic_hook),
            ("AfterAllowTrafficHook", update.after_allow_traffic_hook),
        ]);
        set(&mut self.0, "CodeDeployLambdaAliasUpdate", value);
        self
    }

    /// Upgrades an `OpenSearch` domain's engine in place.
    #[must_use]
    #[track_caller]
    pub fn enable_version_upgrade(mut self, enable: bool) -> Self {
        set(&mut self.0, "EnableVersionUpgrade", enable);
        self
    }

    /// Changes the shards of an `ElastiCache` replication group in place.
    #[must_use]
    #[track_caller]
    pub fn use_online_resharding(mut self, online: bool) -> Self {
        set(&mut self.0, "UseOnlineResharding", online);
        self
    }
}
