//! `outputs`: what stacks give, for people, programs and shells.

use clap::ValueEnum;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::aws::{self, Direction};
use super::{Exit, output, table};
use crate::core::App;
use crate::deploy::outputs::{HIDDEN, Output, Style, find, github, named, quoted};

/// Print the outputs of stacks
#[derive(Debug, clap::Args)]
#[command(after_help = "\
eval \"$(stacks outputs shop/dev/network --format env)\"    # VPC_ID=…, VpcId=…
eval \"$(stacks outputs shop/dev/network --format unset)\"  # and away again
stacks outputs shop/dev/network --format github >> \"$GITHUB_OUTPUT\"

Secrets (values of parameters with NoEcho, and what reads a secret) are never printed.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// table, json, env (export NAME='value'), unset, or github
    #[arg(long, value_enum, default_value_t = FormatArg::Table, hide_possible_values = true)]
    format: FormatArg,
    /// How variables are called: upper (VPC_ID), key (VpcId), both
    #[arg(long, value_enum, default_value_t = StyleArg::Both, hide_possible_values = true)]
    style: StyleArg,
    /// Print one value alone: that of the output with this name, in any style
    #[arg(long, value_name = "NAME", conflicts_with_all = ["format", "style"])]
    get: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Table,
    Json,
    Env,
    Unset,
    Github,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StyleArg {
    Upper,
    Key,
    Both,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    outputs(args, app).unwrap_or_else(|exit| exit)
}

fn outputs(args: &Args, app: &App) -> Result<Exit, Exit> {
    let read = aws::look(app, &args.selectors, Direction::Look, async |deployment| deployment.outputs().await)?;
    let (outputs, absent) = read;
    for stack in &absent {
        output::err(&format!("{stack} is not deployed\n"));
    }
    if let Some(name) = &args.get {
        let found = find(&outputs, name).map_err(|trouble| aws::refused(&trouble))?;
        let value = found.value.as_ref().ok_or_else(|| {
            output::refuse(&format!("{} of {} is a secret", found.key, found.stack), "secrets are never printed")
        })?;
        output::out(&format!("{value}\n"))?;
        return Ok(Exit::Done);
    }
    let style = match args.style {
        StyleArg::Upper => Style::Upper,
        StyleArg::Key => Style::Key,
        StyleArg::Both => Style::Both,
    };
    let text = match args.format {
        FormatArg::Table => as_table(&outputs),
        FormatArg::Json => as_json(&outputs),
        FormatArg::Env => each(&outputs, style, true, |name, value| format!("export {name}={}\n", quoted(value)))?,
        FormatArg::Unset => each(&outputs, style, false, |name, _| format!("unset {name}\n"))?,
        FormatArg::Github => each(&outputs, style, true, github)?,
    };
    output::out(&text)?;
    // A shell that evaluates nothing would go on with variables of before.
    Ok(if outputs.is_empty() && !absent.is_empty() { Exit::Found } else { Exit::Done })
}

/// A line for each name; secrets are left out where values are shown, and named.
fn each(outputs: &[Output], style: Style, values: bool, line: impl Fn(&str, &str) -> String) -> Result<String, Exit> {
    let names = named(outputs, style).map_err(|trouble| aws::refused(&trouble))?;
    let mut text = String::new();
    for (name, output) in &names {
        match output.text() {
            Some(value) => text.push_str(&line(name, &value)),
            None if values => {}
            None => text.push_str(&line(name, "")),
        }
    }
    for secret in outputs.iter().filter(|output| values && output.value.is_none()) {
        output::err(&format!("{} of {} is a secret, and left out\n", secret.key, secret.stack));
    }
    Ok(text)
}

fn as_table(outputs: &[Output]) -> String {
    let row = |output: &Output| {
        let value = output.value.clone().unwrap_or_else(|| HIDDEN.to_owned());
        vec![output.stack.clone(), output.key.clone(), value.replace('\n', "\\n")]
    };
    table::render(&["STACK", "OUTPUT", "VALUE"], &outputs.iter().map(row).collect::<Vec<_>>())
}

/// By stack, then by key; a list as a list, a secret as null.
fn as_json(outputs: &[Output]) -> String {
    let mut by_stack: IndexMap<&str, Map<String, Value>> = IndexMap::new();
    for output in outputs {
        let listed = |value: &String| json!(value.split(',').map(str::trim).collect::<Vec<_>>());
        let value = output.value.as_ref().map(|value| if output.list { listed(value) } else { json!(value) });
        by_stack.entry(&output.stack).or_default().insert(output.key.clone(), json!(value));
    }
    format!("{:#}\n", json!(by_stack))
}
