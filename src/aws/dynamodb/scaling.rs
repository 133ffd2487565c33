//! Capacity that changes by itself.

use super::Table;
use crate::aws::applicationautoscaling::{ScalableTarget, ScalableTargetSpec, ServiceNamespace, TargetTracking};
use crate::core::{Construct, Problem, Stack, intrinsics};

/// How much of its capacity a table is to use.
#[derive(Clone, Copy, Debug)]
pub struct Utilization {
    /// The percentage, 20 to 90.
    pub percent: u32,
    /// Seconds after it became smaller before it may become smaller again. Default: 0.
    pub scale_in_cooldown: Option<u32>,
    /// Seconds after it became larger before it may become larger again. Default: 0.
    pub scale_out_cooldown: Option<u32>,
}

impl Utilization {
    /// This percentage, without waiting.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        Self { percent, scale_in_cooldown: None, scale_out_cooldown: None }
    }

    /// Seconds to wait after each change.
    #[must_use]
    pub const fn cooldown(self, seconds: u32) -> Self {
        Self { scale_in_cooldown: Some(seconds), scale_out_cooldown: Some(seconds), ..self }
    }
}

/// A table's capacity that changes by itself: [`ScalableTableCapacity::scale_on_utilization`] says by what.
#[derive(Clone, Copy, Debug)]
pub struct ScalableTableCapacity {
    /// What changes.
    pub target: ScalableTarget,
    metric: &'static str,
}

/// One of a table's two capacities, to be added.
struct Capacity {
    table: Table,
    dimension: &'static str,
    metric: &'static str,
    bounds: (u32, u32),
}

impl Construct for Capacity {
    type Out = ScalableTableCapacity;

    fn build(self, stack: &mut Stack) -> ScalableTableCapacity {
        if !self.table.provisioned {
            let problem = Problem::error("dependent-properties", "a table that is paid by the request has no capacity")
                .help("it scales by itself; for bounds, set `billing` to `Billing::Provisioned`");
            stack.report_at(None, problem);
        }
        let id = intrinsics::sub("table/${Table}", [("Table", self.table.name().into())]);
        let (min, max) = self.bounds;
        let spec = ScalableTargetSpec::new(ServiceNamespace::DynamoDb, id, self.dimension, min, max);
        ScalableTableCapacity { target: stack.add("Target", spec), metric: self.metric }
    }
}

impl Table {
    /// Lets the capacity for reading change by itself, between two bounds.
    #[track_caller]
    pub fn auto_scale_read_capacity(&self, stack: &mut Stack, min: u32, max: u32) -> ScalableTableCapacity {
        let (dimension, metric) = ("dynamodb:table:ReadCapacityUnits", "DynamoDBReadCapacityUtilization");
        let capacity = Capacity { table: *self, dimension, metric, bounds: (min, max) };
        stack.add_within(self.node, "ReadScaling", capacity)
    }

    /// Lets the capacity for writing change by itself, between two bounds.
    #[track_caller]
    pub fn auto_scale_write_capacity(&self, stack: &mut Stack, min: u32, max: u32) -> ScalableTableCapacity {
        let (dimension, metric) = ("dynamodb:table:WriteCapacityUnits", "DynamoDBWriteCapacityUtilization");
        let capacity = Capacity { table: *self, dimension, metric, bounds: (min, max) };
        stack.add_within(self.node, "WriteScaling", capacity)
    }
}

impl ScalableTableCapacity {
    /// Keeps what is used near a percentage of the capacity. Rule: the `DynamoDB` guide, "Managing throughput capacity
    /// automatically with `DynamoDB` auto scaling".
    #[track_caller]
    pub fn scale_on_utilization(&self, stack: &mut Stack, utilization: Utilization) {
        let Utilization { percent, scale_in_cooldown, scale_out_cooldown } = utilization;
        if !(20..=90).contains(&percent) {
            let problem = Problem::error("range", format!("a table cannot scale to use {percent} % of its capacity"))
                .help("write 20 to 90");
            stack.report_at(Some(self.target.scalable_target.node()), problem);
        }
        let tracking =
            TargetTracking { scale_in_cooldown, scale_out_cooldown, ..TargetTracking::new(self.metric, percent) };
        self.target.scale_to_track_metric(stack, "Tracking", tracking);
    }
}
