//! `runbook`: what is done by hand, with the outputs of stacks filled in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Exit, output, report, select, table};
use crate::core::{App, Placeholder, Runbook};

/// Print what is done by hand for a stack, its outputs filled in
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks runbook                        # lists all
stacks runbook shop/dev/db            # prints those of a stack
stacks runbook shop/dev/db#populate   # prints one

Outputs are read from AWS. What has no value (the stack is not deployed, the value is a secret) stays as <OutputKey>.")]
pub(super) struct Args {
    /// A stack's path, or a runbook as STACK#NAME; without one, all runbooks are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Read nothing from AWS: every placeholder stays as <OutputKey>
    #[arg(long)]
    offline: bool,
}

/// A runbook that was asked for: its stack, its name, itself.
type Asked<'a> = (&'a str, &'a str, &'a Runbook);

/// Values by stack and key.
type Values = BTreeMap<(String, String), String>;

pub(super) fn run(args: &Args, app: &App) -> Exit {
    runbook(args, app).unwrap_or_else(|exit| exit)
}

fn runbook(args: &Args, app: &App) -> Result<Exit, Exit> {
    let Some(name) = &args.name else { return list(app) };
    let asked = find(app, name)?;
    app.synth_only(|path| asked.iter().any(|(stack, ..)| *stack == path))
        .map_err(|problems| report::refuse(&problems.0, ""))?;
    let places = asked.iter().flat_map(|(stack, _, runbook)| runbook.placeholders().map(|place| of(stack, place)));
    let places: BTreeSet<(&str, &str)> = places.collect();
    let values = if args.offline || places.is_empty() { Values::new() } else { read(app, &places)? };
    let texts = asked.iter().map(|(stack, _, runbook)| {
        let text = runbook.fill(|place| {
            let (stack, key) = of(stack, place);
            values.get(&(stack.to_owned(), key.to_owned())).cloned().unwrap_or_else(|| format!("<{key}>"))
        });
        format!("# {}\n\n{}\n", runbook.title, text.trim_end())
    });
    output::out(&texts.collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Done)
}

/// The stack and key that a placeholder in a stack's runbook means.
fn of<'a>(stack: &'a str, place: Placeholder<'a>) -> (&'a str, &'a str) {
    (place.stack.unwrap_or(stack), place.key)
}

fn list(app: &App) -> Result<Exit, Exit> {
    let all = app.runbooks();
    if all.is_empty() {
        output::err("no stack has a runbook\n");
        return Ok(Exit::Done);
    }
    let rows: Vec<_> =
        all.iter().map(|(stack, name, one)| vec![format!("{stack}#{name}"), one.title.clone()]).collect();
    output::out(&table::render(&["RUNBOOK", "WHAT FOR"], &rows))?;
    Ok(Exit::Done)
}

/// The runbooks that a name means.
fn find<'a>(app: &'a App, asked: &str) -> Result<Vec<Asked<'a>>, Exit> {
    let (path, name) = asked.split_once('#').map_or((asked, None), |(path, name)| (path, Some(name)));
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(&[path.to_owned()], &paths)?;
    let all = app.runbooks();
    let there: Vec<Asked<'_>> = all.iter().filter(|(stack, ..)| selected.contains(stack)).copied().collect();
    let found: Vec<_> = there.iter().filter(|(_, known, _)| name.is_none_or(|name| name == *known)).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let known = if there.is_empty() { &all } else { &there };
    let listed: Vec<String> = known.iter().map(|(stack, name, _)| format!("  {stack}#{name}")).collect();
    let help =
        if listed.is_empty() { "no stack has one".to_owned() } else { format!("there are\n{}", listed.join("\n")) };
    let what = match name.filter(|_| !there.is_empty()) {
        Some(name) => format!("`{path}` has no runbook `{name}`"),
        None => format!("`{path}` has no runbook"),
    };
    Err(output::refuse(&what, &help))
}

/// Reads what the placeholders stand for, and says what is not there.
#[cfg(feature = "deploy")]
fn read(app: &App, places: &BTreeSet<(&str, &str)>) -> Result<Values, Exit> {
    use super::aws::{self, Direction};
    let stacks: BTreeSet<String> = places.iter().map(|(stack, _)| (*stack).to_owned()).collect();
    let stacks: Vec<String> = stacks.into_iter().collect();
    let (outputs, absent) = aws::look(app, &stacks, Direction::Look, async |deployment| deployment.outputs().await)?;
    for stack in &absent {
        output::err(&format!("{stack} is not deployed: its outputs are not filled in\n"));
    }
    for (stack, key) in places.iter().filter(|(stack, _)| !absent.iter().any(|absent| absent == stack)) {
        match outputs.iter().find(|output| output.stack == *stack && output.key == *key) {
            None => output::err(&format!("{key} of {stack} is not there yet: deploy the stack again\n")),
            Some(found) if found.value.is_none() => {
                output::err(&format!("{key} of {stack} is a secret, and not filled in\n"));
            }
            Some(_) => {}
        }
    }
    Ok(outputs.into_iter().filter_map(|output| Some(((output.stack, output.key), output.value?))).collect())
}

#[cfg(not(feature = "deploy"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature `deploy`, reading may fail")]
fn read(_: &App, _: &BTreeSet<(&str, &str)>) -> Result<Values, Exit> {
    output::err("this program was built without the feature `deploy`: outputs are not filled in\n");
    Ok(Values::new())
}
