//! Following an operation by its events: how far it is, and in the end why it failed. Memory does not grow with the
//! number of events: pages are read newest first and let go.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent};

use super::session::Session;
use super::trouble::Fault;

/// How deep stacks in stacks are followed down to a cause.
const DEEPEST: usize = 8;
/// How many failures beside the cause are kept.
const MOST: usize = 50;

/// How many events a page has.
const PAGE: usize = 100;

/// The type of a stack's own events, and of stacks in stacks.
const STACK: &str = "AWS::CloudFormation::Stack";

/// The operation that is followed.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) stack_id: String,
    /// The status of the stack's own event that begins it: older events are another operation's.
    pub(super) begins: &'static [&'static str],
    /// Events before this are another operation's, if it is known when this one began.
    pub(super) since: Option<DateTime>,
}

/// How far an operation is.
#[derive(Default)]
pub(super) struct Progress {
    /// The newest event that was read.
    newest: Option<String>,
    /// The resources that are done.
    done: BTreeSet<String>,
    /// How long an operation like this took before. In seconds.
    pub(super) earlier: Option<i64>,
}

/// A resource that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FailedResource {
    pub(super) logical_id: String,
    pub(super) resource_type: String,
    pub(super) status: String,
    pub(super) reason: String,
    /// The stacks in stacks that it is in, by logical id, outermost first.
    pub(super) within: Vec<String>,
    physical_id: Option<String>,
}

/// What an operation's events say of its failure.
#[derive(Clone, Debug, Default)]
pub(super) struct Failures {
    /// The first resource that failed of itself.
    pub(super) cause: Option<FailedResource>,
    /// Others that failed of themselves, oldest first.
    pub(super) others: Vec<FailedResource>,
    /// How many were cancelled because of them.
    pub(super) cancelled: usize,
    /// Why the stack itself failed, where only its own event says so.
    pub(super) own: Option<String>,
    /// Resources that were left where they are, by logical id and physical id.
    pub(super) kept: Vec<(String, String, String)>,
}

impl Operation {
    fn is_start(&self, event: &StackEvent) -> bool {
        let own = event.physical_resource_id() == event.stack_id() && event.resource_type() == Some(STACK);
        own && event.resource_status().is_some_and(|status| self.begins.contains(&status.as_str()))
    }

    fn is_older(&self, event: &StackEvent) -> bool {
        match (&self.since, event.timestamp()) {
            // Clocks within AWS differ a little.
            (Some(since), Some(at)) => at.secs() + 2 < since.secs(),
            _ => false,
        }
    }
}

/// Whether to go on to older events.
enum Walk {
    On,
    Enough,
}

impl Session {
    /// Reads a stack's events, newest first, until `each` has had enough.
    async fn events(&self, stack_id: &str, mut each: impl FnMut(&StackEvent) -> Walk) -> Result<(), Fault> {
        let mut token = None;
        loop {
            let page = self
                .call("DescribeStackEvents")
                .await
                .describe_stack_events()
                .stack_name(stack_id)
                .set_next_token(token);
            let page = page.send().await?;
            for event in page.stack_events() {
                if matches!(each(event), Walk::Enough) {
                    return Ok(());
                }
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// Reads what has happened since the last time, oldest first, and gives the resources' new statuses to `tell`.
    pub(super) async fn follow(
        &self,
        operation: &Operation,
        progress: &mut Progress,
        mut tell: impl FnMut(usize, &StackEvent),
    ) -> Result<(), Fault> {
        let mut new: Vec<StackEvent> = Vec::new();
        let mut newest = None;
        let (mut past, mut older, mut ended_at): (bool, usize, Option<i64>) = (false, 0, None);
        let known = progress.newest.clone();
        let mut earlier = progress.earlier;
        self.events(&operation.stack_id, |event| {
            if newest.is_none() {
                newest = event.event_id().map(str::to_owned);
            }
            if known.is_some() && event.event_id() == known.as_deref() {
                return Walk::Enough;
            }
            if past {
                older += 1;
                // What stands on this page anyway, and no call more.
                return if older > PAGE { Walk::Enough } else { measure(event, &mut ended_at, &mut earlier) };
            }
            past = operation.is_start(event) || operation.is_older(event);
            // The newest few are enough to show; what is older has been overtaken.
            if event.resource_type() != Some(STACK) || event.physical_resource_id() != event.stack_id() {
                let status = event.resource_status().map(ResourceStatus::as_str);
                if status.is_some_and(done) && !operation.is_older(event) {
                    progress.done.extend(event.logical_resource_id().map(str::to_owned));
                }
                if new.len() < 100 && !operation.is_older(event) {
                    new.push(event.clone());
                }
            }
            Walk::On
        })
        .await?;
        progress.newest = newest.or(known);
        progress.earlier = earlier;
        for event in new.iter().rev() {
            tell(progress.done.len(), event);
        }
        Ok(())
    }

    /// Reads why an operation failed, stacks in stacks included.
    pub(super) async fn failures(&self, operation: &Operation) -> Result<Failures, Fault> {
        let mut failures = self.failures_of(operation).await?;
        let mut within = Vec::new();
        while let Some(cause) = failures.cause.clone() {
            let nested = cause.physical_id.filter(|_| cause.resource_type == STACK && within.len() < DEEPEST);
            let Some(stack_id) = nested.filter(|id| id.starts_with("arn:")) else { break };
            within.push(cause.logical_id);
            let inner = Operation { stack_id, begins: operation.begins, since: operation.since };
            // One that was not even begun has no events; then the outer one is all there is to say.
            let Ok(inner) = self.failures_of(&inner).await else { break };
            let Some(mut deeper) = inner.cause else { break };
            deeper.within.clone_from(&within);
            failures.cause = Some(deeper);
            failures
                .others
                .splice(0..0, inner.others.into_iter().map(|other| FailedResource { within: within.clone(), ..other }));
            failures.cancelled += inner.cancelled;
        }
        Ok(failures)
    }

    async fn failures_of(&self, operation: &Operation) -> Result<Failures, Fault> {
        let mut failures = Failures::default();
        self.events(&operation.stack_id, |event| {
            if operation.is_older(event) {
                return Walk::Enough;
            }
            failures.take(event);
            if operation.is_start(event) { Walk::Enough } else { Walk::On }
        })
        .await?;
        failures.others.reverse();
        Ok(failures)
    }
}

impl Failures {
    /// Takes an event; they come newest first, so the last failure that is taken is the first that happened.
    fn take(&mut self, event: &StackEvent) {
        let status = event.resource_status().map_or("", |status| status.as_str());
        let own = event.physical_resource_id() == event.stack_id() && event.resource_type() == Some(STACK);
        let (logical_id, physical_id) =
            (event.logical_resource_id().unwrap_or_default(), event.physical_resource_id().unwrap_or_default());
        let resource_type = event.resource_type().unwrap_or_default();
        if own {
            let reason = event.resource_status_reason().filter(|reason| !reason.is_empty());
            // The earliest that says something; "The following resource(s) failed" only repeats the others.
            if let Some(reason) = reason.filter(|_| status.ends_with("_FAILED") || status.contains("ROLLBACK")) {
                self.own = Some(reason.to_owned());
            }
            return;
        }
        if status == "DELETE_SKIPPED" {
            self.kept.push((logical_id.to_owned(), resource_type.to_owned(), physical_id.to_owned()));
            return;
        }
        if !status.ends_with("_FAILED") {
            return;
        }
        let reason = event.resource_status_reason().unwrap_or("no reason was given");
        if reason.to_lowercase().contains("cancelled") {
            self.cancelled += 1;
            return;
        }
        let failed = FailedResource {
            logical_id: logical_id.to_owned(),
            resource_type: resource_type.to_owned(),
            status: status.to_owned(),
            reason: reason.trim().to_owned(),
            within: Vec::new(),
            physical_id: event.physical_resource_id().map(str::to_owned),
        };
        if let Some(later) = self.cause.replace(failed)
            && self.others.len() < MOST
        {
            self.others.push(later);
        }
    }
}

/// Whether a resource of this status needs nothing more.
fn done(status: &str) -> bool {
    (status.ends_with("_COMPLETE") || status == "DELETE_SKIPPED") && !status.contains("ROLLBACK")
}

/// Looks among the events of earlier operations, on the pages that are read anyway, for how long one took.
fn measure(event: &StackEvent, ended_at: &mut Option<i64>, took: &mut Option<i64>) -> Walk {
    let own = event.physical_resource_id() == event.stack_id() && event.resource_type() == Some(STACK);
    let Some(at) = event.timestamp().map(DateTime::secs).filter(|_| own) else { return Walk::On };
    match event.resource_status().map_or("", |status| status.as_str()) {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" => *ended_at = Some(at),
        "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" => {
            if let Some(end) = ended_at {
                *took = Some(*end - at);
            }
            return Walk::Enough;
        }
        _ => {}
    }
    Walk::On
}
