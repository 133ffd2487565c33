//! Who hears of a deployment and is asked: a terminal with a live line per stack, a log, or a program that reads JSON.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{BufRead as _, IsTerminal as _};
use std::pin::Pin;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::super::output;
use super::outcome::word;
use crate::deploy::{Action, Answer, Change, Event, Moved, Outcome, Phase, Planned, Question, Revert, Stop};
use crate::review::ResourceLocation;

/// How many changed resources are listed for a stack that is created; what is new is in the template too.
const MOST_ADDED: usize = 10;

/// How events are shown.
enum Show {
    /// Not at all.
    Nothing,
    /// One JSON object a line, on standard output.
    Json,
    /// A line for what matters, on standard error.
    Log,
    /// A live line for each stack that is at work, and a line for what matters.
    Live(MultiProgress),
}

/// Whoever started the command.
pub(in super::super) struct Host {
    show: Show,
    /// Whether there is somebody to ask.
    pub(in super::super) attended: bool,
    bars: RefCell<BTreeMap<String, ProgressBar>>,
    /// The stacks that CloudFormation is at work on.
    running: RefCell<Vec<String>>,
    /// The stack whose changes were the last that was printed.
    changes_of: RefCell<Option<String>>,
    asking: tokio::sync::Mutex<()>,
    /// The lines that wait for an answer.
    held: RefCell<Option<Vec<String>>>,
    stopped: Stop,
    broken: Cell<bool>,
    /// How wide the terminal is, in columns.
    width: usize,
}

impl Host {
    /// For commands that change nothing.
    pub(in super::super) fn silent() -> Self {
        Self::showing(Show::Nothing, false)
    }

    /// For a person, or for a program that reads JSON.
    pub(in super::super) fn new(json: bool) -> Self {
        let (input, error) = (std::io::stdin().is_terminal(), std::io::stderr().is_terminal());
        if json {
            return Self::showing(Show::Json, false);
        }
        let show = if error {
            Show::Live(MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)))
        } else {
            Show::Log
        };
        Self::showing(show, input && error)
    }

    fn showing(show: Show, attended: bool) -> Self {
        Self {
            show,
            attended,
            bars: RefCell::default(),
            running: RefCell::default(),
            changes_of: RefCell::default(),
            asking: tokio::sync::Mutex::default(),
            held: RefCell::default(),
            stopped: Stop::default(),
            broken: Cell::new(false),
            width: terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| width.0.into()),
        }
    }

    /// Says what goes on after the first Ctrl-C.
    pub(super) fn stopping(&self) {
        let running = self.running.borrow();
        let goes_on = match &running[..] {
            [] => "nothing is running in CloudFormation".to_owned(),
            running => format!("still running in CloudFormation: {}", running.join(", ")),
        };
        self.stopped.tell();
        self.print(&format!("\ninterrupted: nothing new is begun; {goes_on}\nCtrl-C again leaves without waiting\n"));
    }

    /// Says what is left behind after the second.
    pub(super) fn leaving(&self) {
        self.clear();
        let running = self.running.borrow();
        if !running.is_empty() {
            let help = "run the same command again: it waits for them and goes on";
            self.print(&format!("left running in CloudFormation: {}\n  {}\n", running.join(", "), output::dim(help)));
        }
    }

    /// Takes the live lines away.
    pub(in super::super) fn clear(&self) {
        for (_, bar) in std::mem::take(&mut *self.bars.borrow_mut()) {
            bar.finish_and_clear();
        }
    }

    /// Asks a person for a line; empty where nothing is said.
    pub(in super::super) async fn ask_line(&self, prompt: &str) -> String {
        output::err(prompt);
        tokio::select! {
            line = line_read() => line,
            () = self.stopped.wait() => String::new(),
        }
    }

    /// Prints a line for what matters; above the live ones.
    fn line(&self, text: &str) {
        // What others tell waits until the person at the terminal has answered.
        if let Some(held) = &mut *self.held.borrow_mut() {
            return held.push(text.to_owned());
        }
        self.print(text);
    }

    fn print(&self, text: &str) {
        *self.changes_of.borrow_mut() = None;
        match &self.show {
            Show::Nothing | Show::Json => {}
            Show::Log => output::err(text),
            Show::Live(bars) => bars.suspend(|| output::err(&output::wrapped(text, self.width))),
        }
    }

    fn bar(&self, stack: &str, message: String) {
        let Show::Live(bars) = &self.show else { return };
        let mut known = self.bars.borrow_mut();
        let bar = known.entry(stack.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix}  {elapsed:>4}  {wide_msg}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = bars.add(ProgressBar::new_spinner().with_style(style).with_prefix(stack.to_owned()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(message);
    }

    fn ended(&self, stack: &str) {
        if let Some(bar) = self.bars.borrow_mut().remove(stack) {
            bar.finish_and_clear();
        }
        self.running.borrow_mut().retain(|running| running != stack);
    }

    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Plan { command, stacks } => self.line(&plan(command, stacks)),
            Event::Phase { stack, phase, note } => self.phase(stack, *phase, *note),
            Event::Changes { stack, creates, changes, broadens } => {
                self.line(&changed(stack, *creates, changes, broadens));
                *self.changes_of.borrow_mut() = Some((*stack).to_owned());
            }
            Event::Moves { moves } => self.line(&moved(moves)),
            Event::Resource { stack, done, total, logical_id, construct, status, reason, earlier_seconds, .. } => {
                let name = construct.unwrap_or(logical_id);
                let left = earlier_seconds.map(|s| format!("  took {} before", output::whole(s))).unwrap_or_default();
                let of = if *total > 0 { format!("{done}/{total}") } else { format!("{done}") };
                self.bar(stack, format!("{of}{left}  {name} {status}"));
                if matches!(self.show, Show::Log) && !status.ends_with("_IN_PROGRESS") {
                    let reason = reason.filter(|_| status.ends_with("_FAILED")).map(|r| format!(": {r}"));
                    self.line(&format!("{stack}: {of} {name} {status}{}\n", reason.unwrap_or_default()));
                }
            }
            Event::Notice { stack, text } => {
                let stack = stack.map(|stack| format!("{stack}: ")).unwrap_or_default();
                self.line(&format!("{stack}{text}\n"));
            }
            Event::Upload { asset, sent, size } if sent == size => {
                self.ended(asset);
                self.line(&format!("{asset}: uploaded {}\n", bytes(*size)));
            }
            Event::Upload { asset, sent, size } => self.bar(asset, format!("{} of {}", bytes(*sent), bytes(*size))),
            Event::Ended { stack, outcome, seconds, .. } => {
                self.ended(stack);
                // Those that were not begun stand in the table alone.
                if !matches!(outcome, Outcome::Skipped | Outcome::NotStarted) {
                    self.line(&format!("{stack}: {} ({})\n", word(*outcome), output::took(*seconds)));
                }
            }
        }
    }

    fn phase(&self, stack: &str, phase: Phase, note: Option<&str>) {
        let doing = match phase {
            Phase::Comparing => "comparing",
            Phase::Uploading => "uploading",
            Phase::Waiting => "waiting for",
            Phase::Clearing => "clearing",
            Phase::Planning => "planning",
            Phase::Asking => "waiting for approval",
            Phase::Running => "running",
            Phase::Emptying => "emptying",
        };
        let text = note.map_or_else(|| doing.to_owned(), |note| format!("{doing} {note}"));
        if phase == Phase::Running {
            self.running.borrow_mut().push(stack.to_owned());
        }
        // A log has no use for what passes in a moment.
        if matches!(phase, Phase::Waiting | Phase::Clearing | Phase::Emptying) {
            self.line(&format!("{stack}: {text}\n"));
        }
        self.bar(stack, text);
    }
}

impl crate::deploy::Host for Host {
    fn hear(&self, event: &Event<'_>) {
        if !matches!(self.show, Show::Json) {
            return self.tell(event);
        }
        if let Event::Phase { stack, phase: Phase::Running, .. } = event {
            self.running.borrow_mut().push((*stack).to_owned());
        }
        // A reader that has gone does not stop a deployment.
        let line = serde_json::to_string(event).unwrap_or_default() + "\n";
        if !self.broken.get() && output::out(&line).is_err() {
            self.broken.set(true);
        }
    }

    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
        Box::pin(async move {
            if !self.attended {
                return Answer::Nobody;
            }
            // One question at a time, and nothing moves meanwhile.
            let _one = self.asking.lock().await;
            if self.stopped.told() {
                return Answer::No;
            }
            // What the last line says is not said again.
            let said = question.stack.is_some() && self.changes_of.borrow().as_deref() == question.stack;
            self.clear();
            if let Show::Live(bars) = &self.show {
                bars.set_draw_target(ProgressDrawTarget::hidden());
            }
            let stack = question.stack.map(|stack| format!("{stack}: ")).unwrap_or_default();
            let mut text = String::new();
            for reason in question.reasons.iter().filter(|_| !said) {
                text.push_str(&format!("  {reason}\n"));
            }
            text = output::wrapped(&text, self.width);
            output::err(&format!("{text}{} [y/N] ", output::bold(&format!("{stack}{}", question.text))));
            *self.held.borrow_mut() = Some(Vec::new());
            let answer = tokio::select! {
                answer = answer() => answer,
                () = self.stopped.wait() => Answer::No,
            };
            if let Show::Live(bars) = &self.show {
                bars.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            }
            for line in self.held.borrow_mut().take().unwrap_or_default() {
                self.print(&line);
            }
            answer
        })
    }
}

async fn answer() -> Answer {
    if matches!(line_read().await.trim(), "y" | "Y" | "yes" | "Yes") { Answer::Yes } else { Answer::No }
}

/// A line from the terminal; empty where there is none. It is read on a thread of its own, which nobody waits for when the
/// command is left.
async fn line_read() -> String {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().lock().read_line(&mut line);
        let _ = tell.send(line);
    });
    told.await.unwrap_or_default()
}

fn plan(command: &str, stacks: &[Planned<'_>]) -> String {
    let mut by_env: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for stack in stacks {
        *by_env.entry((stack.account, stack.region)).or_default() += 1;
    }
    let (verb, link) = match command {
        "destroy" => ("destroying", "from"),
        "import" => ("importing into", "in"),
        "refactor" => ("refactoring", "in"),
        _ => ("deploying", "to"),
    };
    let mut out = String::new();
    for ((account, region), count) in by_env {
        out.push_str(&format!("{verb} {} {link} {account}/{region}\n", output::counted(count, "stack")));
    }
    let drawn_in: Vec<&str> = stacks.iter().filter(|stack| !stack.asked).map(|stack| stack.stack).collect();
    if !drawn_in.is_empty() {
        let why = if command == "destroy" { "because they need these" } else { "because these need them" };
        out.push_str(&format!("{why}: {}\n", drawn_in.join(", ")));
    }
    out
}

/// The changes of a stack, one line a resource.
fn changed(stack: &str, creates: bool, changes: &[Change], broadens: &[String]) -> String {
    let count = output::counted(changes.len(), if creates { "resource" } else { "change" });
    let mut out = format!("{}\n", output::bold(&format!("{stack}: {}{count}", if creates { "new, " } else { "" })));
    let most = if creates { MOST_ADDED } else { usize::MAX };
    for change in changes.iter().take(most) {
        out.push_str(&format!("  {}\n", line(change)));
        out.push_str(&reverts(change));
    }
    if changes.len() > most {
        out.push_str(&format!("  and {} more\n", changes.len() - most));
    }
    for broadening in broadens {
        out.push_str(&format!("  {} {broadening}\n", coloured("33", "!")));
    }
    out
}

/// What is taken back of what somebody changed.
fn reverts(change: &Change) -> String {
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
    let line = |Revert { path, actual, template }: &Revert| {
        let path = path.trim_start_matches("/Properties/").replace('/', ".");
        format!("      {path} goes back: {} → {}\n", said(actual), said(template))
    };
    let gone = if change.gone { "      somebody deleted it; it is made again\n" } else { "" };
    gone.to_owned() + &change.reverts.iter().map(line).collect::<String>()
}

/// What moves, each with where it is and where it will be.
pub(in super::super) fn moved(moves: &[Moved]) -> String {
    let line = |moved: &Moved| {
        let at = |place: &ResourceLocation| format!("{}/{}", place.stack, place.id);
        let sign = coloured("33", "->");
        format!(
            "  {sign} {} ({})\n     {} → {}\n",
            moved.construct,
            moved.resource_type,
            at(&moved.from),
            at(&moved.to)
        )
    };
    moves.iter().map(line).collect()
}

fn line(change: &Change) -> String {
    let name = change.construct.as_deref().unwrap_or(&change.logical_id);
    let properties = change.properties.join(", ");
    let because = if properties.is_empty() { String::new() } else { format!(" because of {properties}") };
    let old = if change.deletes { "; the old one is deleted" } else { "; the old one stays" };
    let (sign, colour, what) = match change.action {
        Action::Add => ("+", "32", String::new()),
        Action::Import => {
            let id = change.physical_id.as_deref().map(|id| format!(": {id}")).unwrap_or_default();
            (">", "32", format!(" joins the stack{id}"))
        }
        Action::Modify if properties.is_empty() => ("~", "33", String::new()),
        Action::Modify => ("~", "33", format!(": {properties}")),
        Action::Dynamic => ("?", "33", " may change".into()),
        Action::Sync => ("=", "33", " is as the template says already; that is noted".into()),
        Action::Replace => ("±", "31", format!(" is replaced{because}{old}")),
        Action::MayReplace => ("±", "31", format!(" may be replaced{because}{old}")),
        Action::Remove if change.deletes => ("-", "31", " is deleted".into()),
        Action::Remove => ("-", "33", " leaves the stack, and stays".into()),
    };
    format!("{} {name} ({}){what}", coloured(colour, sign), change.resource_type)
}

fn coloured(colour: &str, text: &str) -> String {
    format!("\u{1b}[{colour}m{text}\u{1b}[0m")
}

fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{}.{} kB", count / 1_000, count / 100 % 10),
        _ => format!("{}.{} MB", count / 1_000_000, count / 100_000 % 10),
    }
}
