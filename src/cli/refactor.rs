//! `refactor`: resources under other logical ids and in other stacks, without replacing them.

use std::collections::{BTreeMap, BTreeSet};

use super::aws::{self, Direction, host};
use super::{Exit, output, program_name, report};
use crate::core::App;
use crate::deploy::refactor::{Block, Found, Kept, Refactoring, Where};
use crate::deploy::{Answer, Deployment, Host as _, Options, Question};
use crate::review::Alike;
use crate::synth::Format;

/// Move resources to other logical ids or stacks, as they are
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What leaves one place and is new at another, with the same type and properties, is moved there, and not replaced: from one \
logical id to another, or between stacks of one account and region, at most five that change together. Nothing else is \
changed: the templates are those that are deployed, with new ids and references to them. What else differs is left to \
`deploy`. `--plan` says what would be moved, and what stands in the way.

Not every type can be moved: CloudFormation checks it before it begins. Where it says no, `.moved_from(\"Old/Path\")` on a \
construct keeps the logical ids that there are.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Say what would be moved, and move nothing
    #[arg(long)]
    plan: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print events as JSON, one a line (docs/events.md)
    #[arg(long, conflicts_with = "plan")]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    if args.plan { show_plan(args, app) } else { refactor(args, app) }.unwrap_or_else(|exit| exit)
}

fn show_plan(args: &Args, app: &App) -> Result<Exit, Exit> {
    let text = aws::look(app, &args.selectors, Direction::Look, async |deployment| {
        let found = deployment.moved(false).await?;
        Ok(plan(&found, deployment))
    })?;
    output::out(&text)?;
    Ok(Exit::Done)
}

fn refactor(args: &Args, app: &App) -> Result<Exit, Exit> {
    let (assembly, plan) = aws::planned(app, &args.selectors, Direction::Look, true)?;
    let templates = assembly
        .templates(Format::Yaml, |_| true)
        .map_err(|problems| report::refuse(&problems.0, "; nothing was changed"))?;
    let templates: BTreeMap<&str, String> = templates.into_iter().map(|(stack, text)| (stack.path, text)).collect();
    let host = host::Host::new(args.json);
    let options = Options { yes: args.yes, attended: host.attended, ..Options::default() };
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let stop = deployment.stop;
        let found = aws::interruptible(stop, &host, deployment.moved(true)).await?;
        host.clear();
        let found = found.map_err(|trouble| aws::refused(&trouble))?;
        if !args.json {
            output::err(&unclear(&found));
        }
        if found.refactorings().next().is_none() {
            output::err("nothing has moved\n");
            return Ok(Exit::Done);
        }
        refuse_blocked(&found)?;
        deployment.announce_moves(&found);
        if !args.yes {
            confirm(&found, &host).await?;
        }
        let reports = aws::interruptible(stop, &host, deployment.refactor(&found, &templates)).await?;
        host.clear();
        let exit = aws::conclude(&reports, args.json, stop.told())?;
        if exit == Exit::Done && !args.json {
            output::out(&next(&found))?;
        }
        Ok(exit)
    })
}

/// Refuses what stands in the way of any of it.
fn refuse_blocked(found: &Found) -> Result<(), Exit> {
    let blocks: Vec<&Block> = found.refactorings().flat_map(|refactoring| &refactoring.blocks).collect();
    if blocks.is_empty() {
        return Ok(());
    }
    let details: Vec<String> =
        blocks.iter().flat_map(|block| [block.what.clone(), format!("  {}", block.help)]).collect();
    let what = "this cannot be moved; nothing was changed";
    Err(output::refuse_with(what, &details, "`refactor --plan` shows all of it; selectors leave stacks out"))
}

async fn confirm(found: &Found, host: &host::Host) -> Result<(), Exit> {
    let count = found.refactorings().map(|refactoring| refactoring.moves.len()).sum();
    let count = output::counted(count, "resource");
    let question = Question { stack: None, text: format!("move {count}?"), reasons: Vec::new() };
    match host.ask(&question).await {
        Answer::Yes => Ok(()),
        Answer::No => {
            output::err("nothing was moved\n");
            Err(Exit::Refused)
        }
        Answer::Nobody => Err(output::refuse(
            &format!("moving {count} needs approval, and there is no terminal to ask at; nothing was changed"),
            "look at what moves, then run the command again with `--yes`",
        )),
    }
}

fn plan(found: &Found, deployment: &Deployment<'_>) -> String {
    let mut out = unclear(found);
    for place in &found.places {
        for refactoring in &place.refactorings {
            out.push_str(&of_refactoring(refactoring, place, deployment));
        }
    }
    if found.refactorings().next().is_none() {
        out.push_str("nothing has moved\n");
    }
    out
}

fn of_refactoring(refactoring: &Refactoring, place: &Where, deployment: &Deployment<'_>) -> String {
    let paths: Vec<&str> = refactoring.stacks.iter().map(|stack| &*stack.path).collect();
    let mut out = format!("{} in {}/{}\n", output::bold(&paths.join(", ")), place.account, place.region);
    out.push_str(&host::moved(&deployment.named(refactoring)));
    for stack in refactoring.stacks.iter().filter(|stack| stack.creates) {
        out.push_str(&format!("  {} is created for it\n", stack.path));
    }
    for Block { what, help } in &refactoring.blocks {
        out.push_str(&format!("  \u{1b}[31mblocked\u{1b}[0m: {what}\n    {}\n", output::dim(&format!("help: {help}"))));
    }
    out.push_str(&left(refactoring));
    out
}

/// What is left to do afterwards, in words.
fn left(refactoring: &Refactoring) -> String {
    let mut out = String::new();
    for Kept { stack, export, importers } in &refactoring.kept {
        let by = importers.join(", ");
        out.push_str(&format!("  later: {stack} keeps the export {export} for {by}, to be deployed before {stack}\n"));
    }
    let more = differing(refactoring);
    if !more.is_empty() {
        out.push_str(&format!("  left to `deploy`: what else differs of {}\n", more.join(", ")));
    }
    out
}

/// The stacks of which more differs.
fn differing(refactoring: &Refactoring) -> Vec<&str> {
    refactoring.stacks.iter().filter(|stack| !stack.complete).map(|stack| &*stack.path).collect()
}

/// What is left to do, as one types it.
fn next(found: &Found) -> String {
    let program = program_name();
    let kept = found.refactorings().flat_map(|refactoring| &refactoring.kept);
    let importers: BTreeSet<&str> = kept.flat_map(|kept| &kept.importers).map(String::as_str).collect();
    let more: Vec<&str> = found.refactorings().flat_map(differing).collect();
    let mut out = String::new();
    if !importers.is_empty() {
        let importers: Vec<&str> = importers.into_iter().collect();
        let why = "# they import under old names";
        out.push_str(&format!("next: {program} deploy --exclusively {}   {why}\n", importers.join(" ")));
    }
    if !more.is_empty() {
        out.push_str(&format!("next: {program} deploy {}   # what else differs\n", more.join(" ")));
    }
    out
}

/// Resources of which nobody can tell whether they have moved.
fn unclear(found: &Found) -> String {
    let of = |alike: &Alike| {
        let listed = |places: &[crate::review::ResourceLocation]| {
            places.iter().map(|at| format!("{}/{}", at.stack, at.id)).collect::<Vec<_>>().join(", ")
        };
        format!(
            "alike, so that it cannot be told which has moved: {} ({}) and {}\n  {}\n",
            listed(&alike.gone),
            alike.type_name,
            listed(&alike.new),
            output::dim("help: `.moved_from(\"Old/Path\")` on a construct says which it was")
        )
    };
    found.places.iter().flat_map(|place| &place.alike).map(of).collect()
}
