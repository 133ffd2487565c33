//! Networks: VPCs with their subnets, gateways and endpoints, and security groups.

mod addresses;
#[cfg(feature = "iam")]
mod elastic_ip;
mod endpoint;
#[cfg(all(feature = "iam", feature = "kms", feature = "logs"))]
mod flow_log;
#[cfg(feature = "iam")]
mod instance;
mod internet_gateway;
#[cfg(feature = "iam")]
mod key_pair;
#[cfg(feature = "iam")]
mod launch_template;
#[cfg(feature = "iam")]
mod machine_image;
mod peer;
mod peering;
mod port;
mod prefix_list;
mod route;
mod security_group;
mod subnet;
mod transit_gateway;
mod vpc;
mod within;

#[cfg(feature = "iam")]
pub use elastic_ip::{ElasticIp, ElasticIpSpec};
pub use endpoint::{GatewayEndpoint, GatewayService, InterfaceEndpoint, InterfaceService};
#[cfg(all(feature = "iam", feature = "kms", feature = "logs"))]
pub use flow_log::{FlowLogDestination, FlowLogSpec, FlowLogTrafficType};
#[cfg(feature = "iam")]
pub use instance::{Instance, InstanceSpec};
pub use internet_gateway::InternetGateway;
#[cfg(feature = "iam")]
pub use key_pair::{KeyPair, KeyPairSpec, KeyPairType};
#[cfg(feature = "iam")]
pub use launch_template::{LaunchTemplate, LaunchTemplateSpec};
#[cfg(feature = "iam")]
pub use machine_image::MachineImage;
pub use peer::Peer;
pub use peering::{VpcPeering, VpcPeeringSpec};
pub use port::Port;
pub use prefix_list::{AddressFamily, PrefixList, PrefixListEntry, PrefixListSpec};
pub use route::{Destination, Router};
pub use security_group::{SecurityGroup, SecurityGroupSpec};
pub use subnet::{Subnet, SubnetType, Tier};
pub use transit_gateway::{
    TransitGateway, TransitGatewayAttachment, TransitGatewayAttachmentSpec, TransitGatewayRouteTable,
    TransitGatewaySpec,
};
pub use vpc::{ONE_PER_ZONE, Vpc, VpcSpec, Zones};
