//! What each action does to the model, and answers.

mod change_sets;
mod events;
mod refactors;
mod stacks;

use super::model::Model;
use super::query::{Params, Refusal, Xml};

type Answered = Result<Xml, Refusal>;

impl Model {
    /// Does an action.
    pub fn act(&mut self, action: &str, params: &Params) -> Answered {
        match action {
            "GetCallerIdentity" => Ok(Xml::new()
                .text("Arn", format!("arn:aws:iam::{}:user/test", self.account))
                .text("UserId", "AIDATEST")
                .text("Account", &self.account)),
            "DescribeStacks" => self.describe_stacks(params),
            "GetTemplate" => self.get_template(params),
            "ListStackResources" | "DescribeStackResources" => self.resources(action, params),
            "ListExports" => self.list_exports(params),
            "ListImports" => self.list_imports(params),
            "DeleteStack" => self.delete_stack(params),
            "RollbackStack" => self.roll_back(params, &["CREATE_FAILED", "UPDATE_FAILED"], action),
            "ContinueUpdateRollback" => self.roll_back(params, &["UPDATE_ROLLBACK_FAILED"], action),
            "CancelUpdateStack" => self.cancel_update(params),
            "UpdateTerminationProtection" => self.protect(params),
            "SetStackPolicy" => self.set_policy(params),
            "GetStackPolicy" => self.get_policy(params),
            "CreateChangeSet" => self.create_change_set(params),
            "DescribeChangeSet" => self.describe_change_set(params),
            "ExecuteChangeSet" => self.execute_change_set(params),
            "DeleteChangeSet" => self.delete_change_set(params),
            "ListChangeSets" => self.list_change_sets(params),
            "DescribeStackEvents" => self.describe_stack_events(params),
            "DescribeEvents" => self.describe_events(params),
            "DetectStackDrift" => Ok(Xml::new().text("StackDriftDetectionId", "detection")),
            "DescribeStackDriftDetectionStatus" => Ok(self.detection()),
            "DescribeStackResourceDrifts" => Ok(Xml::new().members("StackResourceDrifts", self.detected.1.clone())),
            "GetTemplateSummary" => Ok(self.get_template_summary(params)),
            "CreateStackRefactor" => self.create_stack_refactor(params),
            "DescribeStackRefactor" => self.describe_stack_refactor(params),
            "ListStackRefactorActions" => self.list_stack_refactor_actions(params),
            "ExecuteStackRefactor" => self.execute_stack_refactor(params),
            _ => Err(Refusal::new(400, "InvalidAction", format!("The scripted server does not know {action}"))),
        }
    }
}

impl Model {
    fn detection(&self) -> Xml {
        let status = if self.detected.0.is_some() { "DETECTION_FAILED" } else { "DETECTION_COMPLETE" };
        Xml::new()
            .text("DetectionStatus", status)
            .maybe("DetectionStatusReason", self.detected.0.as_deref())
            .text("StackDriftDetectionId", "detection")
            .text("StackId", "shop")
            .text("Timestamp", "2026-01-01T00:00:00Z")
    }
}

/// One page of a list, and the token of the next.
fn page<T>(all: Vec<T>, size: usize, params: &Params) -> Result<(Vec<T>, Option<String>), Refusal> {
    let from = match params.get("NextToken").map(|token| token.trim_start_matches("page-").parse()) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => return Err(Refusal::validation("Invalid NextToken")),
    };
    let next = (from + size < all.len()).then(|| format!("page-{}", from + size));
    Ok((all.into_iter().skip(from).take(size).collect(), next))
}

fn pairs(names: [&str; 2], values: &[(String, String)]) -> Vec<Xml> {
    values.iter().map(|(name, value)| Xml::new().text(names[0], name).text(names[1], value)).collect()
}

/// Parameters as they are shown: what must not be echoed is not.
fn parameters(template: &str, values: &[(String, String)]) -> Vec<Xml> {
    let template = super::model::parsed(template);
    let shown = |name: &String, value: &String| {
        let declared = &template["Parameters"][name]["NoEcho"];
        if *declared == true || *declared == "true" { "****".to_owned() } else { value.clone() }
    };
    let shown: Vec<_> = values.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect();
    pairs(["ParameterKey", "ParameterValue"], &shown)
}
