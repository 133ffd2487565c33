//! Destroy: a stack deleted, and what is left of it; what a deletion will do, before it does.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack, StackResourceSummary};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use serde_json::Value;

use tokio::time::Instant;

use super::change_set::fresh_name;
use super::event::{Outcome, Phase};
use super::failure::Failure;
use super::follow::{Operation, Progress};
use super::observe::Seen;
use super::one::{One, status};
use super::outcome::Following;
use super::state::{State, ended};
use super::trouble::Fault;
use super::{Deployment, Report, Session, Trouble};
use crate::diff::{self, Fate};

const BUCKET: &str = "AWS::S3::Bucket";
/// How long a read may lag behind a write.
const LAG: std::time::Duration = std::time::Duration::from_secs(3);

/// Something that a deletion leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its logical id.
    pub logical_id: String,
    /// Its CloudFormation type.
    pub resource_type: String,
    /// Its physical id.
    pub physical_id: String,
}

/// What deleting a stack will do.
#[derive(Clone, Debug)]
pub struct Inspected<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Its status; none if there is no such stack.
    pub status: Option<String>,
    /// Its resources: what is called how, its type, its physical id, what becomes of it.
    pub resources: Vec<(String, String, String, Fate)>,
    /// What stands in the way, one line each.
    pub blocks: Vec<String>,
}

impl<'a> Deployment<'a> {
    /// Deletes the stacks of the plan, and says how each ended, in the plan's order.
    ///
    /// An error means that nothing was changed.
    pub async fn destroy(&self) -> Result<Vec<Report<'a>>, Trouble> {
        self.announce("destroy");
        self.survey().await?;
        let none = BTreeMap::new();
        let run = |index: usize| {
            let one = self.one(index, &none);
            async move {
                let begun = Instant::now();
                match one.delete().await {
                    Ok((outcome, left)) => Ok((outcome, begun.elapsed().as_secs_f64(), left)),
                    Err(failure) => Err((failure, begun.elapsed().as_secs_f64())),
                }
            }
        };
        Ok(self.walk(run).await)
    }

    /// What deleting the stacks of the plan will do.
    pub async fn inspect(&self) -> Result<Vec<Inspected<'a>>, Trouble> {
        self.survey().await?;
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            let names: Vec<&str> = self.plan.paths().filter_map(|path| Some(self.assembly.stack(path)?.name)).collect();
            let session = self.session(stack);
            let inspected = session.inspect(stack.name, &names).await;
            let inspected = inspected.map_err(|fault| fault.trouble(&format!("cannot look into {}", stack.path)))?;
            let (status, mut resources, blocks) = inspected;
            for (name, ..) in &mut resources {
                if let Some(origin) = stack.origin(name) {
                    *name = origin.construct;
                }
            }
            Ok(Inspected { stack: stack.path, status, resources, blocks })
        });
        futures_util::future::join_all(stacks).await.into_iter().collect()
    }
}

type Resources = Vec<(String, String, String, Fate)>;

impl Session {
    /// A stack's status, its resources and what becomes of them, and what stands in the way of deleting it. `names` are
    /// the stacks that are deleted with it.
    async fn inspect(&self, name: &str, names: &[&str]) -> Result<(Option<String>, Resources, Vec<String>), Fault> {
        let Some(stack) = self.read(name).await? else { return Ok((None, Vec::new(), Vec::new())) };
        let template = self.template(&stack).await?;
        let fates = fates(&diff::read(&template).unwrap_or_default());
        let mut blocks = Vec::new();
        if stack.enable_termination_protection() == Some(true) {
            blocks.push("it is protected against deletion".to_owned());
        }
        if State::of(status(&stack)) == State::Busy {
            blocks.push(format!("an operation is in progress: {}", status(&stack)));
        }
        let mut resources = Vec::new();
        for resource in self.resources(name).await? {
            let (id, kind) =
                (resource.logical_resource_id().unwrap_or_default(), resource.resource_type().unwrap_or_default());
            let physical_id = resource.physical_resource_id().unwrap_or_default();
            let fate = fates.get(id).copied().unwrap_or(Fate::Deleted);
            if kind == BUCKET && fate == Fate::Deleted && self.holds_objects(physical_id).await? {
                blocks.push(format!("the bucket {physical_id} ({id}) holds objects: `--empty-buckets` deletes them"));
            }
            resources.push((id.to_owned(), kind.to_owned(), physical_id.to_owned(), fate));
        }
        blocks.extend(self.imported_elsewhere(&stack, names).await?);
        Ok((Some(status(&stack).to_owned()), resources, blocks))
    }

    /// The resources of a stack that are there.
    pub(super) async fn resources(&self, name: &str) -> Result<Vec<StackResourceSummary>, Fault> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let page =
                self.call("ListStackResources").await.list_stack_resources().stack_name(name).set_next_token(token);
            let page = page.send().await?;
            let there = |resource: &&StackResourceSummary| {
                resource.resource_status().is_none_or(|status| status.as_str() != "DELETE_COMPLETE")
            };
            all.extend(page.stack_resource_summaries().iter().filter(there).cloned());
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// Stacks that import what this one exports, other than `names`.
    async fn imported_elsewhere(&self, stack: &Stack, names: &[&str]) -> Result<Vec<String>, Fault> {
        let mut blocks = Vec::new();
        for export in stack.outputs().iter().filter_map(|output| output.export_name()) {
            let others = self.importers(export).await?.into_iter().filter(|other| !names.contains(&other.as_str()));
            blocks.extend(others.map(|other| format!("the export {export} is used by the stack {other}")));
        }
        Ok(blocks)
    }

    /// Whether a bucket holds anything: objects, or versions and marks of deleted ones.
    async fn holds_objects(&self, bucket: &str) -> Result<bool, Fault> {
        let page = self.s3().list_object_versions().bucket(bucket).max_keys(1).send().await;
        match page.map_err(Fault::from) {
            Ok(page) => Ok(!page.versions().is_empty() || !page.delete_markers().is_empty()),
            Err(fault) if fault.code() == "NoSuchBucket" => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Deletes every object of a bucket, with all versions, and says how many that were.
    async fn empty(&self, bucket: &str) -> Result<usize, Fault> {
        let mut count = 0;
        loop {
            // From the start each time: what was listed is deleted.
            let page = match self.s3().list_object_versions().bucket(bucket).send().await.map_err(Fault::from) {
                Ok(page) => page,
                Err(fault) if fault.code() == "NoSuchBucket" => return Ok(count),
                Err(fault) => return Err(fault),
            };
            let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
            let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
            let mut doomed = Vec::new();
            for (key, version) in versions.chain(markers) {
                let version = version.filter(|version| !version.is_empty()).map(str::to_owned);
                let object = ObjectIdentifier::builder().key(key.unwrap_or_default()).set_version_id(version).build();
                doomed.extend(object.ok());
            }
            if doomed.is_empty() {
                return Ok(count);
            }
            count += doomed.len();
            let Ok(delete) = Delete::builder().set_objects(Some(doomed)).quiet(true).build() else { return Ok(count) };
            let answer = self.s3().delete_objects().bucket(bucket).delete(delete).send().await?;
            if let Some(error) = answer.errors().first() {
                return Err(Fault::Refused {
                    code: error.code().unwrap_or_default().to_owned(),
                    message: format!("{}: {}", error.key().unwrap_or_default(), error.message().unwrap_or_default()),
                });
            }
        }
    }
}

/// What becomes of each resource of a template when its stack is deleted, by logical id.
fn fates(template: &Value) -> BTreeMap<String, Fate> {
    let gone = diff::changes(template, &Value::Null).resources.into_iter();
    gone.filter_map(|resource| Some((resource.id, resource.fate?))).collect()
}

impl One<'_> {
    /// Deletes the stack, and says what is left of it.
    pub(super) async fn delete(&self) -> Result<(Outcome, Vec<Left>), Failure> {
        self.phase(Phase::Comparing, None);
        let now = self.session.read(self.stack.name).await.map_err(|fault| fault.failure("cannot read the stack"))?;
        let now = self.settled(now).await?;
        let Some(stack) = now.filter(|stack| State::of(status(stack)) != State::Absent) else {
            return Ok((Outcome::Absent, Vec::new()));
        };
        if stack.enable_termination_protection() == Some(true) {
            return Err(Failure::refused(
                "the stack is protected against deletion",
                "take `termination_protection(true)` out of its definition and deploy it, then destroy it",
            ));
        }
        if self.options.empty_buckets {
            self.empty_buckets(&stack).await?;
        }
        if self.stop.told() {
            return Err(Failure::interrupted());
        }
        self.phase(Phase::Running, None);
        self.delete_stack(&stack, |call| call).await
    }

    /// Deletes a stack that is there; `how` says more about it to CloudFormation.
    pub(super) async fn delete_stack(
        &self,
        stack: &Stack,
        how: impl Fn(
            aws_sdk_cloudformation::operation::delete_stack::builders::DeleteStackFluentBuilder,
        ) -> aws_sdk_cloudformation::operation::delete_stack::builders::DeleteStackFluentBuilder,
    ) -> Result<(Outcome, Vec<Left>), Failure> {
        let stack_id = stack.stack_id().unwrap_or(self.stack.name);
        let call = self.session.call("DeleteStack").await.delete_stack().stack_name(stack_id);
        let call = call.client_request_token(fresh_name()).set_role_arn(self.options.role_arn.clone());
        let begun = how(call).send().await;
        begun.map_err(|error| Fault::from(error).failure("CloudFormation refuses to delete the stack"))?;
        let operation = Operation { stack_id: stack_id.to_owned(), begins: &["DELETE_IN_PROGRESS"], since: None };
        // How many resources there are to delete nobody has counted.
        let mut following = Following { operation, progress: Progress::default(), total: 0 };
        let watch = self.session.watch(stack_id, true);
        let begun = Instant::now();
        loop {
            match watch.next().await.map_err(|fault| fault.failure("the deletion goes on, unwatched"))? {
                Seen::Gone => return Ok((Outcome::Deleted, self.left(&following.operation).await)),
                Seen::Stack(now) if status(&now) == "DELETE_COMPLETE" => {
                    return Ok((Outcome::Deleted, self.left(&following.operation).await));
                }
                // What it was before is no outcome, until the deletion has had time to begin.
                Seen::Stack(now)
                    if status(&now) == status(stack)
                        && now.deletion_time() == stack.deletion_time()
                        && begun.elapsed() < LAG => {}
                Seen::Stack(now) if ended(status(&now)) => {
                    let failure = self.failed(&following.operation, status(&now), now.stack_status_reason()).await;
                    return Err(failure);
                }
                Seen::Stack(_) => self.follow(&mut following).await,
                Seen::Silence(_) => {}
            }
        }
    }

    async fn left(&self, operation: &Operation) -> Vec<Left> {
        let Ok(failures) = self.session.failures(operation).await else { return Vec::new() };
        let left = failures.kept.into_iter();
        left.map(|(logical_id, resource_type, physical_id)| Left { logical_id, resource_type, physical_id }).collect()
    }

    /// Empties the buckets of the stack that are deleted with it.
    async fn empty_buckets(&self, stack: &Stack) -> Result<(), Failure> {
        let doing = "cannot empty the buckets";
        let template = self.session.template(stack).await.map_err(|fault| fault.failure(doing))?;
        let fates = fates(&diff::read(&template).unwrap_or_default());
        let resources = self.session.resources(self.stack.name).await.map_err(|fault| fault.failure(doing))?;
        for resource in resources.iter().filter(|resource| resource.resource_type() == Some(BUCKET)) {
            let id = resource.logical_resource_id().unwrap_or_default();
            let Some(bucket) = resource.physical_resource_id() else { continue };
            if fates.get(id).is_some_and(|fate| *fate != Fate::Deleted) {
                continue;
            }
            self.phase(Phase::Emptying, Some(bucket));
            let doing = format!("cannot empty the bucket {bucket}");
            let count = self.session.empty(bucket).await.map_err(|fault| fault.failure(&doing))?;
            if count > 0 {
                let text = format!("emptied the bucket {bucket}: {count} objects and versions deleted");
                self.notice(&text);
            }
        }
        Ok(())
    }
}
