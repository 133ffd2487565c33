//! Who can reach what, by the definitions alone: route tables, gateways, peering, network ACLs and security groups are
//! followed as AWS does, before anything is deployed. Nothing here prints or touches files.
//!
//! What only a deployment decides (a parameter without a default, an address that AWS gives) is told as such. Where conditions
//! depend on it, each way to deploy is tried: what all of them agree on is a yes or a no.
//!
//! # Known limits
//!
//! What is not followed is told as such, too: route tables of gateways, network ACLs at the attachments of a transit gateway,
//! appliances that routes lead to. Prefix lists of AWS and resources that the definitions do not have count as unknown. Between
//! two places with IPv4 and IPv6 addresses, the way of IPv4 is followed. More than 64 ways to deploy are not tried.
//!
//! Rules: the Amazon VPC user guide, "Security group rules", "Control subnet traffic with network access control lists" and
//! "Configure route tables"; the Transit Gateways guide, "How AWS Transit Gateway works".

mod acls;
mod answer;
mod check;
mod conditions;
mod ends;
mod facts;
mod gates;
mod gateways;
mod groups;
mod interfaces;
mod peers;
mod ports;
mod routes;
mod space;
mod values;
mod walk;
mod worlds;

pub use answer::{Answer, Hop, Stop, Verdict};
pub use ends::Trouble;
pub use ports::{Ports, Protocol};

use crate::synth::Assembly;
use conditions::World;
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
    /// As each way to deploy makes it; none where these are too many.
    views: Vec<View<'a>>,
}

/// The network as one way to deploy makes it.
#[derive(Debug)]
struct View<'a> {
    facts: Facts<'a>,
    groups: Groups,
    routes: Routes,
}

impl<'a> Network<'a> {
    /// The network of every stack of an assembly.
    #[must_use]
    pub fn of(assembly: &'a Assembly<'a>) -> Self {
        let view = |world: World| {
            let facts = Facts::of(assembly, world);
            let (groups, routes) = (Groups::of(&facts), Routes::of(&facts));
            View { facts, groups, routes }
        };
        Self { views: World::all(assembly).unwrap_or_default().into_iter().map(view).collect() }
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
        let mut answers = Vec::new();
        for view in &self.views {
            answers.push((view.facts.world.words(), view.reach(from, to, ports)));
        }
        worlds::agreed(from, to, answers)
    }
}

impl View<'_> {
    fn reach(&self, from: &str, to: &str, ports: Option<Ports>) -> Result<Answer, Trouble> {
        let (sources, targets) = (self.end(from, ends::Role::From)?, self.end(to, ends::Role::To)?);
        Ok(self.answer(from, to, &sources, &targets, ports))
    }
}
