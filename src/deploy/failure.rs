//! Why a stack's part of a command failed: the cause first, with the line of the definitions that made it.

use aws_sdk_cloudformation::types::{EventFilter, OperationEvent, Stack};

use super::change_set::ChangeSet;
use super::event::Outcome;
use super::follow::{FailedResource, Failures, Operation};
use super::one::{One, status};
use super::state::State;
use super::trouble::{Fault, Trouble};
use crate::assets;
use crate::core::Problem;
use crate::synth::{Origin, Synthesized};

/// How approval is given where nobody can be asked.
pub(super) const APPROVE: &str =
    "look at the changes, then run the command again with `--yes`, or with `--require-approval never`";

/// Why a stack's part of a command failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What happened, in one sentence.
    pub what: String,
    /// What to do next; may be empty.
    pub help: String,
    /// How it came to it.
    pub kind: FailureKind,
    /// What went wrong first, in AWS's words, with the construct and the lines that made it.
    pub causes: Vec<Problem>,
    /// What went wrong after, one line each.
    pub others: Vec<String>,
    /// How many resources were cancelled because of it.
    pub cancelled: usize,
    /// What a program said that failed.
    pub said: Option<Box<Said>>,
}

/// What a program said that failed.
#[derive(Clone, Debug)]
pub struct Said {
    /// The program, as one writes it at a prompt.
    pub program: String,
    /// The last lines that it wrote.
    pub lines: Vec<String>,
}

/// How a failure came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It was tried and did not work.
    Failed,
    /// It was refused before anything was changed.
    Refused,
    /// A person said no.
    Declined,
    /// The command was interrupted before this began.
    Interrupted,
}

impl Failure {
    /// Why, a line each.
    pub(super) fn reasons(&self) -> Vec<String> {
        let causes = self.causes.iter().map(|cause| match &cause.construct {
            Some((construct, _)) => format!("{construct}: {}", cause.message),
            None => cause.message.clone(),
        });
        causes.chain(self.others.iter().cloned()).collect()
    }

    pub(super) fn of(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
            kind: FailureKind::Failed,
            causes: Vec::new(),
            others: Vec::new(),
            cancelled: 0,
            said: None,
        }
    }

    pub(super) fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: FailureKind::Refused, ..Self::of(what, help) }
    }

    /// How a stack's part of a command ended that failed so.
    pub(super) const fn outcome(&self) -> Outcome {
        match self.kind {
            FailureKind::Failed => Outcome::Failed,
            FailureKind::Refused | FailureKind::Declined => Outcome::Refused,
            FailureKind::Interrupted => Outcome::NotStarted,
        }
    }

    pub(super) fn interrupted() -> Self {
        let help = "run the same command again: it goes on where it was";
        Self { kind: FailureKind::Interrupted, ..Self::of("interrupted before anything was changed", help) }
    }

    pub(super) fn declined() -> Self {
        Self { kind: FailureKind::Declined, ..Self::of("not approved; nothing was changed in this stack", "") }
    }

    pub(super) fn unapproved(reasons: &[String]) -> Self {
        let mut failure = Self::refused(
            "this needs approval, and there is no terminal to ask at; nothing was changed in this stack",
            APPROVE,
        );
        failure.others = reasons.to_vec();
        failure
    }
}

impl Fault {
    /// The failure that it is, while something was done.
    pub(super) fn failure(&self, doing: &str) -> Failure {
        self.trouble(doing).into()
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let kind = if trouble.refused { FailureKind::Refused } else { FailureKind::Failed };
        let (causes, others) = (trouble.problems, trouble.details);
        Self { kind, causes, others, ..Self::of(trouble.what, trouble.help) }
    }
}

/// An asset that could be read a moment ago.
impl From<assets::Trouble> for Failure {
    fn from(trouble: assets::Trouble) -> Self {
        let failure = Self::of("an asset cannot be read any more; this stack is as it was", trouble.help.clone());
        Self { causes: vec![trouble.into()], ..failure }
    }
}

impl One<'_> {
    /// The failure of an operation that ended in `end`.
    pub(super) async fn failed(&self, operation: &Operation, end: &str, reason: Option<&str>) -> Failure {
        let (what, help) = ending(self.stack.path, operation, end);
        let mut failure = Failure::of(what, help);
        let mut own = None;
        match self.session.failures(operation).await {
            Ok(failures) => {
                own.clone_from(&failures.own);
                failure.tell(self.stack, failures);
            }
            Err(fault) => failure.others.push(format!("its events cannot be read: {}", fault.message())),
        }
        if failure.causes.is_empty() {
            failure.causes = self.findings(&operation.stack_id, None).await;
        }
        let told = |reason: &&str| !reason.trim().is_empty() && *reason != "User Initiated";
        let reason = own.as_deref().or(reason).map(str::trim).filter(told);
        if let (true, Some(reason)) = (failure.causes.is_empty(), reason) {
            failure.others.insert(0, format!("CloudFormation says: {reason}"));
        }
        failure
    }

    /// Why CloudFormation refused a change set.
    pub(super) async fn refused(&self, change_set: &ChangeSet, reason: &str) -> Failure {
        let mut failure = Failure::of("CloudFormation refuses the change set; nothing was changed", "");
        failure.causes = self.findings(&change_set.stack_id, Some(&change_set.id)).await;
        if failure.causes.is_empty() {
            failure.others.push(format!("CloudFormation says: {reason}"));
        }
        failure
    }

    /// What CloudFormation's validation found before it provisioned anything; only DescribeEvents tells.
    async fn findings(&self, stack_id: &str, change_set: Option<&str>) -> Vec<Problem> {
        let failed = EventFilter::builder().failed_events(true).build();
        let call = self.session.call("DescribeEvents").await.describe_events().filters(failed);
        let call = match change_set {
            Some(id) => call.change_set_name(id),
            None => call.stack_name(stack_id),
        };
        // What the older events say is enough where this call is not offered.
        let Ok(answer) = call.send().await else { return Vec::new() };
        answer.operation_events().iter().filter_map(|event| finding(self.stack, event)).collect()
    }

    /// Why nothing can be done with a stack in this state, and what gets it out.
    pub(super) fn stuck(&self, state: State, now: Option<&Stack>) -> Failure {
        let path = self.stack.path;
        let status = now.map_or("", status);
        let (what, help) = match state {
            State::CreateFailed => (
                "its creation failed and was not rolled back",
                format!("`deploy --no-rollback {path}` goes on from here, `recover {path}` removes it"),
            ),
            State::UpdateFailed => (
                "its update failed and was not rolled back",
                format!("`deploy --no-rollback {path}` goes on from here, `recover {path}` rolls it back"),
            ),
            State::UpdateRollbackFailed => (
                "an update failed, and so did its rollback",
                format!(
                    "mend what `status {path}` names, then `recover {path}` continues the rollback; as a last resort \
                     `recover {path} --skip LOGICAL_ID` leaves a resource as it is"
                ),
            ),
            State::DeleteFailed => (
                "its deletion failed",
                format!(
                    "mend what `status {path}` names, then `recover {path}` tries again; `recover {path} --retain \
                     LOGICAL_ID` leaves a resource behind"
                ),
            ),
            _ => ("an import failed, and so did its rollback", "CloudFormation's console can continue it".to_owned()),
        };
        Failure::refused(format!("{what} ({status})"), help)
    }
}

impl Failure {
    pub(super) fn tell(&mut self, stack: &Synthesized<'_>, failures: Failures) {
        self.cancelled = failures.cancelled;
        if failures.cause.as_ref().is_some_and(|cause| cause.reason.contains("denied by stack policy")) {
            self.help =
                "the policy of the stack forbids this update: give the stack a `policy` that allows it (it is set \
                         before the update), and deploy again"
                    .into();
        }
        let bucket =
            |cause: &FailedResource| cause.status == "DELETE_FAILED" && cause.resource_type == "AWS::S3::Bucket";
        if failures.cause.as_ref().is_some_and(bucket) {
            self.help = format!("`destroy --empty-buckets` deletes a bucket's objects first; or {}", self.help);
        }
        self.causes.extend(failures.cause.map(|cause| problem(stack, &cause)));
        self.others.extend(failures.others.iter().map(|other| {
            let name = name(stack, other);
            format!("{name} ({}): {}", other.resource_type, other.reason)
        }));
    }
}

/// How an operation ended, and what to do next.
fn ending(path: &str, operation: &Operation, end: &str) -> (String, String) {
    let again = "mend the cause and deploy again";
    if operation.begins == ["IMPORT_IN_PROGRESS"] && end != "DELETE_COMPLETE" {
        let what = match end {
            "IMPORT_ROLLBACK_FAILED" => "the import failed, and so did rolling it back",
            _ => "the import failed and is rolled back: the resources are as they were, in no stack",
        };
        return (what.into(), "mend the cause and import again".into());
    }
    match end {
        "DELETE_COMPLETE" if operation.begins != ["CREATE_IN_PROGRESS"] => {
            ("somebody deleted the stack meanwhile".into(), "deploy again to create it anew".into())
        }
        "DELETE_COMPLETE" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => {
            ("the creation failed; what it had made is removed again".into(), again.into())
        }
        "CREATE_FAILED" => (
            "the creation failed, and stays where it failed".into(),
            format!("mend the cause and `deploy --no-rollback {path}`, or `recover {path}` to remove it"),
        ),
        "UPDATE_FAILED" => (
            "the update failed, and stays where it failed".into(),
            format!("mend the cause and `deploy --no-rollback {path}`, or `recover {path}` to roll it back"),
        ),
        "UPDATE_ROLLBACK_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" => {
            ("the update failed and is rolled back: the stack is as it was".into(), again.into())
        }
        "UPDATE_ROLLBACK_FAILED" => (
            "the update failed, and so did rolling it back".into(),
            format!(
                "mend the cause, then `recover {path}`; as a last resort `recover {path} --skip LOGICAL_ID` leaves a \
                 resource as it is"
            ),
        ),
        "DELETE_FAILED" => (
            "the deletion failed".into(),
            format!("mend the cause and try again, or `recover {path} --retain LOGICAL_ID` to leave a resource behind"),
        ),
        other => (format!("it ended in {other}"), String::new()),
    }
}

/// What a resource is called in the definitions, or else in CloudFormation.
fn name(stack: &Synthesized<'_>, failed: &FailedResource) -> String {
    let mut ids: Vec<String> = failed.within.clone();
    ids.push(failed.logical_id.clone());
    if let Some(origin) = stack.origin(&ids[0]) {
        ids[0] = origin.construct;
    }
    ids.join("/")
}

/// A failed resource as a problem: the same form as what synth finds.
fn problem(stack: &Synthesized<'_>, failed: &FailedResource) -> Problem {
    let check = match failed.status.as_str() {
        "CREATE_FAILED" => "CREATE_FAILED",
        "UPDATE_FAILED" => "UPDATE_FAILED",
        "DELETE_FAILED" => "DELETE_FAILED",
        "IMPORT_FAILED" => "IMPORT_FAILED",
        _ => "FAILED",
    };
    let outermost = failed.within.first().unwrap_or(&failed.logical_id);
    let mut problem = Problem::error(check, failed.reason.clone());
    problem.stack = Some(stack.path.to_owned());
    problem.construct = Some((name(stack, failed), failed.resource_type.clone()));
    match stack.origin(outermost).and_then(|origin| origin.at) {
        Some(at) => problem.at(at, "added here"),
        None => problem,
    }
}

fn finding(stack: &Synthesized<'_>, event: &OperationEvent) -> Option<Problem> {
    let reason = event.validation_status_reason().or(event.resource_status_reason())?;
    event.validation_name().or(event.validation_path()).or(event.logical_resource_id())?;
    let path = event.validation_path().unwrap_or_default();
    let from_path = path.strip_prefix("/Resources/").and_then(|rest| rest.split('/').next());
    let logical_id = event.logical_resource_id().or(from_path);
    let mut problem = Problem::error("validation", reason.to_owned());
    problem.stack = Some(stack.path.to_owned());
    let Some(id) = logical_id else { return Some(problem) };
    let (construct, at) = Origin::told(stack.origin(id), id);
    problem.construct = Some((construct, event.resource_type().unwrap_or_default().to_owned()));
    problem.property = path.split_once("/Properties/").map(|(_, property)| property.replace('/', "."));
    Some(match at {
        Some(at) => problem.at(at, "added here"),
        None => problem,
    })
}
