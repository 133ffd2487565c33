//! Who can reach what: every gate, every way, every end.

mod command;
mod decided;
mod ends;
mod gates;
mod ways;

use formwork::aws::ec2::{Instance, InstanceSpec, Tier, Vpc, VpcSpec, Zones};
use formwork::reach::{Answer, Network, Ports, Trouble};
use formwork::{App, Env, Stack};

/// An app of one stack.
fn app(define: impl FnOnce(&mut Stack)) -> App {
    let mut app = App::new();
    app.stack("net", Env::any(), define);
    app
}

fn asked(app: &App, from: &str, to: &str, ports: Option<Ports>) -> Result<Answer, Trouble> {
    Network::of(&app.synth().unwrap()).reach(from, to, ports)
}

/// The answer about a TCP port, as it is printed but for the lines of this file.
fn told(app: &App, from: &str, to: &str, port: u16) -> String {
    let answer = asked(app, from, to, Some(port.into())).unwrap().to_string();
    let lines = answer.lines().filter(|line| !line.trim_start().starts_with("(tests/"));
    lines.map(|line| line.split(" (tests/").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Whether it is reachable on a TCP port, and for sure.
#[track_caller]
fn reaches(app: &App, from: &str, to: &str, port: u16) -> bool {
    let answer = asked(app, from, to, Some(port.into())).unwrap();
    assert!(answer.is_reachable() || answer.verdict == formwork::reach::Verdict::Unreachable, "{answer}");
    answer.is_reachable()
}

/// A VPC with a public, a private and an isolated subnet in one zone.
fn network(s: &mut Stack) -> Vpc {
    let tiers = vec![Tier::public("Public"), Tier::private("Private"), Tier::isolated("Isolated")];
    s.add("Vpc", VpcSpec { tiers, zones: Zones::Count(1), nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") })
}

fn machine(s: &mut Stack, id: &str, vpc: &Vpc, tier: &str) -> Instance {
    let public = (tier == "Public").then_some(true);
    let subnet = vpc.tier(tier).first().copied();
    s.add(id, InstanceSpec { subnet, associate_public_ip_address: public, ..InstanceSpec::new(vpc) })
}
