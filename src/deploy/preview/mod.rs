//! What CloudFormation itself says a deployment would do: for each stack a change set is made, read, and taken back.
//! Nothing is sent but the template, nothing is left.

mod told;

pub(super) use told::Secrets;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use aws_sdk_cloudformation::types::Stack;
use indexmap::IndexMap;

use super::change_set::{ChangeSet, Made, Template, fresh_name};
use super::failure::Failure;
use super::one::{INLINE, One, status};
use super::session::Session;
use super::state::State;
use super::upload::{Assets, Lent};
use super::walk::{Ended, walk};
use super::{Deployment, Trouble, parameters};
use crate::review::Told;

/// What CloudFormation says of one stack.
#[derive(Clone, Debug)]
pub struct Preview<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// What it says; or why it could not be asked.
    pub answer: Result<Answered, NotAsked>,
    /// What is left behind, and how to take it away: what could not be taken back.
    pub left: Option<String>,
}

/// What a change set says.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The resources that change.
    pub told: Vec<Told>,
    /// What to know of it.
    pub notes: Vec<String>,
}

/// Why CloudFormation could not be asked.
#[derive(Clone, Debug)]
pub struct NotAsked {
    /// Why.
    pub what: String,
    /// What to do; may be empty.
    pub help: String,
}

/// What is there at this moment that was made to ask.
#[derive(Debug, Default)]
pub struct Open(RefCell<BTreeSet<String>>);

impl Open {
    /// How to take it away by hand, a line each.
    pub fn ways_out(&self) -> Vec<String> {
        self.0.borrow().iter().cloned().collect()
    }
}

impl<'a> Deployment<'a> {
    /// Asks CloudFormation what a deployment of the plan's stacks would do, side by side. `told` hears of each stack that is
    /// done, with how many are done of how many; `open` knows at any moment what would be left behind.
    ///
    /// A stack that was not begun, because the command was interrupted, is not in the answer.
    pub async fn preview(
        &self,
        templates: &BTreeMap<&str, String>,
        open: &Open,
        told: impl Fn(&Preview<'_>, usize, usize),
    ) -> Result<Vec<Preview<'a>>, Trouble> {
        let assets = &self.assets().await?;
        self.survey().await?;
        let after: Vec<&[usize]> = self.plan.steps.iter().map(|_| &[][..]).collect();
        let (told, done) = (&told, &Cell::new(0));
        let run = |index: usize| async move {
            let preview = self.preview_one(index, templates, assets, open).await;
            done.set(done.get() + 1);
            told(&preview, done.get(), self.plan.steps.len());
            Ok::<_, std::convert::Infallible>(preview)
        };
        let ended = walk(&after, self.options.concurrency, self.stop, run).await;
        Ok(ended
            .into_iter()
            .filter_map(|end| if let Ended::Done(preview) = end { Some(preview) } else { None })
            .collect())
    }

    async fn preview_one(
        &self,
        index: usize,
        templates: &BTreeMap<&str, String>,
        assets: &Assets<'_>,
        open: &Open,
    ) -> Preview<'a> {
        let stack = self.plan.steps[index].path;
        let load = assets.of(stack);
        let one = One { load, ..self.one(index, templates) };
        let mut left = None;
        let answer = one.preview(open, &mut left).await.map_err(NotAsked::from);
        Preview { stack, answer, left }
    }
}

impl One<'_> {
    async fn preview(&self, open: &Open, left: &mut Option<String>) -> Result<Answered, Failure> {
        let now = self.session.read(self.stack.name).await.map_err(|fault| fault.failure("cannot read the stack"))?;
        let state = now.as_deref().map_or(State::Absent, |stack| State::of(status(stack)));
        let now = askable(state, now)?;
        let deployed = match &now {
            Some(stack) => Some(self.deployed_template(stack).await?),
            None => None,
        };
        let assets = match self.load {
            Some(load) => load.values(&self.session).await?,
            None => IndexMap::new(),
        };
        let there = now.as_deref().zip(deployed.as_deref());
        let parameters = parameters::wanted(self.stack, self.options, &assets, there)?;
        let upload = if self.template.len() > INLINE { Some(self.session.lend(self.template).await?) } else { None };
        let template = upload.as_ref().map_or(Template::Body(self.template), |lent| Template::Url(&lent.url));
        let name = fresh_name();
        let ways_out = self.ways_out(&name, state == State::Absent, upload.as_ref());
        open.0.borrow_mut().extend(ways_out.iter().cloned());
        let made = self.session.make_named(&name, self.wanted(now.is_none(), template, parameters)).await;
        let told = match made {
            Ok(made) => self.told(made, deployed.as_deref()).await,
            Err(fault) => Err(fault.failure("CloudFormation refuses the change set")),
        };
        // One that is in review has no change set but ours and those of others who ask: the last one takes it away.
        let made_stack = matches!(state, State::Absent | State::InReview);
        *left = self.taken_back(&name, made_stack, upload).await;
        open.0.borrow_mut().retain(|way| !ways_out.contains(way));
        let notes = self.load.is_some_and(|load| load.sends()).then(|| NOT_SENT.to_owned());
        Ok(Answered { told: told?, notes: notes.into_iter().collect() })
    }

    async fn told(&self, made: Made, deployed: Option<&str>) -> Result<Vec<Told>, Failure> {
        match made {
            Made::Ready(change_set) => {
                let told = self.session.told(&change_set, &Secrets::new(self.stack, deployed)).await;
                told.map_err(|fault| fault.failure("cannot read the change set"))
            }
            Made::Nothing(_) if deployed.is_none() => {
                Err(Failure::of("the template holds no resources", "add one: a stack needs at least one"))
            }
            Made::Nothing(_) => Ok(Vec::new()),
            Made::Refused(change_set, reason) => Err(self.refused(&change_set, &reason).await),
        }
    }

    /// Takes back all that was made; says what could not be.
    async fn taken_back(&self, name: &str, made_stack: bool, upload: Option<Lent>) -> Option<String> {
        let back = self.session.take_back(self.stack.name, name, made_stack).await;
        let mut left: Vec<String> = back.err().map(|fault| fault.message().to_owned()).into_iter().collect();
        if let Some(upload) = &upload {
            left.extend(self.session.give_back(upload).await.err().map(|trouble| trouble.what));
        }
        let ways_out = self.ways_out(name, made_stack, upload.as_ref());
        (!left.is_empty()).then(|| format!("{}: {}", left.join("; "), ways_out.join("; ")))
    }

    /// How what is made to ask is taken away by hand.
    fn ways_out(&self, name: &str, made_stack: bool, lent: Option<&Lent>) -> Vec<String> {
        let (stack, region) = (self.stack.name, &self.session.region);
        let change_set = if made_stack {
            format!("aws cloudformation delete-stack --stack-name {stack} --region {region}")
        } else {
            format!(
                "aws cloudformation delete-change-set --stack-name {stack} --change-set-name {name} --region {region}"
            )
        };
        std::iter::once(change_set).chain(lent.map(Lent::way_out)).collect()
    }
}

const NOT_SENT: &str =
    "its files and images are not sent for this: their names are those that `deploy` would give them";

/// The stack that a change set can be made for; none where it would create it.
fn askable(state: State, now: Option<Rc<Stack>>) -> Result<Option<Rc<Stack>>, Failure> {
    let is = now.as_deref().map_or("", status).to_owned();
    let no = |what: &str, help: &str| Err(Failure::refused(format!("{what} ({is})"), help.to_owned()));
    match state {
        State::Absent | State::InReview => Ok(None),
        State::Settled | State::CreateFailed | State::UpdateFailed => Ok(now),
        State::Busy => no("an operation is in progress", "run it again once that is over: `status` shows it"),
        State::CreationRolledBack => {
            no("its creation failed, and it can only be deleted", "`deploy` deletes it and creates it anew")
        }
        _ => no("nothing can be done with it in this state", "`status` says more, `recover` gets it out"),
    }
}

impl From<Failure> for NotAsked {
    fn from(failure: Failure) -> Self {
        // Nothing is ever changed to ask.
        let what = failure.what.replace("; nothing was changed", "");
        let what = std::iter::once(what).chain(failure.reasons()).collect::<Vec<_>>().join(": ");
        Self { what, help: failure.help }
    }
}

impl Session {
    /// The resources that a change set changes, with the values before and after where it gives them.
    async fn told(&self, change_set: &ChangeSet, secrets: &Secrets) -> Result<Vec<Told>, super::trouble::Fault> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let page = self.call("DescribeChangeSet").await.describe_change_set().change_set_name(&change_set.id);
            let page = page.stack_name(&change_set.stack_id).include_property_values(true).set_next_token(token);
            let page = page.send().await?;
            all.extend(page.changes().iter().filter_map(|c| c.resource_change()).map(|one| told::of(one, secrets)));
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(all);
            }
        }
    }
}
