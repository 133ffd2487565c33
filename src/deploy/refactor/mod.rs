//! Refactor: resources under other logical ids and in other stacks, without replacing them. Rules: the AWS CloudFormation
//! user guide, "Stack refactoring".

mod exports;
mod rewrite;
mod run;
mod templates;

use std::collections::BTreeMap;
use std::rc::Rc;

use aws_sdk_cloudformation::types::Stack;
use futures_util::future::join_all;

pub use templates::{Block, Deployed, Kept, Refactored, Refactoring, refactorings};

use super::event::Moved;
use super::one::{One, status};
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use super::{Deployment, Trouble, parameters};
use crate::diff;
use crate::review::Alike;

/// What has moved between what is deployed and the definitions.
#[derive(Default)]
pub struct Found {
    /// The refactorings, by account and region.
    pub places: Vec<Where>,
}

/// What has moved in an account and region.
pub struct Where {
    /// The account.
    pub account: String,
    /// The region's code.
    pub region: String,
    /// What is carried out together.
    pub refactorings: Vec<Refactoring>,
    /// Resources that are alike, so that it cannot be told which has become which.
    pub alike: Vec<Alike>,
    session: Rc<Session>,
}

impl Found {
    /// Every refactoring.
    pub fn refactorings(&self) -> impl Iterator<Item = &Refactoring> {
        self.places.iter().flat_map(|place| &place.refactorings)
    }
}

/// A stack that was read.
struct Read<'a> {
    deployed: Deployed<'a>,
    session: Rc<Session>,
    /// Why it cannot be refactored now, if it cannot.
    stuck: Option<Block>,
}

impl<'a> Deployment<'a> {
    /// Finds what has moved among the stacks of the plan. What is busy is waited for, if `wait`; else it stands in the way.
    pub async fn moved(&self, wait: bool) -> Result<Found, Trouble> {
        self.survey().await?;
        let read = (0..self.plan.steps.len()).map(|index| self.read_for_moves(index, wait));
        let read: Vec<Read<'a>> = join_all(read).await.into_iter().collect::<Result<_, Trouble>>()?;
        let mut by_place: BTreeMap<(String, String), Vec<Read<'a>>> = BTreeMap::new();
        for stack in read {
            let place = (stack.session.account.clone(), stack.session.region.clone());
            by_place.entry(place).or_default().push(stack);
        }
        let mut found = Found::default();
        for ((account, region), read) in by_place {
            let session = Rc::clone(&read[0].session);
            let stuck: BTreeMap<&str, Block> =
                read.iter().filter_map(|stack| Some((stack.deployed.path, stack.stuck.clone()?))).collect();
            let stacks: Vec<Deployed<'a>> = read.iter().map(|stack| stack.deployed.clone()).collect();
            let (mut refactorings, alike) = refactorings(&stacks);
            for refactoring in &mut refactorings {
                for stack in &refactoring.stacks {
                    refactoring.blocks.extend(stuck.get(stack.path.as_str()).cloned());
                }
                let policies = self.policies(refactoring, &session).await?;
                refactoring.blocks.extend(policies);
            }
            found.places.push(Where { account, region, refactorings, alike, session });
        }
        Ok(found)
    }

    async fn read_for_moves(&self, index: usize, wait: bool) -> Result<Read<'a>, Trouble> {
        let none = BTreeMap::new();
        let one = self.one(index, &none);
        let path = self.plan.steps[index].path;
        let doing = format!("cannot read {path}");
        let mut now = one.session.read(one.stack.name).await.map_err(|fault| fault.trouble(&doing))?;
        if wait {
            now = one.settled(now).await.map_err(|failure| Trouble::refused(failure.what, failure.help))?;
        }
        let state = now.as_deref().map_or(State::Absent, |stack| State::of(status(stack)));
        let mut deployed =
            Deployed { path, template: None, parameters: BTreeMap::new(), defined: one.stack.to_value() };
        if let Some(stack) = now.as_deref().filter(|_| !matches!(state, State::Absent | State::InReview)) {
            let text = one.session.template(stack).await.map_err(|fault| fault.trouble(&doing))?;
            let template = diff::read(&text).map_err(|unreadable| {
                Trouble::refused(format!("{path}: {unreadable}"), "leave that stack out: `refactor` takes selectors")
            })?;
            deployed.template = Some(template).filter(|_| state != State::CreationRolledBack);
            deployed.parameters = parameters::shown(stack);
        }
        let stuck = stuck(&one, state, now.as_deref());
        Ok(Read { deployed, session: Rc::clone(&one.session), stuck })
    }

    /// The stacks of a refactoring that have a stack policy, which stands in the way, whatever it says.
    async fn policies(&self, refactoring: &Refactoring, session: &Session) -> Result<Vec<Block>, Trouble> {
        let mut blocks = Vec::new();
        for stack in refactoring.stacks.iter().filter(|stack| !stack.creates) {
            let Some(defined) = self.assembly.stack(&stack.path) else { continue };
            let call = session.call("GetStackPolicy").await.get_stack_policy().stack_name(defined.name).send().await;
            let policy = call.map_err(|error| Fault::from(error).trouble("cannot read the stack policy"))?;
            if policy.stack_policy_body().is_some_and(|body| !body.trim().is_empty()) {
                blocks.push(Block {
                    what: format!("{} has a stack policy", stack.path),
                    help: "CloudFormation refactors no stack that has one, whatever it says: `.moved_from(…)` keeps logical ids"
                        .into(),
                });
            }
        }
        Ok(blocks)
    }

    /// What a refactoring moves, under the names that the definitions give it.
    pub fn named(&self, refactoring: &Refactoring) -> Vec<Moved> {
        let moved = refactoring.moves.iter().map(|moved| Moved {
            construct: self
                .assembly
                .stack(&moved.to.stack)
                .and_then(|stack| stack.origin(&moved.to.id))
                .map_or_else(|| moved.to.id.clone(), |origin| origin.construct),
            from: moved.from.clone(),
            to: moved.to.clone(),
            resource_type: moved.type_name.clone(),
        });
        moved.collect()
    }
}

/// Why a stack cannot be refactored in the state it is in.
fn stuck(one: &One<'_>, state: State, now: Option<&Stack>) -> Option<Block> {
    let path = one.stack.path;
    let status = now.map_or("", status);
    match state {
        State::Absent | State::InReview | State::Settled => None,
        State::Busy => Some(Block {
            what: format!("an operation is in progress on {path}: {status}"),
            help: "wait for its end".into(),
        }),
        State::CreationRolledBack => Some(Block {
            what: format!("the creation of {path} failed ({status})"),
            help: format!("`recover {path}` deletes what is left of it"),
        }),
        _ => {
            let failure = one.stuck(state, now);
            Some(Block { what: format!("{path}: {}", failure.what), help: failure.help })
        }
    }
}
