//! Drift: what CloudFormation finds different from a stack's template. Rules: the AWS CloudFormation user guide, "Detect
//! unmanaged configuration changes to stacks and resources with drift detection".

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    DifferenceType, StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};
use serde_json::Value;
use tokio::time::sleep;

use super::one::status;
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use super::{Deployment, Trouble};
use crate::diff::{Kind, SECRET};
use crate::review::named_secret;
use crate::synth::Synthesized;

/// How long is waited before CloudFormation is asked again: longer each time, up to this.
const LONGEST: Duration = Duration::from_secs(5);

/// What differs of a stack from its template.
#[derive(Clone, Debug)]
pub struct StackDrift<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Whether there is such a stack.
    pub there: bool,
    /// Why not all of it was looked at, where CloudFormation says so.
    pub incomplete: Option<String>,
    /// The resources that differ, by construct path.
    pub resources: Vec<ResourceDrift>,
}

/// A resource that differs.
#[derive(Clone, Debug)]
pub struct ResourceDrift {
    /// The path of its construct; its logical id, where the definitions do not have it.
    pub construct: String,
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub type_name: String,
    /// Whether it is gone.
    pub deleted: bool,
    /// The line of the definitions that makes it: `stacks/web.rs:12`.
    pub at: Option<String>,
    /// Where it differs.
    pub differences: Vec<Difference>,
}

/// A property that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where, as CloudFormation says it: `/Tags/0/Value`.
    pub path: String,
    /// Added is what the template does not have.
    pub kind: Kind,
    /// What the template says; empty where it says nothing.
    pub expected: String,
    /// What there is; empty where nothing is.
    pub actual: String,
}

impl<'a> Deployment<'a> {
    /// Has CloudFormation compare the stacks of the plan with what there is, side by side, and waits for it. `told` hears of
    /// each stack that is done, with how many are done of how many.
    pub async fn drift(&self, told: impl Fn(&StackDrift<'_>, usize, usize)) -> Result<Vec<StackDrift<'a>>, Trouble> {
        self.survey().await?;
        let all = self.plan.steps.len();
        let done = std::cell::Cell::new(0);
        let (told, done) = (&told, &done);
        let stacks = (0..all).map(|index| async move {
            let stack = self.stack(index);
            let session = self.session(stack);
            let doing = format!("cannot detect the drift of {}", stack.path);
            let drift = session.drift(stack).await.map_err(|fault| fault.trouble(&doing))?;
            done.set(done.get() + 1);
            told(&drift, done.get(), all);
            Ok(drift)
        });
        futures_util::future::join_all(stacks).await.into_iter().collect()
    }
}

impl Session {
    async fn drift<'a>(&self, stack: &Synthesized<'a>) -> Result<StackDrift<'a>, Fault> {
        let mut drift = StackDrift { stack: stack.path, there: false, incomplete: None, resources: Vec::new() };
        let now = self.read(stack.name).await?;
        let Some(_) = now.filter(|now| !matches!(State::of(status(now)), State::Absent | State::InReview)) else {
            return Ok(drift);
        };
        drift.there = true;
        let begun = self.call("DetectStackDrift").await.detect_stack_drift().stack_name(stack.name).send().await?;
        drift.incomplete = self.detected(begun.stack_drift_detection_id().unwrap_or_default()).await?;
        let called = |id: &str| stack.origin(id);
        let mut token = None;
        loop {
            let page = self.call("DescribeStackResourceDrifts").await.describe_stack_resource_drifts();
            let page = page.stack_name(stack.name).set_next_token(token).send().await?;
            let differ = page.stack_resource_drifts().iter().filter(|one| differs(one));
            drift.resources.extend(differ.map(|one| {
                let id = one.logical_resource_id().unwrap_or_default();
                let origin = called(id);
                ResourceDrift {
                    construct: origin.as_ref().map_or_else(|| id.to_owned(), |origin| origin.construct.clone()),
                    id: id.to_owned(),
                    type_name: one.resource_type().unwrap_or_default().to_owned(),
                    deleted: one.stack_resource_drift_status() == Some(&StackResourceDriftStatus::Deleted),
                    at: origin.and_then(|origin| origin.at).map(|at| format!("{}:{}", at.file(), at.line())),
                    differences: differences(one),
                }
            }));
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                drift.resources.sort_by(|a, b| a.construct.cmp(&b.construct));
                return Ok(drift);
            }
        }
    }

    /// Waits until a detection is done; why it could not look at everything, where it could not.
    async fn detected(&self, id: &str) -> Result<Option<String>, Fault> {
        let mut wait = Duration::from_millis(200);
        loop {
            let asked = self.call("DescribeStackDriftDetectionStatus").await.describe_stack_drift_detection_status();
            let answer = asked.stack_drift_detection_id(id).send().await?;
            match answer.detection_status() {
                Some(StackDriftDetectionStatus::DetectionInProgress) => {
                    sleep(wait).await;
                    wait = (wait * 2).min(LONGEST);
                }
                Some(StackDriftDetectionStatus::DetectionFailed) => {
                    let why = answer.detection_status_reason().unwrap_or("CloudFormation does not say why");
                    return Ok(Some(why.to_owned()));
                }
                _ => return Ok(None),
            }
        }
    }
}

fn differs(resource: &StackResourceDrift) -> bool {
    let status = resource.stack_resource_drift_status();
    matches!(status, Some(StackResourceDriftStatus::Modified | StackResourceDriftStatus::Deleted))
}

fn differences(resource: &StackResourceDrift) -> Vec<Difference> {
    let one = |difference: &aws_sdk_cloudformation::types::PropertyDifference| {
        let path = difference.property_path().unwrap_or_default().to_owned();
        // What there is may be a secret that somebody has written over.
        let secret = named_secret(&Value::Null, &format!("/Properties/{}", path.trim_start_matches('/')));
        let value = |text: Option<&str>| match text.unwrap_or_default() {
            text if secret && !text.is_empty() => SECRET.to_owned(),
            text => text.to_owned(),
        };
        let kind = match difference.difference_type() {
            Some(DifferenceType::Add) => Kind::Added,
            Some(DifferenceType::Remove) => Kind::Removed,
            _ => Kind::Changed,
        };
        Difference {
            path,
            kind,
            expected: value(difference.expected_value()),
            actual: value(difference.actual_value()),
        }
    };
    resource.property_differences().iter().map(one).collect()
}
