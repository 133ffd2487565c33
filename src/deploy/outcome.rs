//! An operation that was begun: how far it is, and what comes of it.

use std::rc::Rc;
use std::time::Duration;

use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types::Stack;
use tokio::time::Instant;

use super::change_set::ChangeSet;
use super::event::Event;
use super::failure::Failure;
use super::follow::{Operation, Progress};
use super::observe::Seen;
use super::one::{One, status};
use super::state::{State, ended, succeeded};

/// How long a new stack's rollback may take to turn into its deletion before it is deleted from here.
const LINGER: Duration = Duration::from_secs(3);
/// How long an operation may leave no trace before what is there is taken for its outcome.
const NO_TRACE: Duration = Duration::from_mins(1);

/// An operation that is followed.
pub(super) struct Following {
    pub(super) operation: Operation,
    pub(super) progress: Progress,
    pub(super) total: usize,
}

impl One<'_> {
    /// Waits for the end of an operation that begins so, telling how far it is.
    pub(super) async fn outcome(
        &self,
        change_set: &ChangeSet,
        before: Option<&Stack>,
        begins: &'static [&'static str],
    ) -> Result<Rc<Stack>, Failure> {
        let creates = begins == ["CREATE_IN_PROGRESS"];
        let operation = Operation { stack_id: change_set.stack_id.clone(), begins, since: None };
        let mut following = Following { operation, progress: Progress::default(), total: change_set.changes.len() };
        let watch = self.session.watch(&change_set.stack_id, false);
        let begun = Instant::now();
        let (mut silent, mut lingering) = (false, None);
        loop {
            let seen = watch
                .next()
                .await
                .map_err(|fault| fault.failure("the operation goes on in CloudFormation, unwatched"))?;
            let stack = match seen {
                Seen::Stack(stack) => stack,
                Seen::Gone => return Err(self.failed(&following.operation, "DELETE_COMPLETE", None).await),
                Seen::Silence(fault) => {
                    if !std::mem::replace(&mut silent, true) {
                        self.notice(&format!("no answer from AWS ({}); still asking", fault.message()));
                    }
                    continue;
                }
            };
            silent = false;
            let state = status(&stack);
            if !began(&stack, before) && begun.elapsed() < NO_TRACE {
                continue;
            }
            following.operation.since = since(&stack);
            if !ended(state) {
                self.follow(&mut following).await;
                continue;
            }
            if succeeded(state) && state != "DELETE_COMPLETE" {
                return Ok(stack);
            }
            let rolled_back = creates && State::of(state) == State::CreationRolledBack;
            if rolled_back && lingering.get_or_insert_with(Instant::now).elapsed() < LINGER {
                // It is deleted in a moment.
                continue;
            }
            let failure = self.failed(&following.operation, state, stack.stack_status_reason()).await;
            if rolled_back {
                self.delete_failed_creation(&change_set.stack_id).await?;
            }
            return Err(failure);
        }
    }

    /// Tells what resources have come to since the last time; a call that fails is made up for by the next.
    pub(super) async fn follow(&self, following: &mut Following) {
        let total = following.total;
        let earlier = following.progress.earlier;
        let tell = |done: usize, event: &aws_sdk_cloudformation::types::StackEvent| {
            let logical_id = event.logical_resource_id().unwrap_or_default();
            let origin = self.stack.origin(logical_id);
            self.host.hear(&Event::Resource {
                stack: self.stack.path,
                done: done.min(total),
                total,
                logical_id,
                construct: origin.as_ref().map(|origin| origin.construct.as_str()),
                resource_type: event.resource_type().unwrap_or_default(),
                status: event.resource_status().map_or("", |status| status.as_str()),
                reason: event.resource_status_reason(),
                earlier_seconds: earlier.and_then(|seconds| u64::try_from(seconds).ok()),
            });
        };
        let _ = self.session.follow(&following.operation, &mut following.progress, tell).await;
    }
}

/// When the operation began that a stack is in.
pub(super) fn since(stack: &Stack) -> Option<DateTime> {
    stack.last_updated_time().or(stack.creation_time()).copied()
}

/// Whether a stack shows a trace of an operation that began after it was `before`. Reads lag behind writes in AWS.
fn began(stack: &Stack, before: Option<&Stack>) -> bool {
    match before {
        None => status(stack) != "REVIEW_IN_PROGRESS",
        Some(before) => status(stack) != status(before) || stack.last_updated_time() != before.last_updated_time(),
    }
}
