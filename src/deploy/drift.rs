//! Drift: what CloudFormation finds different from a stack's template. Rules: the AWS CloudFormation user guide, "Detect
//! unmanaged configuration changes to stacks and resources with drift detection".

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    DifferenceType, StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};
use tokio::time::sleep;

use super::one::status;
use super::preview::Secrets;
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use super::{Deployment, Trouble};
use crate::core::line;
use crate::diff::Kind;
use crate::synth::{Origin, Synthesized};

/// How long is waited before CloudFormation is asked again: longer each time, up to this.
const LONGEST: Duration = Duration::from_secs(5);

/// What differs of a stack from its template.
#[derive(Clone, Debug)]
pub struct StackDrift<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Whether there is such a stack.
    pub there: bool,
    /// Why not all of it was looked at, where CloudFormation says so, or why nothing was.
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
            let drift = session.drift(stack).await.unwrap_or_else(|fault| {
                let Trouble { what, .. } = fault.trouble("its drift cannot be detected");
                StackDrift { stack: stack.path, there: true, incomplete: Some(what), resources: Vec::new() }
            });
            done.set(done.get() + 1);
            told(&drift, done.get(), all);
            drift
        });
        Ok(futures_util::future::join_all(stacks).await)
    }
}

impl Session {
    async fn drift<'a>(&self, stack: &Synthesized<'a>) -> Result<StackDrift<'a>, Fault> {
        let mut drift = StackDrift { stack: stack.path, there: false, incomplete: None, resources: Vec::new() };
        let now = self.read(stack.name).await?;
        let Some(now) = now.filter(|now| !matches!(State::of(status(now)), State::Absent | State::InReview)) else {
            return Ok(drift);
        };
        drift.there = true;
        let begun = self.call("DetectStackDrift").await.detect_stack_drift().stack_name(stack.name).send().await?;
        drift.incomplete = self.detected(begun.stack_drift_detection_id().unwrap_or_default()).await?;
        let (found, unknown) = self.found(stack.name).await?;
        if !unknown.is_empty() && drift.incomplete.is_none() {
            drift.incomplete = Some(format!("CloudFormation cannot tell of {}", unknown.join(", ")));
        }
        if found.is_empty() {
            return Ok(drift);
        }
        // It says which values are secrets; without it their names do.
        let secrets = Secrets::new(stack, self.template(&now).await.ok().as_deref());
        drift.resources = found.iter().map(|one| resource(one, stack, &secrets)).collect();
        drift.resources.sort_by(|a, b| a.construct.cmp(&b.construct));
        Ok(drift)
    }

    /// The resources that differ, and the logical ids of those that could not be looked at.
    async fn found(&self, name: &str) -> Result<(Vec<StackResourceDrift>, Vec<String>), Fault> {
        let (mut found, mut unknown, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let page = self.call("DescribeStackResourceDrifts").await.describe_stack_resource_drifts();
            let page = page.stack_name(name).set_next_token(token).send().await?;
            for one in page.stack_resource_drifts() {
                if differs(one) {
                    found.push(one.clone());
                } else if is_unknown(one) {
                    unknown.push(one.logical_resource_id().unwrap_or_default().to_owned());
                }
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok((found, unknown));
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

fn resource(one: &StackResourceDrift, stack: &Synthesized<'_>, secrets: &Secrets) -> ResourceDrift {
    let id = one.logical_resource_id().unwrap_or_default();
    let (construct, at) = Origin::told(stack.origin(id), id);
    ResourceDrift {
        construct,
        id: id.to_owned(),
        type_name: one.resource_type().unwrap_or_default().to_owned(),
        deleted: one.stack_resource_drift_status() == Some(&StackResourceDriftStatus::Deleted),
        at: at.map(line),
        differences: differences(one, secrets),
    }
}

fn differs(resource: &StackResourceDrift) -> bool {
    let status = resource.stack_resource_drift_status();
    matches!(status, Some(StackResourceDriftStatus::Modified | StackResourceDriftStatus::Deleted))
}

/// Whether CloudFormation was to look at it and could not. Most types it does not look at at all, and does not list.
fn is_unknown(resource: &StackResourceDrift) -> bool {
    resource.stack_resource_drift_status().is_some_and(|status| status.as_str() == "UNKNOWN")
}

fn differences(resource: &StackResourceDrift, secrets: &Secrets) -> Vec<Difference> {
    let id = resource.logical_resource_id().unwrap_or_default();
    let one = |difference: &aws_sdk_cloudformation::types::PropertyDifference| {
        let path = difference.property_path().unwrap_or_default().to_owned();
        let pointer = format!("/Properties/{}", path.trim_start_matches('/'));
        // Where one side has nothing CloudFormation says `null`. What there is may be a secret that somebody has written over.
        let value = |text: Option<&str>| match text.unwrap_or_default() {
            "" | "null" => String::new(),
            text => secrets.text(id, &pointer, text),
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
