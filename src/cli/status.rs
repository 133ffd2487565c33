//! `status`: how stacks stand.

use serde_json::json;

use super::aws::{self, Direction};
use super::{Exit, output, table};
use crate::core::App;
use crate::deploy::{Drift, Standing};

/// Show how stacks stand: state, last change, drift, template
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Print JSON: path, status, reason, time of the last change (UTC), drift, whether the template is the same
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    status(args, app).unwrap_or_else(|exit| exit)
}

fn status(args: &Args, app: &App) -> Result<Exit, Exit> {
    let text = aws::look(app, &args.selectors, Direction::Look, async |deployment| {
        let standing = deployment.standing().await?;
        Ok(if args.json { as_json(&standing) } else { as_text(&standing) })
    })?;
    output::out(&text)?;
    Ok(Exit::Done)
}

const fn drift(drift: Drift) -> &'static str {
    match drift {
        Drift::Unknown => "not checked",
        Drift::InSync => "none",
        Drift::Drifted => "drifted",
    }
}

fn as_text(standing: &[Standing<'_>]) -> String {
    let row = |stack: &Standing<'_>| {
        let template = match (&stack.status, stack.same_template) {
            (None, _) => "",
            (_, Some(true)) => "same",
            (_, Some(false)) => "differs",
            (_, None) => "none",
        };
        let there = stack.status.is_some();
        vec![
            stack.stack.to_owned(),
            stack.status.clone().unwrap_or_else(|| "not there".into()),
            stack.changed.clone().unwrap_or_default(),
            if there { drift(stack.drift) } else { "" }.to_owned(),
            template.to_owned(),
        ]
    };
    let rows: Vec<_> = standing.iter().map(row).collect();
    let mut out = table::render(&["STACK", "STATE", "LAST CHANGE", "DRIFT", "TEMPLATE"], &rows);
    for stack in standing.iter().filter(|stack| !stack.failed.is_empty() || stack.reason.is_some()) {
        out.push_str(&format!("\n{}\n", output::bold(stack.stack)));
        if let Some(reason) = &stack.reason {
            out.push_str(&format!("  CloudFormation says: {reason}\n"));
        }
        for (name, kind, reason) in &stack.failed {
            out.push_str(&format!("  {name} ({kind}): {reason}\n"));
        }
    }
    out
}

fn as_json(standing: &[Standing<'_>]) -> String {
    let stacks: Vec<_> = standing
        .iter()
        .map(|stack| {
            json!({
                "path": stack.stack,
                "status": stack.status,
                "reason": stack.reason,
                "changed": stack.changed,
                "drift": match stack.drift {
                    Drift::Unknown => "notChecked",
                    Drift::InSync => "inSync",
                    Drift::Drifted => "drifted",
                },
                "sameTemplate": stack.same_template,
                "failed": stack.failed.iter().map(|(name, kind, reason)| json!({
                    "resource": name, "type": kind, "reason": reason,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(stacks))
}
