//! Actions on stacks.

use serde_json::Value;

use super::super::model::{Model, Stack, parsed};
use super::super::operation::{After, Verb};
use super::super::query::{Params, Refusal, Xml};
use super::{Answered, page, pairs, parameters};

impl Model {
    pub(super) fn describe_stacks(&mut self, params: &Params) -> Answered {
        let found: Vec<usize> = match params.get("StackName") {
            Some(name) => vec![
                self.find(name).ok_or_else(|| Refusal::validation(format!("Stack with id {name} does not exist")))?,
            ],
            None => (0..self.stacks.len()).filter(|index| self.stacks[*index].status != "DELETE_COMPLETE").collect(),
        };
        let (found, next) = page(found, self.page, params)?;
        for index in &found {
            self.pass(*index, true);
        }
        let stacks: Vec<Xml> = found.iter().map(|index| described(&self.stacks[*index])).collect();
        for index in found {
            self.stacks[index].busy = self.stacks[index].busy.saturating_sub(1);
        }
        Ok(Xml::new().members("Stacks", stacks).maybe("NextToken", next))
    }

    pub(super) fn get_template(&self, params: &Params) -> Answered {
        let stack = &self.stacks[self.index(params.get("StackName"))?];
        let content = match params.get("ChangeSetName") {
            Some(name) => &stack.change_set(name)?.content,
            None => &stack.content,
        };
        Ok(Xml::new().text("TemplateBody", &content.template).texts("StagesAvailable", ["Original", "Processed"]))
    }

    pub(super) fn resources(&self, action: &str, params: &Params) -> Answered {
        let stack = &self.stacks[self.index(params.get("StackName"))?];
        let all = stack.content.resources.iter().map(|(id, resource)| {
            Xml::new()
                .text("LogicalResourceId", id)
                .text("PhysicalResourceId", &resource.physical)
                .text("ResourceType", &resource.kind)
                .text("LastUpdatedTimestamp", &stack.created)
                .text("Timestamp", &stack.created)
                .text("ResourceStatus", &resource.status)
                .maybe("ResourceStatusReason", resource.reason.as_ref())
        });
        if action == "DescribeStackResources" {
            return Ok(Xml::new().members("StackResources", all.take(100)));
        }
        let (all, next) = page(all.collect(), self.page, params)?;
        Ok(Xml::new().members("StackResourceSummaries", all).maybe("NextToken", next))
    }

    pub(super) fn list_exports(&self, params: &Params) -> Answered {
        let alive = self.stacks.iter().filter(|stack| stack.status != "DELETE_COMPLETE");
        let all = alive.flat_map(|stack| outputs(stack).into_iter().map(move |output| (stack, output)));
        let all = all.filter_map(|(stack, (_, value, export))| {
            Some(Xml::new().text("ExportingStackId", &stack.id).text("Name", export?).text("Value", value))
        });
        let (all, next) = page(all.collect(), self.page, params)?;
        Ok(Xml::new().members("Exports", all).maybe("NextToken", next))
    }

    pub(super) fn list_imports(&self, params: &Params) -> Answered {
        let name = params.get("ExportName").unwrap_or_default();
        let importers = self.importers(name);
        if importers.is_empty() {
            return Err(Refusal::validation(format!("Export '{name}' is not imported by any stack.")));
        }
        let (all, next) = page(importers, self.page, params)?;
        Ok(Xml::new().texts("Imports", all).maybe("NextToken", next))
    }

    /// The stacks whose templates import an export.
    fn importers(&self, export: &str) -> Vec<String> {
        let imports = |stack: &&Stack| {
            let alive = stack.status != "DELETE_COMPLETE";
            alive && stack.content.template.contains("ImportValue") && stack.content.template.contains(export)
        };
        self.stacks.iter().filter(imports).map(|stack| stack.name.clone()).collect()
    }

    pub(super) fn delete_stack(&mut self, params: &Params) -> Answered {
        let Some(index) = params.get("StackName").and_then(|name| self.find(name)) else { return Ok(Xml::new()) };
        let stack = &self.stacks[index];
        if stack.status == "DELETE_COMPLETE" {
            return Ok(Xml::new());
        }
        if stack.termination_protection {
            let why = "cannot be deleted while TerminationProtection is enabled";
            return Err(Refusal::validation(format!("Stack [{}] {why}", stack.name)));
        }
        for (_, _, export) in outputs(stack) {
            let export = export.unwrap_or_default();
            let importers = if export.is_empty() { Vec::new() } else { self.importers(&export) };
            if !importers.is_empty() {
                let importers = importers.join(" and ");
                let why = format!("Export {export} cannot be deleted as it is in use by {importers}");
                return Err(Refusal::validation(why));
            }
        }
        if stack.status.ends_with("_IN_PROGRESS") && stack.status != "REVIEW_IN_PROGRESS" {
            if stack.status == "DELETE_IN_PROGRESS" {
                return Ok(Xml::new());
            }
            self.stacks[index].over();
        }
        let mut left = params.list("RetainResources");
        if params.get("DeletionMode") == Some("FORCE_DELETE_STACK") {
            let failed = self.stacks[index].content.resources.iter().filter(|(_, r)| r.status == "DELETE_FAILED");
            left.extend(failed.map(|(id, _)| id.clone()));
        }
        self.start(index, Verb::Delete, After::Nothing, params.get("ClientRequestToken"), &left);
        Ok(Xml::new())
    }

    pub(super) fn roll_back(&mut self, params: &Params, from: &[&str], action: &str) -> Answered {
        let index = self.index(params.get("StackName"))?;
        let stack = &self.stacks[index];
        if !from.contains(&stack.status.as_str()) {
            let why = format!("Stack:{} is in {} state and can not be rolled back by {action}", stack.id, stack.status);
            return Err(Refusal::validation(why));
        }
        let id = Xml::new().text("StackId", &stack.id);
        let skipped = params.list("ResourcesToSkip");
        self.start(index, Verb::Rollback, After::Nothing, params.get("ClientRequestToken"), &skipped);
        Ok(if action == "RollbackStack" { id } else { Xml::new() })
    }

    pub(super) fn cancel_update(&mut self, params: &Params) -> Answered {
        let index = self.index(params.get("StackName"))?;
        if self.stacks[index].status != "UPDATE_IN_PROGRESS" {
            return Err(Refusal::validation("CancelUpdateStack cannot be called from current stack status"));
        }
        self.start(index, Verb::Rollback, After::Nothing, params.get("ClientRequestToken"), &[]);
        Ok(Xml::new())
    }

    pub(super) fn protect(&mut self, params: &Params) -> Answered {
        let index = self.index(params.get("StackName"))?;
        self.stacks[index].termination_protection = params.is_true("EnableTerminationProtection");
        Ok(Xml::new().text("StackId", &self.stacks[index].id))
    }

    pub(super) fn set_policy(&mut self, params: &Params) -> Answered {
        let index = self.index(params.get("StackName"))?;
        self.stacks[index].policy = params.get("StackPolicyBody").map(str::to_owned);
        Ok(Xml::new())
    }

    pub(super) fn get_policy(&self, params: &Params) -> Answered {
        let stack = &self.stacks[self.index(params.get("StackName"))?];
        Ok(Xml::new().maybe("StackPolicyBody", stack.policy.as_ref()))
    }
}

fn described(stack: &Stack) -> Xml {
    let content = &stack.content;
    let operation = |(kind, id): &(String, String)| Xml::new().text("OperationType", kind).text("OperationId", id);
    let outputs = outputs(stack).into_iter().map(|(key, value, export)| {
        Xml::new().text("OutputKey", key).text("OutputValue", value).maybe("ExportName", export)
    });
    Xml::new()
        .text("StackId", &stack.id)
        .text("StackName", &stack.name)
        .maybe("Description", parsed(&content.template)["Description"].as_str())
        .members("Parameters", parameters(&content.template, &content.parameters))
        .text("CreationTime", &stack.created)
        .maybe("LastUpdatedTime", stack.updated.as_ref())
        .text("StackStatus", if stack.busy > 0 { "UPDATE_IN_PROGRESS" } else { &stack.status })
        .maybe("StackStatusReason", stack.reason.as_ref())
        .texts("Capabilities", &content.capabilities)
        .members("Outputs", outputs)
        .members("Tags", pairs(["Key", "Value"], &content.tags))
        .text("EnableTerminationProtection", stack.termination_protection.to_string())
        .maybe("ParentId", stack.parent.as_ref())
        .maybe("RootId", stack.parent.as_ref())
        .members("LastOperations", stack.last_operation.iter().map(operation))
}

/// Key, value and export name of each output, once there are resources. A value that is a function becomes a name.
fn outputs(stack: &Stack) -> Vec<(String, String, Option<String>)> {
    if matches!(stack.status.as_str(), "REVIEW_IN_PROGRESS" | "CREATE_IN_PROGRESS" | "DELETE_COMPLETE") {
        return Vec::new();
    }
    let template = parsed(&stack.content.template);
    let all = template["Outputs"].as_object().into_iter().flatten();
    all.map(|(key, output)| {
        let value = match &output["Value"] {
            Value::String(text) => text.clone(),
            _ => format!("{}-{key}-value", stack.name),
        };
        (key.clone(), value, output["Export"]["Name"].as_str().map(str::to_owned))
    })
    .collect()
}
