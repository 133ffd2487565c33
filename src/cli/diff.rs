//! `diff`: what a change will do.

mod against;
#[cfg(feature = "deploy")]
mod asked;
mod importers;
mod lines;
mod unreadable;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use clap::ValueEnum;
use serde_json::Value;

use super::{Exit, output, report, select, synth};
use crate::core::App;
use crate::diff;
use crate::review::{self, Compared, Extent, Method, Move, Review, StackReview, Standing, Told, Verb, Versions};
use crate::side_by_side::side_by_side;
use crate::synth::{Assembly, Format, Origin, Synthesized};
use against::Against;
use importers::Importers;

/// Show what a change will do, before it is done
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks diff                              with what is deployed
stacks diff --change-set                 the same, as CloudFormation sees it
stacks diff --against templates          with templates/, as it is on the disk
stacks diff --against main               with templates/, as the branch has it
stacks diff 'shop/dev/**' --stat
stacks diff --against main --format markdown > comment.md

Signs: + added, - removed, ~ changed in place, -/+ replaced, ~/+ maybe replaced, -> moved to another logical id, ?+ and ?- there or not as a condition says. Whether a \
change replaces comes from the properties that the CloudFormation specification says can only be set on creation.

Two spellings of the same are no difference. Secrets are not shown. Exit code 0, also with differences, unless \
`--exit-code` is given; 1 where CloudFormation will refuse the change; 3 where a stack could not be compared.

How it was compared is always said. By the templates alone, nothing is asked of AWS but what is deployed, and who imports it. `--change-set` asks \
CloudFormation itself: it makes a change set for each stack, reads it, with the values before and after where CloudFormation \
gives them, and takes it back; of files and images it sends none. Where it and the templates alone do not say the same, \
`≠` says so. A stack that it cannot be made for is not compared.

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

/// What CloudFormation says of stacks, by path.
#[derive(Default)]
struct Asked {
    stacks: BTreeMap<String, Result<Answer, NotAsked>>,
    /// What is left behind, a line each.
    left: Vec<String>,
    /// The tags that every stack would be given.
    tags: Vec<(String, String)>,
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
        "deployed" => against::deployed(app, &args.selectors)?,
        "templates" => against::on_disk()?,
        revision => against::at_revision(revision)?,
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
    // Of a stack in which nothing differs nothing else is said.
    for stack in review.stacks.iter().filter(|stack| stack.standing == Standing::Same) {
        if let Some(note) = against.notes.get(&stack.stack) {
            output::err(&format!("{}: {note}\n", stack.stack));
        }
    }
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
    if review.stacks.iter().any(|stack| !stack.is_compared(extent)) {
        return Ok(Exit::Failed);
    }
    let found = review.refused() || args.exit_code && !review.is_empty(extent);
    Ok(if found { Exit::Found } else { Exit::Done })
}

/// The template that there is.
enum Before {
    Absent,
    /// The very text that the definitions make.
    Same,
    Other(Value),
    /// Why it cannot be compared, and what to do.
    Unreadable(String, String),
}

/// A stack, as there is one and as the definitions make one.
struct Sides<'a> {
    before: Before,
    stack: Option<&'a Synthesized<'a>>,
    /// The template that the definitions make, once it was asked for.
    after: OnceLock<Value>,
}

impl<'a> Sides<'a> {
    /// Reads the template that there is, unless it is the very text that the definitions make.
    fn of(path: &str, against: &Against, assembly: &'a Assembly<'a>) -> Self {
        let stack = assembly.stack(path);
        let same = |text: &str| stack.is_some_and(|stack| stack.template(Format::Yaml) == text);
        let before = match against.templates.get(path) {
            None => Before::Absent,
            Some(Err([why, help])) => Before::Unreadable(why.clone(), help.clone()),
            Some(Ok(text)) if same(text) => Before::Same,
            Some(Ok(text)) => match unreadable::read(text, stack.is_some_and(Synthesized::macros)) {
                Ok(template) => Before::Other(template),
                Err((why, help)) => Before::Unreadable(why, help.to_owned()),
            },
        };
        Self { before, stack, after: OnceLock::new() }
    }

    fn after(&self) -> Option<&Value> {
        self.stack.map(|stack| self.after.get_or_init(|| stack.to_value()))
    }

    /// The template that there is, where there is one that can be read.
    fn before(&self) -> Option<&Value> {
        match &self.before {
            Before::Same => self.after(),
            Before::Other(template) => Some(template),
            Before::Absent | Before::Unreadable(..) => None,
        }
    }
}

/// Each stack that is selected, on either side: those of the definitions in their order, then those that are gone.
fn reviewed(app: &App, assembly: &Assembly<'_>, against: &Against, selected: &BTreeSet<&str>) -> Review {
    let here: Vec<&str> = app.paths().collect();
    let gone = against.templates.keys().map(String::as_str).filter(|path| !here.contains(path));
    let all: Vec<&str> = here.iter().copied().chain(gone).filter(|path| selected.contains(path)).collect();
    let sides: BTreeMap<&str, Sides<'_>> =
        side_by_side(&all, |path| (*path, Sides::of(path, against, assembly))).into_iter().collect();
    let about: BTreeMap<&str, Value> = synth::about(app, &assembly.stacks).into_iter().collect();
    let importers = Importers::new(against, &about);
    let one = |path: &&str| {
        let side = &sides[path];
        let answer = match against.asked.as_ref().and_then(|asked| asked.stacks.get(*path)) {
            Some(Err(not)) => return StackReview::not_compared(path, not.what.clone(), &not.help),
            Some(Ok(answer)) => Some(answer),
            None => None,
        };
        let origin = |id: &str| -> Option<Origin> { side.stack?.origin(id) };
        let settings = against.settings(path, about.get(path));
        let settings = settings.each_ref().map(Option::as_ref);
        if let Before::Unreadable(why, help) = &side.before {
            return match answer {
                Some(Answer { told, notes }) => alone(path, why, told, notes, settings, &origin),
                None => StackReview::not_compared(path, why.clone(), help),
            };
        }
        let noted = against.notes.contains_key(*path);
        if matches!(side.before, Before::Same) && settings[0] == settings[1] && answer.is_none() && !noted {
            return StackReview::unchanged(path);
        }
        let compared = Compared {
            path,
            before: side.before(),
            after: side.after(),
            settings,
            origin: &origin,
            importers: &|export| importers.of(path, export),
        };
        let mut review = match answer {
            Some(Answer { told, notes }) => StackReview { notes: notes.clone(), ..review::asked(&compared, told) },
            None => review::stack(&compared),
        };
        review.notes.extend(against.notes.get(*path).cloned());
        review
    };
    let method = if against.asked.is_some() { Method::ChangeSets } else { Method::Templates };
    let review = Review { against: against.called.clone(), method, stacks: side_by_side(&all, one) };
    let moved = between(&review, &sides);
    review.with_moves(&moved)
}

/// A stack whose template cannot be compared, by its change set and its settings.
fn alone(
    path: &str,
    why: &str,
    told: &[Told],
    notes: &[String],
    settings: [Option<&Value>; 2],
    origin: &(dyn Fn(&str) -> Option<Origin> + Sync),
) -> StackReview {
    let review = review::asked_alone(path, told, settings, origin);
    let note =
        format!("by the change set alone: {why}. Outputs, parameters, and who may do or reach what are not compared");
    StackReview { notes: std::iter::once(note).chain(notes.iter().cloned()).collect(), ..review }
}

/// What has moved from one stack to another of the same account and region.
fn between(review: &Review, sides: &BTreeMap<&str, Sides<'_>>) -> Vec<Move> {
    let any = |verb| review.stacks.iter().flat_map(|stack| &stack.resources).any(|resource| resource.verb == verb);
    if !any(Verb::Remove) || !any(Verb::Add) {
        return Vec::new();
    }
    let canonical = |side: Option<&Value>| diff::canonical(side.unwrap_or(&Value::Null));
    let mut by_env: BTreeMap<_, Vec<(&str, Value, Value)>> = BTreeMap::new();
    for (path, side) in sides {
        let Some(stack) = side.stack else { continue };
        let after = canonical(side.after());
        let before = if matches!(side.before, Before::Same) { after.clone() } else { canonical(side.before()) };
        by_env.entry(stack.env).or_default().push((path, before, after));
    }
    let moved = by_env.values().flat_map(|stacks| {
        let versions = stacks.iter().map(|(stack, before, after)| Versions { stack, before, after });
        review::moves(&versions.collect::<Vec<_>>()).moved
    });
    moved.collect()
}
