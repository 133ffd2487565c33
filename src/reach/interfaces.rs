//! Network interfaces: which resources have them, where, and what they listen to.

use ipnet::IpNet;

use super::Network;
use super::facts::{Facts, objects, property};
use super::groups::{Group, group};
use super::ports::Ports;
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
    /// Its addresses: its own one, or any of its subnet.
    pub(super) net: Option<IpNet>,
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

impl Network<'_> {
    /// The places of a resource, one per subnet; none where it has no network interface.
    pub(super) fn places(&self, node: NodeId) -> Vec<Place> {
        let facts = &self.facts;
        let Some(found) = found(facts, node) else { return Vec::new() };
        let groups = found.groups;
        let place = |subnet: Option<NodeId>| {
            let of_groups = || groups.iter().flatten().find_map(|group| vpc_of(facts, group));
            let vpc = subnet.and_then(|subnet| facts.target(subnet, "VpcId")).or_else(of_groups);
            let of_subnet = subnet.and_then(|subnet| facts.net(subnet, "CidrBlock"));
            let net = found.address.or(of_subnet).or_else(|| self.routes.blocks(vpc?).first().copied());
            let default = || vpc.map(Group::DefaultOf).into_iter().collect();
            Place {
                node,
                subnet,
                vpc,
                groups: groups.clone().unwrap_or_else(default),
                net,
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
        Group::Elsewhere => None,
    }
}

fn found(facts: &Facts<'_>, node: NodeId) -> Option<Found> {
    let read = Reader { facts, node };
    let ports = |listens: Option<Vec<u16>>| listens.map(|all| all.into_iter().map(Ports::tcp).collect::<Vec<_>>());
    let plain = |subnets, groups| Found { subnets, groups, public: Some(false), listens: None, address: None };
    let found = match facts.type_of(node) {
        "AWS::EC2::Instance" => instance(read),
        "AWS::EC2::NetworkInterface" => Found {
            public: Some(has_elastic_ip(facts, node, "NetworkInterfaceId")),
            address: read.address("PrivateIpAddress"),
            ..plain(read.subnets("SubnetId"), read.groups("GroupSet"))
        },
        // A subnet stands for whatever is in it, in groups that say nothing.
        "AWS::EC2::Subnet" => Found { public: None, ..plain(Some(vec![Some(node)]), Some(Vec::new())) },
        // A group stands for what is in it, wherever that is.
        "AWS::EC2::SecurityGroup" => plain(None, Some(vec![Group::Own(node)])),
        ENDPOINT if is_interface(facts, node) => Found {
            listens: ports(Some(vec![443])),
            ..plain(read.subnets("SubnetIds"), read.groups("SecurityGroupIds"))
        },
        "AWS::ECS::Service" => service(read)?,
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => Found {
            public: Some(facts.text(node, "Scheme").as_deref() != Some("internal")),
            listens: ports(Some(listeners(facts, node))),
            ..plain(read.subnets("Subnets"), read.groups("SecurityGroups"))
        },
        "AWS::Lambda::Function" => {
            let Some(Expr::Map(network)) = facts.get(node, "VpcConfig") else { return None };
            let groups = property(network, "SecurityGroupIds").map(|list| read.groups_of(list));
            plain(property(network, "SubnetIds").map(|list| read.subnets_of(list)), groups)
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
            listens: ports(engine_port(&facts.text(node, "EngineFamily")?.to_ascii_lowercase()).map(|port| vec![port])),
            ..plain(read.subnets("VpcSubnetIds"), read.groups("VpcSecurityGroupIds"))
        },
        "AWS::RDS::DBCluster" => database(read, "VpcSecurityGroupIds"),
        // An instance of a cluster is where the cluster says, and in its groups.
        "AWS::RDS::DBInstance" => match facts.target(node, "DBClusterIdentifier") {
            Some(cluster) => Found {
                public: facts.truth(node, "PubliclyAccessible", false),
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
        match list {
            Expr::List(items) => items.iter().map(|item| group(self.facts, self.node, item)).collect(),
            one => vec![group(self.facts, self.node, one)],
        }
    }

    fn address(&self, key: &str) -> Option<IpNet> {
        let address: std::net::IpAddr = self.facts.text(self.node, key)?.parse().ok()?;
        Some(address.into())
    }
}

fn instance(read: Reader<'_, '_>) -> Found {
    let Reader { facts, node } = read;
    let elastic = has_elastic_ip(facts, node, "InstanceId");
    let mapped = |subnet: Option<NodeId>| match subnet {
        Some(subnet) => facts.truth(subnet, "MapPublicIpOnLaunch", false),
        None => Some(false),
    };
    let first = |subnets: &Option<Subnets>| subnets.as_ref().and_then(|list| *list.first()?);
    let own = objects(facts.get(node, "NetworkInterfaces")).next();
    let (subnets, groups, asked, address) = match own {
        Some(interface) => {
            let address = property(interface, "PrivateIpAddress").and_then(|expr| facts.literal(expr));
            (
                property(interface, "SubnetId").map(|one| read.subnets_of(one)),
                property(interface, "GroupSet").map(|list| read.groups_of(list)),
                property(interface, "AssociatePublicIpAddress").map(|expr| facts.literal(expr)),
                address.and_then(|text| text.parse::<std::net::IpAddr>().ok()).map(IpNet::from),
            )
        }
        None => (read.subnets("SubnetId"), read.groups("SecurityGroupIds"), None, read.address("PrivateIpAddress")),
    };
    let given = match asked {
        Some(answer) => answer.and_then(|text| text.parse().ok()),
        None => mapped(first(&subnets)),
    };
    let public = if elastic { Some(true) } else { given };
    Found { subnets, groups, public, listens: None, address }
}

/// Whether an elastic address belongs to a resource.
fn has_elastic_ip(facts: &Facts<'_>, node: NodeId, key: &str) -> bool {
    let mut owners = facts.of_type("AWS::EC2::EIPAssociation").chain(facts.of_type("AWS::EC2::EIP"));
    owners.any(|owner| facts.target(owner, key) == Some(node))
}

fn service(read: Reader<'_, '_>) -> Option<Found> {
    let Reader { facts, node } = read;
    let Some(Expr::Map(network)) = facts.get(node, "NetworkConfiguration") else { return None };
    let Some(Expr::Map(network)) = property(network, "AwsvpcConfiguration") else { return None };
    let public = match property(network, "AssignPublicIp") {
        None => Some(false),
        Some(expr) => facts.literal(expr).map(|text| text == "ENABLED"),
    };
    let task = facts.target(node, "TaskDefinition");
    let containers = task.into_iter().flat_map(|task| objects(facts.get(task, "ContainerDefinitions")));
    let mappings = containers.flat_map(|container| objects(property(container, "PortMappings")));
    let listens: Vec<Ports> = mappings.filter_map(|mapping| container_port(facts, mapping)).collect();
    Some(Found {
        subnets: property(network, "Subnets").map(|list| read.subnets_of(list)),
        groups: property(network, "SecurityGroups").map(|list| read.groups_of(list)),
        public,
        listens: task.map(|_| listens),
        address: None,
    })
}

fn container_port(facts: &Facts<'_>, mapping: &Props) -> Option<Ports> {
    let port = facts.literal(property(mapping, "ContainerPort")?)?.parse().ok()?;
    let protocol = property(mapping, "Protocol").and_then(|expr| facts.literal(expr));
    Some(if protocol.as_deref() == Some("udp") { Ports::udp(port) } else { Ports::tcp(port) })
}

/// The ports of a load balancer's listeners.
fn listeners(facts: &Facts<'_>, balancer: NodeId) -> Vec<u16> {
    let all = facts.of_type("AWS::ElasticLoadBalancingV2::Listener");
    let own = all.filter(|node| facts.target(*node, "LoadBalancerArn") == Some(balancer));
    own.filter_map(|node| u16::try_from(facts.number(node, "Port")?).ok()).collect()
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
        public: facts.truth(node, "PubliclyAccessible", false),
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
