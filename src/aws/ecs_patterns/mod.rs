//! Whole services of ECS: what belongs together, in one.

mod load_balanced;

pub use load_balanced::{ApplicationLoadBalancedFargateService, ApplicationLoadBalancedFargateServiceSpec};
