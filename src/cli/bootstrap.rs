//! `bootstrap`: what accounts and regions need before assets can be deployed there.

use std::collections::BTreeMap;

use super::aws::{self, host::Host};
use super::{Exit, output, report, select};
use crate::assets::bootstrap;
use crate::core::{App, Env};
use crate::deploy::{Deployment, Options, Plan, Sessions, Stop, Trouble};
use crate::synth::Format;

/// Make the bucket and the image repository that assets go through
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Once for each account and region that the selected stacks are deployed to: a stack `formwork-bootstrap` with a bucket \
and an image repository. Templates of more than 51,200 bytes, files and images go through them. Where `CDKToolkit`, the \
stack of AWS CDK's bootstrap, has both, this is not needed. What is up to date stays as it is.")]
pub(super) struct Args {
    /// The stacks whose accounts and regions are meant: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Approve every change beforehand
    #[arg(short, long)]
    yes: bool,
    /// Print events as JSON, one a line (docs/events.md)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    bootstrap(args, app).unwrap_or_else(|exit| exit)
}

fn bootstrap(args: &Args, app: &App) -> Result<Exit, Exit> {
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(&args.selectors, &paths)?;
    let outline = app.outline();
    let envs: Vec<&Env> = outline.iter().filter(|stack| selected.contains(stack.path)).map(|stack| stack.env).collect();
    aws::block_on(async {
        let sessions = aws::open(envs).await?;
        deploy(args, &one_each(&sessions), &sessions).await
    })
}

/// An app with one stack for each account and region: two environments may turn out to be the same.
fn one_each(sessions: &Sessions) -> App {
    let places: BTreeMap<(String, String), &Env> =
        sessions.all().map(|(env, session)| ((session.account.clone(), session.region.clone()), env)).collect();
    let mut app = App::new();
    for ((account, region), env) in places {
        app.stack(format!("{}/{account}/{region}", bootstrap::STACK), env.clone(), |s| {
            s.set_name(bootstrap::STACK);
            bootstrap::define(s);
        });
    }
    app
}

async fn deploy(args: &Args, app: &App, sessions: &Sessions) -> Result<Exit, Exit> {
    let refuse = |problems: crate::synth::Problems| report::refuse(&problems.0, "; nothing was changed");
    let assembly = app.synth().map_err(refuse)?;
    let templates = assembly.templates(Format::Yaml, |_| true).map_err(refuse)?;
    let templates: BTreeMap<&str, String> = templates.into_iter().map(|(stack, text)| (stack.path, text)).collect();
    let graph: Vec<(&str, Vec<&str>)> = app.paths().map(|path| (path, Vec::new())).collect();
    let plan = Plan::deploy(&graph, |_| true, true);
    if plan.steps.is_empty() {
        return Err(output::refuse("the app defines no stacks", "their accounts and regions are what is made ready"));
    }
    let host = Host::new(args.json);
    let options = Options { yes: args.yes, attended: host.attended, ..Options::default() };
    let stop = Stop::default();
    let deployment =
        Deployment { assembly: &assembly, plan: &plan, sessions, options: &options, host: &host, stop: &stop };
    let reports = aws::interruptible(&stop, &host, deployment.deploy(&templates)).await?;
    host.clear();
    let reports = reports.map_err(|trouble: Trouble| aws::refused(&trouble))?;
    aws::conclude(&reports, args.json, stop.told())
}
