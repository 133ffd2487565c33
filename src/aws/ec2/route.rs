//! Routes: which way packets of a subnet go.

use super::within::id_within;
use super::{InternetGateway, PrefixList, Subnet, TransitGatewayAttachment, Vpc, VpcPeering};
use crate::cfn::ec2;
use crate::core::{NodeId, Problem, Ref, Stack, Value};

/// Whom a route is for: the addresses that packets go to. Of several routes that fit, the one with the longest prefix counts.
#[derive(Clone, Debug)]
pub enum Destination {
    /// An IPv4 block.
    Ipv4(Value<String>),
    /// An IPv6 block.
    Ipv6(Value<String>),
    /// The blocks of a prefix list, by its id.
    PrefixList(Value<ec2::PrefixListId>),
}

/// A block in CIDR notation: of IPv6 where it has a `:`.
impl From<&str> for Destination {
    fn from(block: &str) -> Self {
        if block.contains(':') { Self::Ipv6(block.into()) } else { Self::Ipv4(block.into()) }
    }
}

impl From<String> for Destination {
    fn from(block: String) -> Self {
        block.as_str().into()
    }
}

impl From<&String> for Destination {
    fn from(block: &String) -> Self {
        block.as_str().into()
    }
}

/// A VPC's IPv4 block.
impl From<&Vpc> for Destination {
    fn from(vpc: &Vpc) -> Self {
        vpc.cidr_block.as_str().into()
    }
}

impl From<&PrefixList> for Destination {
    fn from(list: &PrefixList) -> Self {
        Self::PrefixList(list.id())
    }
}

impl From<PrefixList> for Destination {
    fn from(list: PrefixList) -> Self {
        Self::PrefixList(list.id())
    }
}

/// Where a route leads. AWS CDK's router.
#[derive(Clone, Copy, Debug)]
pub enum Router {
    /// To the internet, for public addresses; and from there.
    InternetGateway(InternetGateway),
    /// To the internet in the gateway's name; nobody gets in that way.
    NatGateway(Ref<ec2::NatGateway>),
    /// To the internet, for IPv6; nobody gets in that way.
    EgressOnlyInternetGateway(Ref<ec2::EgressOnlyInternetGateway>),
    /// To a VPC that is peered with the subnet's.
    Peering(VpcPeering),
    /// To a transit gateway, by the attachment of the subnet's VPC.
    TransitGateway(TransitGatewayAttachment),
    /// To a network interface: that of a machine which sends packets on.
    NetworkInterface(Ref<ec2::NetworkInterface>),
}

impl Router {
    /// The route to it, and what has to be there before.
    fn lead(self, route: ec2::Route) -> (ec2::Route, Option<NodeId>) {
        match self {
            Self::InternetGateway(to) => (route.gateway_id(to.gateway), Some(to.attachment.node())),
            Self::NatGateway(to) => (route.nat_gateway_id(to), None),
            Self::EgressOnlyInternetGateway(to) => (route.egress_only_internet_gateway_id(to), None),
            Self::Peering(to) => (route.vpc_peering_connection_id(to.connection), None),
            Self::TransitGateway(to) => (route.transit_gateway_id(to.gateway), Some(to.attachment.node())),
            Self::NetworkInterface(to) => (route.network_interface_id(to), None),
        }
    }

    /// Why it cannot lead to a destination. Rule: the Amazon VPC user guide, "Egress-only internet gateways".
    fn refuses(&self, to: &Destination) -> Option<Problem> {
        (matches!(self, Self::EgressOnlyInternetGateway(_)) && !matches!(to, Destination::Ipv6(_))).then(|| {
            Problem::error("exclusive-properties", "an egress-only internet gateway carries IPv6 alone")
                .help("give IPv4 addresses a NAT gateway")
        })
    }
}

/// Each is a router as it is.
macro_rules! routers {
    ($($handle:ty => $variant:ident)*) => {$(
        impl From<$handle> for Router {
            fn from(to: $handle) -> Self {
                Self::$variant(to)
            }
        }
    )*};
}
routers! {
    InternetGateway => InternetGateway
    Ref<ec2::NatGateway> => NatGateway
    Ref<ec2::EgressOnlyInternetGateway> => EgressOnlyInternetGateway
    VpcPeering => Peering
    TransitGatewayAttachment => TransitGateway
    Ref<ec2::NetworkInterface> => NetworkInterface
}

impl Subnet {
    /// Adds a route to its route table. Two for one destination are a problem.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::ec2::{VpcPeeringSpec, VpcSpec};
    ///
    /// let [shop, data] = [("Shop", "10.1.0.0/16"), ("Data", "10.2.0.0/16")]
    ///     .map(|(id, block)| s.add(id, VpcSpec { nat_gateways: 1, ..VpcSpec::new(block) }));
    /// let peering = s.add("Peering", VpcPeeringSpec { routes: false, ..VpcPeeringSpec::new(&shop, &data) });
    /// for subnet in shop.private_subnets() {
    ///     subnet.add_route(s, "ToData", &data, peering);
    /// }
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn add_route(
        &self,
        stack: &mut Stack,
        id: &str,
        destination: impl Into<Destination>,
        router: impl Into<Router>,
    ) -> Ref<ec2::Route> {
        let (destination, router) = (destination.into(), router.into());
        let refused = router.refuses(&destination);
        let route = ec2::Route::new(self.route_table);
        let route = match destination {
            Destination::Ipv4(block) => route.destination_cidr_block(block),
            Destination::Ipv6(block) => route.destination_ipv6_cidr_block(block),
            Destination::PrefixList(list) => route.destination_prefix_list_id(list),
        };
        let (route, before) = router.lead(route);
        let id = id_within(stack, self.node, id);
        let route = stack.add_within(self.node, id, route);
        if let Some(before) = before {
            stack.resource(route).depends_on(before);
        }
        if let Some(problem) = refused {
            stack.report_at(Some(route.node()), problem);
        }
        route
    }
}
