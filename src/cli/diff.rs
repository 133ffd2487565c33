//! `diff`: what a change will do.

#[cfg(feature = "deploy")]
mod asked;
mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::ValueEnum;
use serde_json::Value;

use super::files::{Folder, MANIFEST, shown};
use super::git::Revision;
use super::{Exit, files, output, report, select, synth};
use crate::core::App;
use crate::diff;
use crate::diff::Unreadable;
use crate::review::{self, Compared, Extent, Method, Move, Review, StackReview, Told, Verb, Versions};
use crate::synth::{Assembly, Origin, Synthesized, side_by_side};

/// Show what a change will do, before it is done
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks diff                              with what is deployed
stacks diff --change-set                 the same, as CloudFormation sees it
stacks diff --against templates          with templates/, as it is on the disk
stacks diff --against main               with templates/, as the branch has it
stacks diff 'shop/dev/**' --stat
stacks diff --against main --format markdown > comment.md

Signs: + added, - removed, ~ changed in place, -/+ replaced, ~/+ maybe replaced, -> moved to another logical id. Whether a \
change replaces comes from the properties that the CloudFormation specification says can only be set on creation.

Two spellings of the same are no difference. Secrets are not shown. Exit code 0, also with differences, unless \
`--exit-code` is given; 1 where CloudFormation will refuse the change.

How it was compared is always said. By the templates alone, nothing is asked of AWS but the templates. `--change-set` asks \
CloudFormation itself: it makes a change set for each stack, reads it, with the values before and after where CloudFormation \
gives them, and takes it back; of files and images it sends none. Where it and the templates alone do not say the same, \
`≠` says so. A stack that it cannot be made for is not compared, and the exit code is 3.

That a change in place interrupts the resource is said where AWS documents it, and only then.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// With what: deployed, templates (those on the disk), or a git revision
    #[cfg_attr(feature = "deploy", arg(long, value_name = "WHAT", default_value = "deployed"))]
    #[cfg_attr(not(feature = "deploy"), arg(long, value_name = "WHAT", default_value = "templates"))]
    against: String,
    /// text, markdown (for a comment on a pull request), json
    #[arg(long, value_enum, default_value_t = FormatArg::Text, hide_possible_values = true)]
    format: FormatArg,
    /// Exit with 1 if anything differs
    #[arg(long)]
    exit_code: bool,
    /// Show only who may do or reach what
    #[arg(long, conflicts_with = "stat")]
    security_only: bool,
    /// Show a line for each stack
    #[arg(long)]
    stat: bool,
    /// Ask CloudFormation, by change sets that are taken back
    #[cfg(feature = "deploy")]
    #[arg(long)]
    change_set: bool,
    #[cfg(feature = "deploy")]
    #[command(flatten)]
    given: asked::Given,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Text,
    Markdown,
    Json,
}

impl Args {
    const fn extent(&self) -> Extent {
        match (self.security_only, self.stat) {
            (true, _) => Extent::Security,
            (_, true) => Extent::Stat,
            _ => Extent::Full,
        }
    }
}

/// What the definitions are compared with.
struct Against {
    /// In words.
    called: String,
    /// The templates, by stack path.
    templates: BTreeMap<String, String>,
    /// What the manifest says of each stack; nothing where there is none.
    about: BTreeMap<String, Value>,
    /// What CloudFormation says of each stack, where it was asked.
    asked: Option<Asked>,
    /// The revision, where it is one.
    revision: Option<Revision>,
}

/// What CloudFormation says of stacks, by path.
#[derive(Default)]
struct Asked {
    stacks: BTreeMap<String, Result<Answer, NotAsked>>,
    /// What is left behind, a line each.
    left: Vec<String>,
    /// Whether the command was interrupted.
    interrupted: bool,
}

/// What a change set says of a stack, and what to know of it.
struct Answer {
    told: Vec<Told>,
    notes: Vec<String>,
}

/// Why CloudFormation could not be asked, and what to do.
struct NotAsked {
    what: String,
    help: String,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    diff(args, app).unwrap_or_else(|exit| exit)
}

fn diff(args: &Args, app: &App) -> Result<Exit, Exit> {
    let paths: Vec<&str> = app.paths().collect();
    let against = match args.against.as_str() {
        #[cfg(feature = "deploy")]
        "deployed" if args.change_set => asked::against(args, app)?,
        #[cfg(feature = "deploy")]
        _ if args.change_set => return Err(asked::elsewhere(&args.against)),
        #[cfg(feature = "deploy")]
        "deployed" => deployed(app, &args.selectors)?,
        "templates" => on_disk()?,
        revision => at_revision(revision)?,
    };
    let known: BTreeSet<&str> = paths.iter().copied().chain(against.templates.keys().map(String::as_str)).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let selected = select::select(&args.selectors, &known)?;
    let assembly =
        app.synth_only(|path| selected.contains(path)).map_err(|problems| report::refuse(&problems.0, ""))?;
    report::warn(&assembly.warnings);
    let mut review = reviewed(app, &assembly, &against, &selected);
    if let Some(revision) = &against.revision {
        lines::mark(&mut review, &assembly, revision);
    }
    let extent = args.extent();
    let text = match args.format {
        FormatArg::Text => output::fitted(review.to_text_within(extent, output::columns())),
        FormatArg::Markdown => review.to_markdown(extent),
        FormatArg::Json => review.to_json(),
    };
    output::out(&text)?;
    if let Some(asked) = &against.asked {
        for left in &asked.left {
            output::err(&format!("left behind: {left}\n"));
        }
        match asked {
            Asked { interrupted: true, .. } => return Ok(Exit::Interrupted),
            Asked { stacks, left, .. } if !left.is_empty() || stacks.values().any(Result::is_err) => {
                return Ok(Exit::Failed);
            }
            _ => {}
        }
    }
    let found = review.refused() || args.exit_code && !review.is_empty(extent);
    Ok(if found { Exit::Found } else { Exit::Done })
}

/// Each stack that is selected, on either side: those of the definitions in their order, then those that are gone.
fn reviewed(app: &App, assembly: &Assembly<'_>, against: &Against, selected: &BTreeSet<&str>) -> Review {
    let read = |(path, text): (&String, &String)| (path.clone(), diff::read(text));
    let texts: Vec<(&String, &String)> = against.templates.iter().collect();
    let read: BTreeMap<_, _> = side_by_side(&texts, |text| read(*text)).into_iter().collect();
    let others: Vec<(String, Value)> =
        read.iter().filter_map(|(path, template)| Some((path.clone(), template.clone().ok()?))).collect();
    let about: BTreeMap<&str, Value> = synth::about(app, &assembly.stacks).into_iter().collect();
    let here: Vec<&str> = app.paths().collect();
    let gone = read.keys().map(String::as_str).filter(|path| !here.contains(path));
    let all: Vec<&str> = here.iter().copied().chain(gone).filter(|path| selected.contains(path)).collect();
    let one = |path: &&str| {
        let answer = match against.asked.as_ref().and_then(|asked| asked.stacks.get(*path)) {
            Some(Err(not)) => return StackReview::not_compared(path, not.what.clone(), &not.help),
            Some(Ok(answer)) => Some(answer),
            None => None,
        };
        let stack = assembly.stack(path);
        let origin = |id: &str| -> Option<Origin> { stack?.origin(id) };
        let before = match told_by(read.get(*path), stack) {
            Ok(before) => before,
            Err((why, help)) => {
                return match answer {
                    Some(Answer { told, notes }) => StackReview {
                        notes: std::iter::once(format!("by the change set alone: {why}"))
                            .chain(notes.clone())
                            .collect(),
                        ..review::asked_alone(path, told, &origin)
                    },
                    None => StackReview::not_compared(path, why, help),
                };
            }
        };
        let after = stack.map(Synthesized::to_value);
        let settings = [against.about.get(*path).map(settings), about.get(path).map(settings)];
        let compared = Compared {
            path,
            before,
            after: after.as_ref(),
            settings: [settings[0].as_ref(), settings[1].as_ref()],
            origin: &origin,
            others: &others,
        };
        match answer {
            Some(Answer { told, notes }) => StackReview { notes: notes.clone(), ..review::asked(&compared, told) },
            None => review::stack(&compared),
        }
    };
    let method = if against.asked.is_some() { Method::ChangeSets } else { Method::Templates };
    let review = Review { against: against.called.clone(), method, stacks: side_by_side(&all, one) };
    let moved = between(&review, assembly, &others);
    review.with_moves(&moved)
}

/// The template that there is, where it can be compared; else why not, and what to do.
fn told_by<'t>(
    read: Option<&'t Result<Value, Unreadable>>,
    stack: Option<&Synthesized<'_>>,
) -> Result<Option<&'t Value>, (String, &'static str)> {
    let before = match read {
        Some(Err(unreadable)) => return Err((unreadable.to_string(), "look at the template itself")),
        Some(Ok(template)) => Some(template),
        None => None,
    };
    match before.filter(|_| stack.is_some_and(|stack| !stack.macros())).and_then(transformed) {
        Some(why) => Err((why, "`--change-set` shows what CloudFormation makes of it")),
        None => Ok(before),
    }
}

/// What has moved from one stack to another of the same account and region.
fn between(review: &Review, assembly: &Assembly<'_>, others: &[(String, Value)]) -> Vec<Move> {
    let any = |verb| review.stacks.iter().flat_map(|stack| &stack.resources).any(|resource| resource.verb == verb);
    if !any(Verb::Remove) || !any(Verb::Add) {
        return Vec::new();
    }
    let nothing = Value::Null;
    let before = |path: &str| others.iter().find(|(other, _)| other == path).map_or(&nothing, |(_, template)| template);
    let mut by_env: BTreeMap<_, Vec<(&str, Value, Value)>> = BTreeMap::new();
    for stack in &assembly.stacks {
        let sides = (stack.path, diff::canonical(before(stack.path)), diff::canonical(&stack.to_value()));
        by_env.entry(stack.env).or_default().push(sides);
    }
    let moved = by_env.values().flat_map(|stacks| {
        let versions = stacks.iter().map(|(stack, before, after)| Versions { stack, before, after });
        review::moves(&versions.collect::<Vec<_>>()).moved
    });
    moved.collect()
}

/// What the manifest says that is neither in the template nor about it.
fn settings(about: &Value) -> Value {
    const BESIDE: [&str; 5] = ["path", "template", "needs", "runbooks", "assets"];
    let mut about = about.clone();
    if let Some(map) = about.as_object_mut() {
        map.retain(|key, value| !BESIDE.contains(&key.as_str()) && !value.is_null());
    }
    about
}

/// A template that a macro made something else of: what it says is not what was deployed.
fn transformed(template: &Value) -> Option<String> {
    let list = template.get("Transform")?;
    let names: Vec<&str> = match list {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let other: Vec<&str> = names.into_iter().filter(|name| *name != "AWS::LanguageExtensions").collect();
    (!other.is_empty())
        .then(|| format!("its template goes through {}: what that makes of it is not known here", other.join(", ")))
}

/// What is deployed, each stack read once.
#[cfg(feature = "deploy")]
fn deployed(app: &App, selectors: &[String]) -> Result<Against, Exit> {
    use super::aws::{self, Direction};

    let found = aws::look(app, selectors, Direction::Look, async |deployment| deployment.templates().await)?;
    let templates = found.into_iter().collect();
    Ok(Against {
        called: "what is deployed, by the templates alone".into(),
        templates,
        about: BTreeMap::new(),
        asked: None,
        revision: None,
    })
}

/// The templates on the disk.
fn on_disk() -> Result<Against, Exit> {
    let root = files::package().join("templates");
    let trouble = |trouble: files::Trouble| output::refuse(&trouble.what, &trouble.help);
    let folder = Folder::open(&root).map_err(trouble)?;
    let mut templates = BTreeMap::new();
    for (path, file) in folder.listed() {
        if let Some(text) = folder.read(file).map_err(trouble)? {
            templates.insert(path.clone(), text);
        }
    }
    let manifest = folder.read(MANIFEST).map_err(trouble)?.unwrap_or_default();
    let called = format!("the templates in {}", shown(&root));
    Ok(Against { called, templates, about: about(&manifest), asked: None, revision: None })
}

/// The templates as a revision has them.
fn at_revision(revision: &str) -> Result<Against, Exit> {
    let root = files::package().join("templates");
    let refused = |trouble: super::git::Trouble| output::refuse(&trouble.what, &trouble.help);
    let at = Revision::find(&root, revision).map_err(refused)?;
    let called = format!("the templates in {} at {}", shown(&root), at.called);
    let manifest = at.read(&[MANIFEST.to_owned()]).map_err(refused)?.pop().flatten();
    let Some(manifest) = manifest else { return Err(no_manifest(&root, &at.called)) };
    let listed = files::listed(&manifest).map_err(|why| {
        let what = format!("{MANIFEST} is damaged at {}: {why}", at.called);
        output::refuse(&what, "compare with another revision")
    })?;
    let (paths, names): (Vec<String>, Vec<String>) = listed.into_iter().unzip();
    let texts = at.read(&names).map_err(refused)?;
    let templates = paths.into_iter().zip(texts).filter_map(|(path, text)| Some((path, text?))).collect();
    Ok(Against { called, templates, about: about(&manifest), asked: None, revision: Some(at) })
}

fn no_manifest(root: &Path, revision: &str) -> Exit {
    let what = format!("there are no templates in {} at {revision}: {MANIFEST} is not there", shown(root));
    output::refuse(&what, "compare with a revision in which `synth` wrote them, and which has them committed")
}

/// What a manifest says of each stack.
fn about(manifest: &str) -> BTreeMap<String, Value> {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    let stacks = manifest["stacks"].as_array().cloned().unwrap_or_default();
    stacks.into_iter().filter_map(|about| Some((about["path"].as_str()?.to_owned(), about))).collect()
}
