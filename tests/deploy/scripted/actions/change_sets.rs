//! Actions on change sets.

use std::collections::BTreeMap;

use super::super::model::{ChangeSet, Content, Model, OperationFinding, Stack, parsed};
use super::super::operation::{After, Verb, changed};
use super::super::query::{Params, Refusal, Xml};
use super::{Answered, page, pairs, parameters};

/// In these states a stack can be updated.
const UPDATABLE: [&str; 7] = [
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_FAILED",
];

impl Stack {
    /// A change set by name or id.
    pub fn change_set(&self, name: &str) -> Result<&ChangeSet, Refusal> {
        let found = self.change_sets.iter().find(|set| set.id == name || set.name == name);
        found.ok_or_else(|| Refusal::new(404, "ChangeSetNotFound", format!("ChangeSet [{name}] does not exist")))
    }
}

impl Model {
    pub(super) fn create_change_set(&mut self, params: &Params) -> Answered {
        let name = params.get("StackName").unwrap_or_default().to_owned();
        let set = params.get("ChangeSetName").unwrap_or_default();
        let kind = params.get("ChangeSetType").unwrap_or("UPDATE");
        let found = self.find(&name);
        if let Some(before) = found.and_then(|index| self.stacks[index].change_set(set).ok()) {
            if before.token.is_some() && before.token.as_deref() == params.get("ClientToken") {
                return Ok(ids(&before.id, &self.stacks[found.unwrap_or_default()].id));
            }
            let why = format!("ChangeSet {set} cannot be created due to a mismatch with existing attribute");
            return Err(Refusal::new(400, "AlreadyExistsException", why));
        }
        let index = self.target(found, &name, set, kind)?;
        let (id, created) = (self.arn("changeSet", set), self.now());
        let content = self.content(index, params);
        // A server that does not know of drift leaves such a request's mode aside.
        let mode = params.get("DeploymentMode").filter(|_| self.drift.is_some()).map(str::to_owned);
        let (status, reason) = self.judged(index, &id, &content, mode.is_some());
        let imports = imports(params);
        let execution = if status == "FAILED" { "UNAVAILABLE" } else { "AVAILABLE" };
        let stack = &mut self.stacks[index];
        let answer = ids(&id, &stack.id);
        let owned = |name| params.get(name).map(str::to_owned);
        stack.change_sets.push(ChangeSet {
            id,
            name: set.into(),
            kind: kind.into(),
            token: owned("ClientToken"),
            status: status.into(),
            reason,
            execution: execution.into(),
            executed_with: None,
            on_stack_failure: owned("OnStackFailure"),
            mode,
            content,
            imports,
            description: owned("Description"),
            created,
        });
        Ok(answer)
    }

    /// The stack that a change set is for, which a first change set makes.
    fn target(&mut self, found: Option<usize>, name: &str, set: &str, kind: &str) -> Result<usize, Refusal> {
        match (found, kind) {
            (None, "UPDATE") => Err(Refusal::validation(format!("Stack [{name}] does not exist"))),
            (None, _) => Ok(self.add(name, "REVIEW_IN_PROGRESS")),
            (Some(index), kind) => {
                self.pass(index, false);
                let stack = &self.stacks[index];
                let review = stack.status == "REVIEW_IN_PROGRESS";
                if kind == "CREATE" && !review {
                    let why = format!(
                        "Stack [{name}] already exists and cannot be created again with the changeSet [{set}]."
                    );
                    return Err(Refusal::validation(why));
                }
                if kind != "CREATE" && !(kind == "IMPORT" && review) && !UPDATABLE.contains(&stack.status.as_str()) {
                    let why = format!("Stack:{} is in {} state and can not be updated.", stack.id, stack.status);
                    return Err(Refusal::validation(why));
                }
                Ok(index)
            }
        }
    }

    /// What the stack would be.
    fn content(&self, index: usize, params: &Params) -> Content {
        let now = &self.stacks[index].content;
        let kept =
            |name: &String| now.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        let template = match params.get("TemplateBody") {
            Some(template) => template.to_owned(),
            None if params.is_true("UsePreviousTemplate") => now.template.clone(),
            None => String::new(),
        };
        let mut values = params.pairs("Parameters", "ParameterKey", "ParameterValue");
        for (name, declared) in parsed(&template)["Parameters"].as_object().into_iter().flatten() {
            if !values.iter().any(|(other, _)| other == name) {
                let default = &declared["Default"];
                let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                values.push((name.clone(), Some(text)));
            }
        }
        let value = |(name, value): (String, Option<String>)| {
            let value = value.or_else(|| kept(&name)).unwrap_or_default();
            (name, value)
        };
        let tags = params.pairs("Tags", "Key", "Value");
        Content {
            template,
            parameters: values.into_iter().map(value).collect(),
            tags: tags.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect(),
            capabilities: params.list("Capabilities"),
            resources: now.resources.clone(),
        }
    }

    /// A new change set's status: scripted, without changes, or fine.
    fn judged(&mut self, index: usize, id: &str, new: &Content, sees_drift: bool) -> (&'static str, Option<String>) {
        let name = self.stacks[index].name.clone();
        if let Some(failure) = self.refusals.get_mut(&name).filter(|all| !all.is_empty()).map(|all| all.remove(0)) {
            let operation = self.uuid();
            for finding in failure.findings {
                let (operation, change_set, at, id) = (operation.clone(), id.to_owned(), self.now(), self.uuid());
                self.stacks[index].findings.push(OperationFinding { operation, change_set, finding, at, id });
            }
            self.stacks[index].last_operation = Some(("CREATE_CHANGESET".into(), operation));
            return ("FAILED", Some(failure.reason));
        }
        let drifted = |drift: &BTreeMap<_, Vec<Xml>>| drift.get(&name).is_some_and(|all| !all.is_empty());
        if sees_drift && self.drift.as_ref().is_some_and(drifted) || self.told.contains_key(&name) {
            return ("CREATE_COMPLETE", None);
        }
        let old = &self.stacks[index].content;
        let same = parsed(&old.template) == parsed(&new.template) && changed(old, &new.template).is_empty();
        if same && old.tags == new.tags && old.parameters == new.parameters {
            let why = "The submitted information didn't contain changes. Submit different information to create a change set.";
            return ("FAILED", Some(why.into()));
        }
        ("CREATE_COMPLETE", None)
    }

    pub(super) fn describe_change_set(&self, params: &Params) -> Answered {
        let (stack, set) = self.named(params)?;
        let told = match &set.mode {
            Some(_) => self.drift.as_ref().and_then(|drift| drift.get(&stack.name)),
            None => self.told.get(&stack.name),
        };
        let changes = changed(&stack.content, &set.content.template).into_iter().map(|work| {
            let there = stack.content.resources.get(&work.id).map(|resource| &resource.physical);
            let physical = set.imports.get(&work.id).or(there);
            let action = match work.verb.as_str() {
                _ if set.imports.contains_key(&work.id) => "Import",
                "CREATE" => "Add",
                "DELETE" => "Remove",
                _ => "Modify",
            };
            let change = Xml::new()
                .text("Action", action)
                .text("LogicalResourceId", &work.id)
                .maybe("PhysicalResourceId", physical)
                .text("ResourceType", &work.kind)
                .maybe("Replacement", (action == "Modify").then_some("False"));
            Xml::new().text("Type", "Resource").inside("ResourceChange", &change)
        });
        let changes = told.cloned().unwrap_or_else(|| changes.collect());
        let (changes, next) = page(changes, self.page, params)?;
        Ok(summary(stack, set)
            .maybe("DeploymentMode", set.mode.as_ref())
            .members("Parameters", parameters(&set.content.template, &set.content.parameters))
            .members("Tags", pairs(["Key", "Value"], &set.content.tags))
            .texts("Capabilities", &set.content.capabilities)
            .maybe("OnStackFailure", set.on_stack_failure.as_ref())
            .members("Changes", changes)
            .maybe("NextToken", next))
    }

    pub(super) fn list_change_sets(&self, params: &Params) -> Answered {
        let stack = &self.stacks[self.index(params.get("StackName"))?];
        let (all, next) = page(stack.change_sets.iter().collect(), self.page, params)?;
        Ok(Xml::new().members("Summaries", all.into_iter().map(|set| summary(stack, set))).maybe("NextToken", next))
    }

    pub(super) fn delete_change_set(&mut self, params: &Params) -> Answered {
        // One that is gone already is deleted as well as any other.
        let id = match self.named(params) {
            Ok((_, set)) => set.id.clone(),
            Err(refusal) if refusal.code == "ChangeSetNotFound" => return Ok(Xml::new()),
            Err(refusal) => return Err(refusal),
        };
        self.stacks.iter_mut().for_each(|stack| stack.change_sets.retain(|set| set.id != id));
        Ok(Xml::new())
    }

    pub(super) fn execute_change_set(&mut self, params: &Params) -> Answered {
        let (stack, set) = self.named(params)?;
        let token = params.get("ClientRequestToken");
        if token.is_some() && set.executed_with.as_deref() == token {
            return Ok(Xml::new());
        }
        if set.execution != "AVAILABLE" {
            let why = "cannot be executed in its current execution status of";
            let why = format!("ChangeSet [{}] {why} [{}]", set.id, set.execution);
            return Err(Refusal::new(400, "InvalidChangeSetStatus", why));
        }
        let verb = match set.kind.as_str() {
            "CREATE" => Verb::Create,
            "IMPORT" => Verb::Import,
            _ => Verb::Update,
        };
        let after = match set.on_stack_failure.as_deref() {
            Some("DELETE") => After::Delete,
            Some("DO_NOTHING") => After::Nothing,
            None if params.is_true("DisableRollback") => After::Nothing,
            _ => After::Rollback,
        };
        let (stack, set) = (stack.id.clone(), set.id.clone());
        let stack = self.stack(&stack);
        // The others are deleted, as the service does: they were made for another state of the stack.
        stack.change_sets.retain(|other| other.id == set);
        let set = &mut stack.change_sets[0];
        set.execution = "EXECUTE_IN_PROGRESS".into();
        set.executed_with = token.map(str::to_owned);
        let before = std::mem::replace(&mut stack.content, set.content.clone());
        stack.before = (verb != Verb::Create).then_some(before);
        let id = stack.id.clone();
        let index = self.index(Some(&id))?;
        self.start(index, verb, after, token, &[]);
        Ok(Xml::new())
    }

    /// A change set by its id, or by its name and its stack's.
    fn named(&self, params: &Params) -> Result<(&Stack, &ChangeSet), Refusal> {
        let name = params.get("ChangeSetName").unwrap_or_default();
        if params.get("StackName").is_some() {
            let stack = &self.stacks[self.index(params.get("StackName"))?];
            return Ok((stack, stack.change_set(name)?));
        }
        let found = self.stacks.iter().find_map(|stack| Some((stack, stack.change_set(name).ok()?)));
        found.ok_or_else(|| Refusal::new(404, "ChangeSetNotFound", format!("ChangeSet [{name}] does not exist")))
    }
}

/// What identifies the resources to import, by logical id: the values, with bars between them.
fn imports(params: &Params) -> BTreeMap<String, String> {
    let field = |index: usize, field: &str| params.get(&format!("ResourcesToImport.member.{index}.{field}"));
    let one = |index: usize| {
        let id = field(index, "LogicalResourceId")?.to_owned();
        let value = |entry: usize| field(index, &format!("ResourceIdentifier.entry.{entry}.value")).map(str::to_owned);
        let mut values: Vec<String> = (1..).map_while(value).collect();
        values.sort();
        Some((id, values.join("|")))
    };
    (1..).map_while(one).collect()
}

fn ids(set: &str, stack: &str) -> Xml {
    Xml::new().text("Id", set).text("StackId", stack)
}

fn summary(stack: &Stack, set: &ChangeSet) -> Xml {
    Xml::new()
        .text("ChangeSetId", &set.id)
        .text("ChangeSetName", &set.name)
        .text("StackId", &stack.id)
        .text("StackName", &stack.name)
        .maybe("Description", set.description.as_ref())
        .text("CreationTime", &set.created)
        .text("Status", &set.status)
        .maybe("StatusReason", set.reason.as_ref())
        .text("ExecutionStatus", &set.execution)
}
