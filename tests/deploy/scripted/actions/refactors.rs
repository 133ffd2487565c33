//! Actions on refactors of stacks. Rules: the AWS CloudFormation user guide, "Stack refactoring". Whether a resource's
//! properties mean the same afterwards is not looked at: they may well be written differently.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Model, Refactor, declared, parsed};
use super::super::query::{Params, Refusal, Xml};
use super::{Answered, page};

type At = (usize, String);

impl Model {
    /// What identifies the resources of a template; only for types that are known.
    pub(super) fn get_template_summary(&self, params: &Params) -> Xml {
        let resources = declared(params.get("TemplateBody").unwrap_or_default());
        let types: BTreeSet<String> = resources.iter().map(|(_, kind)| kind.clone()).collect();
        let xml = Xml::new().texts("ResourceTypes", &types);
        let Some(known) = &self.identifiers else { return xml };
        let summaries = types.iter().filter_map(|kind| {
            let ids = resources.iter().filter(|(_, other)| other == kind).map(|(id, _)| id);
            let summary = Xml::new().text("ResourceType", kind).texts("LogicalResourceIds", ids);
            Some(summary.texts("ResourceIdentifiers", known.get(kind)?))
        });
        xml.members("ResourceIdentifierSummaries", summaries)
    }

    pub(super) fn create_stack_refactor(&mut self, params: &Params) -> Answered {
        let mut creates = Vec::new();
        let mut templates = Vec::new();
        for (name, template) in params.pairs("StackDefinitions", "StackName", "TemplateBody") {
            let index = match self.find(&name) {
                Some(index) => index,
                None if params.is_true("EnableStackCreation") => {
                    creates.push(self.add(&name, "REVIEW_IN_PROGRESS"));
                    self.stacks.len() - 1
                }
                None => return Err(Refusal::validation(format!("Stack [{name}] does not exist"))),
            };
            templates.push((index, template.unwrap_or_default()));
        }
        if templates.is_empty() || templates.len() > 5 {
            return Err(Refusal::validation("Between 1 and 5 stack definitions are required"));
        }
        let moves = self.mappings(params)?;
        let script = if self.refactor_scripts.is_empty() { None } else { Some(self.refactor_scripts.remove(0)) };
        let script = script.unwrap_or_default();
        let reason = script.refused.clone().or_else(|| self.not_only_moved(&templates, &moves));
        let (id, refused) = (self.uuid(), reason.is_some());
        let of = |good: &str, bad: &str| if refused { bad.to_owned() } else { good.to_owned() };
        self.refactors.push(Refactor {
            id: id.clone(),
            status: of("CREATE_COMPLETE", "CREATE_FAILED"),
            reason,
            execution: of("AVAILABLE", "UNAVAILABLE"),
            execution_reason: None,
            templates,
            creates,
            moves,
            script,
            polls: 0,
        });
        Ok(Xml::new().text("StackRefactorId", id))
    }

    /// The mappings of a request.
    fn mappings(&self, params: &Params) -> Result<Vec<(At, At)>, Refusal> {
        let field = |index: usize, field: &str| params.get(&format!("ResourceMappings.member.{index}.{field}"));
        let at = |index: usize, side: &str| -> Option<Result<At, Refusal>> {
            let id = field(index, &format!("{side}.LogicalResourceId"))?.to_owned();
            Some(self.index(field(index, &format!("{side}.StackName"))).map(|stack| (stack, id)))
        };
        let one = |index: usize| Some((at(index, "Source")?, at(index, "Destination")?));
        (1..).map_while(one).map(|(from, to)| Ok((from?, to?))).collect()
    }

    /// Why a refactor is refused: the templates would do more than move resources.
    fn not_only_moved(&self, templates: &[(usize, String)], moves: &[(At, At)]) -> Option<String> {
        let types = |template: &str| declared(template).into_iter().collect::<BTreeMap<_, _>>();
        for (index, template) in templates {
            let stack = &self.stacks[*index];
            let mut wanted = types(&stack.content.template);
            if stack.policy.is_some() {
                return Some(format!("{}: Stack Refactor does not support stacks with a stack policy.", stack.id));
            }
            wanted.retain(|id, _| !moves.iter().any(|(from, _)| *from == (*index, id.clone())));
            for ((from, old), (to, new)) in moves {
                if to == index {
                    let kind = types(&self.stacks[*from].content.template).remove(old)?;
                    wanted.insert(new.clone(), kind);
                }
            }
            let after = types(template);
            if after.is_empty() {
                return Some(format!("{}: Stack Refactor does not permit empty stacks.", stack.id));
            }
            if after != wanted {
                return Some(format!("{}: Stack Refactor does not permit other changes than moves.", stack.id));
            }
            let (before, after) = (parsed(&stack.content.template), parsed(template));
            for section in ["Parameters", "Conditions", "Mappings"] {
                if before[section] != after[section] {
                    return Some(format!("{}: Stack Refactor does not permit changes of {section}.", stack.id));
                }
            }
        }
        None
    }

    fn refactor(&mut self, params: &Params) -> Result<&mut Refactor, Refusal> {
        let id = params.get("StackRefactorId").unwrap_or_default();
        let found = self.refactors.iter_mut().find(|refactor| refactor.id == id);
        found.ok_or_else(|| Refusal::new(404, "StackRefactorNotFound", format!("Stack refactor {id} does not exist")))
    }

    pub(super) fn describe_stack_refactor(&mut self, params: &Params) -> Answered {
        let refactor = self.refactor(params)?;
        if refactor.execution == "EXECUTE_IN_PROGRESS" {
            refactor.polls += 1;
            if refactor.polls > refactor.script.polls {
                let refactor = refactor.clone();
                self.end(&refactor);
            }
        }
        let refactor = self.refactor(params)?.clone();
        let ids = refactor.templates.iter().map(|(index, _)| self.stacks[*index].id.clone());
        Ok(Xml::new()
            .text("StackRefactorId", &refactor.id)
            .texts("StackIds", ids)
            .text("Status", &refactor.status)
            .maybe("StatusReason", refactor.reason.as_ref())
            .text("ExecutionStatus", &refactor.execution)
            .maybe("ExecutionStatusReason", refactor.execution_reason.as_ref()))
    }

    pub(super) fn list_stack_refactor_actions(&mut self, params: &Params) -> Answered {
        let refactor = self.refactor(params)?.clone();
        let at = |(stack, id): &At| Xml::new().text("StackName", &self.stacks[*stack].id).text("LogicalResourceId", id);
        let mut actions = Vec::new();
        for stack in &refactor.creates {
            let id = &self.stacks[*stack].id;
            actions.push(Xml::new().text("Action", "CREATE").text("Entity", "STACK").text("PhysicalResourceId", id));
        }
        let first = refactor.templates[0].0;
        let also = refactor.script.also.iter().map(|(from, to)| ((first, from.clone()), (first, to.clone())));
        for (from, to) in refactor.moves.iter().cloned().chain(also) {
            let mapping = Xml::new().inside("Source", &at(&from)).inside("Destination", &at(&to));
            let action = Xml::new().text("Action", "MOVE").text("Entity", "RESOURCE").text("Detection", "MANUAL");
            actions.push(action.inside("ResourceMapping", &mapping));
        }
        let (actions, next) = page(actions, self.page, params)?;
        Ok(Xml::new().members("StackRefactorActions", actions).maybe("NextToken", next))
    }

    pub(super) fn execute_stack_refactor(&mut self, params: &Params) -> Answered {
        let refactor = self.refactor(params)?;
        if refactor.execution != "AVAILABLE" {
            let why = format!("Stack refactor cannot be executed in its current status of {}", refactor.execution);
            return Err(Refusal::validation(why));
        }
        refactor.execution = "EXECUTE_IN_PROGRESS".into();
        Ok(Xml::new())
    }

    /// An execution comes to its end.
    fn end(&mut self, refactor: &Refactor) {
        let (execution, reason) = match &refactor.script.ends {
            None => ("EXECUTE_COMPLETE".to_owned(), None),
            Some((end, why)) => (end.clone(), Some(why.clone())),
        };
        if execution == "EXECUTE_COMPLETE" {
            let taken = refactor
                .moves
                .iter()
                .filter_map(|((from, id), to)| Some((to.clone(), self.stacks[*from].content.resources.remove(id)?)));
            for ((to, id), resource) in taken.collect::<Vec<_>>() {
                self.stacks[to].content.resources.insert(id, resource);
            }
            for (index, template) in &refactor.templates {
                self.stacks[*index].content.template.clone_from(template);
            }
        }
        for (index, _) in &refactor.templates {
            let now = self.now();
            let stack = &mut self.stacks[*index];
            stack.updated = Some(now);
            let created = refactor.creates.contains(index);
            stack.status = if created { "CREATE_COMPLETE" } else { "UPDATE_COMPLETE" }.into();
            stack.busy = refactor.script.busy;
        }
        if let Some(known) = self.refactors.iter_mut().find(|known| known.id == refactor.id) {
            (known.execution, known.execution_reason) = (execution, reason);
        }
    }
}
