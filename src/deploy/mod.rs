//! Deploy and destroy: from templates to stacks, and away again. The only place that talks to AWS.
//!
//! In the order of what happens: a [`Plan`] says which stacks, in which order. [`Sessions`] find credentials for each
//! account and region, and refuse those of another. A [`Deployment`] walks the plan; every stack goes its own way from
//! a change set to its outcome, and a [`Host`] hears of it and is asked for approval.

mod approval;
mod beside;
mod change_set;
mod deployed;
mod drift;
mod event;
mod failure;
mod follow;
mod foresee;
pub mod import;
mod observe;
mod one;
mod outcome;
pub mod outputs;
mod parameters;
mod plan;
mod preview;
mod rate;
mod recover;
pub mod refactor;
mod remove;
mod session;
mod settings;
mod state;
mod status;
mod trouble;
mod upload;
mod walk;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use indexmap::IndexMap;
use tokio::time::Instant;

pub use approval::Approval;
pub use deployed::Deployed;
pub use drift::{Difference, ResourceDrift, StackDrift};
pub use event::{Action, Answer, Change, Event, Host, Moved, Outcome, Phase, Planned, Question, Revert};
pub use failure::{Failure, FailureKind, Said};
pub use plan::{Plan, Step};
pub use preview::{Answered, NotAsked, Open, Preview};
pub use recover::Recovery;
pub use remove::{Inspected, Left};
pub use session::{Session, Sessions};
pub use settings::{Account, Settings};
pub use state::State;
pub use status::{Drift, Standing};
pub use trouble::Trouble;
pub use walk::{Ended, Stop, walk};

use crate::synth::{Assembly, Synthesized};
use one::One;
use upload::Assets;

/// How stacks are deployed or deleted.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// How many stacks at a time. Default: 8.
    pub concurrency: usize,
    /// What is asked about. Default: what deletes, and what broadens access.
    pub approval: Approval,
    /// Whether everything is approved beforehand. Default: false.
    pub yes: bool,
    /// Whether there is somebody to ask. Default: false.
    pub attended: bool,
    /// Whether CloudFormation reports a resource as done when its configuration is applied, rather than when it is
    /// stable. Default: false.
    pub express: bool,
    /// Whether what fails stays where it failed, to go on from there. Default: false, it is rolled back.
    pub no_rollback: bool,
    /// Whether what somebody changed outside of CloudFormation is taken back too. Default: false.
    pub revert_drift: bool,
    /// The role that CloudFormation acts in. Default: the stack's role of last time, or the caller's permissions.
    pub role_arn: Option<String>,
    /// Values of parameters.
    pub parameters: Vec<Given>,
    /// Tags beside those that the stacks define.
    pub tags: IndexMap<String, String>,
    /// Whether buckets are emptied before they are deleted. Default: false.
    pub empty_buckets: bool,
    /// The folder that the paths of assets start from: the package's. Default: the current folder.
    pub root: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 8,
            approval: Approval::default(),
            yes: false,
            attended: false,
            express: false,
            no_rollback: false,
            revert_drift: false,
            role_arn: None,
            parameters: Vec::new(),
            tags: IndexMap::new(),
            empty_buckets: false,
            root: PathBuf::new(),
        }
    }
}

/// A parameter's value, given for a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The stack's path; none for every stack that has such a parameter.
    pub stack: Option<String>,
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A plan, and all that it takes to carry it out.
pub struct Deployment<'a> {
    /// The stacks.
    pub assembly: &'a Assembly<'a>,
    /// Which of them, in which order.
    pub plan: &'a Plan<'a>,
    /// Where they go.
    pub sessions: &'a Sessions,
    /// How.
    pub options: &'a Options,
    /// Who hears of it, and is asked.
    pub host: &'a dyn Host,
    /// Tells it to begin nothing new.
    pub stop: &'a Stop,
}

/// How a stack's part of a command ended.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took. In seconds.
    pub seconds: f64,
    /// The stack because of which it was not begun.
    pub because: Option<&'a str>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What a deletion left behind.
    pub left: Vec<Left>,
}

/// What a step of a walk gives: how it ended, how long it took, what it left.
type Stepped<T> = Result<(Outcome, f64, T), (Failure, f64)>;

impl<'a> Deployment<'a> {
    /// Deploys the stacks of the plan, and says how each ended, in the plan's order. `templates` are those of the
    /// assembly, by path.
    ///
    /// An error means that nothing was changed.
    pub async fn deploy(&self, templates: &BTreeMap<&str, String>) -> Result<Vec<Report<'a>>, Trouble> {
        self.announce("deploy");
        let assets = self.assets().await?;
        self.survey().await?;
        self.can_send(&assets).await?;
        self.foresee(templates, &assets).await?;
        let assets = &assets;
        let run = |index: usize| async move {
            let begun = Instant::now();
            match self.deploy_one(index, templates, assets).await {
                Ok(outcome) => Ok((outcome, begun.elapsed().as_secs_f64(), Vec::new())),
                Err(failure) => Err((failure, begun.elapsed().as_secs_f64())),
            }
        };
        Ok(self.walk(run).await)
    }

    async fn deploy_one(
        &self,
        index: usize,
        templates: &BTreeMap<&str, String>,
        assets: &Assets<'_>,
    ) -> Result<Outcome, Failure> {
        let load = assets.of(self.plan.steps[index].path);
        let one = self.one(index, templates);
        let values = match load {
            Some(load) => load.values(&one.session).await?,
            None => IndexMap::new(),
        };
        One { load, assets: values, ..one }.deploy().await
    }

    fn one<'b>(&'b self, index: usize, templates: &'b BTreeMap<&str, String>) -> One<'b> {
        let stack = self.stack(index);
        One {
            stack,
            session: self.session(stack),
            options: self.options,
            host: self.host,
            stop: self.stop,
            template: templates.get(stack.path).map_or("", String::as_str),
            assets: IndexMap::new(),
            load: None,
            deployed: RefCell::default(),
            approved: Cell::default(),
        }
    }

    /// The stack of a step.
    fn stack(&self, index: usize) -> &'a Synthesized<'a> {
        let path = self.plan.steps[index].path;
        self.assembly.stack(path).expect("a plan is made of the assembly's stacks")
    }

    fn session(&self, stack: &Synthesized<'_>) -> Rc<Session> {
        self.sessions.of(stack.env)
    }

    fn announce(&self, command: &str) {
        let sessions: Vec<Rc<Session>> = (0..self.plan.steps.len()).map(|i| self.session(self.stack(i))).collect();
        let planned = self.plan.steps.iter().zip(&sessions).enumerate().map(|(index, (step, session))| Planned {
            stack: step.path,
            name: self.stack(index).name,
            account: &session.account,
            region: &session.region,
            after: step.after.iter().map(|earlier| self.plan.steps[*earlier].path).collect(),
            asked: step.asked,
        });
        self.host.hear(&Event::Plan { command, stacks: planned.collect() });
    }

    /// Reads what is deployed, in as few calls as there can be.
    async fn survey(&self) -> Result<(), Trouble> {
        let surveys = self.sessions.all().map(|(env, session)| async move {
            let stacks = (0..self.plan.steps.len()).map(|index| self.stack(index));
            let names: Vec<&str> = stacks.filter(|stack| stack.env == env).map(|stack| stack.name).collect();
            session.survey(&names).await
        });
        for survey in futures_util::future::join_all(surveys).await {
            survey.map_err(|fault| Trouble { refused: true, ..fault.trouble("cannot read what is deployed") })?;
        }
        Ok(())
    }

    async fn walk<F: Future<Output = Stepped<Vec<Left>>>>(&self, run: impl Fn(usize) -> F) -> Vec<Report<'a>> {
        let after: Vec<&[usize]> = self.plan.steps.iter().map(|step| &*step.after).collect();
        let tell = |index: usize| {
            let step = run(index);
            async move {
                let ended = step.await;
                let (outcome, seconds, failure) = match &ended {
                    Ok((outcome, seconds, _)) => (*outcome, *seconds, None),
                    Err((failure, seconds)) => (failure.outcome(), *seconds, Some(failure)),
                };
                self.host.hear(&Event::ended(self.plan.steps[index].path, outcome, seconds, failure));
                ended
            }
        };
        let ended = walk(&after, self.options.concurrency, self.stop, tell).await;
        let mut reports: Vec<Report<'a>> = Vec::new();
        for (index, end) in ended.into_iter().enumerate() {
            let end = match end {
                // What waited for one that was interrupted before it began did not fail either.
                Ended::Skipped(by) if reports[by].outcome == Outcome::NotStarted => Ended::NotStarted,
                end => end,
            };
            reports.push(self.report(index, end));
        }
        reports
    }

    fn report(&self, index: usize, end: Ended<(Outcome, f64, Vec<Left>), (Failure, f64)>) -> Report<'a> {
        let stack = self.plan.steps[index].path;
        let report =
            |outcome, seconds| Report { stack, outcome, seconds, because: None, failure: None, left: Vec::new() };
        match end {
            Ended::Done((outcome, seconds, left)) => Report { left, ..report(outcome, seconds) },
            Ended::Failed((failure, seconds)) => {
                let outcome = failure.outcome();
                Report { failure: Some(failure), ..report(outcome, seconds) }
            }
            Ended::Skipped(by) => {
                let because = Some(self.plan.steps[by].path);
                self.not_begun(stack, Outcome::Skipped, because);
                Report { because, ..report(Outcome::Skipped, 0.0) }
            }
            Ended::NotStarted => {
                self.not_begun(stack, Outcome::NotStarted, None);
                report(Outcome::NotStarted, 0.0)
            }
        }
    }

    fn not_begun(&self, stack: &str, outcome: Outcome, because: Option<&str>) {
        let (error, help, reasons) = (None, None, Vec::new());
        self.host.hear(&Event::Ended { stack, outcome, seconds: 0.0, because, error, reasons, help });
    }
}
