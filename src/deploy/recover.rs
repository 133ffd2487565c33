//! Recover: out of the states that an update cannot leave.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{DeletionMode, Stack};

use super::Deployment;
use super::change_set::fresh_name;
use super::event::Phase;
use super::failure::Failure;
use super::follow::{Operation, Progress};
use super::observe::Seen;
use super::one::{One, status};
use super::outcome::{Following, since};
use super::state::{State, ended};
use super::trouble::Fault;

/// How a stack is recovered.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Resources to leave as they are when a rollback is continued, by logical id: a last resort.
    pub skip: Vec<String>,
    /// Resources to leave behind when a deletion is tried again, by logical id.
    pub retain: Vec<String>,
    /// Whether a deletion goes on past what cannot be deleted, and leaves it behind.
    pub force: bool,
}

impl Deployment<'_> {
    /// Gets the one stack of the plan out of the state it is stuck in, and says what was done.
    pub async fn recover(&self, recovery: &Recovery) -> Result<String, Failure> {
        let none = BTreeMap::new();
        self.one(0, &none).recover(recovery).await
    }
}

impl One<'_> {
    async fn recover(&self, recovery: &Recovery) -> Result<String, Failure> {
        self.phase(Phase::Comparing, None);
        let now = self.session.read(self.stack.name).await.map_err(|fault| fault.failure("cannot read the stack"))?;
        let Some(stack) = self.settled(now).await? else {
            return Ok("there is no such stack: there is nothing to recover".into());
        };
        let state = State::of(status(&stack));
        fits(state, recovery)?;
        match state {
            State::UpdateRollbackFailed => self.continue_rollback(&stack, recovery).await,
            State::UpdateFailed => self.roll_back(&stack).await,
            State::CreateFailed | State::CreationRolledBack | State::DeleteFailed | State::InReview => {
                self.delete_stuck(&stack, recovery).await
            }
            State::ImportRollbackFailed => Err(self.stuck(state, Some(&stack))),
            State::Absent | State::Settled | State::Busy => {
                Ok(format!("the stack is in {}: there is nothing to recover", status(&stack)))
            }
        }
    }

    async fn confirmed(&self, text: &str, reasons: Vec<String>) -> Result<(), Failure> {
        if self.options.yes { Ok(()) } else { self.ask(text, reasons).await }
    }

    async fn continue_rollback(&self, stack: &Stack, recovery: &Recovery) -> Result<String, Failure> {
        if !recovery.skip.is_empty() {
            let skipped = recovery
                .skip
                .iter()
                .map(|id| format!("{id} stays as it is, and CloudFormation believes that it was rolled back"));
            self.confirmed("continue the rollback without these?", skipped.collect()).await?;
        }
        self.phase(Phase::Running, None);
        let call = self.session.call("ContinueUpdateRollback").await.continue_update_rollback();
        let call =
            call.stack_name(stack.stack_id().unwrap_or(self.stack.name)).set_role_arn(self.options.role_arn.clone());
        let call = call.set_resources_to_skip(Some(recovery.skip.clone()).filter(|skip| !skip.is_empty()));
        let begun = call.client_request_token(fresh_name()).send().await;
        begun.map_err(|error| Fault::from(error).failure("CloudFormation refuses to continue the rollback"))?;
        let done = self.rolled_back(stack, &["UPDATE_ROLLBACK_IN_PROGRESS"]).await?;
        if recovery.skip.is_empty() {
            return Ok(done);
        }
        let skipped = recovery.skip.join(", ");
        Ok(format!("rolled back but for {skipped}: what the update made of it stays, and CloudFormation does not know"))
    }

    async fn roll_back(&self, stack: &Stack) -> Result<String, Failure> {
        self.phase(Phase::Running, None);
        let call = self.session.call("RollbackStack").await.rollback_stack();
        let call =
            call.stack_name(stack.stack_id().unwrap_or(self.stack.name)).set_role_arn(self.options.role_arn.clone());
        let begun = call.client_request_token(fresh_name()).send().await;
        begun.map_err(|error| Fault::from(error).failure("CloudFormation refuses to roll the stack back"))?;
        self.rolled_back(stack, &["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]).await
    }

    async fn rolled_back(&self, before: &Stack, begins: &'static [&'static str]) -> Result<String, Failure> {
        let stack_id = before.stack_id().unwrap_or(self.stack.name).to_owned();
        let watch = self.session.watch(&stack_id, false);
        let operation = Operation { stack_id: stack_id.clone(), begins, since: None };
        let mut following = Following { operation, progress: Progress::default(), total: 0 };
        let begun = tokio::time::Instant::now();
        loop {
            match watch.next().await.map_err(|fault| fault.failure("the rollback goes on, unwatched"))? {
                Seen::Stack(now) if status(&now) == status(before) && begun.elapsed().as_secs() < 5 => {}
                Seen::Stack(now) if !ended(status(&now)) => {
                    following.operation.since = since(&now);
                    self.follow(&mut following).await;
                }
                Seen::Stack(now) if status(&now).starts_with("UPDATE_ROLLBACK_COMPLETE") => {
                    return Ok("rolled back: the stack is as it was before the update".into());
                }
                Seen::Stack(now) => {
                    return Err(self.failed(&following.operation, status(&now), now.stack_status_reason()).await);
                }
                Seen::Gone => return Ok("the stack is gone".into()),
                Seen::Silence(_) => {}
            }
        }
    }

    async fn delete_stuck(&self, stack: &Stack, recovery: &Recovery) -> Result<String, Failure> {
        let mut reasons = vec![format!("the stack is in {}: it and what is left of it are deleted", status(stack))];
        reasons.extend(recovery.retain.iter().map(|id| format!("{id} is left behind")));
        if recovery.force {
            reasons.push("what cannot be deleted is left behind".into());
        }
        self.confirmed("delete it?", reasons).await?;
        self.phase(Phase::Running, None);
        let (_, left) = self
            .delete_stack(stack, |call| {
                let call = call.set_retain_resources(Some(recovery.retain.clone()).filter(|ids| !ids.is_empty()));
                if recovery.force { call.deletion_mode(DeletionMode::ForceDeleteStack) } else { call }
            })
            .await?;
        let left: Vec<_> = left
            .iter()
            .map(|left| format!("\n  left: {} ({}) {}", left.logical_id, left.resource_type, left.physical_id))
            .collect();
        Ok(format!("deleted{}", left.concat()))
    }
}

/// Refuses options that mean nothing in the state the stack is in.
fn fits(state: State, recovery: &Recovery) -> Result<(), Failure> {
    let refused = |option: &str, wanted: &str| {
        Err(Failure::refused(
            format!("{option} is for a stack in {wanted}, and this one is not"),
            "run `recover` without it, and see what it says",
        ))
    };
    if !recovery.skip.is_empty() && state != State::UpdateRollbackFailed {
        return refused("--skip", "UPDATE_ROLLBACK_FAILED");
    }
    if (!recovery.retain.is_empty() || recovery.force) && state != State::DeleteFailed {
        return refused(if recovery.force { "--force" } else { "--retain" }, "DELETE_FAILED");
    }
    Ok(())
}
