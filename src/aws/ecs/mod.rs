//! Elastic Container Service: clusters, tasks on Fargate, and services that keep them running.

mod cluster;
mod container;
mod image;
mod scaling;
mod service;
mod size;
mod targets;
mod task_definition;

pub use cluster::{CapacityProviderStrategy, Cluster, ClusterSpec, ContainerInsights};
pub use container::{
    ContainerDependency, ContainerDependencyCondition, ContainerHealthCheck, ContainerSecret, ContainerSpec, LogDriver,
    PortMapping,
};
pub use image::ContainerImage;
pub use scaling::ScalableTaskCount;
pub use service::{DeploymentController, FargateService, FargateServiceSpec, PropagatedTagSource};
pub use task_definition::{CpuArchitecture, FargateTaskDefinition, FargateTaskDefinitionSpec};
