//! Databases: instances and clusters with their credentials, who may reach them, and proxies in front.

mod aurora;
mod cluster;
mod credentials;
mod database;
mod engine;
mod groups;
mod instance;
mod members;
mod network;
mod proxy;
mod source;

pub use aurora::{AuroraMySqlSpec, AuroraPostgresSpec, AuroraSpec};
pub use cluster::Cluster;
pub use credentials::Credentials;
pub use database::Database;
pub use engine::{AuroraMySql, AuroraPostgres, Engine, EngineVersion, MySql, Postgres};
pub use groups::{ClusterParameterGroupSpec, ParameterGroupSpec, SubnetGroupSpec};
pub use instance::{InstanceSpec, MySqlSpec, PostgresSpec};
pub use members::{Capacity, ClusterInstance};
pub use proxy::{Proxy, ProxySpec, ProxyTarget};
pub use source::Source;
