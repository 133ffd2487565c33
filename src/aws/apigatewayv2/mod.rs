//! Amazon API Gateway, version 2: HTTP APIs.

mod api;
mod integration;
mod route;
mod stage;
mod vpc_link;

pub use api::{CorsSpec, HttpApi, HttpApiSpec};
pub use integration::{Integration, IntegrationTarget};
pub use route::{HttpRoute, RouteSpec};
pub use stage::{AccessLogs, HttpStage, HttpStageSpec, JSON_ACCESS_LOG_FORMAT, Throttle};
pub use vpc_link::{VpcLink, VpcLinkSpec};
