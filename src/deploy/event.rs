//! What a deployment tells while it goes on. `--json` prints these, one a line; docs/events.md describes them.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use super::failure::Failure;
use crate::review::ResourceLocation;

/// Something that happened. The names of fields and values are part of the format that docs/events.md describes.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    /// What is going to be done, before anything is.
    Plan {
        /// `deploy`, `destroy`, `import` or `refactor`.
        command: &'a str,
        /// The stacks in order.
        stacks: Vec<Planned<'a>>,
    },
    /// A stack has come to a new phase.
    Phase {
        /// The stack's path.
        stack: &'a str,
        /// The phase.
        phase: Phase,
        /// What it waits for, or why.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'a str>,
    },
    /// What is about to change in a stack.
    Changes {
        /// The stack's path.
        stack: &'a str,
        /// Whether the stack is created, rather than updated.
        creates: bool,
        /// The resources that change, in the order CloudFormation names them.
        changes: &'a [Change],
        /// What the change lets anybody do or reach that could not before, one line each.
        broadens: &'a [String],
    },
    /// What is about to be under another logical id, or in another stack.
    Moves {
        /// The resources that move together.
        moves: &'a [Moved],
    },
    /// A resource has come to a new status.
    Resource {
        /// The stack's path.
        stack: &'a str,
        /// How many resources are done.
        done: usize,
        /// How many resources change.
        total: usize,
        /// The resource's logical id.
        logical_id: &'a str,
        /// Its construct path below the stack, where the definitions know it.
        #[serde(skip_serializing_if = "Option::is_none")]
        construct: Option<&'a str>,
        /// Its CloudFormation type.
        resource_type: &'a str,
        /// Its status, in CloudFormation's words.
        status: &'a str,
        /// Why, where CloudFormation says.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        /// How long an earlier operation on the stack took. In seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        earlier_seconds: Option<u64>,
    },
    /// Something worth knowing that changes nothing.
    Notice {
        /// The stack's path, if it is about one.
        #[serde(skip_serializing_if = "Option::is_none")]
        stack: Option<&'a str>,
        /// What it is.
        text: &'a str,
    },
    /// An upload has come further.
    Upload {
        /// What is uploaded.
        asset: &'a str,
        /// How many bytes are there.
        sent: u64,
        /// How many bytes it has.
        size: u64,
    },
    /// A stack's part of the command is over.
    Ended {
        /// The stack's path.
        stack: &'a str,
        /// How it ended.
        outcome: Outcome,
        /// How long it took. In seconds.
        seconds: f64,
        /// The stack because of which this one was not begun.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<&'a str>,
        /// What went wrong.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
        /// Why, in AWS's words, a line each.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<String>,
        /// What to do next.
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<&'a str>,
    },
}

impl<'a> Event<'a> {
    /// That a stack's part of the command is over.
    pub(super) fn ended(stack: &'a str, outcome: Outcome, seconds: f64, failure: Option<&'a Failure>) -> Self {
        Self::Ended {
            stack,
            outcome,
            seconds,
            because: None,
            error: failure.map(|failure| failure.what.as_str()),
            reasons: failure.map(Failure::reasons).unwrap_or_default(),
            help: failure.map(|failure| failure.help.as_str()).filter(|help| !help.is_empty()),
        }
    }
}

/// One stack of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Planned<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Its name in CloudFormation.
    pub name: &'a str,
    /// The account.
    pub account: &'a str,
    /// The region's code.
    pub region: &'a str,
    /// The paths of the stacks of the plan that come before it.
    pub after: Vec<&'a str>,
    /// Whether it was asked for, rather than being in the plan for the sake of another.
    pub asked: bool,
}

/// Where a stack's part of a command has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// It is compared with what is deployed.
    Comparing,
    /// Files are uploaded.
    Uploading,
    /// An operation that somebody else began is waited for.
    Waiting,
    /// What a failed creation left is removed.
    Clearing,
    /// CloudFormation works out the changes.
    Planning,
    /// Somebody is asked to approve them.
    Asking,
    /// CloudFormation carries them out.
    Running,
    /// Buckets are emptied.
    Emptying,
}

/// How a stack's part of a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The stack was created.
    Created,
    /// The stack was updated.
    Updated,
    /// Existing resources joined the stack.
    Imported,
    /// Resources of the stack are under other logical ids, or came from other stacks or went there.
    Refactored,
    /// The stack was as it should be.
    Unchanged,
    /// The stack was deleted.
    Deleted,
    /// There was no such stack.
    Absent,
    /// It failed.
    Failed,
    /// It was refused, or not approved, before anything was changed in the stack.
    Refused,
    /// It was not begun, because one that it waits for failed.
    Skipped,
    /// It was not begun, because the command was interrupted.
    NotStarted,
}

/// A resource that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// Its construct path below the stack that it moves to; its logical id there, where the definitions do not have it.
    pub construct: String,
    /// Its CloudFormation type.
    pub resource_type: String,
    /// Where it is.
    pub from: ResourceLocation,
    /// Where it will be.
    pub to: ResourceLocation,
}

/// What happens to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// The resource's logical id.
    pub logical_id: String,
    /// Its construct path below the stack, where the definitions know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub construct: Option<String>,
    /// Its CloudFormation type.
    pub resource_type: String,
    /// What identifies the one that joins the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_id: Option<String>,
    /// The properties and attributes that change, by name.
    pub properties: Vec<String>,
    /// What it takes back of what somebody changed outside of CloudFormation, where that is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reverts: Vec<Revert>,
    /// Whether somebody deleted the resource outside of CloudFormation, as far as that was looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Whether the resource that is there now is deleted by it.
    pub deletes: bool,
}

/// A property that goes back to what the template says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revert {
    /// Where, as CloudFormation says it: `/Properties/Tags/0/Value`.
    pub path: String,
    /// What there is, without secrets; none where nothing is.
    pub actual: Option<String>,
    /// What the template says, without secrets; none where it says nothing.
    pub template: Option<String>,
}

impl Change {
    /// What it takes back, in words, one line each.
    pub(super) fn reverting(&self) -> Vec<String> {
        let name = self.construct.as_deref().unwrap_or(&self.logical_id);
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
        let gone =
            self.gone.then(|| format!("{name} ({}) was deleted by somebody, and is made again", self.resource_type));
        let back = self.reverts.iter().map(|Revert { path, actual, template }| {
            let path = path.trim_start_matches("/Properties/").replace('/', ".");
            format!("{name} ({}): {path} goes back from {} to {}", self.resource_type, said(actual), said(template))
        });
        gone.into_iter().chain(back).collect()
    }
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// It is created.
    Add,
    /// It is changed in place.
    Modify,
    /// A new one takes its place.
    Replace,
    /// A new one takes its place, or it is changed in place: only the deployment will tell.
    MayReplace,
    /// It leaves the stack.
    Remove,
    /// An existing one joins the stack.
    Import,
    /// It is as the template says already: CloudFormation takes note of that, and changes nothing.
    Sync,
    /// CloudFormation cannot tell before it is done.
    Dynamic,
}

/// Something that needs a person's word.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The stack's path; none for a question about a whole plan.
    pub stack: Option<&'a str>,
    /// What is asked, in one line.
    pub text: String,
    /// Why it is asked, one line each.
    pub reasons: Vec<String>,
}

/// What a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Do not.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Whoever runs a deployment: hears of it, and is asked.
pub trait Host {
    /// Something happened.
    fn hear(&self, event: &Event<'_>);

    /// Asks a person.
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Pin<Box<dyn Future<Output = Answer> + 'a>>;
}
