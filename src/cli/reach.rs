//! `reach`: who can reach what, by the definitions alone.

use clap::ValueEnum;
use serde_json::json;

use super::{Exit, output, report};
use crate::core::{App, line};
use crate::reach::{Answer, Network, Ports, Trouble, Verdict};

/// Tell whether one thing can reach another, and by which way
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks reach internet shop/dev/web
stacks reach shop/dev/web/Web shop/dev/db/Database --port 5432
stacks reach 198.51.100.0/24 shop/dev/bastion --port 22
stacks reach shop/dev/worker/Worker internet --port 443

FROM and TO are `internet`, addresses (10.0.0.0/16), the path of a construct, or that of a stack: each of its network \
interfaces. A security group or subnet stands for whatever is in it.

Nothing is read from AWS: route tables, gateways, peering, transit gateways, network ACLs and security groups are followed \
as the definitions make them. Exit code 0: reachable; 1: not, or it cannot be told.")]
pub(super) struct Args {
    /// Who is to reach
    from: String,
    /// What is to be reached
    to: String,
    /// On which port: 443, 53/udp, 8000-8080, icmp. Default: those that TO takes requests on; 443 for addresses
    #[arg(long, value_parser = parse)]
    port: Option<Ports>,
    /// text, json
    #[arg(long, value_enum, default_value_t = FormatArg::Text, hide_possible_values = true)]
    format: FormatArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Text,
    Json,
}

/// Ports as they are typed.
fn parse(text: &str) -> Result<Ports, String> {
    let wrong = || "it is a port like 443, 53/udp, 8000-8080, or icmp".to_owned();
    let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    if text == "icmp" {
        return Ok(Ports::icmp());
    }
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let port = |text: &str| text.parse::<u16>().map_err(|_| wrong());
    let (first, last) = (port(first)?, port(last)?);
    let ports = match protocol {
        "tcp" => Ports::tcp(first),
        "udp" => Ports::udp(first),
        _ => return Err(wrong()),
    };
    if first > last { Err(wrong()) } else { Ok(Ports { last, ..ports }) }
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    reach(args, app).unwrap_or_else(|exit| exit)
}

fn reach(args: &Args, app: &App) -> Result<Exit, Exit> {
    let assembly = app.synth().map_err(|problems| report::refuse(&problems.0, ""))?;
    let answer = Network::of(&assembly)
        .reach(&args.from, &args.to, args.port)
        .map_err(|Trouble { what, help }| output::refuse(&what, &help))?;
    let text = match args.format {
        FormatArg::Text => answer.to_string(),
        FormatArg::Json => format!("{:#}\n", as_json(&answer)),
    };
    output::out(&text)?;
    Ok(if answer.is_reachable() { Exit::Done } else { Exit::Found })
}

fn as_json(answer: &Answer) -> serde_json::Value {
    let verdict = match answer.verdict {
        Verdict::Reachable => "reachable",
        Verdict::Unreachable => "unreachable",
        Verdict::Unknown => "unknown",
    };
    let path = answer.path.iter().map(|hop| {
        let at = hop.at.map(line);
        json!({ "place": hop.place, "why": hop.why, "at": at })
    });
    let stops = answer.stops.iter().map(|stop| {
        json!({ "place": stop.place, "why": stop.why, "only": stop.only, "help": stop.help, "unknown": stop.unknown })
    });
    json!({
        "from": answer.from,
        "to": answer.to,
        "verdict": verdict,
        "ports": answer.ports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "path": path.collect::<Vec<_>>(),
        "stops": stops.collect::<Vec<_>>(),
    })
}
