//! Networks: VPCs with their subnets, gateways and endpoints, and security groups.

mod addresses;
mod endpoint;
mod peer;
mod port;
mod security_group;
mod subnet;
mod vpc;

pub use endpoint::{GatewayService, InterfaceEndpoint, InterfaceService};
pub use peer::Peer;
pub use port::Port;
pub use security_group::{SecurityGroup, SecurityGroupSpec};
pub use subnet::{Subnet, SubnetType, Tier};
pub use vpc::{ONE_PER_ZONE, Vpc, VpcSpec, Zones};
