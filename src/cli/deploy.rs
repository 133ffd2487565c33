//! `deploy`: stacks as they are defined.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::aws::{self, Direction, host::Host};
use super::{Exit, files, output, program_name, report};
use crate::core::App;
use crate::deploy::{Approval, Deployment, Given, Options, Outcome, Plan, Report, Sessions, Stop};
use crate::synth::{Assembly, Format};

/// Deploy stacks, and the stacks they need
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Stacks that are as they are defined cost one look each. What a creation that fails had made is removed, an update that \
fails is rolled back; the cause is shown with the line that made it. Run it again after an interruption: it goes on \
where it was.

`--revert-drift` has CloudFormation compare with what there is, not with what it made last, of all stacks: what somebody \
changed or deleted by other ways is brought back to what the templates say. That is shown and asked about, unless `--yes` or \
`--require-approval never` is given. Types and properties that drift detection does not know stay as they are.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Leave out the stacks that these need
    #[arg(long)]
    exclusively: bool,
    /// Approve every change beforehand
    #[arg(short, long)]
    yes: bool,
    /// What to ask about: never, broadening, destructive, any
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        hide_possible_values = true,
        default_value = "broadening,destructive"
    )]
    require_approval: Vec<Ask>,
    /// How many stacks at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=100))]
    concurrency: u16,
    /// Count a resource as done once its configuration is applied
    #[arg(long)]
    express: bool,
    /// Leave what fails where it failed, to go on from there
    #[arg(long)]
    no_rollback: bool,
    /// Take back what somebody changed outside of CloudFormation, too
    #[arg(long)]
    revert_drift: bool,
    /// The role that CloudFormation acts in
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// A parameter's value, for all stacks that have it or for one; may be repeated
    #[arg(long, value_name = "[STACK:]NAME=VALUE")]
    parameters: Vec<String>,
    /// A tag beside those that the stacks define; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    tags: Vec<String>,
    /// Write the outputs of the stacks to a file, as JSON
    #[arg(long, value_name = "FILE")]
    outputs_file: Option<PathBuf>,
    /// Print events as JSON, one a line (docs/events.md)
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ask {
    Never,
    Broadening,
    Destructive,
    Any,
}

impl Args {
    fn approval(&self) -> Result<Approval, Exit> {
        let asks = |ask| self.require_approval.contains(&ask);
        match (asks(Ask::Never), asks(Ask::Any), asks(Ask::Broadening), asks(Ask::Destructive)) {
            (true, false, false, false) => Ok(Approval::Never),
            (true, ..) => Err(output::refuse("`never` goes with nothing else", "see `--require-approval` in `--help`")),
            (_, true, ..) => Ok(Approval::Any),
            (_, _, true, true) => Ok(Approval::Both),
            (_, _, true, false) => Ok(Approval::Broadening),
            _ => Ok(Approval::Destructive),
        }
    }

    fn options(&self, host: &Host, assembly: &Assembly<'_>) -> Result<Options, Exit> {
        Ok(Options {
            concurrency: self.concurrency.into(),
            approval: self.approval()?,
            yes: self.yes,
            attended: host.attended,
            express: self.express,
            no_rollback: self.no_rollback,
            revert_drift: self.revert_drift,
            role_arn: self.role_arn.clone(),
            parameters: parameters(&self.parameters, assembly)?,
            tags: tags(&self.tags)?,
            empty_buckets: false,
            root: files::package(),
        })
    }
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    deploy(args, app).unwrap_or_else(|exit| exit)
}

fn deploy(args: &Args, app: &App) -> Result<Exit, Exit> {
    let (assembly, plan) = aws::planned(app, &args.selectors, Direction::Deploy, args.exclusively)?;
    let host = Host::new(args.json);
    let options = args.options(&host, &assembly)?;
    let templates = assembly
        .templates(Format::Yaml, |_| true)
        .map_err(|problems| report::refuse(&problems.0, "; nothing was changed"))?;
    let templates: BTreeMap<&str, String> = templates.into_iter().map(|(stack, text)| (stack.path, text)).collect();
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let stop = deployment.stop;
        let reports = aws::interruptible(stop, &host, deployment.deploy(&templates)).await?;
        host.clear();
        let reports = reports.map_err(|trouble| aws::refused(&trouble))?;
        let exit = aws::conclude(&reports, args.json, stop.told())?;
        if !args.json {
            output::out(&next(app, &reports))?;
        }
        if let Some(file) = &args.outputs_file {
            write_outputs(file, &assembly, deployment.sessions, &reports).await?;
        }
        Ok(exit)
    })
}

/// A line for each stack that was created and has steps left to do by hand.
fn next(app: &App, reports: &[Report<'_>]) -> String {
    let runbooks = app.runbooks();
    let created = reports.iter().filter(|report| report.outcome == Outcome::Created).map(|report| report.stack);
    let left = created.filter(|path| runbooks.iter().any(|(stack, ..)| stack == path));
    left.fold(String::new(), |text, path| text + &format!("next: {} runbook {path}\n", program_name()))
}

/// Writes the outputs of the stacks that stand as they are defined: by path, then by key. Secrets are left out.
async fn write_outputs(
    file: &std::path::Path,
    assembly: &Assembly<'_>,
    sessions: &Sessions,
    reports: &[Report<'_>],
) -> Result<(), Exit> {
    let good = |path: &str| {
        let stands =
            |report: &Report<'_>| matches!(report.outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged);
        reports.iter().any(|report| report.stack == path && stands(report))
    };
    let graph: Vec<_> = assembly.stacks.iter().map(|stack| (stack.path, stack.needs.clone())).collect();
    let plan = Plan::deploy(&graph, good, true);
    let (options, stop, host) = (Options::default(), Stop::default(), Host::silent());
    let deployment = Deployment { assembly, plan: &plan, sessions, options: &options, host: &host, stop: &stop };
    let (outputs, _) = deployment.outputs().await.map_err(|trouble| aws::refused(&trouble))?;
    let mut by_stack: IndexMap<&str, serde_json::Map<String, Value>> =
        plan.paths().map(|path| (path, serde_json::Map::new())).collect();
    for output in &outputs {
        if let (Some(value), Some(stack)) = (&output.value, by_stack.get_mut(output.stack.as_str())) {
            stack.insert(output.key.clone(), json!(value));
        }
    }
    let text = format!("{:#}\n", json!(by_stack));
    files::replace(file, &text).map_err(|trouble| output::refuse(&trouble.what, &trouble.help))
}

/// `--parameters`: every one of them must be a parameter of a stack that is deployed.
pub(super) fn parameters(given: &[String], assembly: &Assembly<'_>) -> Result<Vec<Given>, Exit> {
    const FORM: &str = "write NAME=VALUE, or STACK:NAME=VALUE for one stack alone";
    let mut parameters = Vec::new();
    for text in given {
        // What is given may be a secret: it is not repeated.
        let Some((name, value)) = text.split_once('=') else {
            return Err(output::refuse("a value of `--parameters` has no `=`", FORM));
        };
        let (stack, name) = match name.rsplit_once(':') {
            Some((stack, name)) => (Some(stack.to_owned()), name.to_owned()),
            None => (None, name.to_owned()),
        };
        if let Some(path) = &stack
            && assembly.stack(path).is_none()
        {
            return Err(output::refuse(&format!("`--parameters`: no stack `{path}` is deployed here"), FORM));
        }
        let candidates = assembly.stacks.iter().filter(|one| stack.as_deref().is_none_or(|path| path == one.path));
        let known: Vec<String> =
            candidates.flat_map(|one| one.parameters().map(|p| p.name.to_owned()).collect::<Vec<_>>()).collect();
        if !known.contains(&name) {
            let help = match &known[..] {
                [] => "they have no parameters".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            };
            return Err(output::refuse(&format!("no stack that is deployed here has a parameter `{name}`"), &help));
        }
        parameters.push(Given { stack, name, value: value.to_owned() });
    }
    Ok(parameters)
}

pub(super) fn tags(given: &[String]) -> Result<IndexMap<String, String>, Exit> {
    let mut tags = IndexMap::new();
    for text in given {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => tags.insert(key.to_owned(), value.to_owned()),
            _ => return Err(output::refuse(&format!("`{text}` is no tag"), "write KEY=VALUE")),
        };
    }
    Ok(tags)
}
