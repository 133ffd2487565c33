//! A server that speaks CloudFormation's protocol as a test tells it to: the way to what no emulator models.
//!
//! It holds a small model of stacks, change sets and events, in which everything succeeds at once. A test says what differs:
//!
//! * [`Server::next`] — how the next operation on a stack turns out, how long it takes, how many events it has
//! * [`Server::refuse`] — why the next change set of a stack fails, and what validation finds
//! * [`Server::tell`], [`Server::drifted`] — what the change sets of a stack say
//! * [`Server::next_refactor`] — how the next refactor of stacks turns out
//! * [`Server::fault`] — what goes wrong with the nth call of an action: errors, lost connections, somebody else's hand
//! * [`Server::limit`] — how often an action may be called
//! * [`Server::model`] — anything else: stacks that are there already, their states, page sizes, the account
//!
//! Every call is recorded: [`Server::calls`]. Ids and times count up, so that what is printed is the same each time.

mod actions;
mod faults;
mod http;
mod model;
mod operation;
mod plan;
mod query;

use std::ffi::OsStr;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::Value;

pub use faults::{Fault, On};
pub use model::{ChangeSetFailure, Event, Finding, Model, RefactorScript};
pub use operation::{Lasts, Script};
pub use query::Xml;
use query::{Params, Refusal};

use faults::{Limits, Rule};
use http::Answer;

use super::aws::Aws;
use super::{Definitions, Run, isolated, run_at};

/// A call that was received.
#[derive(Clone, Debug)]
pub struct Call {
    pub action: String,
    /// The stack's name, also where the request has its id.
    pub stack: Option<String>,
    pub params: Params,
    /// The code of the error that answered it.
    pub refused: Option<String>,
}

struct State {
    model: Model,
    rules: Vec<Rule>,
    limits: Limits,
    calls: Vec<Call>,
}

/// A change as a change set tells it: its action (and its replacement), logical id, type, and more of it.
pub fn change(action: &str, id: &str, kind: &str, more: &Xml) -> Xml {
    let (action, replacement) = action.split_once(' ').map_or((action, None), |(action, how)| (action, Some(how)));
    let change = Xml::new().text("Action", action).text("LogicalResourceId", id).text("ResourceType", kind);
    let change = change.maybe("Replacement", replacement).then(more);
    Xml::new().text("Type", "Resource").inside("ResourceChange", &change)
}

/// The details of a change: of each, what it is about.
pub fn details(targets: Vec<Xml>) -> Xml {
    let details = targets.into_iter().map(|target| {
        Xml::new().inside("Target", &target).text("Evaluation", "Static").text("ChangeSource", "DirectModification")
    });
    Xml::new().members("Details", details)
}

/// What a detail is about: a property, whether its change replaces, and its values before and after.
pub fn target(path: &str, recreation: &str, before: Option<&str>, after: Option<&str>) -> Xml {
    let name = path.split('/').nth(2).unwrap_or_default();
    let target = Xml::new().text("Attribute", "Properties").text("Name", name).text("Path", path);
    target.text("RequiresRecreation", recreation).maybe("BeforeValue", before).maybe("AfterValue", after)
}

/// The server. It ends when it is dropped.
pub struct Server {
    address: String,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// A server of an account without stacks.
    pub fn start(account: &str) -> Self {
        let (model, rules, limits, calls) = (Model::new(account), Vec::new(), Limits::default(), Vec::new());
        let state = Arc::new(Mutex::new(State { model, rules, limits, calls }));
        let stop = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&state);
        let address = http::listen(Arc::new(move |body: &str| handle(&shared, body)), Arc::clone(&stop));
        Self { address, state, stop }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A program in a folder that takes the server for AWS.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        isolated(program, folder, &self.url(), &self.model().account)
    }

    /// The fixture with these definitions, which takes the server for AWS.
    pub fn fixture(&self, definitions: &Definitions) -> Command {
        definitions.program(|program, folder| self.command(program, folder))
    }

    /// Runs the fixture with these stacks, to its end.
    pub fn run(&self, stacks: &Value, args: &[&str]) -> Run {
        // The model is let go of, so that the server may have it.
        let account = self.model().account.clone();
        run_at(&self.url(), &account, stacks, args)
    }

    /// Clients that try each call once.
    pub fn aws(&self) -> Aws {
        Aws::new(&self.url(), "test")
    }

    /// A test that holds the model twice in one expression would wait for itself forever: it is told so instead.
    fn state(&self) -> MutexGuard<'_, State> {
        for _ in 0..1000 {
            if let Ok(state) = self.state.try_lock() {
                return state;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the model is held by somebody: by this very expression? take it in a statement of its own")
    }

    /// What the server knows, to read and to change. No request is answered while it is held.
    pub fn model(&self) -> impl std::ops::DerefMut<Target = Model> {
        Locked(self.state())
    }

    /// How the next operation on a stack turns out. Default: it succeeds at once.
    pub fn next(&self, stack: &str, script: Script) {
        self.state().model.scripts.entry(stack.into()).or_default().push(script);
    }

    /// What the change sets of a stack say.
    pub fn tell(&self, stack: &str, changes: Vec<Xml>) {
        self.state().model.told.insert(stack.into(), changes);
    }

    /// What the change sets of a stack say that look at drift.
    pub fn drifted(&self, stack: &str, changes: Vec<Xml>) {
        self.state().model.drift.get_or_insert_default().insert(stack.into(), changes);
    }

    /// Why the next change set of a stack fails.
    pub fn refuse(&self, stack: &str, reason: &str, findings: Vec<Finding>) {
        let failure = ChangeSetFailure { reason: reason.into(), findings };
        self.state().model.refusals.entry(stack.into()).or_default().push(failure);
    }

    /// How the next refactor of stacks turns out. Default: it succeeds at once.
    pub fn next_refactor(&self, script: RefactorScript) {
        self.state().model.refactor_scripts.push(script);
    }

    /// What goes wrong with a call.
    pub fn fault(&self, on: On, fault: Fault) {
        self.state().rules.push(Rule::new(on, fault));
    }

    /// How often an action may be called: so often a second, and so often at once. Default: as often as one likes.
    pub fn limit(&self, action: &'static str, per_second: f64, burst: f64) {
        self.state().limits.set(action, per_second, burst);
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How often an action was called.
    pub fn count(&self, action: &str) -> usize {
        self.state().calls.iter().filter(|call| call.action == action).count()
    }

    /// How often an action was refused for its rate.
    pub fn throttled(&self, action: &str) -> usize {
        let throttled = |call: &&Call| call.action == action && call.refused.as_deref() == Some("Throttling");
        self.state().calls.iter().filter(throttled).count()
    }

    /// The calls that would change something.
    pub fn writes(&self) -> Vec<String> {
        let reads = ["Describe", "Get", "List"];
        let calls = self.calls().into_iter().map(|call| call.action);
        calls.filter(|action| !reads.iter().any(|read| action.starts_with(read))).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.address);
    }
}

/// The model in the locked state.
struct Locked<'a>(MutexGuard<'a, State>);

impl std::ops::Deref for Locked<'_> {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.0.model
    }
}

impl std::ops::DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Model {
        &mut self.0.model
    }
}

/// Answers a request: limits first, then faults, then the model.
fn handle(state: &Mutex<State>, body: &str) -> Answer {
    let params = Params::parse(body);
    let action = params.get("Action").unwrap_or_default().to_owned();
    let (index, fault) = {
        let mut state = state.lock().unwrap();
        let stack = state.stack_of(&params);
        let limited = state.limits.take(&action).err();
        let refused = limited.as_ref().map(|refusal| refusal.code.clone());
        state.calls.push(Call { action: action.clone(), stack: stack.clone(), params: params.clone(), refused });
        if let Some(refusal) = limited {
            return query::answer(&action, Err(refusal));
        }
        // Every rule counts every call; the first that meets it decides.
        let meets: Vec<bool> = state.rules.iter_mut().map(|rule| rule.meets(&action, stack.as_deref())).collect();
        (state.calls.len() - 1, meets.iter().position(|meets| *meets))
    };
    let wait = fault.and_then(|rule| match state.lock().unwrap().rules[rule].fault {
        Fault::Wait(time) => Some(time),
        _ => None,
    });
    if let Some(time) = wait {
        thread::sleep(time);
    }
    let mut state = state.lock().unwrap();
    let state = &mut *state;
    let fault = fault.map(|rule| &mut state.rules[rule].fault);
    let result = match fault {
        Some(Fault::Drop) => return Answer::Nothing,
        Some(Fault::Answer(refusal)) => Err(refusal.clone()),
        Some(Fault::Meanwhile(change)) => {
            change(&mut state.model);
            state.model.act(&action, &params)
        }
        Some(Fault::DoAndDrop) => {
            let _ = state.model.act(&action, &params);
            return Answer::Nothing;
        }
        Some(Fault::HalfAnswer) => return half(query::answer(&action, state.model.act(&action, &params))),
        Some(Fault::Wait(_)) | None => state.model.act(&action, &params),
    };
    state.calls[index].refused = refused(&result);
    query::answer(&action, result)
}

fn refused(result: &Result<Xml, Refusal>) -> Option<String> {
    result.as_ref().err().map(|refusal| refusal.code.clone())
}

fn half(answer: Answer) -> Answer {
    match answer {
        Answer::Whole(status, body) => Answer::Half(status, body),
        other => other,
    }
}

impl State {
    /// The name of the stack that a request is about.
    fn stack_of(&self, params: &Params) -> Option<String> {
        let named = params.get("StackName").map(|name| match self.model.find(name) {
            Some(index) => self.model.stacks[index].name.clone(),
            None => name.to_owned(),
        });
        let set = params.get("ChangeSetName");
        named.or_else(|| {
            let of = |name: &str| self.model.stacks.iter().find(|stack| stack.change_set(name).is_ok());
            of(set?).map(|stack| stack.name.clone())
        })
    }
}
