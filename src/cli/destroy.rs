//! `destroy`: stacks deleted, and what is left of them.

use super::aws::{self, Direction, host::Host};
use super::{Exit, output, table};
use crate::core::App;
use crate::deploy::{Answer, Deployment, Host as _, Inspected, Options, Question, Report};
use crate::diff::Fate;

/// Delete stacks, and the stacks that need them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a stack retains stays, and is listed at the end. `--plan` says before what will be deleted, what stays and why, and \
what stands in the way.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR", required = true)]
    selectors: Vec<String>,
    /// Say what would be deleted, and delete nothing
    #[arg(long)]
    plan: bool,
    /// Leave the stacks alone that need these
    #[arg(long)]
    exclusively: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Delete all objects in the stacks' buckets first, with all versions
    #[arg(long)]
    empty_buckets: bool,
    /// How many stacks at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=100))]
    concurrency: u16,
    /// The role that CloudFormation acts in
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// Print events as JSON, one a line (docs/events.md)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    if args.plan { show_plan(args, app) } else { destroy(args, app) }.unwrap_or_else(|exit| exit)
}

fn destroy(args: &Args, app: &App) -> Result<Exit, Exit> {
    let (assembly, plan) = aws::planned(app, &args.selectors, Direction::Destroy, args.exclusively)?;
    let host = Host::new(args.json);
    let options = Options {
        concurrency: args.concurrency.into(),
        yes: args.yes,
        attended: host.attended,
        role_arn: args.role_arn.clone(),
        empty_buckets: args.empty_buckets,
        ..Options::default()
    };
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let stop = deployment.stop;
        if !args.yes {
            confirm(args, deployment, &host).await?;
        }
        let reports = aws::interruptible(stop, &host, deployment.destroy()).await?;
        host.clear();
        let reports = reports.map_err(|trouble| aws::refused(&trouble))?;
        let exit = aws::conclude(&reports, args.json, stop.told())?;
        if !args.json {
            output::out(&left(&reports))?;
        }
        Ok(exit)
    })
}

async fn confirm(args: &Args, deployment: &Deployment<'_>, host: &Host) -> Result<(), Exit> {
    let drawn_in = |path: &str| deployment.plan.drawn_in().any(|other| other == path);
    let reasons = deployment.plan.paths().map(|path| {
        let why = if drawn_in(path) { ", because it needs one of the others" } else { "" };
        format!("{path} is deleted{why}")
    });
    let mut reasons: Vec<String> = reasons.collect();
    if args.empty_buckets {
        reasons.push("all objects in their buckets are deleted, with all versions".into());
    }
    let count = output::counted(deployment.plan.steps.len(), "stack");
    let question = Question { stack: None, text: format!("delete {count}?"), reasons };
    match host.ask(&question).await {
        Answer::Yes => Ok(()),
        Answer::No => {
            output::err("nothing was deleted\n");
            Err(Exit::Refused)
        }
        Answer::Nobody => Err(output::refuse_with(
            &format!("deleting {count} needs approval, and there is no terminal to ask at; nothing was deleted"),
            &question.reasons,
            "see `destroy --plan`, then run the command again with `--yes`",
        )),
    }
}

/// What is left behind, if anything is.
fn left(reports: &[Report<'_>]) -> String {
    let rows: Vec<Vec<String>> = reports
        .iter()
        .flat_map(|report| report.left.iter().map(|left| (report.stack, left)))
        .map(|(stack, left)| {
            vec![stack.to_owned(), left.logical_id.clone(), left.resource_type.clone(), left.physical_id.clone()]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\nleft behind, because their deletion policy retains them:\n{}",
        table::render(&["STACK", "RESOURCE", "TYPE", "ID"], &rows)
    )
}

fn show_plan(args: &Args, app: &App) -> Result<Exit, Exit> {
    let direction = if args.exclusively { Direction::Look } else { Direction::Destroy };
    let inspected = aws::look(app, &args.selectors, direction, async |deployment| {
        deployment.inspect().await.map(|all| all.iter().map(of_stack).collect::<Vec<_>>().concat())
    })?;
    output::out(&inspected)?;
    Ok(Exit::Done)
}

fn of_stack(stack: &Inspected<'_>) -> String {
    let Some(status) = &stack.status else { return format!("{}: not there\n", output::bold(stack.stack)) };
    let mut out = format!("{}: {status}\n", output::bold(stack.stack));
    for block in &stack.blocks {
        out.push_str(&format!("  \u{1b}[31mblocked\u{1b}[0m: {block}\n"));
    }
    for (name, kind, physical_id, fate) in &stack.resources {
        let fate = match fate {
            Fate::Deleted => "deleted",
            Fate::Retained => "stays, its deletion policy retains it",
            Fate::Snapshotted => "deleted, after a last snapshot",
        };
        let id = if physical_id.is_empty() { String::new() } else { format!(" {physical_id}") };
        out.push_str(&format!("  {name} ({kind}){id}: {fate}\n"));
    }
    out
}
