//! An import, carried out: a change set, somebody's approval, its execution.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::ResourceToImport;
use indexmap::IndexMap;
use serde_json::Value;
use tokio::time::Instant;

use super::{Existing, Importable, New};
use crate::core::{AssetSource, Problem};
use crate::deploy::change_set::{ChangeSet, Made, Template, Wanted};
use crate::deploy::event::{Action, Answer, Event, Outcome, Phase, Question};
use crate::deploy::failure::Failure;
use crate::deploy::one::{INLINE, One, overtaken, status};
use crate::deploy::state::State;
use crate::deploy::upload::Assets;
use crate::deploy::{Deployment, Report, Trouble, parameters};
use crate::diff::canonical;
use crate::synth::Synthesized;

/// The check whose problems an import finds.
const CHECK: &str = "import";

impl<'a> Deployment<'a> {
    /// Imports resources into the one stack of the plan. `text` is the template that the definitions make.
    ///
    /// An error means that nothing was changed.
    pub async fn import(
        &self,
        importable: &Importable<'a>,
        existing: &[Existing],
        text: &str,
    ) -> Result<Report<'a>, Trouble> {
        let template = joined(importable, existing)?;
        self.announce("import");
        // What is there keeps the assets that it has: only a new parameter for one wants it read, built and sent.
        let assets = if wants_assets(self.stack(0), importable, &template) { Some(self.assets().await?) } else { None };
        let begun = Instant::now();
        let done = Box::pin(self.import_one(importable, existing, &template, text, assets.as_ref())).await;
        let seconds = begun.elapsed().as_secs_f64();
        let (outcome, failure) = match done {
            Ok(outcome) => (outcome, None),
            Err(failure) => (failure.outcome(), Some(failure)),
        };
        self.host.hear(&Event::ended(importable.stack, outcome, seconds, failure.as_ref()));
        Ok(Report { stack: importable.stack, outcome, seconds, because: None, failure, left: Vec::new() })
    }

    async fn import_one(
        &self,
        importable: &Importable<'a>,
        existing: &[Existing],
        template: &Value,
        text: &str,
        assets: Option<&Assets<'_>>,
    ) -> Result<Outcome, Failure> {
        // The definitions' own text, where it means the same: the next deployment then finds nothing to do.
        let complete = canonical(template) == canonical(&importable.defined);
        let body = if complete { text.to_owned() } else { template.to_string() };
        let none = BTreeMap::new();
        let one = self.one(0, &none);
        let load = assets.and_then(|assets| assets.of(one.stack.path));
        let values = match load {
            Some(load) => load.values(&one.session).await?,
            None => IndexMap::new(),
        };
        let one = One { load, assets: values, template: &body, ..one };
        one.import(importable, existing, template).await
    }
}

/// Whether a template has a parameter for an asset that is not deployed.
fn wants_assets(stack: &Synthesized<'_>, importable: &Importable<'_>, template: &Value) -> bool {
    let parameters = |template: &Value| -> BTreeSet<String> {
        template["Parameters"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    };
    let there = importable.deployed.as_ref().map(parameters).unwrap_or_default();
    let new = parameters(template);
    let wants = |name: &String| new.contains(name) && !there.contains(name);
    stack.assets.iter().any(|declared| match &declared.source {
        AssetSource::Files { bucket_parameter, key_parameter, .. } => wants(bucket_parameter) || wants(key_parameter),
        AssetSource::Image { uri_parameter, .. } => wants(uri_parameter),
    })
}

/// The template of an import, or what is wrong with what is to be imported.
fn joined(importable: &Importable<'_>, existing: &[Existing]) -> Result<Value, Trouble> {
    let new = |id: &str| importable.resources.iter().find(|new| new.id == id);
    let mut problems: Vec<Problem> = existing
        .iter()
        .filter_map(|existing| new(&existing.id))
        .filter(|new| !new.has_deletion_policy)
        .map(|new| {
            let help = "`s.resource(…).removal_policy(DeletionPolicy::Retain)` keeps it whatever becomes of the stack; \
                        many constructs have a field `deletion_policy`";
            problem(importable, new, "it has no deletion policy, and CloudFormation imports nothing without one", help)
        })
        .collect();
    let template = importable.template(existing);
    if let Err(obstacles) = &template {
        problems.extend(
            obstacles.iter().filter_map(|o| Some(problem(importable, new(&o.id)?, o.what.clone(), o.help.clone()))),
        );
    }
    match template {
        Ok(template) if problems.is_empty() => Ok(template),
        _ => Err(Trouble { problems, ..Trouble::refused("this cannot be imported", "") }),
    }
}

fn problem(importable: &Importable<'_>, new: &New, what: impl Into<String>, help: impl Into<String>) -> Problem {
    let mut problem = Problem::error(CHECK, what).help(help);
    problem.stack = Some(importable.stack.to_owned());
    problem.construct = Some((new.construct.clone(), new.type_name.clone()));
    match new.at {
        Some(at) => problem.at(at, "added here"),
        None => problem,
    }
}

impl One<'_> {
    async fn import(
        &self,
        importable: &Importable<'_>,
        existing: &[Existing],
        template: &Value,
    ) -> Result<Outcome, Failure> {
        let now = importable.now.as_deref();
        let parameters = parameters::for_import(self.stack, self.options, &self.assets, now, template)?;
        self.provide().await?;
        self.phase(Phase::Planning, None);
        let url = if self.template.len() > INLINE { Some(self.upload_template().await?) } else { None };
        // Tags, topics and the role are the stack's: an import may change none of them.
        let wanted = Wanted {
            stack_name: self.stack.name,
            creates: now.is_none(),
            template: url.as_deref().map_or(Template::Body(self.template), Template::Url),
            parameters,
            tags: Vec::new(),
            notification_arns: &[],
            role_arn: None,
            no_rollback: false,
            express: false,
            revert_drift: false,
            imports: existing.iter().map(|existing| to_import(importable, existing)).collect(),
        };
        let made = match self.session.make_change_set(wanted).await {
            Ok(made) => made,
            Err(fault) if overtaken(&fault) => return Err(meanwhile()),
            Err(fault) => return Err(fault.failure("CloudFormation refuses the change set; nothing was changed")),
        };
        match made {
            Made::Ready(change_set) => self.adopt(change_set, importable).await,
            Made::Nothing(change_set) => {
                self.abandon(&change_set, now.is_none()).await;
                Err(meanwhile())
            }
            Made::Refused(change_set, reason) => {
                let failure = self.refused(&change_set, &reason).await;
                self.abandon(&change_set, now.is_none()).await;
                Err(failure)
            }
        }
    }

    async fn adopt(&self, mut change_set: ChangeSet, importable: &Importable<'_>) -> Result<Outcome, Failure> {
        let now = importable.now.as_deref();
        for change in &mut change_set.changes {
            change.construct = self.stack.origin(&change.logical_id).map(|origin| origin.construct);
        }
        let changes = &change_set.changes;
        self.host.hear(&Event::Changes { stack: self.stack.path, creates: now.is_none(), changes, broadens: &[] });
        if let Err(refusal) = self.may_adopt(&change_set).await {
            self.abandon(&change_set, now.is_none()).await;
            return Err(refusal);
        }
        self.phase(Phase::Running, None);
        // On a stack that is new, what cannot be imported is not deleted: it was there before.
        if let Err(fault) = self.session.execute(&change_set, false).await {
            self.abandon(&change_set, now.is_none()).await;
            if overtaken(&fault) {
                return Err(meanwhile());
            }
            return Err(fault.failure("CloudFormation refuses to execute the change set"));
        }
        match self.outcome(&change_set, now, &["IMPORT_IN_PROGRESS"]).await {
            Ok(_) => Ok(Outcome::Imported),
            Err(failure) => {
                if now.is_none() {
                    self.remove_empty(&change_set.stack_id).await;
                }
                Err(failure)
            }
        }
    }

    /// Whether the change set does what was asked for, and somebody approves it.
    async fn may_adopt(&self, change_set: &ChangeSet) -> Result<(), Failure> {
        let others = change_set.changes.iter().filter(|change| change.action != Action::Import);
        let others: Vec<String> = others.map(|change| change.logical_id.clone()).collect();
        if !others.is_empty() {
            let mut failure = Failure::refused("this would change more than it imports; nothing was changed", "");
            failure.others = others;
            return Err(failure);
        }
        if self.stop.told() {
            return Err(Failure::interrupted());
        }
        if self.options.yes {
            return Ok(());
        }
        self.phase(Phase::Asking, None);
        let count = change_set.changes.len();
        let text = if count == 1 { "import it?".to_owned() } else { format!("import these {count}?") };
        let question = Question { stack: Some(self.stack.path), text, reasons: Vec::new() };
        match self.host.ask(&question).await {
            Answer::Yes => Ok(()),
            Answer::No if self.stop.told() => Err(Failure::interrupted()),
            Answer::No => Err(Failure::declined()),
            Answer::Nobody => Err(Failure::refused(
                "an import needs approval, and there is no terminal to ask at; nothing was changed",
                "look at what joins the stack, then run the command again with `--yes`",
            )),
        }
    }

    /// Removes a stack that a failed import made, if it holds nothing.
    async fn remove_empty(&self, stack_id: &str) {
        let Ok(Some(stack)) = self.session.describe(stack_id).await else { return };
        if matches!(State::of(status(&stack)), State::Absent | State::Busy) {
            return;
        }
        match self.session.resources(stack_id).await {
            Ok(left) if left.is_empty() => {
                if let Err(failure) = self.delete_failed_creation(stack_id).await {
                    self.notice(&failure.what);
                }
            }
            _ => self.notice(&format!("the stack is left in {}: `status` says what it holds", status(&stack))),
        }
    }
}

fn meanwhile() -> Failure {
    Failure::refused("somebody else changed the stack meanwhile; nothing was changed", "run the same command again")
}

fn to_import(importable: &Importable<'_>, existing: &Existing) -> ResourceToImport {
    let type_name = importable.resources.iter().find(|new| new.id == existing.id).map(|new| new.type_name.clone());
    let resource = ResourceToImport::builder().logical_resource_id(&existing.id).set_resource_type(type_name);
    let identifier = |builder: aws_sdk_cloudformation::types::builders::ResourceToImportBuilder,
                      (name, value): (&String, &String)| builder.resource_identifier(name, value);
    existing.identifier.iter().fold(resource, identifier).build()
}
