//! Numbers of tasks that change by themselves.

use super::Cluster;
use crate::aws::applicationautoscaling::{ScalableTarget, ScalableTargetSpec, ServiceNamespace, TargetTracking};
use crate::cfn::ecs;
use crate::core::{Construct, Ref, Stack, Value, intrinsics};

/// A service's number of tasks, to be added.
pub(super) struct TaskCount {
    pub(super) service: Ref<ecs::Service>,
    pub(super) cluster: Cluster,
    pub(super) min_capacity: u32,
    pub(super) max_capacity: u32,
}

/// A number of tasks that changes by itself: these say by what.
#[derive(Clone, Copy, Debug)]
pub struct ScalableTaskCount {
    /// What changes.
    pub target: ScalableTarget,
}

impl Construct for TaskCount {
    type Out = ScalableTaskCount;

    fn build(self, stack: &mut Stack) -> ScalableTaskCount {
        let (cluster, service): (Value<String>, _) = (self.cluster.name().into(), self.service.name());
        let id = intrinsics::sub("service/${Cluster}/${Service}", [("Cluster", cluster), ("Service", service)]);
        let (min, max) = (self.min_capacity, self.max_capacity);
        let spec = ScalableTargetSpec::new(ServiceNamespace::Ecs, id, "ecs:service:DesiredCount", min, max);
        ScalableTaskCount { target: stack.add("Target", spec) }
    }
}

impl ScalableTaskCount {
    /// Keeps the tasks' average use of their CPU near a percentage.
    #[track_caller]
    pub fn scale_on_cpu_utilization(&self, stack: &mut Stack, id: &str, percent: u32) {
        self.scale_to_track_metric(stack, id, TargetTracking::new("ECSServiceAverageCPUUtilization", percent));
    }

    /// Keeps the tasks' average use of their memory near a percentage.
    #[track_caller]
    pub fn scale_on_memory_utilization(&self, stack: &mut Stack, id: &str, percent: u32) {
        self.scale_to_track_metric(stack, id, TargetTracking::new("ECSServiceAverageMemoryUtilization", percent));
    }

    /// Keeps a metric near a value, with all its options.
    #[track_caller]
    pub fn scale_to_track_metric(&self, stack: &mut Stack, id: &str, tracking: TargetTracking) {
        self.target.scale_to_track_metric(stack, id, tracking);
    }
}
