//! Databases: instances and clusters with their credentials, who may reach them, and proxies in front.

mod aurora;
mod credentials;
mod engine;
mod groups;
mod instance;
mod network;
mod proxy;

pub use aurora::{AuroraMySqlSpec, AuroraPostgresSpec, AuroraSpec, Capacity, Cluster, ClusterInstance};
pub use credentials::Credentials;
pub use engine::{AuroraMySql, AuroraPostgres, Engine, EngineVersion, MySql, Postgres};
pub use groups::{ClusterParameterGroupSpec, ParameterGroupSpec, SubnetGroupSpec};
pub use instance::{Database, InstanceSpec, MySqlSpec, PostgresSpec, Source};
pub use proxy::{Proxy, ProxySpec, ProxyTarget};
