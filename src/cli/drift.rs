//! `drift`: what differs from the templates that are deployed.

use serde_json::json;

use super::aws::{self, Direction};
use super::{Exit, output};
use crate::core::App;
use crate::deploy::{ResourceDrift, StackDrift};
use crate::diff::Kind;

/// Detect what somebody has changed behind a stack's back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CloudFormation compares each resource with the template that is deployed, which takes a while, and knows only the types that \
support it and the properties that the template sets. Nothing is changed. Exit code 0: no drift; 1: some; 3: not all of it \
could be looked at.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Print JSON: stacks, their resources that differ, each property with what was expected and what there is
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    drift(args, app).unwrap_or_else(|exit| exit)
}

fn drift(args: &Args, app: &App) -> Result<Exit, Exit> {
    let told = |drift: &StackDrift<'_>, done: usize, all: usize| {
        output::err(&output::dim(&format!("{done}/{all}  {}: {}\n", drift.stack, summary(drift))));
    };
    let (text, exit) = aws::look(app, &args.selectors, Direction::Look, async |deployment| {
        let stacks = deployment.drift(told).await?;
        let exit = if stacks.iter().any(|stack| stack.incomplete.is_some()) {
            Exit::Failed
        } else if stacks.iter().any(|stack| !stack.resources.is_empty()) {
            Exit::Found
        } else {
            Exit::Done
        };
        Ok((if args.json { as_json(&stacks) } else { output::fitted(as_text(&stacks)) }, exit))
    })?;
    output::out(&text)?;
    Ok(exit)
}

fn summary(drift: &StackDrift<'_>) -> String {
    match (drift.there, drift.resources.len()) {
        (false, _) => "not there".into(),
        (true, 0) if drift.incomplete.is_some() => "not known".into(),
        (true, 0) => "no drift".into(),
        (true, count) => {
            format!("{} {}", output::counted(count, "resource"), if count == 1 { "differs" } else { "differ" })
        }
    }
}

fn as_text(stacks: &[StackDrift<'_>]) -> String {
    let mut out = String::new();
    for stack in stacks.iter().filter(|stack| !stack.resources.is_empty() || stack.incomplete.is_some()) {
        out.push_str(&format!("{}  {}\n", output::bold(stack.stack), summary(stack)));
        if let Some(why) = &stack.incomplete {
            out.push_str(&format!("  ! not all of it was looked at: {why}\n"));
        }
        for resource in &stack.resources {
            let at = resource.at.as_ref().map(|at| format!("  {}", output::dim(at))).unwrap_or_default();
            let gone = if resource.deleted { "  is gone" } else { "" };
            out.push_str(&format!("  {}  {}{gone}{at}\n", resource.construct, resource.type_name));
            out.push_str(&differences(resource));
        }
        out.push('\n');
    }
    let (drifted, there) = (
        stacks.iter().filter(|stack| !stack.resources.is_empty()).count(),
        stacks.iter().filter(|stack| stack.there).count(),
    );
    let incomplete = stacks.iter().filter(|stack| stack.incomplete.is_some()).count();
    let not = stacks.len() - there;
    let not = if not == 0 { String::new() } else { format!(", {not} not there") };
    out.push_str(&format!(
        "{} looked at{not}: {}\n",
        output::counted(there, "stack"),
        match drifted {
            0 if incomplete > 0 => format!("no drift found, {incomplete} not wholly looked at"),
            0 => "no drift".to_owned(),
            1 => "1 differs from its template".to_owned(),
            count => format!("{count} differ from their templates"),
        }
    ));
    out
}

fn differences(resource: &ResourceDrift) -> String {
    let line = |difference: &crate::deploy::Difference| {
        let path = difference.path.trim_start_matches('/').replace('/', ".");
        let (expected, actual) = (&difference.expected, &difference.actual);
        match difference.kind {
            Kind::Added => format!("    {path}: the template has nothing; there is {actual}\n"),
            Kind::Removed => format!("    {path}: the template has {expected}; there is nothing\n"),
            Kind::Changed => format!("    {path}: the template has {expected}; there is {actual}\n"),
        }
    };
    resource.differences.iter().map(line).collect()
}

fn as_json(stacks: &[StackDrift<'_>]) -> String {
    let difference = |difference: &crate::deploy::Difference| {
        json!({
            "path": difference.path,
            "kind": difference.kind,
            "expected": difference.expected,
            "actual": difference.actual,
        })
    };
    let resource = |resource: &ResourceDrift| {
        json!({
            "construct": resource.construct,
            "id": resource.id,
            "type": resource.type_name,
            "deleted": resource.deleted,
            "at": resource.at,
            "differences": resource.differences.iter().map(difference).collect::<Vec<_>>(),
        })
    };
    let stacks: Vec<_> = stacks
        .iter()
        .map(|stack| {
            json!({
                "path": stack.stack,
                "there": stack.there,
                "incomplete": stack.incomplete,
                "resources": stack.resources.iter().map(resource).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(stacks))
}
