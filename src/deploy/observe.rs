//! Watching stacks: one poll at a time in an account and region, for all that wait there.
//!
//! DescribeStacks is throttled at a few calls a second per account and region. So whoever waits for a stack shares one
//! round of polling with all others who wait: a round describes the watched stacks one by one, or lists all stacks
//! where that takes fewer calls. A poll that fails is tried again; it never fails a deployment.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types::Stack;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until};

use super::session::Session;
use super::trouble::Fault;

/// Between two rounds.
const INTERVAL: Duration = Duration::from_millis(220);
/// Before the first look at a stack whose operation has just begun: small ones are done at once.
const FIRST: Duration = Duration::from_millis(40);
/// The longest between two rounds that AWS does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what was read of a stack is believed, when an operation on it begins.
const FRESH: Duration = Duration::from_secs(15);
/// How often a stack may be missing from the list of all before it is asked for by its id.
const MISSES: u32 = 3;

/// What is known of the stacks of an account and region.
pub(super) struct Observatory {
    round: Mutex<Round>,
    hurry: Notify,
    /// The stacks that somebody waits for, by id.
    watched: RefCell<BTreeMap<String, Watched>>,
    /// What was read of stacks by name, and when.
    known: RefCell<BTreeMap<String, Known>>,
    /// Deployed templates by stack id, with the time of the update that made them so.
    templates: RefCell<BTreeMap<String, (Option<DateTime>, String)>>,
    /// Held while all is read anew.
    surveying: Mutex<()>,
    /// How many pages the list of all stacks has.
    pages: Cell<usize>,
}

/// What was read of a name, and when: the stack, or that there is none.
type Known = (Instant, Option<Rc<Stack>>);

#[derive(Default)]
struct Watched {
    deleting: bool,
    misses: u32,
}

struct Round {
    begun: Option<Instant>,
    due: Instant,
    interval: Duration,
    seen: BTreeMap<String, Seen>,
}

/// What a poll tells of a stack.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// What it is like.
    Stack(Rc<Stack>),
    /// It is there no more.
    Gone,
    /// AWS did not answer; the next round asks again.
    Silence(Fault),
}

impl Default for Observatory {
    fn default() -> Self {
        let round = Round { begun: None, due: Instant::now(), interval: INTERVAL, seen: BTreeMap::new() };
        Self {
            round: Mutex::new(round),
            hurry: Notify::new(),
            watched: RefCell::default(),
            known: RefCell::default(),
            templates: RefCell::default(),
            surveying: Mutex::default(),
            pages: Cell::new(1),
        }
    }
}

impl Observatory {
    /// What was read of a stack a moment ago. It is believed once: who asks again has a reason.
    fn believed(&self, name: &str) -> Option<Known> {
        let mut known = self.known.borrow_mut();
        known.get(name).filter(|(at, _)| at.elapsed() < FRESH)?;
        known.remove(name)
    }
}

/// A stack that is waited for, as long as this lives.
pub(super) struct Watch<'a> {
    session: &'a Session,
    id: String,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.session.observatory.watched.borrow_mut().remove(&self.id);
    }
}

impl Watch<'_> {
    /// What the next poll tells of the stack. An error is one that no patience cures: expired credentials, a missing
    /// permission.
    pub(super) async fn next(&self) -> Result<Seen, Fault> {
        let observatory = &self.session.observatory;
        let asked = Instant::now();
        loop {
            let mut round = observatory.round.lock().await;
            if round.begun.is_some_and(|begun| begun > asked)
                && let Some(seen) = round.seen.get(&self.id)
            {
                return Ok(seen.clone());
            }
            let mut due = round.due;
            while Instant::now() < due {
                tokio::select! {
                    () = sleep_until(due) => {}
                    () = observatory.hurry.notified() => due = due.min(Instant::now() + FIRST),
                }
            }
            let begun = Instant::now();
            let polled = self.session.poll().await;
            match polled {
                Ok(seen) => {
                    round.seen = seen;
                    round.interval = INTERVAL;
                }
                Err(fault) if fault.passing() => {
                    let silent = observatory.watched.borrow();
                    round.seen = silent.keys().map(|id| (id.clone(), Seen::Silence(fault.clone()))).collect();
                    round.interval = (round.interval * 2).min(PATIENCE);
                }
                Err(fault) => return Err(fault),
            }
            round.begun = Some(begun);
            // Two programs that began together do not go on asking together.
            round.due = begun + round.interval.mul_f64(0.9 + 0.2 * fastrand::f64());
        }
    }
}

impl Session {
    /// Reads many stacks at once, so that [`Session::read`] need not ask for each: all of the account and region page
    /// by page, as long as that takes fewer calls than asking one by one.
    pub(super) async fn survey(&self, names: &[&str]) -> Result<(), Fault> {
        if names.len() < 3 {
            return Ok(());
        }
        let mut missing: Vec<&str> = names.to_vec();
        let mut token = None;
        for page in 1..=names.len() {
            let now = Instant::now();
            let (stacks, next) = self.page(token).await?;
            self.observatory.pages.set(page);
            let mut known = self.observatory.known.borrow_mut();
            for stack in stacks {
                let name = stack.stack_name().unwrap_or_default().to_owned();
                missing.retain(|other| *other != name);
                known.insert(name, (now, Some(stack)));
            }
            if next.is_none() {
                known.extend(missing.into_iter().map(|name| (name.to_owned(), (now, None))));
                return Ok(());
            }
            if missing.is_empty() {
                self.observatory.pages.set(page + 1);
                return Ok(());
            }
            token = next;
        }
        Ok(())
    }

    /// The stack of this name, if there is one: as it was read a moment ago, or asked for now.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Rc<Stack>>, Fault> {
        if let Some((_, stack)) = self.observatory.believed(name) {
            return Ok(stack);
        }
        // What many stacks were read of has grown old for all of them.
        let stale: Vec<String> = self.observatory.known.borrow().keys().cloned().collect();
        if stale.len() > self.observatory.pages.get() {
            let _one = self.observatory.surveying.lock().await;
            // Unless somebody else has just done it.
            let fresh = self.observatory.known.borrow().get(name).is_some_and(|(at, _)| at.elapsed() < FRESH);
            if !fresh && stale.iter().any(|other| other == name) {
                self.survey(&stale.iter().map(String::as_str).collect::<Vec<_>>()).await?;
            }
            if let Some((_, stack)) = self.observatory.believed(name) {
                return Ok(stack);
            }
        }
        self.describe(name).await
    }

    /// The stack of this name or id, asked for now. One that is deleted answers to its id alone.
    pub(super) async fn describe(&self, name: &str) -> Result<Option<Rc<Stack>>, Fault> {
        match self.call("DescribeStacks").await.describe_stacks().stack_name(name).send().await {
            Ok(mut answer) => Ok(answer.stacks.take().and_then(|stacks| stacks.into_iter().next()).map(Rc::new)),
            Err(error) => match Fault::from(error) {
                fault if fault.no_such_stack() => Ok(None),
                fault => Err(fault),
            },
        }
    }

    async fn page(&self, token: Option<String>) -> Result<(Vec<Rc<Stack>>, Option<String>), Fault> {
        let answer = self.call("DescribeStacks").await.describe_stacks().set_next_token(token).send().await?;
        let next = answer.next_token().map(str::to_owned);
        Ok((answer.stacks.unwrap_or_default().into_iter().map(Rc::new).collect(), next))
    }

    /// Waits for a stack from now on; `deleting` if it is to disappear.
    pub(super) fn watch(&self, id: &str, deleting: bool) -> Watch<'_> {
        self.observatory.watched.borrow_mut().insert(id.to_owned(), Watched { deleting, misses: 0 });
        self.observatory.hurry.notify_one();
        Watch { session: self, id: id.to_owned() }
    }

    /// One round over all that is watched.
    async fn poll(&self) -> Result<BTreeMap<String, Seen>, Fault> {
        let ids: Vec<String> = self.observatory.watched.borrow().keys().cloned().collect();
        let mut seen = BTreeMap::new();
        if ids.len() > 2 && self.observatory.pages.get() < ids.len() {
            let all = self.list().await?;
            for id in ids {
                if let Some(stack) = all.get(&id) {
                    seen.insert(id, Seen::Stack(Rc::clone(stack)));
                } else if let Some(found) = self.missed(&id).await? {
                    seen.insert(id, found);
                }
            }
            return Ok(seen);
        }
        for id in ids {
            let found = self.describe(&id).await?.map_or(Seen::Gone, Seen::Stack);
            seen.insert(id, found);
        }
        Ok(seen)
    }

    async fn list(&self) -> Result<BTreeMap<String, Rc<Stack>>, Fault> {
        let mut all = BTreeMap::new();
        let (mut token, mut pages) = (None, 0);
        loop {
            let (stacks, next) = self.page(token).await?;
            pages += 1;
            all.extend(stacks.into_iter().filter_map(|stack| Some((stack.stack_id()?.to_owned(), stack))));
            if next.is_none() {
                self.observatory.pages.set(pages);
                return Ok(all);
            }
            token = next;
        }
    }

    /// A stack that the list of all lacks: gone, if it was being deleted; else perhaps too young to be listed.
    async fn missed(&self, id: &str) -> Result<Option<Seen>, Fault> {
        let ask = match self.observatory.watched.borrow_mut().get_mut(id) {
            Some(Watched { deleting: true, .. }) => return Ok(Some(Seen::Gone)),
            Some(watched) => {
                watched.misses += 1;
                watched.misses >= MISSES
            }
            None => false,
        };
        if !ask {
            return Ok(None);
        }
        Ok(Some(self.describe(id).await?.map_or(Seen::Gone, Seen::Stack)))
    }
}

impl Session {
    /// What a survey read of a stack, without forgetting it.
    pub(super) async fn look(&self, name: &str) -> Result<Option<Rc<Stack>>, Fault> {
        let stack = self.read(name).await?;
        self.observatory.known.borrow_mut().insert(name.to_owned(), (Instant::now(), stack.clone()));
        Ok(stack)
    }

    /// The template that a stack was last deployed with, as it was sent.
    pub(super) async fn template(&self, stack: &Stack) -> Result<String, Fault> {
        let key = (stack.stack_id().unwrap_or_default().to_owned(), stack.last_updated_time().copied());
        if let Some((_, template)) =
            self.observatory.templates.borrow_mut().remove(&key.0).filter(|(at, _)| *at == key.1)
        {
            return Ok(template);
        }
        let stage = aws_sdk_cloudformation::types::TemplateStage::Original;
        let answer =
            self.call("GetTemplate").await.get_template().stack_name(&key.0).template_stage(stage).send().await?;
        Ok(answer.template_body().unwrap_or_default().to_owned())
    }

    /// The same, kept for the next time it is asked for.
    pub(super) async fn template_kept(&self, stack: &Stack) -> Result<String, Fault> {
        let template = self.template(stack).await?;
        let kept = (stack.last_updated_time().copied(), template.clone());
        self.observatory.templates.borrow_mut().insert(stack.stack_id().unwrap_or_default().to_owned(), kept);
        Ok(template)
    }
}
