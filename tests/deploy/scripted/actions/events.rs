//! What has happened: events of stacks, and findings of operations.

use super::super::model::{Event, Model, OperationFinding, Stack};
use super::super::query::{Params, Refusal, Xml};
use super::{Answered, page};

/// How many events the service lists at once.
const PAGE: usize = 100;

impl Model {
    pub(super) fn describe_stack_events(&mut self, params: &Params) -> Answered {
        let name = params.get("StackName").unwrap_or_default();
        let index = self.find(name).ok_or_else(|| Refusal::validation(format!("Stack [{name}] does not exist")))?;
        // The pages of one list are one look at it.
        self.pass(index, params.get("NextToken").is_none());
        let stack = &self.stacks[index];
        let (events, next) = page(stack.events.iter().rev().collect(), PAGE, params)?;
        let events = events.into_iter().map(|event| stack_event(stack, event));
        Ok(Xml::new().members("StackEvents", events).maybe("NextToken", next))
    }

    pub(super) fn describe_events(&mut self, params: &Params) -> Answered {
        if let Some(index) = params.get("StackName").and_then(|name| self.find(name)) {
            self.pass(index, params.get("NextToken").is_none());
        }
        let wanted = |name: &str, value: &str| params.get(name).is_none_or(|wanted| wanted == value);
        let stacks = self.stacks.iter().filter(|s| wanted("StackName", &s.id) || wanted("StackName", &s.name));
        let failed = params.is_true("Filters.FailedEvents");
        let mut all = Vec::new();
        for stack in stacks {
            let findings = stack.findings.iter().filter(|finding| wanted("OperationId", &finding.operation));
            let findings = findings.filter(|finding| wanted("ChangeSetName", &finding.change_set));
            all.extend(findings.map(|found| (found.at.clone(), finding(stack, found))));
            if params.get("ChangeSetName").is_none() {
                let events = stack.events.iter().filter(|event| wanted("OperationId", &event.operation));
                let events = events.filter(|event| !failed || event.status.ends_with("_FAILED"));
                all.extend(events.map(|event| (event.at.clone(), operation_event(stack, event))));
            }
        }
        all.sort_by(|(one, _), (other, _)| other.cmp(one));
        let (all, next) = page(all, PAGE, params)?;
        Ok(Xml::new().members("OperationEvents", all.into_iter().map(|(_, event)| event)).maybe("NextToken", next))
    }
}

fn common(stack: &Stack, event: &Event) -> Xml {
    Xml::new()
        .text("EventId", &event.id)
        .text("StackId", &stack.id)
        .text("Timestamp", &event.at)
        .text("LogicalResourceId", &event.resource)
        .text("PhysicalResourceId", &event.physical)
        .text("ResourceType", &event.kind)
        .text("ResourceStatus", &event.status)
        .maybe("ResourceStatusReason", event.reason.as_ref())
        .maybe("ClientRequestToken", event.token.as_ref())
        .text("OperationId", &event.operation)
}

fn stack_event(stack: &Stack, event: &Event) -> Xml {
    common(stack, event).text("StackName", &stack.name)
}

fn operation_event(stack: &Stack, event: &Event) -> Xml {
    let failed = event.status.ends_with("_FAILED");
    common(stack, event)
        .text("EventType", if failed { "PROVISIONING_ERROR" } else { "PROGRESS" })
        .text("OperationStatus", if failed { "FAILED" } else { "IN_PROGRESS" })
}

fn finding(stack: &Stack, found: &OperationFinding) -> Xml {
    Xml::new()
        .text("EventId", &found.id)
        .text("StackId", &stack.id)
        .text("OperationId", &found.operation)
        .text("OperationType", "CREATE_CHANGESET")
        .text("OperationStatus", "FAILED")
        .text("EventType", "VALIDATION_ERROR")
        .text("Timestamp", &found.at)
        .text("LogicalResourceId", &found.finding.resource)
        .text("ValidationFailureMode", "FAIL")
        .text("ValidationName", "PROPERTY_VALIDATION")
        .text("ValidationStatus", "FAILED")
        .text("ValidationStatusReason", &found.finding.reason)
        .text("ValidationPath", &found.finding.path)
}
