//! One stack's life: from what is deployed to what is defined.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use aws_sdk_cloudformation::types::{Parameter, Stack, Tag};
use indexmap::IndexMap;

use super::change_set::{ChangeSet, Made, Template, Wanted};
use super::event::{Answer, Change, Event, Host, Outcome, Phase, Question};
use super::failure::Failure;
use super::observe::Seen;
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use super::upload::Load;
use super::walk::Stop;
use super::{Approval, Options, approval, parameters, preview};
use crate::synth::Synthesized;

/// The most that CloudFormation takes of a template in a request. In bytes. Source: the AWS CloudFormation user guide,
/// "Understand CloudFormation quotas".
pub(super) const INLINE: usize = 51_200;
/// How often a deployment begins anew because somebody else changed the stack meanwhile.
const ROUNDS: usize = 3;

/// One stack, and all that its deployment needs.
pub(super) struct One<'a> {
    pub(super) stack: &'a Synthesized<'a>,
    pub(super) session: Rc<Session>,
    pub(super) options: &'a Options,
    pub(super) host: &'a dyn Host,
    pub(super) stop: &'a Stop,
    /// The template, as it is sent.
    pub(super) template: &'a str,
    /// The values of the parameters that hold assets, by parameter name.
    pub(super) assets: IndexMap<String, String>,
    /// What it takes along, if it does.
    pub(super) load: Option<Load<'a>>,
    /// The template that is deployed, once it was read.
    pub(super) deployed: RefCell<Option<String>>,
    /// Whether what this deletes was approved, with the changes of the stack.
    pub(super) approved: Cell<bool>,
}

/// What goes on, or is over.
enum Turn {
    /// It is over.
    Over(Outcome),
    /// The stack is not what it was: look again.
    Again,
}

impl One<'_> {
    /// Deploys the stack.
    pub(super) async fn deploy(&self) -> Result<Outcome, Failure> {
        for _ in 0..ROUNDS {
            if let Turn::Over(outcome) = self.turn().await? {
                return self.fill(outcome).await;
            }
        }
        Err(Failure::of(
            "somebody else keeps changing this stack",
            "find out who: `status` and the events in the console say what is going on",
        ))
    }

    async fn turn(&self) -> Result<Turn, Failure> {
        self.phase(Phase::Comparing, None);
        *self.deployed.borrow_mut() = None;
        let doing = "cannot read the stack";
        let now = self.session.read(self.stack.name).await.map_err(|fault| fault.failure(doing))?;
        let now = self.settled(now).await?;
        let state = now.as_deref().map_or(State::Absent, |stack| State::of(status(stack)));
        match state {
            State::Absent | State::InReview => self.change(None).await,
            State::CreationRolledBack => {
                let Some(stack) = &now else { return Ok(Turn::Again) };
                self.clear(stack).await?;
                self.change(None).await
            }
            State::CreateFailed | State::UpdateFailed if !self.options.no_rollback => {
                Err(self.stuck(state, now.as_deref()))
            }
            State::UpdateRollbackFailed | State::DeleteFailed | State::ImportRollbackFailed => {
                Err(self.stuck(state, now.as_deref()))
            }
            State::Settled | State::CreateFailed | State::UpdateFailed | State::Busy => {
                let Some(stack) = now else { return Ok(Turn::Again) };
                let unchanged = state == State::Settled && !self.options.revert_drift && self.unchanged(&stack).await?;
                if unchanged {
                    return self.settings(&stack, Outcome::Unchanged).await.map(Turn::Over);
                }
                self.change(Some(stack)).await
            }
        }
    }

    /// Waits while an operation is in progress that somebody else began, or an earlier run of this command.
    pub(super) async fn settled(&self, mut now: Option<Rc<Stack>>) -> Result<Option<Rc<Stack>>, Failure> {
        let busy = |stack: &Stack| State::of(status(stack)) == State::Busy;
        let Some(stack) = now.clone().filter(|stack| busy(stack)) else { return Ok(now) };
        let note = format!("{}, begun by somebody else or by an earlier run", status(&stack));
        self.phase(Phase::Waiting, Some(&note));
        let watch = self.session.watch(stack.stack_id().unwrap_or_default(), false);
        while now.as_deref().is_some_and(busy) {
            if self.stop.told() {
                return Err(Failure::interrupted());
            }
            match watch.next().await.map_err(|fault| fault.failure("cannot read the stack"))? {
                Seen::Stack(stack) => now = Some(stack),
                Seen::Gone => now = None,
                Seen::Silence(_) => {}
            }
        }
        Ok(now)
    }

    /// Removes what a failed creation left: a stack that nothing else can be done with.
    async fn clear(&self, stack: &Stack) -> Result<(), Failure> {
        let note = format!("{}: its creation failed, and a stack in this state can only be deleted", status(stack));
        self.phase(Phase::Clearing, Some(&note));
        self.delete_failed_creation(stack.stack_id().unwrap_or(self.stack.name)).await
    }

    pub(super) async fn delete_failed_creation(&self, stack_id: &str) -> Result<(), Failure> {
        let doing = "cannot delete what the failed creation left";
        let delete = self.session.call("DeleteStack").await.delete_stack().stack_name(stack_id);
        let delete = delete.set_role_arn(self.options.role_arn.clone()).send().await;
        delete.map_err(|error| Fault::from(error).failure(doing))?;
        let watch = self.session.watch(stack_id, true);
        loop {
            match watch.next().await.map_err(|fault| fault.failure(doing))? {
                Seen::Gone => return Ok(()),
                Seen::Stack(stack) => match State::of(status(&stack)) {
                    State::Absent => return Ok(()),
                    State::DeleteFailed => return Err(self.stuck(State::DeleteFailed, Some(&stack))),
                    _ => {}
                },
                Seen::Silence(_) => {}
            }
        }
    }

    /// Makes the change: a change set, somebody's approval, its execution.
    async fn change(&self, now: Option<Rc<Stack>>) -> Result<Turn, Failure> {
        if self.stop.told() {
            return Err(Failure::interrupted());
        }
        let creates = now.is_none();
        self.provide().await?;
        self.phase(Phase::Planning, None);
        let url = if self.template.len() > INLINE { Some(self.upload_template().await?) } else { None };
        let deployed = match &now {
            Some(stack) => Some(self.deployed_template(stack).await?),
            None => None,
        };
        let parameters =
            parameters::wanted(self.stack, self.options, &self.assets, now.as_deref().zip(deployed.as_deref()))?;
        let template = url.as_deref().map_or(Template::Body(self.template), Template::Url);
        let made = match self.session.make_change_set(self.wanted(creates, template, parameters)).await {
            Ok(made) => made,
            Err(fault) if overtaken(&fault) => return Ok(Turn::Again),
            Err(fault) => return Err(fault.failure("CloudFormation refuses the change set")),
        };
        let blind = |made: &ChangeSet| self.options.revert_drift && !creates && !made.sees_drift;
        match made {
            Made::Nothing(change_set) | Made::Ready(change_set) if blind(&change_set) => {
                self.abandon(&change_set, creates).await;
                Err(Failure::refused(
                    "the change set that was made does not look at drift: reverting it is not offered here",
                    "deploy without `--revert-drift`; `drift` shows what differs",
                ))
            }
            Made::Nothing(change_set) => {
                self.abandon(&change_set, creates).await;
                match now {
                    Some(stack) if State::of(status(&stack)) != State::Settled => Err(Failure::refused(
                        format!("CloudFormation finds nothing to change, and the stack stays in {}", status(&stack)),
                        format!("change what failed and deploy again, or `recover {}`", self.stack.path),
                    )),
                    Some(stack) => self.settings(&stack, Outcome::Unchanged).await.map(Turn::Over),
                    None => Err(Failure::of("the template holds no resources", "add one: a stack needs at least one")),
                }
            }
            Made::Refused(change_set, reason) => {
                let failure = self.refused(&change_set, &reason).await;
                self.abandon(&change_set, creates).await;
                Err(failure)
            }
            Made::Ready(change_set) => self.carry_out(change_set, now).await,
        }
    }

    /// What is asked of CloudFormation.
    pub(super) fn wanted<'b>(
        &'b self,
        creates: bool,
        template: Template<'b>,
        parameters: Vec<Parameter>,
    ) -> Wanted<'b> {
        Wanted {
            stack_name: self.stack.name,
            creates,
            template,
            parameters,
            tags: self.tags().iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect(),
            notification_arns: self.stack.notification_arns,
            role_arn: self.options.role_arn.as_deref(),
            no_rollback: self.options.no_rollback,
            express: self.options.express,
            // Nothing of a new stack has drifted.
            revert_drift: self.options.revert_drift && !creates,
            imports: Vec::new(),
        }
    }

    async fn carry_out(&self, mut change_set: ChangeSet, now: Option<Rc<Stack>>) -> Result<Turn, Failure> {
        let creates = now.is_none();
        for change in &mut change_set.changes {
            change.construct = self.stack.origin(&change.logical_id).map(|origin| origin.construct);
        }
        if self.options.revert_drift {
            preview::Secrets::new(self.stack, self.deployed.borrow().as_deref()).mask(&mut change_set.changes);
        }
        let broadens = approval::broadens(self.stack, self.deployed.borrow().as_deref());
        let event =
            Event::Changes { stack: self.stack.path, creates, changes: &change_set.changes, broadens: &broadens };
        self.host.hear(&event);
        if let Err(refusal) = self.approved(&change_set.changes, &broadens, creates).await {
            self.abandon(&change_set, creates).await;
            return Err(refusal);
        }
        if self.stop.told() {
            self.abandon(&change_set, creates).await;
            return Err(Failure::interrupted());
        }
        // A policy that lets this update through has to be there first.
        if let Some(policy) = self.stack.policy().filter(|_| !creates)
            && !self.same_policy().await?
        {
            self.set_policy(&policy).await?;
        }
        self.phase(Phase::Running, None);
        match self.session.execute(&change_set, creates).await {
            Ok(()) => {}
            Err(fault) if overtaken(&fault) => {
                self.abandon(&change_set, creates).await;
                self.notice(
                    "somebody else changed the stack since its changes were worked out; they are worked out anew",
                );
                return Ok(Turn::Again);
            }
            Err(fault) => {
                self.abandon(&change_set, creates).await;
                return Err(fault.failure("CloudFormation refuses to execute the change set"));
            }
        }
        let begins: &'static [&'static str] = if creates { &["CREATE_IN_PROGRESS"] } else { &["UPDATE_IN_PROGRESS"] };
        let stack = self.outcome(&change_set, now.as_deref(), begins).await?;
        if let Some(policy) = self.stack.policy().filter(|_| creates) {
            self.set_policy(&policy).await?;
        }
        let outcome = if creates { Outcome::Created } else { Outcome::Updated };
        self.settings(&stack, outcome).await.map(Turn::Over)
    }

    /// The template that is deployed, read once a turn.
    pub(super) async fn deployed_template(&self, now: &Stack) -> Result<String, Failure> {
        if let Some(template) = &*self.deployed.borrow() {
            return Ok(template.clone());
        }
        let template = self.session.template(now).await;
        let template = template.map_err(|fault| fault.failure("cannot read the deployed template"))?;
        *self.deployed.borrow_mut() = Some(template.clone());
        Ok(template)
    }

    /// Asks for approval where the options want it.
    async fn approved(&self, changes: &[Change], broadens: &[String], creates: bool) -> Result<(), Failure> {
        if self.options.yes {
            return Ok(());
        }
        let mut reasons: Vec<String> = changes.iter().filter(|change| change.deletes).map(deletion).collect();
        // The buckets of a stack that is new are empty.
        if !creates {
            reasons.extend(self.doomed().await?);
        }
        let destroys = !reasons.is_empty();
        reasons.extend(broadens.iter().cloned());
        let reverting: Vec<String> = changes.iter().flat_map(Change::reverting).collect();
        if !reverting.is_empty() && self.options.approval != Approval::Never {
            // Who changed it may have had a reason.
            reasons.extend(reverting);
            self.ask("carry out these changes?", reasons).await?;
        } else {
            self.approve(reasons, !broadens.is_empty(), destroys).await?;
        }
        self.approved.set(true);
        Ok(())
    }

    /// Asks for approval, for these reasons, where the options want it for such.
    pub(super) async fn approve(&self, reasons: Vec<String>, broadens: bool, destroys: bool) -> Result<(), Failure> {
        if self.options.yes || !self.options.approval.wanted(broadens, destroys) {
            return Ok(());
        }
        self.ask("carry out these changes?", reasons).await
    }

    /// Asks whoever runs the deployment.
    pub(super) async fn ask(&self, text: &str, reasons: Vec<String>) -> Result<(), Failure> {
        self.phase(Phase::Asking, None);
        let question = Question { stack: Some(self.stack.path), text: text.to_owned(), reasons };
        match self.host.ask(&question).await {
            Answer::Yes => Ok(()),
            Answer::No if self.stop.told() => Err(Failure::interrupted()),
            Answer::No => Err(Failure::declined()),
            Answer::Nobody => Err(Failure::unapproved(&question.reasons)),
        }
    }

    pub(super) async fn abandon(&self, change_set: &ChangeSet, creates: bool) {
        if let Err(fault) = self.session.abandon(change_set, creates).await {
            let text = format!("the change set {} is left behind: {}", change_set.name, fault.message());
            self.notice(&text);
        }
    }

    pub(super) fn tags(&self) -> IndexMap<String, String> {
        let mut tags = self.stack.tags.clone();
        tags.extend(self.options.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags
    }

    pub(super) fn phase(&self, phase: Phase, note: Option<&str>) {
        self.host.hear(&Event::Phase { stack: self.stack.path, phase, note });
    }

    pub(super) fn notice(&self, text: &str) {
        self.host.hear(&Event::Notice { stack: Some(self.stack.path), text });
    }
}

pub(super) fn status(stack: &Stack) -> &str {
    stack.stack_status().map_or("", |status| status.as_str())
}

/// Whether a call was refused because the stack is no longer what it was a moment ago.
pub(super) fn overtaken(fault: &Fault) -> bool {
    let (code, message) = (fault.code(), fault.message());
    code.starts_with("InvalidChangeSetStatus")
        || code.starts_with("ChangeSetNotFound")
        || fault.no_such_stack()
        || (code == "ValidationError" && message.contains("_IN_PROGRESS"))
        || ((code == "AlreadyExistsException" || code == "ValidationError")
            && message.contains("tack [")
            && message.contains("already exists"))
        || code == "OperationInProgressException"
}

fn deletion(change: &Change) -> String {
    let name = change.construct.as_deref().unwrap_or(&change.logical_id);
    approval::deletion(name, &change.resource_type, change.action)
}
