//! Operations on stacks: what they go through, and when.

use std::time::{Duration, Instant};

use super::model::{Content, Event, Model, Operation, Resource, declared};
use super::plan::{Plan, STACK, Step, Work};

/// How an operation turns out and how long it takes. Default: it succeeds.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub outcome: Outcome,
    pub lasts: Option<Lasts>,
    /// How many more events its first resource has.
    pub events: usize,
}

#[derive(Clone, Debug, Default)]
pub enum Outcome {
    #[default]
    Succeeds,
    /// A resource fails. What follows is the request's to say: rolled back, deleted, or left.
    Fails { resource: String, reason: String },
    /// A resource fails, and then the rollback at another, which ends in `UPDATE_ROLLBACK_FAILED` or `ROLLBACK_FAILED`.
    RollbackFails { resource: String, reason: String, then: String, because: String },
    /// A nested stack fails, at a resource inside it.
    NestedFails { stack: String, resource: String, reason: String },
}

/// How long an operation is in progress. Its events come evenly over that time.
#[derive(Clone, Copy, Debug)]
pub enum Lasts {
    /// The nth description of its stack or events is the first to find it over. 0: it is over when the call that starts it
    /// answers.
    Polls(u32),
    For(Duration),
}

impl Script {
    fn new(outcome: Outcome) -> Self {
        Self { outcome, ..Self::default() }
    }

    pub fn fails(resource: &str, reason: &str) -> Self {
        Self::new(Outcome::Fails { resource: resource.into(), reason: reason.into() })
    }

    pub fn rollback_fails(resource: &str, reason: &str, then: &str, because: &str) -> Self {
        let [resource, reason, then, because] = [resource, reason, then, because].map(str::to_owned);
        Self::new(Outcome::RollbackFails { resource, reason, then, because })
    }

    pub fn nested_fails(stack: &str, resource: &str, reason: &str) -> Self {
        let [stack, resource, reason] = [stack, resource, reason].map(str::to_owned);
        Self::new(Outcome::NestedFails { stack, resource, reason })
    }

    pub fn lasts(mut self, lasts: Lasts) -> Self {
        self.lasts = Some(lasts);
        self
    }

    pub fn events(mut self, events: usize) -> Self {
        self.events = events;
        self
    }
}

/// What is done to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Create,
    Update,
    /// Existing resources join.
    Import,
    Delete,
    /// Back to the state before the failed create or update.
    Rollback,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Rollback,
    Delete,
    Nothing,
}

impl Model {
    /// Starts an operation on a stack, and ends it if it takes no time. `left`: resources that a deletion keeps, and that a
    /// rollback skips.
    pub fn start(&mut self, index: usize, verb: Verb, after: After, token: Option<&str>, left: &[String]) {
        let (name, id, now) = (self.stacks[index].name.clone(), self.uuid(), self.now());
        let script = self.script(&name);
        let stack = &mut self.stacks[index];
        let update = stack.before.is_some();
        let (all, kind) = match verb {
            Verb::Create => (work(&declared(&stack.content.template), "CREATE"), "CREATE_STACK"),
            Verb::Update => {
                let work = stack.before.as_ref().map(|before| changed(before, &stack.content.template));
                (work.unwrap_or_default(), "UPDATE_STACK")
            }
            Verb::Import => {
                let work = stack.before.as_ref().map(|before| changed(before, &stack.content.template));
                let work = work.unwrap_or_default().into_iter().map(|work| Work::new(&work.id, &work.kind, "IMPORT"));
                (work.collect(), "IMPORT_STACK")
            }
            Verb::Delete => (held(&stack.content.resources, "DELETE"), "DELETE_STACK"),
            Verb::Rollback => (held(&stack.content.resources, if update { "UPDATE" } else { "CREATE" }), "ROLLBACK"),
        };
        let (kept, all): (Vec<_>, Vec<_>) = all.into_iter().partition(|work| left.contains(&work.id));
        stack.last_operation = Some((kind.to_owned(), id));
        stack.updated = Some(now);
        let mut plan = Plan::new(name);
        match verb {
            Verb::Create => plan.deployment("CREATE", &all, after, &script),
            Verb::Update => plan.deployment("UPDATE", &all, after, &script),
            Verb::Import => {
                plan.deployment("IMPORT", &all, After::Rollback, &script);
                plan.made_by_it(stack.before.as_ref().is_some_and(|before| before.template.is_empty()));
            }
            Verb::Delete => plan.deletion(&all, &kept, &script),
            Verb::Rollback => plan.rollback(if update { "UPDATE_ROLLBACK" } else { "ROLLBACK" }, &all, &script, None),
        }
        let lasts = script.lasts.unwrap_or(self.lasts);
        let token = token.map(str::to_owned);
        let operation = Operation { steps: plan.steps, done: 0, lasts, started: Instant::now(), polls: 0, token };
        self.stacks[index].operation = Some(operation);
        self.pass(index, false);
    }

    /// Lets time pass for a stack: what is due happens. `poll` counts as one look at it.
    pub fn pass(&mut self, index: usize, poll: bool) {
        let Some(operation) = &mut self.stacks[index].operation else { return };
        operation.polls += u32::from(poll);
        let part = match operation.lasts {
            Lasts::Polls(0) => 1.0,
            Lasts::Polls(polls) => f64::from(operation.polls) / f64::from(polls),
            Lasts::For(time) => operation.started.elapsed().as_secs_f64() / time.as_secs_f64(),
        };
        let steps = operation.steps.len();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "small"
        )]
        let due = if part >= 1.0 { steps } else { ((steps as f64 * part) as usize).clamp(1, steps - 1) };
        while let Some(operation) = &mut self.stacks[index].operation {
            if operation.done == due {
                break;
            }
            operation.done += 1;
            let (step, token) = (operation.steps[operation.done - 1].clone(), operation.token.clone());
            self.step(index, step, token);
        }
        if due == steps {
            self.stacks[index].over();
        }
    }

    fn step(&mut self, index: usize, step: Step, token: Option<String>) {
        match step {
            Step::Restore => {
                let stack = &mut self.stacks[index];
                if let Some(before) = stack.before.take() {
                    stack.content = before;
                }
            }
            Step::Nested(id, resource, reason) => self.nested(index, &id, &resource, &reason),
            Step::Event(id, kind, status, reason) => {
                let physical = self.touch(index, &id, &kind, &status, reason.clone());
                let (event, at) = (self.uuid(), self.now());
                let stack = &mut self.stacks[index];
                let operation = stack.last_operation.clone().map(|(_, id)| id).unwrap_or_default();
                let event = Event { id: event, at, operation, resource: id, physical, kind, status, reason, token };
                stack.events.push(event);
            }
        }
    }

    /// Brings a stack or resource into the state that an event tells of. Returns the physical id.
    fn touch(&mut self, index: usize, id: &str, kind: &str, status: &str, reason: Option<String>) -> String {
        let name = self.stacks[index].name.clone();
        let physical = self.physical(&name, id);
        let stack = &mut self.stacks[index];
        if id == stack.name {
            (stack.status, stack.reason) = (status.into(), reason);
            return stack.id.clone();
        }
        let mut executed = stack.change_sets.iter().filter(|set| set.execution == "EXECUTE_IN_PROGRESS");
        let physical = executed.find_map(|set| set.imports.get(id)).cloned().unwrap_or(physical);
        let new = || Resource { kind: kind.into(), physical, status: String::new(), reason: None };
        let resource = stack.content.resources.entry(id.into()).or_insert_with(new);
        (resource.status, resource.reason) = (status.into(), reason);
        let physical = resource.physical.clone();
        if matches!(status, "DELETE_COMPLETE" | "DELETE_SKIPPED" | "IMPORT_ROLLBACK_COMPLETE") {
            stack.content.resources.remove(id);
        }
        physical
    }

    /// Makes the failed stack inside a stack.
    fn nested(&mut self, index: usize, id: &str, resource: &str, reason: &str) {
        let (parent, name) = (self.stacks[index].id.clone(), format!("{}-{id}-NESTED", self.stacks[index].name));
        let child = self.add(&name, "CREATE_IN_PROGRESS");
        let physical = self.stacks[child].id.clone();
        self.stacks[child].parent = Some(parent);
        let work = Work::new(resource, "AWS::SQS::Queue", "CREATE");
        let mut plan = Plan::new(name);
        plan.deployment("CREATE", &[work], After::Nothing, &Script::fails(resource, reason));
        for step in plan.steps {
            self.step(child, step, None);
        }
        let record = Resource { kind: STACK.into(), physical, status: "CREATE_IN_PROGRESS".into(), reason: None };
        self.stacks[index].content.resources.insert(id.into(), record);
    }
}

fn work(resources: &[(String, String)], verb: &str) -> Vec<Work> {
    resources.iter().map(|(id, kind)| Work::new(id, kind, verb)).collect()
}

fn held(resources: &std::collections::BTreeMap<String, Resource>, verb: &str) -> Vec<Work> {
    resources.iter().map(|(id, resource)| Work::new(id, &resource.kind, verb)).collect()
}

/// What an update goes through: the new, the changed and those that failed, and last the removed resources.
pub fn changed(old: &Content, new: &str) -> Vec<Work> {
    let (before, after) = (super::model::parsed(&old.template), super::model::parsed(new));
    let failed = |id: &String| old.resources.get(id).is_some_and(|resource| resource.status.ends_with("_FAILED"));
    let same = |id: &String| before["Resources"][id] == after["Resources"][id] && !failed(id);
    let there = |id: &String| !before["Resources"][id].is_null();
    let kept = declared(new).into_iter().filter(|(id, _)| !same(id));
    let gone = declared(&old.template).into_iter().filter(|(id, _)| after["Resources"][id].is_null());
    kept.map(|(id, kind)| Work::new(&id, &kind, if there(&id) { "UPDATE" } else { "CREATE" }))
        .chain(gone.map(|(id, kind)| Work::new(&id, &kind, "DELETE")))
        .collect()
}
