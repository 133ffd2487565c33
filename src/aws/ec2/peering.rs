//! Peering: two VPCs that are connected.

use ipnet::Ipv4Net;

use super::subnet::name_tag;
use super::{Peer, SecurityGroup, Vpc};
use crate::cfn::ec2;
use crate::core::{Construct, Problem, Ref, Stack, Value};

/// A connection between two VPCs of one account and region, with routes both ways. It leads from one to the other and no
/// farther: not to a third that is peered with the second, and not to the second's gateways.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{InstanceSpec, Port, VpcPeeringSpec, VpcSpec};
///
/// let [shop, data] = [("Shop", "10.1.0.0/16"), ("Data", "10.2.0.0/16")]
///     .map(|(id, block)| s.add(id, VpcSpec { nat_gateways: 1, ..VpcSpec::new(block) }));
/// let (web, db) = (s.add("Web", InstanceSpec::new(&shop)), s.add("Db", InstanceSpec::new(&data)));
/// let peering = s.add("Peering", VpcPeeringSpec::new(&shop, &data));
/// db.allow_from(s, peering.across(web.security_group), Port::tcp(5432));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct VpcPeeringSpec {
    /// One VPC, which asks for the connection. A change replaces it.
    pub vpc: Vpc,
    /// The other, whose block shares no addresses with the first. A change replaces the connection.
    pub peer: Vpc,
    /// Whether every subnet of each gets a route to the other's block. Default: true; where it is false,
    /// [`Subnet::add_route`](super::Subnet::add_route) connects those that are to be.
    pub routes: bool,
}

impl VpcPeeringSpec {
    /// A connection of two VPCs, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc, peer: &Vpc) -> Self {
        Self { vpc: vpc.clone(), peer: peer.clone(), routes: true }
    }

    /// Rule: the Amazon VPC peering guide, "VPC peering limitations".
    fn check(&self, stack: &mut Stack) {
        let blocks = [&self.vpc, &self.peer].map(|vpc| vpc.cidr_block.parse::<Ipv4Net>());
        let [Ok(one), Ok(other)] = blocks else { return };
        if one.contains(&other) || other.contains(&one) {
            let problem = Problem::error("address-block", format!("the peered VPCs {one} and {other} share addresses"))
                .help("give one of the two another block: routes could not tell them apart");
            stack.report_at(None, problem);
        }
    }
}

/// A connection that was added.
#[derive(Clone, Copy, Debug)]
pub struct VpcPeering {
    /// The connection itself.
    pub connection: Ref<ec2::VpcPeeringConnection>,
}

impl Construct for VpcPeeringSpec {
    type Out = VpcPeering;

    fn build(self, stack: &mut Stack) -> VpcPeering {
        self.check(stack);
        let Self { vpc, peer, routes } = self;
        let tags = [name_tag(stack)];
        let connection = stack.add("Resource", ec2::VpcPeeringConnection::new(&peer, &vpc).tags(tags));
        let peering = VpcPeering { connection };
        if routes {
            for (from, to) in [(&vpc, &peer), (&peer, &vpc)] {
                let id = format!("to {}", stack.unique_id(to.node));
                for subnet in from.subnets() {
                    subnet.add_route(stack, &id, to, peering);
                }
            }
        }
        peering
    }
}

impl VpcPeering {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<ec2::VpcPeeringConnectionId> {
        self.connection.get_ref()
    }

    /// The members of a security group on the other side: the rule that lets them in waits for the connection, without which
    /// the group would be unknown there.
    #[must_use]
    pub fn across(&self, group: SecurityGroup) -> Peer {
        Peer::Across { group, connection: self.connection }
    }
}
