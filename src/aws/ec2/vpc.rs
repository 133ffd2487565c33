//! VPCs: tiers of subnets over zones, with gateways, routes and endpoints.

use ipnet::Ipv4Net;

use super::InternetGateway;
use super::addresses;
use super::endpoint::{self, GatewayEndpoint, GatewayService, InterfaceEndpoint, InterfaceService};
use super::subnet::{Subnet, SubnetSpec, SubnetType, Tier, name_tag};
use crate::cfn::ec2;
use crate::core::{Construct, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// As many NAT gateways as zones: an outage of one zone takes no other's way out with it.
pub const ONE_PER_ZONE: usize = usize::MAX;

/// A network: a VPC with tiers of subnets over several zones, an internet gateway where a tier is public, NAT
/// gateways, routes and endpoints.
///
/// Addresses are carved out of the VPC's block without overlap: tiers with a prefix length first, the others share
/// what is left in equal parts, as in AWS CDK.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{Tier, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec {
///     zones: ["us-east-1a", "us-east-1b"].into(),
///     nat_gateways: 1,
///     tiers: vec![Tier::public("Public").prefix_length(24), Tier::private("App"), Tier::isolated("Data")],
///     ..VpcSpec::new("10.0.0.0/16")
/// });
/// assert_eq!(vpc.public_subnets().len(), 2);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct VpcSpec {
    /// The IPv4 block, /16 to /28.
    pub cidr_block: String,
    /// The Availability Zones. Default: the first two of the region.
    pub zones: Zones,
    /// The tiers of subnets, one subnet per zone in each. Default: `Public`, and `Private` behind NAT gateways; with
    /// no NAT gateway, `Public` and `Isolated`.
    pub tiers: Vec<Tier>,
    /// How many NAT gateways there are, in the first public tier. Each costs by the hour and the gigabyte. Default:
    /// [`ONE_PER_ZONE`].
    pub nat_gateways: usize,
    /// Whether instances get DNS names. Default: true (CloudFormation's own is false).
    pub enable_dns_hostnames: bool,
    /// Whether the VPC has a resolver. Default: true.
    pub enable_dns_support: bool,
    /// Whether the VPC has a /56 of Amazon's IPv6 addresses and each subnet a /64; private tiers then reach out
    /// through an egress-only gateway. Public subnets no longer give public IPv4 addresses by themselves, as in AWS
    /// CDK. Default: false.
    pub ipv6: bool,
    /// Gateway endpoints by id, in every route table. They cost nothing. Default: none.
    pub gateway_endpoints: Vec<(String, GatewayService)>,
    /// Interface endpoints by id, in the first private or isolated tier. Each costs by the hour and zone. Default: none.
    pub interface_endpoints: Vec<(String, InterfaceService)>,
}

impl VpcSpec {
    /// A VPC with this IPv4 block and the defaults of every field.
    #[must_use]
    pub fn new(cidr_block: impl Into<String>) -> Self {
        Self {
            cidr_block: cidr_block.into(),
            zones: Zones::Count(2),
            tiers: Vec::new(),
            nat_gateways: ONE_PER_ZONE,
            enable_dns_hostnames: true,
            enable_dns_support: true,
            ipv6: false,
            gateway_endpoints: Vec::new(),
            interface_endpoints: Vec::new(),
        }
    }
}

/// The Availability Zones of a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zones {
    /// The first so many of the stack's region, whatever they are called: `Fn::GetAZs`.
    Count(usize),
    /// These, by name.
    Names(Vec<String>),
}

impl Zones {
    fn values(&self) -> Vec<Value<String>> {
        match self {
            Self::Names(names) => names.iter().map(Into::into).collect(),
            Self::Count(count) => {
                let index = |index: usize| i64::try_from(index).unwrap_or(i64::MAX);
                (0..*count).map(|zone| intrinsics::select(index(zone), intrinsics::get_azs("")).into()).collect()
            }
        }
    }
}

impl From<usize> for Zones {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Zones {
    fn from(names: [S; N]) -> Self {
        Self::Names(names.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>> From<Vec<S>> for Zones {
    fn from(names: Vec<S>) -> Self {
        Self::Names(names.into_iter().map(Into::into).collect())
    }
}

/// A VPC that was added.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// The VPC itself.
    pub vpc: Ref<ec2::Vpc>,
    /// Its IPv4 block.
    pub cidr_block: String,
    /// Its internet gateway, where a tier is public, or one was added.
    pub internet_gateway: Option<InternetGateway>,
    /// Its NAT gateways, in the order of the zones.
    pub nat_gateways: Vec<Ref<ec2::NatGateway>>,
    tiers: Vec<(Tier, Vec<Subnet>)>,
    pub(super) node: NodeId,
}

impl Vpc {
    fn of_type(&self, subnet_type: SubnetType) -> Vec<Subnet> {
        let tiers = self.tiers.iter().filter(|(tier, _)| tier.subnet_type == subnet_type);
        tiers.flat_map(|(_, subnets)| subnets.iter().copied()).collect()
    }

    /// The subnets of all public tiers.
    #[must_use]
    pub fn public_subnets(&self) -> Vec<Subnet> {
        self.of_type(SubnetType::Public)
    }

    /// The subnets of all private tiers.
    #[must_use]
    pub fn private_subnets(&self) -> Vec<Subnet> {
        self.of_type(SubnetType::Private)
    }

    /// The subnets of all isolated tiers.
    #[must_use]
    pub fn isolated_subnets(&self) -> Vec<Subnet> {
        self.of_type(SubnetType::Isolated)
    }

    /// The subnets of one tier, by its name. Empty where there is no such tier.
    #[must_use]
    pub fn tier(&self, name: &str) -> Vec<Subnet> {
        self.tiers.iter().filter(|(tier, _)| tier.name == name).flat_map(|(_, subnets)| subnets.clone()).collect()
    }

    /// Every subnet, tier after tier.
    #[must_use]
    pub fn subnets(&self) -> Vec<Subnet> {
        self.tiers.iter().flat_map(|(_, subnets)| subnets.iter().copied()).collect()
    }

    /// Where what nobody has to reach from outside goes: the private subnets, or the isolated ones where there are none, or
    /// the public ones where there are none of these.
    #[cfg(any(feature = "elasticloadbalancingv2", feature = "rds"))]
    pub(in crate::aws) fn inner_subnets(&self) -> Vec<Subnet> {
        let types = [SubnetType::Private, SubnetType::Isolated, SubnetType::Public];
        types.into_iter().map(|of| self.of_type(of)).find(|tier| !tier.is_empty()).unwrap_or_default()
    }

    /// One subnet per zone, for what AWS takes one per zone of: those of the first private tier, or of the first
    /// isolated one, or of the first public one.
    pub(super) fn one_per_zone(&self) -> &[Subnet] {
        let first = |subnet_type| self.tiers.iter().find(|(tier, _)| tier.subnet_type == subnet_type);
        let tier = [SubnetType::Private, SubnetType::Isolated, SubnetType::Public].into_iter().find_map(first);
        tier.map(|(_, subnets)| subnets.as_slice()).unwrap_or_default()
    }

    /// Adds a gateway endpoint to every route table: S3 or DynamoDB are then reached without the internet.
    #[track_caller]
    pub fn add_gateway_endpoint(&self, stack: &mut Stack, id: &str, service: GatewayService) -> GatewayEndpoint {
        stack.add_within(self.node, id, endpoint::Gateway { vpc: self, service })
    }

    /// Adds an interface endpoint to the subnets of the first private tier (the first isolated one, where there is
    /// none), with a security group that lets the VPC in on 443.
    #[track_caller]
    pub fn add_interface_endpoint(&self, stack: &mut Stack, id: &str, service: InterfaceService) -> InterfaceEndpoint {
        stack.add_within(self.node, id, endpoint::Interface { vpc: self, service })
    }
}

impl From<&Vpc> for Ref<ec2::Vpc> {
    fn from(vpc: &Vpc) -> Self {
        vpc.vpc
    }
}

impl From<&Vpc> for Value<ec2::VpcId> {
    fn from(vpc: &Vpc) -> Self {
        vpc.vpc.into()
    }
}

impl From<&Vpc> for crate::core::StackRef {
    fn from(vpc: &Vpc) -> Self {
        vpc.vpc.into()
    }
}

impl Construct for VpcSpec {
    type Out = Vpc;

    fn build(self, stack: &mut Stack) -> Vpc {
        let node = stack.current();
        let tags = [name_tag(stack)];
        let vpc = stack.add(
            "Resource",
            ec2::Vpc::new()
                .cidr_block(&self.cidr_block)
                .enable_dns_hostnames(self.enable_dns_hostnames)
                .enable_dns_support(self.enable_dns_support)
                .instance_tenancy(ec2::vpc::InstanceTenancy::DEFAULT)
                .tags(tags),
        );
        let zones = self.zones.values();
        let tiers = self.tiers();
        let blocks = self.blocks(stack, &tiers, zones.len());
        let mut out = Vpc {
            vpc,
            cidr_block: self.cidr_block.clone(),
            internet_gateway: None,
            nat_gateways: Vec::new(),
            tiers: Vec::new(),
            node: node.unwrap_or(vpc.node()),
        };
        let ipv6 =
            self.ipv6.then(|| stack.add("ipv6cidr", ec2::VpcCidrBlock::new(vpc).amazon_provided_ipv6_cidr_block(true)));
        let total = tiers.len() * zones.len();
        for (tier, blocks) in tiers.into_iter().zip(blocks) {
            let first = out.subnets().len();
            let subnets = zones.iter().zip(blocks).enumerate().map(|(index, (zone, block))| {
                let subnet = stack.add(
                    format!("{}Subnet{}", tier.name, index + 1),
                    SubnetSpec {
                        vpc,
                        zone: zone.clone(),
                        cidr_block: block.to_string(),
                        ipv6_cidr_block: ipv6.map(|_| ipv6_block(vpc, total, first + index)),
                        map_public_ip_on_launch: tier.subnet_type == SubnetType::Public && !self.ipv6,
                    },
                );
                if let Some(ipv6) = ipv6 {
                    stack.resource(subnet.subnet).depends_on(ipv6);
                }
                subnet
            });
            let subnets = subnets.collect();
            out.tiers.push((tier, subnets));
        }
        self.route(stack, &mut out, zones.len());
        for (id, service) in &self.gateway_endpoints {
            out.add_gateway_endpoint(stack, id, *service);
        }
        for (id, service) in &self.interface_endpoints {
            out.add_interface_endpoint(stack, id, service.clone());
        }
        out
    }
}

/// The subnet's /64 of the VPC's /56.
fn ipv6_block(vpc: Ref<ec2::Vpc>, total: usize, index: usize) -> Value<String> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let block = intrinsics::select(0, vpc.ipv6_cidr_blocks());
    intrinsics::select(number(index), intrinsics::cidr(block, number(total), 64)).into()
}

impl VpcSpec {
    /// The tiers, or the default ones.
    fn tiers(&self) -> Vec<Tier> {
        match (self.tiers.is_empty(), self.nat_gateways) {
            (false, _) => self.tiers.clone(),
            (true, 0) => vec![Tier::public("Public"), Tier::isolated("Isolated")],
            (true, _) => vec![Tier::public("Public"), Tier::private("Private")],
        }
    }

    /// The addresses of the subnets. Where they do not work out, a problem, and no subnets.
    fn blocks(&self, stack: &mut Stack, tiers: &[Tier], zones: usize) -> Vec<Vec<Ipv4Net>> {
        let mut report =
            |check, message: String, help: &str| stack.report_at(None, Problem::error(check, message).help(help));
        for (index, tier) in tiers.iter().enumerate() {
            if tiers[..index].iter().any(|before| before.name == tier.name) {
                report("name-used-twice", format!("two tiers are called `{}`", tier.name), "give one another name");
                return Vec::new();
            }
        }
        let private = tiers.iter().any(|tier| tier.subnet_type == SubnetType::Private);
        let public = tiers.iter().any(|tier| tier.subnet_type == SubnetType::Public);
        if private && (self.nat_gateways == 0 || !public) {
            let missing = if public { "there is no NAT gateway" } else { "no tier is public, to hold a NAT gateway" };
            let message = format!("a private tier reaches out through a NAT gateway, and {missing}");
            report("exclusive-properties", message, "add one, or make the tier isolated");
        }
        if zones == 0 {
            report("item-count", "the VPC has no zones".into(), "two or more outlive the loss of one");
            return Vec::new();
        }
        let Ok(block) = self.cidr_block.parse::<Ipv4Net>() else {
            return Vec::new(); // the check of the property says so
        };
        if !(16..=28).contains(&block.prefix_len()) {
            return Vec::new(); // the check of blocks says so
        }
        if block.trunc() != block {
            let message = format!("{block} does not begin at its first address");
            report("range", message, &format!("write {}", block.trunc()));
            return Vec::new();
        }
        let sizes: Vec<_> = tiers.iter().map(|tier| tier.prefix_length).collect();
        addresses::carve(block, &sizes, zones).unwrap_or_else(|(message, help)| {
            report("range", message, &help);
            Vec::new()
        })
    }

    /// Gateways, and the default route of each subnet.
    fn route(&self, stack: &mut Stack, vpc: &mut Vpc, zones: usize) {
        let public = vpc.public_subnets();
        if !public.is_empty() {
            let gateway = vpc.add_internet_gateway(stack);
            let nat_gateways = self.nat_gateways.min(zones);
            let needs_nat = !vpc.private_subnets().is_empty();
            for (index, subnet) in public.iter().enumerate() {
                let route = subnet.add_route(stack, DEFAULT, "0.0.0.0/0", gateway);
                if self.ipv6 {
                    subnet.add_route(stack, DEFAULT6, "::/0", gateway);
                }
                if needs_nat && index < nat_gateways {
                    vpc.nat_gateways.push(nat_gateway(stack, subnet, route));
                }
            }
        }
        let private = vpc.private_subnets();
        for (index, subnet) in private.iter().enumerate() {
            if let Some(nat) = vpc.nat_gateways.get((index % zones) % vpc.nat_gateways.len().max(1)) {
                subnet.add_route(stack, DEFAULT, "0.0.0.0/0", *nat);
            }
        }
        if self.ipv6 && !private.is_empty() {
            let gateway = stack.add("EIGW6", ec2::EgressOnlyInternetGateway::new(vpc.vpc));
            for subnet in &private {
                subnet.add_route(stack, DEFAULT6, "::/0", gateway);
            }
        }
    }
}

/// What AWS CDK calls the routes to wherever no other leads.
const DEFAULT: &str = "DefaultRoute";
const DEFAULT6: &str = "DefaultRoute6";

fn nat_gateway(stack: &mut Stack, subnet: &Subnet, route: Ref<ec2::Route>) -> Ref<ec2::NatGateway> {
    stack.within(subnet.node, |stack| {
        let tags = [name_tag(stack)];
        let address = stack.add("EIP", ec2::Eip::new().domain("vpc").tags(tags.clone()));
        let gateway = ec2::NatGateway::new().subnet_id(subnet.subnet).allocation_id(address.allocation_id()).tags(tags);
        let gateway = stack.add("NATGateway", gateway);
        // Without its way to the internet it is of no use, and it is deleted before that goes.
        stack.resource(gateway).depends_on(route).depends_on(subnet.association);
        gateway
    })
}
