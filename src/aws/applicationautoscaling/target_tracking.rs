//! Target tracking: sizes that keep a metric near a value.

use crate::cfn::applicationautoscaling as aas;
use crate::cfn::applicationautoscaling::scaling_policy::{
    PredefinedMetricSpecification, TargetTrackingScalingPolicyConfiguration,
};
use crate::core::{Construct, Ref, Stack, Value};

/// A metric that is kept near a value.
#[derive(Clone, Debug)]
pub struct TargetTracking {
    /// The metric, one that the service has for this, such as `ECSServiceAverageCPUUtilization`.
    pub predefined_metric: Value<String>,
    /// The value.
    pub target_value: u32,
    /// Seconds after it became smaller before it may become smaller again. Default: the service's own, 300 for ECS and 0 for
    /// `DynamoDB`.
    pub scale_in_cooldown: Option<u32>,
    /// Seconds after it became larger before it may become larger again. Default: as for `scale_in_cooldown`.
    pub scale_out_cooldown: Option<u32>,
    /// Whether it never becomes smaller. Default: false.
    pub disable_scale_in: bool,
    /// The policy's name. A change replaces it. Default: its path's.
    pub policy_name: Option<String>,
}

impl TargetTracking {
    /// Keeps this metric near this value, with the defaults of every field.
    #[must_use]
    pub fn new(predefined_metric: impl Into<Value<String>>, target_value: u32) -> Self {
        Self {
            predefined_metric: predefined_metric.into(),
            target_value,
            scale_in_cooldown: None,
            scale_out_cooldown: None,
            disable_scale_in: false,
            policy_name: None,
        }
    }

    pub(super) const fn of(self, target: Ref<aas::ScalableTarget>) -> Of {
        Of { tracking: self, target }
    }
}

pub(super) struct Of {
    tracking: TargetTracking,
    target: Ref<aas::ScalableTarget>,
}

impl Construct for Of {
    type Out = Ref<aas::ScalingPolicy>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let Self { tracking, target } = self;
        let metric = PredefinedMetricSpecification::new(tracking.predefined_metric);
        let mut configuration = TargetTrackingScalingPolicyConfiguration::new(f64::from(tracking.target_value))
            .predefined_metric_specification(metric);
        if tracking.disable_scale_in {
            configuration = configuration.disable_scale_in(true);
        }
        if let Some(seconds) = tracking.scale_in_cooldown {
            configuration = configuration.scale_in_cooldown(seconds);
        }
        if let Some(seconds) = tracking.scale_out_cooldown {
            configuration = configuration.scale_out_cooldown(seconds);
        }
        let own = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let policy = aas::ScalingPolicy::new(tracking.policy_name.unwrap_or(own), "TargetTrackingScaling")
            .scaling_target_id(target.get_ref())
            .target_tracking_scaling_policy_configuration(configuration);
        stack.add("Resource", policy)
    }
}
