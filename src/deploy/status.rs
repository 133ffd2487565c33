//! How stacks stand.

use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};
use aws_sdk_cloudformation::types::{Stack, StackDriftStatus};

use super::one::status;
use super::state::State;
use super::{Deployment, Trouble};
use crate::synth::Format;

/// How a stack stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Its status, in CloudFormation's words; none if there is no such stack.
    pub status: Option<String>,
    /// Why it is in this status, where CloudFormation says.
    pub reason: Option<String>,
    /// When it was last changed: in UTC, `2026-11-23T06:30:00Z`.
    pub changed: Option<String>,
    /// Whether its resources are as its template says, where CloudFormation has looked.
    pub drift: Drift,
    /// Whether the deployed template is the defined one.
    pub same_template: Option<bool>,
    /// The resources that have failed, where the stack has: what it is called, its type, why.
    pub failed: Vec<(String, String, String)>,
}

/// Whether the resources of a stack are as its template says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nobody has looked.
    Unknown,
    /// They are.
    InSync,
    /// They are not.
    Drifted,
}

impl Drift {
    fn of(stack: &Stack) -> Self {
        match stack.drift_information().and_then(|drift| drift.stack_drift_status()) {
            Some(StackDriftStatus::InSync) => Self::InSync,
            Some(StackDriftStatus::Drifted) => Self::Drifted,
            _ => Self::Unknown,
        }
    }
}

impl<'a> Deployment<'a> {
    /// How the stacks of the plan stand.
    pub async fn standing(&self) -> Result<Vec<Standing<'a>>, Trouble> {
        self.survey().await?;
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            let session = self.session(stack);
            let doing = format!("cannot read {}", stack.path);
            let now = session.read(stack.name).await.map_err(|fault| fault.trouble(&doing))?;
            let now = now.filter(|now| State::of(status(now)) != State::Absent);
            let mut standing = Standing {
                stack: stack.path,
                status: now.as_deref().map(|now| status(now).to_owned()),
                reason: now
                    .as_deref()
                    .and_then(|now| now.stack_status_reason())
                    .map(str::trim)
                    .filter(|r| !r.is_empty())
                    .map(str::to_owned),
                changed: now.as_deref().and_then(changed),
                drift: now.as_deref().map_or(Drift::Unknown, Drift::of),
                same_template: None,
                failed: Vec::new(),
            };
            let Some(now) = now else { return Ok(standing) };
            let state = State::of(status(&now));
            if state != State::InReview {
                let deployed = session.template(&now).await.map_err(|fault| fault.trouble(&doing))?;
                standing.same_template = Some(deployed == stack.template(Format::Yaml));
            }
            if !matches!(state, State::Settled | State::Busy | State::InReview) {
                let resources = session.resources(stack.name).await.map_err(|fault| fault.trouble(&doing))?;
                for resource in &resources {
                    let ended = resource.resource_status().map_or("", |status| status.as_str());
                    if ended.ends_with("_FAILED") {
                        let id = resource.logical_resource_id().unwrap_or_default();
                        let name = stack.origin(id).map_or_else(|| id.to_owned(), |origin| origin.construct);
                        standing.failed.push((
                            if name == id { name } else { format!("{name} ({id})") },
                            resource.resource_type().unwrap_or_default().to_owned(),
                            resource.resource_status_reason().unwrap_or(ended).to_owned(),
                        ));
                    }
                }
            }
            Ok(standing)
        });
        futures_util::future::join_all(stacks).await.into_iter().collect()
    }
}

fn changed(stack: &Stack) -> Option<String> {
    let at = stack.last_updated_time().or(stack.creation_time())?;
    DateTime::from_secs(at.secs()).fmt(DateTimeFormat::DateTime).ok()
}
