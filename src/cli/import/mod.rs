//! `import`: existing resources become a stack's.

mod file;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::aws::{self, Direction, host::Host};
use super::{Exit, files, output, program_name, report};
use crate::core::App;
use crate::deploy::import::{Existing, Importable, New};
use crate::deploy::{Failure, FailureKind, Options, Outcome, Stop};
use crate::synth::Format;

/// Adopt existing resources into a stack
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is defined and not deployed can be imported, if it exists and its type allows it: define it as it is, with a deletion \
policy, then say what identifies it, at the terminal or in a file:

  Files:                       a construct, or a logical id
    BucketName: my-files       what identifies the resource

CloudFormation's own JSON (a list of ResourceType, LogicalResourceId, ResourceIdentifier) and AWS CDK's do as well. A stack \
that is not there is created by it.

Nothing else is changed: the template is the one that is deployed, with what is imported. What else differs is left to \
`deploy`; whether the resources are as they are defined, `drift` says.")]
pub(super) struct Args {
    /// The stack's path
    stack: String,
    /// Read what identifies the resources from a file, JSON or YAML
    #[arg(long, value_name = "FILE", conflicts_with = "write_resources")]
    resources: Option<PathBuf>,
    /// Write such a file to fill in, and import nothing
    #[arg(long, value_name = "FILE")]
    write_resources: Option<PathBuf>,
    /// Approve the import beforehand
    #[arg(short, long)]
    yes: bool,
    /// A parameter's value, where the stack has none yet; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Print events as JSON, one a line (docs/events.md)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    import(args, app).unwrap_or_else(|exit| exit)
}

fn import(args: &Args, app: &App) -> Result<Exit, Exit> {
    let selectors = [args.stack.clone()];
    let (assembly, plan) = aws::planned(app, &selectors, Direction::Look, true)?;
    if plan.steps.len() != 1 {
        let count = output::counted(plan.steps.len(), "stack");
        return Err(output::refuse(&format!("`{}` names {count}", args.stack), "import into one stack at a time"));
    }
    let path = plan.steps[0].path;
    let templates = assembly
        .templates(Format::Yaml, |stack| stack == path)
        .map_err(|problems| report::refuse(&problems.0, "; nothing was changed"))?;
    let (stack, text) = &templates[0];
    let known: Vec<String> = stack.parameters().map(|parameter| parameter.name.to_owned()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let host = Host::new(args.json);
    let options = Options {
        yes: args.yes,
        attended: host.attended,
        parameters: file::parameters(&args.parameters, &known).map_err(|trouble| aws::refused(&trouble))?,
        root: files::package(),
        ..Options::default()
    };
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let stop = deployment.stop;
        let importable = aws::interruptible(stop, &host, deployment.importable()).await?;
        host.clear();
        let importable = importable.map_err(|failure| failed(path, &failure))?;
        candidates(&importable)?;
        if let Some(file) = &args.write_resources {
            return write(file, &importable);
        }
        let existing = match &args.resources {
            Some(file) => file::read(file, &importable).map_err(|trouble| aws::refused(&trouble))?,
            None => asked(&importable, &host, stop).await?,
        };
        let done = aws::interruptible(stop, &host, deployment.import(&importable, &existing, text)).await?;
        host.clear();
        let report = done.map_err(|trouble| aws::refused(&trouble))?;
        let imported = report.outcome == Outcome::Imported;
        let exit = aws::conclude(&[report], args.json, stop.told())?;
        if imported && !args.json {
            output::out(&next(&importable, &existing))?;
        }
        Ok(exit)
    })
}

fn failed(path: &str, failure: &Failure) -> Exit {
    aws::failed(path, failure);
    match failure.kind {
        FailureKind::Refused | FailureKind::Declined => Exit::Refused,
        FailureKind::Interrupted => Exit::Interrupted,
        FailureKind::Failed => Exit::Failed,
    }
}

/// Refuses a stack into which nothing can be imported.
fn candidates(importable: &Importable<'_>) -> Result<(), Exit> {
    let path = importable.stack;
    if importable.resources.is_empty() {
        let what = format!("{path} has nothing new: all that is defined is in the stack");
        return Err(output::refuse(&what, "define the resource as it is, then import it"));
    }
    if importable.resources.iter().all(|new| new.identifiers.is_empty()) {
        let what = format!("nothing that is new in {path} can be imported");
        let types: Vec<String> =
            importable.resources.iter().map(|new| format!("{} ({})", new.construct, new.type_name)).collect();
        let help = "CloudFormation imports no resource of these types: `deploy` makes new ones";
        return Err(output::refuse_with(&what, &types, help));
    }
    Ok(())
}

fn write(file: &Path, importable: &Importable<'_>) -> Result<Exit, Exit> {
    if file.exists() {
        let what = format!("{} is there already; nothing was written", files::shown(file));
        return Err(output::refuse(&what, "give another name, or move it away"));
    }
    let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let text = file::skeleton(importable, json);
    files::replace(file, &text).map_err(|trouble| output::refuse(&trouble.what, &trouble.help))?;
    let shown = files::shown(file);
    output::out(&format!(
        "next: fill in {shown}, then {} import {} --resources {shown}\n",
        program_name(),
        importable.stack
    ))?;
    Ok(Exit::Done)
}

/// Asks a person what identifies each resource.
async fn asked(importable: &Importable<'_>, host: &Host, stop: &Stop) -> Result<Vec<Existing>, Exit> {
    if !host.attended {
        let what = "which resources are to be imported has to be said, and there is no terminal to ask at";
        return Err(output::refuse(
            what,
            "`--write-resources FILE` makes a file to fill in, `--resources FILE` reads it",
        ));
    }
    let (can, cannot): (Vec<&New>, Vec<&New>) =
        importable.resources.iter().partition(|new| !new.identifiers.is_empty());
    let there = if importable.there { "" } else { ", which is not there yet" };
    let mut text = format!("new in {}{there}: {}\n", importable.stack, output::counted(can.len(), "resource"));
    for new in cannot {
        text.push_str(&format!("  {} ({}) cannot be imported\n", new.construct, new.type_name));
    }
    output::err(&(text + "Enter takes what stands in brackets, or skips the resource; `-` skips it\n"));
    let mut existing = Vec::new();
    for new in can {
        let identifier = aws::interruptible(stop, host, identifier(new, host)).await?;
        if stop.told() {
            return Err(Exit::Interrupted);
        }
        existing.extend(identifier.map(|identifier| Existing { id: new.id.clone(), identifier }));
    }
    if existing.is_empty() {
        output::err("nothing was imported\n");
        return Err(Exit::Refused);
    }
    Ok(existing)
}

/// What a person says that identifies a resource; none to skip it. Of several ways to identify one, the first that is said.
async fn identifier(new: &New, host: &Host) -> Option<IndexMap<String, String>> {
    output::err(&format!("{} ({})\n", output::bold(&new.construct), new.type_name));
    for (index, set) in new.identifiers.iter().enumerate() {
        let mut values = IndexMap::new();
        for key in set {
            let known = new.known.get(key);
            let hint = known.map(|known| format!(" [{known}]")).unwrap_or_default();
            let or = if index > 0 && values.is_empty() { "or " } else { "" };
            let said = host.ask_line(&format!("  {or}{key}{hint}: ")).await;
            let value = match said.trim() {
                "-" => return None,
                "" => known.cloned(),
                said => Some(said.to_owned()),
            };
            let Some(value) = value else { break };
            values.insert(key.clone(), value);
        }
        if values.len() == set.len() {
            return Some(values);
        }
    }
    None
}

/// What is left to do.
fn next(importable: &Importable<'_>, existing: &[Existing]) -> String {
    let (program, path) = (program_name(), importable.stack);
    let mut out = format!("next: {program} drift {path}    # whether they are as they are defined\n");
    if importable.leaves(existing) {
        out.push_str(&format!("next: {program} deploy {path}   # the rest\n"));
    }
    out
}
