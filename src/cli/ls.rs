//! `ls`: the stacks.

use serde_json::json;

use super::{Exit, output, report, select, table};
use crate::core::App;
use crate::synth::Synthesized;

/// List stacks in deployment order: where they go, what they need
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Print JSON: path, name, account, region and needs of each stack
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    list(args, app).unwrap_or_else(|exit| exit)
}

fn list(args: &Args, app: &App) -> Result<Exit, Exit> {
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(&args.selectors, &paths)?;
    let assembly =
        app.synth_only(|path| selected.contains(path)).map_err(|problems| report::refuse(&problems.0, ""))?;
    report::warn(&assembly.warnings);
    let stacks: Vec<_> = assembly.stacks.iter().filter(|stack| selected.contains(stack.path)).collect();
    output::out(&if args.json { as_json(&stacks) } else { as_table(&stacks) })?;
    Ok(Exit::Done)
}

fn as_json(stacks: &[&Synthesized<'_>]) -> String {
    let stacks: Vec<_> = stacks
        .iter()
        .map(|stack| {
            json!({
                "path": stack.path,
                "name": stack.name,
                "account": stack.env.account_id(),
                "region": stack.env.region_code(),
                "needs": stack.needs,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(stacks))
}

fn as_table(stacks: &[&Synthesized<'_>]) -> String {
    let row = |stack: &&Synthesized<'_>| vec![stack.path.to_owned(), stack.env.to_string(), needs(stack)];
    table::render(&["STACK", "ENVIRONMENT", "NEEDS"], &stacks.iter().map(row).collect::<Vec<_>>())
}

/// What a stack needs, without the part of the path that it shares.
fn needs(stack: &Synthesized<'_>) -> String {
    let folder = stack.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let short = |path: &&str| match path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if !folder.is_empty() && !rest.contains('/') => rest.to_owned(),
        _ => (*path).to_owned(),
    };
    stack.needs.iter().map(short).collect::<Vec<_>>().join(", ")
}
