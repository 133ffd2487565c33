//! A change set: made, read, executed, taken back.

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    AttributeChangeType, Capability, ChangeAction, ChangeSetStatus, ChangeSetType, DeploymentConfig,
    DeploymentConfigMode, DeploymentMode, ExecutionStatus, OnStackFailure, Parameter, PolicyAction, Replacement,
    ResourceChange, ResourceTargetDefinition, ResourceToImport, Stack, StackResourceDriftStatus, StackStatus, Tag,
};
use tokio::time::{Instant, sleep};

use super::event::{Action, Change, Revert};
use super::session::Session;
use super::trouble::Fault;

/// What is asked of CloudFormation.
pub(super) struct Wanted<'a> {
    pub(super) stack_name: &'a str,
    /// Whether the stack is to be created, rather than updated.
    pub(super) creates: bool,
    pub(super) template: Template<'a>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) tags: Vec<Tag>,
    pub(super) notification_arns: &'a [String],
    pub(super) role_arn: Option<&'a str>,
    pub(super) no_rollback: bool,
    pub(super) express: bool,
    /// Whether what somebody changed outside of CloudFormation is taken back.
    pub(super) revert_drift: bool,
    /// The existing resources that join the stack; where there are any, nothing else may change.
    pub(super) imports: Vec<ResourceToImport>,
}

/// Where the template is.
#[derive(Clone, Copy)]
pub(super) enum Template<'a> {
    /// Sent along.
    Body(&'a str),
    /// In a bucket.
    Url(&'a str),
}

/// A change set that was made.
pub(super) struct ChangeSet {
    /// The name it was given, which is also what makes retries of its creation and execution safe.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) stack_id: String,
    pub(super) changes: Vec<Change>,
    /// Whether it looks at drift.
    pub(super) sees_drift: bool,
}

/// How the making of a change set ended.
pub(super) enum Made {
    /// It can be executed.
    Ready(ChangeSet),
    /// There is nothing to change.
    Nothing(ChangeSet),
    /// CloudFormation refuses it, and why.
    Refused(ChangeSet, String),
}

/// A name that no other change set or request has. It tells nothing of what is in it.
pub(super) fn fresh_name() -> String {
    let random = std::iter::repeat_with(fastrand::lowercase).take(16);
    format!("formwork-{}", random.collect::<String>())
}

impl Session {
    /// Makes a change set and waits until CloudFormation has worked it out.
    pub(super) async fn make_change_set(&self, wanted: Wanted<'_>) -> Result<Made, Fault> {
        self.make_named(&fresh_name(), wanted).await
    }

    /// The same, under a name by which it can be taken back whatever comes of it.
    pub(super) async fn make_named(&self, name: &str, wanted: Wanted<'_>) -> Result<Made, Fault> {
        let stack_name = wanted.stack_name.to_owned();
        let (kind, on_failure) = match (wanted.creates, wanted.no_rollback) {
            (true, false) => (ChangeSetType::Create, OnStackFailure::Delete),
            (true, true) => (ChangeSetType::Create, OnStackFailure::DoNothing),
            (false, false) => (ChangeSetType::Update, OnStackFailure::Rollback),
            (false, true) => (ChangeSetType::Update, OnStackFailure::DoNothing),
        };
        let imports = !wanted.imports.is_empty();
        let kind = if imports { ChangeSetType::Import } else { kind };
        let (body, url) = match wanted.template {
            Template::Body(text) => (Some(text.to_owned()), None),
            Template::Url(url) => (None, Some(url.to_owned())),
        };
        let express = wanted.express.then(|| {
            // What express does about failures is not what the other mode does: it is always said.
            DeploymentConfig::builder().mode(DeploymentConfigMode::Express).disable_rollback(wanted.no_rollback).build()
        });
        let answer = self
            .call("CreateChangeSet")
            .await
            .create_change_set()
            .stack_name(&stack_name)
            .change_set_name(name)
            .client_token(name)
            .change_set_type(kind)
            .set_on_stack_failure((express.is_none() && !imports).then_some(on_failure))
            .set_deployment_config(express)
            .set_deployment_mode(wanted.revert_drift.then_some(DeploymentMode::RevertDrift))
            .set_template_body(body)
            .set_template_url(url)
            .set_parameters(Some(wanted.parameters))
            .set_tags(Some(wanted.tags).filter(|_| !imports))
            // An empty list takes those away that an earlier definition had.
            .set_notification_arns(
                Some(wanted.notification_arns.to_vec())
                    .filter(|arns| !imports && (!wanted.creates || !arns.is_empty())),
            )
            .set_resources_to_import(Some(wanted.imports).filter(|_| imports))
            .set_role_arn(wanted.role_arn.map(str::to_owned))
            // What widens permissions is asked about here, change by change.
            .capabilities(Capability::CapabilityIam)
            .capabilities(Capability::CapabilityNamedIam)
            .capabilities(Capability::CapabilityAutoExpand)
            .send()
            .await;
        match answer.map_err(Fault::from) {
            Ok(_) => {}
            // Nobody else knows the name: an earlier try arrived, and only its answer was lost.
            Err(fault) if fault.code() == "AlreadyExistsException" && fault.message().contains(name) => {}
            Err(fault) => return Err(fault),
        }
        self.worked_out(&stack_name, name.to_owned(), wanted.revert_drift).await
    }

    async fn worked_out(&self, stack_name: &str, name: String, values: bool) -> Result<Made, Fault> {
        let mut pause = Duration::from_millis(150);
        loop {
            let answer = self
                .call("DescribeChangeSet")
                .await
                .describe_change_set()
                .stack_name(stack_name)
                .change_set_name(&name)
                .set_include_property_values(values.then_some(true));
            let answer = answer.send().await?;
            let mut made = ChangeSet {
                name: name.clone(),
                id: answer.change_set_id().unwrap_or(&name).to_owned(),
                stack_id: answer.stack_id().unwrap_or(stack_name).to_owned(),
                changes: Vec::new(),
                sees_drift: answer.deployment_mode() == Some(&DeploymentMode::RevertDrift),
            };
            let reason = answer.status_reason().unwrap_or_default();
            match answer.status() {
                Some(ChangeSetStatus::CreateComplete) => {
                    made.changes.extend(answer.changes().iter().filter_map(|c| c.resource_change()).map(change));
                    self.rest_of_changes(&mut made, answer.next_token()).await?;
                    if answer.execution_status() == Some(&ExecutionStatus::Unavailable) {
                        return Ok(Made::Refused(made, reason.to_owned()));
                    }
                    return Ok(Made::Ready(made));
                }
                Some(ChangeSetStatus::Failed) if nothing_to_do(reason) => return Ok(Made::Nothing(made)),
                Some(ChangeSetStatus::Failed) => return Ok(Made::Refused(made, reason.to_owned())),
                _ => {
                    sleep(pause).await;
                    pause = (pause * 3 / 2).min(Duration::from_secs(2));
                }
            }
        }
    }

    async fn rest_of_changes(&self, made: &mut ChangeSet, token: Option<&str>) -> Result<(), Fault> {
        let mut token = token.map(str::to_owned);
        while let Some(next) = token {
            let page = self
                .call("DescribeChangeSet")
                .await
                .describe_change_set()
                .change_set_name(&made.id)
                .set_include_property_values(made.sees_drift.then_some(true))
                .next_token(next)
                .send()
                .await?;
            made.changes.extend(page.changes().iter().filter_map(|c| c.resource_change()).map(change));
            token = page.next_token().map(str::to_owned);
        }
        Ok(())
    }

    /// Executes a change set. Asking twice is safe.
    pub(super) async fn execute(&self, change_set: &ChangeSet, creates: bool) -> Result<(), Fault> {
        let executed = self
            .call("ExecuteChangeSet")
            .await
            .execute_change_set()
            .stack_name(&change_set.stack_id)
            .change_set_name(&change_set.id)
            .client_request_token(&change_set.name)
            // What a creation that fails has made is not left behind, whatever its deletion policy.
            .set_retain_except_on_create(creates.then_some(true))
            .send()
            .await;
        let Err(fault) = executed.map_err(Fault::from) else { return Ok(()) };
        if !fault.code().starts_with("InvalidChangeSetStatus") {
            return Err(fault);
        }
        // Perhaps an earlier try arrived, and only its answer was lost.
        let now =
            self.call("DescribeChangeSet").await.describe_change_set().change_set_name(&change_set.id).send().await;
        let began = now.is_ok_and(|now| {
            use ExecutionStatus::{ExecuteComplete, ExecuteFailed, ExecuteInProgress};
            matches!(now.execution_status(), Some(ExecuteInProgress | ExecuteComplete | ExecuteFailed))
        });
        if began { Ok(()) } else { Err(fault) }
    }

    /// Takes a change set back, and the stack with it if that is nothing but the name of it.
    pub(super) async fn abandon(&self, change_set: &ChangeSet, creates: bool) -> Result<(), Fault> {
        let delete = self.call("DeleteChangeSet").await.delete_change_set().change_set_name(&change_set.id);
        delete.stack_name(&change_set.stack_id).send().await?;
        if !creates {
            return Ok(());
        }
        let others =
            self.call("ListChangeSets").await.list_change_sets().stack_name(&change_set.stack_id).send().await?;
        let others = others.summaries().iter().filter(|other| other.change_set_id() != Some(&change_set.id)).count();
        let stack = self.describe(&change_set.stack_id).await?;
        let in_review = stack
            .is_some_and(|stack| stack.stack_status().is_some_and(|status| status.as_str() == "REVIEW_IN_PROGRESS"));
        if others == 0 && in_review {
            self.call("DeleteStack").await.delete_stack().stack_name(&change_set.stack_id).send().await?;
        }
        Ok(())
    }
}

/// How long a change set that is still worked out keeps its deletion waiting.
const WORKED_OUT: Duration = Duration::from_mins(2);

impl Session {
    /// Takes a change set back by its name, whether it was made or not; and the stack with it, if that came with it and is
    /// nothing but a name.
    pub(super) async fn take_back(&self, stack_name: &str, name: &str, made_stack: bool) -> Result<(), Fault> {
        let begun = Instant::now();
        loop {
            let delete = self.call("DeleteChangeSet").await.delete_change_set().change_set_name(name);
            match delete.stack_name(stack_name).send().await.map_err(Fault::from) {
                Ok(_) => break,
                Err(fault) if fault.no_such_stack() => return Ok(()),
                Err(fault) if fault.code().starts_with("ChangeSetNotFound") => break,
                Err(fault) if !fault.code().starts_with("InvalidChangeSetStatus") => return Err(fault),
                Err(fault) if begun.elapsed() > WORKED_OUT => return Err(fault),
                Err(_) => sleep(Duration::from_millis(500)).await,
            }
        }
        if !made_stack {
            return Ok(());
        }
        let stack = self.describe(stack_name).await?;
        let in_review = |stack: &Stack| stack.stack_status() == Some(&StackStatus::ReviewInProgress);
        let Some(stack) = stack.filter(|stack| in_review(stack)) else { return Ok(()) };
        let others = self.call("ListChangeSets").await.list_change_sets().stack_name(stack_name).send().await?;
        if others.summaries().iter().all(|other| other.change_set_name() == Some(name)) {
            let id = stack.stack_id().unwrap_or(stack_name);
            self.call("DeleteStack").await.delete_stack().stack_name(id).send().await?;
        }
        Ok(())
    }
}

/// Whether a change set failed because there is nothing to change. CloudFormation knows no other sign than its words.
fn nothing_to_do(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

fn change(change: &ResourceChange) -> Change {
    let replaces = match (change.action(), change.replacement()) {
        (Some(ChangeAction::Modify), Some(Replacement::True)) => Action::Replace,
        (Some(ChangeAction::Modify), Some(Replacement::Conditional)) => Action::MayReplace,
        (Some(ChangeAction::Modify), _) => Action::Modify,
        (Some(ChangeAction::Add), _) => Action::Add,
        (Some(ChangeAction::Remove), _) => Action::Remove,
        (Some(ChangeAction::Import), _) => Action::Import,
        (Some(ChangeAction::SyncWithActual), _) => Action::Sync,
        _ => Action::Dynamic,
    };
    let kept = matches!(
        change.policy_action(),
        Some(
            PolicyAction::Retain
                | PolicyAction::Snapshot
                | PolicyAction::ReplaceAndRetain
                | PolicyAction::ReplaceAndSnapshot
        )
    );
    let (mut properties, mut reverts): (Vec<String>, Vec<Revert>) = (Vec::new(), Vec::new());
    for detail in change.details() {
        let Some(target) = detail.target() else { continue };
        reverts.extend(revert(target));
        let name =
            target.name().or_else(|| target.attribute().map(aws_sdk_cloudformation::types::ResourceAttribute::as_str));
        if let Some(name) = name.filter(|name| !properties.iter().any(|known| known == name)) {
            properties.push(name.to_owned());
        }
    }
    Change {
        action: replaces,
        logical_id: change.logical_resource_id().unwrap_or_default().to_owned(),
        construct: None,
        resource_type: change.resource_type().unwrap_or_default().to_owned(),
        physical_id: change.physical_resource_id().filter(|_| replaces == Action::Import).map(str::to_owned),
        properties,
        reverts,
        gone: change.resource_drift_status() == Some(&StackResourceDriftStatus::Deleted),
        deletes: matches!(replaces, Action::Replace | Action::MayReplace | Action::Remove) && !kept,
    }
}

/// What a detail takes back of what somebody changed, if it does.
fn revert(target: &ResourceTargetDefinition) -> Option<Revert> {
    let drift = target.drift()?;
    if target.attribute_change_type() == Some(&AttributeChangeType::SyncWithActual) {
        return None;
    }
    let path = target.path().or(target.name()).unwrap_or_default();
    Some(Revert {
        path: path.to_owned(),
        actual: drift.actual_value().or(target.before_value()).map(str::to_owned),
        template: target.after_value().map(str::to_owned),
    })
}
