//! What is deployed, as far as a comparison with the definitions wants to know.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::Stack;
use serde_json::{Map, Value, json};

use super::one::status;
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use super::{Deployment, Trouble};
use crate::synth::{Format, Synthesized};

/// A stack that is deployed.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// The stack's path.
    pub stack: String,
    /// Its template, as it was sent; or why it cannot be compared, and what to do.
    pub template: Result<String, [String; 2]>,
    /// What to know of it: that it is in the middle of something.
    pub note: Option<String>,
    /// What it has beside its template, under the names of the manifest: `tags`, `terminationProtection`,
    /// `notificationArns`, `policy`. What it has not is not there.
    pub settings: Map<String, Value>,
    /// The names of the stacks that import each of its exports. Asked only where the definitions make another template.
    pub importers: BTreeMap<String, Vec<String>>,
}

impl Deployment<'_> {
    /// The plan's stacks that are deployed: one read of each, side by side. Of one that the definitions make something else
    /// of, it is asked who imports what it exports.
    ///
    /// # Errors
    ///
    /// That AWS cannot be asked. What it does not let be read of one stack is said of that one.
    pub async fn deployed(&self) -> Result<Vec<Deployed>, Trouble> {
        self.survey().await?;
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            deployed(&self.session(stack), stack).await.unwrap_or_else(|fault| {
                let Trouble { what, help, .. } = fault.trouble("cannot read it");
                Some(Deployed::unreadable(stack, [what, help]))
            })
        });
        Ok(futures_util::future::join_all(stacks).await.into_iter().flatten().collect())
    }
}

impl Deployed {
    /// One of which nothing is known but that it is there.
    fn unreadable(stack: &Synthesized<'_>, why: [String; 2]) -> Self {
        let (settings, importers) = (Map::new(), BTreeMap::new());
        Self { stack: stack.path.to_owned(), template: Err(why), note: None, settings, importers }
    }
}

async fn deployed(session: &Session, stack: &Synthesized<'_>) -> Result<Option<Deployed>, Fault> {
    let Some(now) = session.read(stack.name).await? else { return Ok(None) };
    let (state, is) = (State::of(status(&now)), status(&now).to_owned());
    let note = match state {
        // What is only being made has no resources yet, and what was rolled back has none any more.
        State::Absent | State::InReview | State::CreationRolledBack => return Ok(None),
        State::DeleteFailed => {
            let why = format!("its deletion failed ({is}): some of what its template says is gone");
            let help = "`destroy` deletes the rest of it".to_owned();
            return Ok(Some(Deployed::unreadable(stack, [why, help])));
        }
        State::Busy => Some(format!("an operation is in progress ({is}): what is deployed may be another in a moment")),
        State::UpdateFailed | State::UpdateRollbackFailed | State::ImportRollbackFailed | State::CreateFailed => {
            Some(format!("it is stuck ({is}), and perhaps not as its template says: `recover` gets it out"))
        }
        State::Settled => None,
    };
    // A change set that is made next wants it again.
    let template = session.template_kept(&now).await?;
    let exports: Vec<&str> = now.outputs().iter().filter_map(|output| output.export_name()).collect();
    let mut importers = BTreeMap::new();
    if !exports.is_empty() && template != stack.template(Format::Yaml) {
        for export in exports {
            importers.insert(export.to_owned(), session.importers(export).await?);
        }
    }
    let mut settings = settings(&now);
    if stack.policy().is_some() {
        let policy = session.policy(stack.name).await?.and_then(|body| serde_json::from_str(&body).ok());
        settings.extend(policy.map(|policy: Value| ("policy".to_owned(), policy)));
    }
    Ok(Some(Deployed { stack: stack.path.to_owned(), template: Ok(template), note, settings, importers }))
}

fn settings(now: &Stack) -> Map<String, Value> {
    let mut settings = Map::new();
    let tags = now.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), Value::from(tag.value()?))));
    let tags: Map<String, Value> = tags.collect();
    if !tags.is_empty() {
        settings.insert("tags".into(), tags.into());
    }
    if now.enable_termination_protection() == Some(true) {
        settings.insert("terminationProtection".into(), true.into());
    }
    if !now.notification_arns().is_empty() {
        settings.insert("notificationArns".into(), json!(now.notification_arns()));
    }
    settings
}

impl Session {
    /// The stack policy of a stack, where it has one.
    pub(super) async fn policy(&self, name: &str) -> Result<Option<String>, Fault> {
        let policy = self.call("GetStackPolicy").await.get_stack_policy().stack_name(name).send().await?;
        Ok(policy.stack_policy_body().map(str::to_owned))
    }

    /// The names of the stacks that import an export.
    pub(super) async fn importers(&self, export: &str) -> Result<Vec<String>, Fault> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let call = self.call("ListImports").await.list_imports().export_name(export).set_next_token(token);
            let page = match call.send().await.map_err(Fault::from) {
                Ok(page) => page,
                // CloudFormation's way of saying that there are none.
                Err(fault) if fault.message().contains("is not imported") => return Ok(all),
                Err(fault) => return Err(fault),
            };
            all.extend(page.imports().iter().cloned());
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(all);
            }
        }
    }
}
