//! Who can reach what, by the definitions alone: route tables, gateways, peering, network ACLs and security groups are
//! followed as AWS does, before anything is deployed. Nothing here prints or touches files.
//!
//! What only a deployment decides (a parameter without a default, an address that AWS gives) is meant to be told as such.
//!
//! # Known limits
//!
//! A yes or a no is wrong in these cases, and can be wrong without a word:
//!
//! * conditions on resources are not read: what they leave out counts as there;
//! * a rule whose port is a parameter without a default counts as one for every port, one whose protocol is such a parameter
//!   as none;
//! * blackhole routes of a transit gateway, routes by prefix list or with a destination that cannot be read, and routes that
//!   lead a part of the addresses elsewhere are passed over;
//! * network ACLs that admit in several parts count as ones that do not; ICMP types, ACLs of a transit gateway's attachment
//!   subnets and route tables of gateways are not followed;
//! * a network load balancer without security groups has its VPC's default one; a `DBInstance` that does not say
//!   `PubliclyAccessible` counts as private.
//!
//! Rules: the Amazon VPC user guide, "Security group rules", "Control subnet traffic with network access control lists" and
//! "Configure route tables"; the Transit Gateways guide, "How AWS Transit Gateway works".

mod acls;
mod answer;
mod check;
mod ends;
mod facts;
mod gateways;
mod groups;
mod interfaces;
mod peers;
mod ports;
mod routes;
mod walk;

pub use answer::{Answer, Hop, Stop, Verdict};
pub use ends::Trouble;
pub use ports::{Ports, Protocol};

use crate::synth::Assembly;
use facts::Facts;
use groups::Groups;
use routes::Routes;

/// The network that the definitions make.
///
/// ```
/// use formwork::aws::ec2::{InstanceSpec, Peer, Port, Tier, VpcSpec};
/// use formwork::{App, Env, reach::{Network, Ports}};
///
/// let mut app = App::new();
/// app.stack("shop/web", Env::any(), |s| {
///     let vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::public("Public")], ..VpcSpec::new("10.0.0.0/16") });
///     let web = s.add("Web", InstanceSpec { associate_public_ip_address: Some(true), ..InstanceSpec::new(&vpc) });
///     web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
/// });
/// let assembly = app.synth().expect("no problems");
/// let network = Network::of(&assembly);
/// assert!(network.reach("internet", "shop/web/Web", Some(Ports::tcp(443))).unwrap().is_reachable());
/// assert!(!network.reach("internet", "shop/web/Web", Some(Ports::tcp(22))).unwrap().is_reachable());
/// ```
#[derive(Debug)]
pub struct Network<'a> {
    facts: Facts<'a>,
    groups: Groups,
    routes: Routes,
}

impl<'a> Network<'a> {
    /// The network of every stack of an assembly.
    #[must_use]
    pub fn of(assembly: &'a Assembly<'a>) -> Self {
        let facts = Facts::of(assembly);
        let (groups, routes) = (Groups::of(&facts), Routes::of(&facts));
        Self { facts, groups, routes }
    }

    /// Whether `to` can be reached from `from`: `internet` (any address of it), addresses in CIDR notation, the path of a
    /// construct (`shop/dev/db/Database`), or that of a stack, which stands for each of its network interfaces. A security
    /// group stands for whatever is in it.
    ///
    /// Default for `ports`: those that `to` takes requests on, as far as definitions say; where they do not, those that its
    /// security groups let somebody in on; TCP 443 to addresses and the internet.
    ///
    /// # Errors
    ///
    /// Where one of the two is nothing that can reach, or be reached.
    pub fn reach(&self, from: &str, to: &str, ports: Option<Ports>) -> Result<Answer, Trouble> {
        let (sources, targets) = (self.end(from, ends::Role::From)?, self.end(to, ends::Role::To)?);
        Ok(self.answer(from, to, &sources, &targets, ports))
    }
}
