//! Network interfaces: which resources have them, where, and what they listen to.

use std::net::IpAddr;

use ipnet::IpNet;

use super::View;
use super::facts::Facts;
use super::groups::{Group, group};
use super::ports::Ports;
use super::values::Read;
use crate::core::{Expr, NodeId, Props};

/// A resource with one of the subnets it may be in.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What it is.
    pub(super) node: NodeId,
    /// Its subnet, where definitions say so.
    pub(super) subnet: Option<NodeId>,
    pub(super) vpc: Option<NodeId>,
    pub(super) groups: Vec<Group>,
    /// Its addresses: its own one, or those of its subnet; all there are, where definitions say nothing.
    pub(super) net: IpNet,
    /// Whether it has one of these, rather than all of them.
    pub(super) one_of: bool,
    /// Whether it has IPv6 addresses.
    pub(super) ipv6: bool,
    /// Whether it has a public address; none where that cannot be told.
    pub(super) public: Option<bool>,
    /// The ports it takes requests on; none where definitions do not say.
    pub(super) listens: Option<Vec<Ports>>,
}

/// What is read of a resource: keys of its subnets and groups, and what else differs by type.
struct Found {
    subnets: Option<Subnets>,
    groups: Option<Vec<Group>>,
    public: Option<bool>,
    listens: Option<Vec<Ports>>,
    address: Option<IpNet>,
}

type Subnets = Vec<Option<NodeId>>;

pub(super) const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

/// Whether an endpoint has network interfaces; one that has not, a gateway endpoint, is in route tables.
pub(super) fn is_interface(facts: &Facts<'_>, endpoint: NodeId) -> bool {
    facts.text(endpoint, "VpcEndpointType").as_deref() == Some("Interface")
}

/// Whether a type has network interfaces that others reach; others only reach out from theirs.
pub(super) fn answers(type_name: &str) -> bool {
    !matches!(type_name, "AWS::Lambda::Function" | "AWS::ApiGatewayV2::VpcLink")
}

/// The types that have network interfaces.
pub(super) const TYPES: &[&str] = &[
    "AWS::ApiGatewayV2::VpcLink",
    "AWS::DMS::ReplicationInstance",
    "AWS::EC2::Instance",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    ENDPOINT,
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
];

impl View<'_> {
    /// The places of a resource, one per subnet; none where it has no network interface.
    pub(super) fn places(&self, node: NodeId) -> Vec<Place> {
        let facts = &self.facts;
        found(facts, node).into_iter().flat_map(|found| self.places_of(node, found)).collect()
    }

    fn places_of(&self, node: NodeId, found: Found) -> Vec<Place> {
        let facts = &self.facts;
        let groups = found.groups;
        let whole = facts.type_of(node) == "AWS::EC2::Subnet";
        let place = |subnet: Option<NodeId>| {
            let of_groups = || groups.iter().flatten().find_map(|group| vpc_of(facts, group));
            let vpc = subnet.and_then(|subnet| facts.target(subnet, "VpcId")).or_else(of_groups);
            let of_subnet = subnet.and_then(|subnet| facts.net(subnet, "CidrBlock"));
            let of_vpc = || match self.routes.blocks(vpc?) {
                [only] => Some(*only),
                _ => None,
            };
            let net = found.address.or(of_subnet).or_else(of_vpc).unwrap_or_default();
            let default = || vpc.map(Group::DefaultOf).into_iter().collect();
            Place {
                node,
                subnet,
                vpc,
                groups: groups.clone().unwrap_or_else(default),
                net,
                one_of: !whole && found.address.is_none(),
                ipv6: subnet.is_some_and(|subnet| facts.get(subnet, "Ipv6CidrBlock").is_some()),
                public: found.public,
                listens: found.listens.clone(),
            }
        };
        let subnets = found.subnets.unwrap_or_else(|| vec![None]);
        subnets.into_iter().map(place).collect()
    }
}

fn vpc_of(facts: &Facts<'_>, group: &Group) -> Option<NodeId> {
    match group {
        Group::Own(group) => facts.target(*group, "VpcId"),
        Group::DefaultOf(vpc) => Some(*vpc),
        Group::Elsewhere(_) => None,
    }
}

/// Whether the network depends on a type.
pub(super) fn matters(type_name: &str) -> bool {
    const BESIDE: [&str; 4] =
        ["AWS::DMS::ReplicationSubnetGroup", "AWS::ECS::TaskDefinition", LISTENER, "AWS::RDS::DBSubnetGroup"];
    type_name.starts_with("AWS::EC2::") || TYPES.contains(&type_name) || BESIDE.contains(&type_name)
}

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

fn found(facts: &Facts<'_>, node: NodeId) -> Vec<Found> {
    match facts.type_of(node) {
        "AWS::EC2::Instance" => instance(Reader { facts, node }),
        _ => found_one(facts, node).into_iter().collect(),
    }
}

fn found_one(facts: &Facts<'_>, node: NodeId) -> Option<Found> {
    let read = Reader { facts, node };
    let tcp = |port: u16| vec![Ports::tcp(port)];
    let plain = |subnets, groups| Found { subnets, groups, public: Some(false), listens: None, address: None };
    let found = match facts.type_of(node) {
        "AWS::EC2::NetworkInterface" => Found {
            public: Some(has_elastic_ip(facts, node, "NetworkInterfaceId")),
            address: read.address("PrivateIpAddress"),
            ..plain(read.subnets("SubnetId"), read.groups("GroupSet"))
        },
        // A subnet stands for whatever is in it, in groups that say nothing.
        "AWS::EC2::Subnet" => Found { public: None, ..plain(Some(vec![Some(node)]), Some(Vec::new())) },
        // A group stands for what is in it, wherever that is.
        "AWS::EC2::SecurityGroup" => plain(None, Some(vec![Group::Own(node)])),
        ENDPOINT if is_interface(facts, node) => {
            Found { listens: Some(tcp(443)), ..plain(read.subnets("SubnetIds"), read.groups("SecurityGroupIds")) }
        }
        "AWS::ECS::Service" => service(read)?,
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => balancer(read),
        "AWS::Lambda::Function" => {
            let Some(Expr::Map(network)) = facts.get(node, "VpcConfig") else { return None };
            let groups = facts.property(network, "SecurityGroupIds").map(|list| read.groups_of(list));
            plain(facts.property(network, "SubnetIds").map(|list| read.subnets_of(list)), groups)
        }
        "AWS::ApiGatewayV2::VpcLink" => plain(read.subnets("SubnetIds"), read.groups("SecurityGroupIds")),
        "AWS::DMS::ReplicationInstance" => Found {
            public: facts.truth(node, "PubliclyAccessible", true),
            ..plain(
                read.subnets_through("ReplicationSubnetGroupIdentifier", "SubnetIds"),
                read.groups("VpcSecurityGroupIds"),
            )
        },
        "AWS::RDS::DBProxy" => Found {
            listens: engine_port(&facts.text(node, "EngineFamily")?.to_ascii_lowercase()).map(tcp),
            ..plain(read.subnets("VpcSubnetIds"), read.groups("VpcSecurityGroupIds"))
        },
        "AWS::RDS::DBCluster" => database(read, "VpcSecurityGroupIds"),
        // An instance of a cluster is where the cluster says, and in its groups.
        "AWS::RDS::DBInstance" => match facts.target(node, "DBClusterIdentifier") {
            Some(cluster) => Found {
                public: publicly_accessible(facts, node),
                ..database(Reader { facts, node: cluster }, "VpcSecurityGroupIds")
            },
            None => database(read, "VPCSecurityGroups"),
        },
        _ => return None,
    };
    Some(found)
}

/// Reads the properties of one resource.
#[derive(Clone, Copy)]
struct Reader<'f, 'a> {
    facts: &'f Facts<'a>,
    node: NodeId,
}

impl<'a> Reader<'_, 'a> {
    fn subnets(&self, key: &str) -> Option<Subnets> {
        self.facts.get(self.node, key).map(|list| self.subnets_of(list))
    }

    fn subnets_of(&self, list: &'a Expr) -> Subnets {
        let (found, other) = self.facts.targets(self.node, list);
        found.into_iter().map(Some).chain(other.then_some(None)).collect()
    }

    /// The subnets of the subnet group that a property names.
    fn subnets_through(&self, key: &str, list: &str) -> Option<Subnets> {
        let group = self.facts.target(self.node, key)?;
        Reader { facts: self.facts, node: group }.subnets(list)
    }

    fn groups(&self, key: &str) -> Option<Vec<Group>> {
        self.facts.get(self.node, key).map(|list| self.groups_of(list))
    }

    fn groups_of(&self, list: &Expr) -> Vec<Group> {
        self.facts.items(list).into_iter().map(|item| group(self.facts, self.node, item)).collect()
    }

    fn address(&self, key: &str) -> Option<IpNet> {
        let address: IpAddr = self.facts.text(self.node, key)?.parse().ok()?;
        Some(address.into())
    }
}

/// An instance: each of its interfaces.
fn instance(read: Reader<'_, '_>) -> Vec<Found> {
    let Reader { facts, node } = read;
    let elastic = has_elastic_ip(facts, node, "InstanceId");
    // Whatever it does not say itself, its launch template may.
    let templated = facts.get(node, "LaunchTemplate").is_some();
    let unsaid = |groups: Option<Vec<Group>>| groups.or_else(|| templated.then(|| vec![Group::Elsewhere(None)]));
    let mapped = |subnets: &Option<Subnets>| match subnets.as_ref().and_then(|list| *list.first()?) {
        _ if templated => None,
        Some(subnet) => facts.truth(subnet, "MapPublicIpOnLaunch", false),
        None => Some(false),
    };
    let own = facts.objects(facts.get(node, "NetworkInterfaces"));
    if own.is_empty() {
        let subnets = read.subnets("SubnetId");
        let public = if elastic { Some(true) } else { mapped(&subnets) };
        let groups = unsaid(read.groups("SecurityGroupIds"));
        return vec![Found { subnets, groups, public, listens: None, address: read.address("PrivateIpAddress") }];
    }
    let interface = |interface: Option<&'_ Props>| {
        let Some(interface) = interface else {
            let groups = Some(vec![Group::Elsewhere(None)]);
            return Found { subnets: None, groups, public: None, listens: None, address: None };
        };
        let made = facts.property(interface, "NetworkInterfaceId").and_then(|one| facts.node(node, one));
        if let Some(found) = made.and_then(|made| found_one(facts, made)) {
            return found;
        }
        let subnets = facts.property(interface, "SubnetId").map(|one| read.subnets_of(one));
        let public = match facts.read(interface, "AssociatePublicIpAddress") {
            _ if elastic => Some(true),
            Read::Absent => mapped(&subnets),
            read => read.parsed().known(),
        };
        let groups = facts.property(interface, "GroupSet").map(|list| read.groups_of(list));
        let address: Option<IpAddr> = facts.read(interface, "PrivateIpAddress").parsed().known();
        Found { subnets, groups: unsaid(groups), public, listens: None, address: address.map(IpNet::from) }
    };
    own.into_iter().map(interface).collect()
}

/// Whether an elastic address belongs to a resource.
fn has_elastic_ip(facts: &Facts<'_>, node: NodeId, key: &str) -> bool {
    let types = ["AWS::EC2::EIPAssociation", "AWS::EC2::EIP"];
    types.into_iter().any(|type_name| facts.referring(node, type_name, key).next().is_some())
}

/// Whether a database has a public address. What says nothing is decided by its VPC, and AWS's texts disagree how.
fn publicly_accessible(facts: &Facts<'_>, node: NodeId) -> Option<bool> {
    facts.text(node, "PubliclyAccessible")?.parse().ok()
}

fn service(read: Reader<'_, '_>) -> Option<Found> {
    let Reader { facts, node } = read;
    let Some(Expr::Map(network)) = facts.get(node, "NetworkConfiguration") else { return None };
    let Some(Expr::Map(network)) = facts.property(network, "AwsvpcConfiguration") else { return None };
    let public = match facts.read(network, "AssignPublicIp") {
        Read::Absent => Some(false),
        Read::Unread => None,
        Read::Is(text) => Some(text == "ENABLED"),
    };
    // Containers need not name their ports: then their groups say them.
    let listens = facts.target(node, "TaskDefinition").and_then(|task| container_ports(facts, task));
    Some(Found {
        subnets: facts.property(network, "Subnets").map(|list| read.subnets_of(list)),
        groups: facts.property(network, "SecurityGroups").map(|list| read.groups_of(list)),
        public,
        listens: listens.filter(|ports| !ports.is_empty()),
        address: None,
    })
}

/// The ports of a task's containers; none where one cannot be read.
fn container_ports(facts: &Facts<'_>, task: NodeId) -> Option<Vec<Ports>> {
    let mut ports = Vec::new();
    for container in facts.objects(facts.get(task, "ContainerDefinitions")) {
        for mapping in facts.objects(facts.property(container?, "PortMappings")) {
            let port = facts.read(mapping?, "ContainerPort").parsed().known()?;
            ports.push(match facts.read(mapping?, "Protocol") {
                Read::Is(protocol) if protocol == "udp" => Ports::udp(port),
                Read::Unread => return None,
                _ => Ports::tcp(port),
            });
        }
    }
    Some(ports)
}

fn balancer(read: Reader<'_, '_>) -> Found {
    let Reader { facts, node } = read;
    let subnets = read.subnets("Subnets").or_else(|| {
        let each = facts.objects(facts.get(node, "SubnetMappings")).into_iter();
        let all: Subnets = each.map(|mapping| facts.node(node, facts.property(mapping?, "SubnetId")?)).collect();
        (!all.is_empty()).then_some(all)
    });
    // A network load balancer without groups lets everybody in.
    let network = facts.text(node, "Type").as_deref() == Some("network");
    let groups = read.groups("SecurityGroups").or_else(|| network.then(Vec::new));
    let public = match facts.get(node, "Scheme") {
        None => Some(true),
        Some(scheme) => facts.literal(scheme).map(|scheme| scheme != "internal"),
    };
    Found { subnets, groups, public, listens: listeners(facts, node), address: None }
}

/// The ports of a load balancer's listeners; none where one cannot be read.
fn listeners(facts: &Facts<'_>, balancer: NodeId) -> Option<Vec<Ports>> {
    let mut ports = Vec::new();
    for node in facts.referring(balancer, LISTENER, "LoadBalancerArn") {
        let port = facts.text(node, "Port")?.parse().ok()?;
        let protocol = match facts.get(node, "Protocol") {
            None => "HTTP".to_owned(),
            Some(protocol) => facts.literal(protocol)?,
        };
        if !matches!(protocol.as_str(), "UDP" | "QUIC") {
            ports.push(Ports::tcp(port));
        }
        if matches!(protocol.as_str(), "UDP" | "QUIC" | "TCP_UDP" | "TCP_QUIC") {
            ports.push(Ports::udp(port));
        }
    }
    Some(ports)
}

fn database(read: Reader<'_, '_>, groups: &str) -> Found {
    let Reader { facts, node } = read;
    let port = match facts.get(node, "Port") {
        Some(_) => facts.number(node, "Port").and_then(|port| u16::try_from(port).ok()),
        None => facts.text(node, "Engine").and_then(|engine| engine_port(&engine)),
    };
    Found {
        subnets: read.subnets_through("DBSubnetGroupName", "SubnetIds"),
        groups: read.groups(groups),
        public: publicly_accessible(facts, node),
        listens: port.map(|port| vec![Ports::tcp(port)]),
        address: None,
    }
}

/// The port that an engine has unless it is given another. Source: the RDS API reference, `CreateDBInstance` and
/// `CreateDBCluster`, `Port`.
fn engine_port(engine: &str) -> Option<u16> {
    match engine {
        "aurora-mysql" | "mariadb" | "mysql" => Some(3306),
        "aurora-postgresql" | "postgres" | "postgresql" => Some(5432),
        _ if engine.starts_with("oracle") => Some(1521),
        _ if engine.starts_with("sqlserver") => Some(1433),
        _ => None,
    }
}
