//! Application Auto Scaling: what changes its size by itself, between two bounds.

mod scalable_target;
mod target_tracking;

pub use scalable_target::{ScalableTarget, ScalableTargetSpec, ServiceNamespace};
pub use target_tracking::TargetTracking;
