//! Scalable targets: what changes its size.

use super::TargetTracking;
use crate::cfn::applicationautoscaling as aas;
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// The services whose resources change their size, as far as constructs use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceNamespace {
    /// Services of ECS.
    Ecs,
    /// Tables of `DynamoDB`, and their indexes.
    DynamoDb,
}

impl ServiceNamespace {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::DynamoDb => "dynamodb",
        }
    }

    /// The role that AWS makes for it. Source: the Application Auto Scaling user guide, "Service-linked roles".
    fn role(self) -> Value<String> {
        let name = match self {
            Self::Ecs => "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            Self::DynamoDb => {
                "dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
            }
        };
        let arn = format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/aws-service-role/{name}");
        intrinsics::sub(arn, []).into()
    }
}

/// Something whose size changes by itself: [`ScalableTarget::scale_to_track_metric`] says by what.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::applicationautoscaling::{ScalableTargetSpec, ServiceNamespace, TargetTracking};
///
/// let target = s.add("Target", ScalableTargetSpec::new(
///     ServiceNamespace::DynamoDb, "table/orders", "dynamodb:table:ReadCapacityUnits", 5, 10,
/// ));
/// target.scale_to_track_metric(s, "Tracking", TargetTracking::new("DynamoDBReadCapacityUtilization", 50));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ScalableTargetSpec {
    /// The service it is of. A change replaces it.
    pub service_namespace: ServiceNamespace,
    /// What it is: `service/cluster/name`, `table/name`. A change replaces it.
    pub resource_id: Value<String>,
    /// What of it changes, such as `ecs:service:DesiredCount`. A change replaces it.
    pub scalable_dimension: Value<aas::scalable_target::ScalableDimension>,
    /// The least it has.
    pub min_capacity: u32,
    /// The most it has.
    pub max_capacity: u32,
}

impl ScalableTargetSpec {
    /// A target with these bounds.
    #[must_use]
    pub fn new(
        service_namespace: ServiceNamespace,
        resource_id: impl Into<Value<String>>,
        scalable_dimension: impl Into<Value<aas::scalable_target::ScalableDimension>>,
        min_capacity: u32,
        max_capacity: u32,
    ) -> Self {
        let (resource_id, scalable_dimension) = (resource_id.into(), scalable_dimension.into());
        Self { service_namespace, resource_id, scalable_dimension, min_capacity, max_capacity }
    }
}

/// A scalable target that was added.
#[derive(Clone, Copy, Debug)]
pub struct ScalableTarget {
    /// The target itself.
    pub scalable_target: Ref<aas::ScalableTarget>,
    node: NodeId,
}

impl Construct for ScalableTargetSpec {
    type Out = ScalableTarget;

    fn build(self, stack: &mut Stack) -> ScalableTarget {
        if self.min_capacity > self.max_capacity {
            let (min, max) = (self.min_capacity, self.max_capacity);
            let problem = Problem::error("range", format!("it cannot scale from {min} to {max}"))
                .help("let the least be no more than the most");
            stack.report_at(None, problem);
        }
        let node = stack.current();
        let namespace = self.service_namespace;
        let (max, min, dimension) = (self.max_capacity, self.min_capacity, self.scalable_dimension);
        let target = aas::ScalableTarget::new(max, min, self.resource_id, dimension, namespace.as_str())
            .role_arn(namespace.role().cast::<Computed>());
        let scalable_target = stack.add("Resource", target);
        ScalableTarget { scalable_target, node: node.unwrap_or(scalable_target.node()) }
    }
}

impl ScalableTarget {
    /// Keeps a metric near a value by changing the size.
    #[track_caller]
    pub fn scale_to_track_metric(
        &self,
        stack: &mut Stack,
        id: &str,
        tracking: TargetTracking,
    ) -> Ref<aas::ScalingPolicy> {
        stack.add_within(self.node, id, tracking.of(self.scalable_target))
    }
}
