//! Networks: VPCs with their subnets, gateways and endpoints, and security groups.

mod addresses;
mod endpoint;
#[cfg(all(feature = "iam", feature = "kms", feature = "logs"))]
mod flow_log;
#[cfg(feature = "iam")]
mod instance;
#[cfg(feature = "iam")]
mod key_pair;
#[cfg(feature = "iam")]
mod launch_template;
#[cfg(feature = "iam")]
mod machine_image;
mod peer;
mod port;
mod security_group;
mod subnet;
mod vpc;

pub use endpoint::{GatewayService, InterfaceEndpoint, InterfaceService};
#[cfg(all(feature = "iam", feature = "kms", feature = "logs"))]
pub use flow_log::{FlowLogDestination, FlowLogSpec, FlowLogTrafficType};
#[cfg(feature = "iam")]
pub use instance::{Instance, InstanceSpec};
#[cfg(feature = "iam")]
pub use key_pair::{KeyPair, KeyPairSpec, KeyPairType};
#[cfg(feature = "iam")]
pub use launch_template::{LaunchTemplate, LaunchTemplateSpec};
#[cfg(feature = "iam")]
pub use machine_image::MachineImage;
pub use peer::Peer;
pub use port::Port;
pub use security_group::{SecurityGroup, SecurityGroupSpec};
pub use subnet::{Subnet, SubnetType, Tier};
pub use vpc::{ONE_PER_ZONE, Vpc, VpcSpec, Zones};
