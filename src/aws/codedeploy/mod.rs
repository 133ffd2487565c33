//! CodeDeploy, as far as services of ECS are concerned: new tasks beside the old ones, and a load balancer that turns to
//! them.

mod application;
mod deployment_group;
mod rights;
mod rollback;

pub use application::{EcsApplication, EcsApplicationSpec};
pub use deployment_group::{
    EcsBlueGreenDeploymentConfig, EcsDeploymentConfig, EcsDeploymentGroup, EcsDeploymentGroupSpec,
};
pub use rollback::AutoRollbackConfig;
