//! Import: existing resources become a stack's. Rules: the AWS CloudFormation user guide, "Import AWS resources into a
//! CloudFormation stack manually".

mod run;
pub mod template;

use std::collections::BTreeMap;
use std::rc::Rc;

use aws_sdk_cloudformation::types::{ResourceIdentifierSummary, Stack};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::Deployment;
use super::failure::Failure;
use super::one::{One, status};
use super::session::Session;
use super::state::State;
use super::trouble::Fault;
use crate::core::At;
use crate::diff;
use crate::spec;
use crate::synth::Origin;

/// What could be imported into a stack: the resources that are defined and not deployed.
pub struct Importable<'a> {
    /// The stack's path.
    pub stack: &'a str,
    /// Whether the stack is there; if not, an import creates it.
    pub there: bool,
    /// The new resources, in definition order.
    pub resources: Vec<New>,
    /// The constructs of those that the stack has already.
    present: Vec<String>,
    now: Option<Rc<Stack>>,
    /// The template that is deployed.
    deployed: Option<Value>,
    defined: Value,
}

/// A resource that is new.
#[derive(Clone, Debug)]
pub struct New {
    /// Its construct path below the stack.
    pub construct: String,
    /// Its logical id.
    pub id: String,
    /// Its CloudFormation type.
    pub type_name: String,
    /// The line of the definitions that makes it.
    pub at: Option<At>,
    /// The sets of properties that identify one; any will do. None where the type cannot be imported.
    pub identifiers: Vec<Vec<String>>,
    /// What the definitions say of those properties, where they say it outright.
    pub known: IndexMap<String, String>,
    /// Whether it has a deletion policy, without which it cannot be imported.
    pub has_deletion_policy: bool,
}

/// A resource that is there, and what identifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// The logical id that it gets.
    pub id: String,
    /// Its identifier: values by property.
    pub identifier: IndexMap<String, String>,
}

impl<'a> Deployment<'a> {
    /// Finds what could be imported into the one stack of the plan. What is busy is waited for.
    pub async fn importable(&self) -> Result<Importable<'a>, Failure> {
        let none = BTreeMap::new();
        let one = self.one(0, &none);
        let now = one.session.read(one.stack.name).await.map_err(|fault| fault.failure("cannot read the stack"))?;
        let now = one.settled(now).await?;
        let now = standing(&one, now)?;
        let deployed = match &now {
            Some(stack) => Some(one.deployed_template(stack).await?),
            None => None,
        };
        let deployed = deployed.map(|text| diff::read(&text)).transpose();
        let deployed = deployed.map_err(|unreadable| Failure::refused(unreadable.to_string(), ""))?;
        let defined = one.stack.to_value();
        let there = |id: &str| deployed.as_ref().is_some_and(|template| template["Resources"].get(id).is_some());
        let all = defined["Resources"].as_object().into_iter().flatten();
        let new: Vec<(&String, &Value)> =
            all.filter(|(id, resource)| resource["Type"].is_string() && !there(id)).collect();
        let identifiers = one.session.identifiers(&new).await?;
        let resources = new.iter().map(|(id, resource)| of_resource(&one, id, resource, &identifiers)).collect();
        let stack = self.plan.steps[0].path;
        let ids = defined["Resources"].as_object().into_iter().flatten().map(|(id, _)| id);
        let present = ids.filter(|id| there(id)).filter_map(|id| Some(one.stack.origin(id)?.construct)).collect();
        Ok(Importable { stack, there: now.is_some(), resources, present, now, deployed, defined })
    }
}

impl Importable<'_> {
    /// A new resource by its construct path or its logical id.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&New> {
        self.resources
            .iter()
            .find(|new| new.construct == name)
            .or_else(|| self.resources.iter().find(|new| new.id == name))
    }

    /// Whether the stack has a resource already, by its construct path or its logical id.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let by_id = self.deployed.as_ref().is_some_and(|template| template["Resources"].get(name).is_some());
        by_id || self.present.iter().any(|construct| construct == name)
    }

    /// Whether the definitions want more than an import of these resources gives.
    #[must_use]
    pub fn leaves(&self, existing: &[Existing]) -> bool {
        self.template(existing).is_ok_and(|template| !diff::changes(&template, &self.defined).is_empty())
    }

    fn template(&self, existing: &[Existing]) -> Result<Value, Vec<template::Obstacle>> {
        let ids: Vec<&str> = existing.iter().map(|one| one.id.as_str()).collect();
        template::template(self.deployed.as_ref(), &self.defined, &ids)
    }
}

/// The stack, where it is there and at rest.
fn standing(one: &One<'_>, now: Option<Rc<Stack>>) -> Result<Option<Rc<Stack>>, Failure> {
    let state = now.as_deref().map_or(State::Absent, |stack| State::of(status(stack)));
    match state {
        State::Absent | State::InReview => Ok(None),
        State::Settled | State::Busy => Ok(now),
        State::CreationRolledBack => Err(Failure::refused(
            format!("its creation failed ({})", now.as_deref().map_or("", status)),
            format!("`recover {}` deletes what is left of it; then import", one.stack.path),
        )),
        state => Err(one.stuck(state, now.as_deref())),
    }
}

fn of_resource(one: &One<'_>, id: &str, resource: &Value, identifiers: &BTreeMap<String, Vec<Vec<String>>>) -> New {
    let (construct, at) = Origin::told(one.stack.origin(id), id);
    let type_name = resource["Type"].as_str().unwrap_or_default().to_owned();
    let identifiers = identifiers.get(&type_name).cloned().unwrap_or_default();
    let said = |name: &String| Some((name.clone(), resource["Properties"].get(name)?.as_str()?.to_owned()));
    New {
        construct,
        id: id.to_owned(),
        known: identifiers.iter().flatten().filter_map(said).collect(),
        type_name,
        at,
        identifiers,
        has_deletion_policy: resource.get("DeletionPolicy").is_some(),
    }
}

impl Session {
    /// The sets of properties that identify resources of these types. CloudFormation is asked; where it says nothing, the
    /// specification's primary identifiers are taken.
    async fn identifiers(&self, new: &[(&String, &Value)]) -> Result<BTreeMap<String, Vec<Vec<String>>>, Failure> {
        if new.is_empty() {
            return Ok(BTreeMap::new());
        }
        // What a type is identified by is asked, not about these: no property is sent.
        let types = new.iter().map(|(id, resource)| ((*id).clone(), json!({ "Type": resource["Type"] })));
        let template = json!({ "Resources": types.collect::<serde_json::Map<_, _>>() });
        let call = self.call("GetTemplateSummary").await.get_template_summary().template_body(template.to_string());
        let answer =
            call.send().await.map_err(|error| Fault::from(error).failure("cannot read what can be imported"))?;
        let Some(summaries) = &answer.resource_identifier_summaries else {
            let types = new.iter().filter_map(|(_, resource)| resource["Type"].as_str());
            let primary = |name: &str| Some((name.to_owned(), vec![spec::known(name)?.primary.clone()]));
            return Ok(types.filter_map(primary).filter(|(_, sets)| !sets[0].is_empty()).collect());
        };
        let sets = |summary: &ResourceIdentifierSummary| {
            let sets = summary.resource_identifiers().iter();
            sets.map(|set| set.split(',').map(|name| name.trim().to_owned()).collect()).collect()
        };
        Ok(summaries.iter().filter_map(|summary| Some((summary.resource_type()?.to_owned(), sets(summary)))).collect())
    }
}
