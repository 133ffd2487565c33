//! The values of a stack's parameters.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Parameter, Stack};
use indexmap::IndexMap;

use super::Options;
use super::failure::Failure;
use crate::synth::Synthesized;

/// What CloudFormation shows for the value of a parameter that hides it.
const HIDDEN: &str = "****";

/// The value that is given for a parameter: by an asset, by an option for this stack, by an option for all.
fn given<'a>(
    stack: &Synthesized<'_>,
    options: &'a Options,
    assets: &'a IndexMap<String, String>,
    name: &str,
) -> Option<&'a String> {
    let of = |path: Option<&str>| {
        options.parameters.iter().rev().find(|p| p.name == name && p.stack.as_deref() == path).map(|p| &p.value)
    };
    assets.get(name).or_else(|| of(Some(stack.path))).or_else(|| of(None))
}

/// What the change set is given: values that are named, and those that are there where none is.
///
/// A value that was never given follows the definition: where the deployed value is the deployed default, and the
/// default is another now, the new one is taken.
pub(super) fn wanted(
    stack: &Synthesized<'_>,
    options: &Options,
    assets: &IndexMap<String, String>,
    now: Option<(&Stack, &str)>,
) -> Result<Vec<Parameter>, Failure> {
    if stack.parameters().next().is_none() {
        return Ok(Vec::new());
    }
    let defaults = now.map(|(_, template)| deployed_defaults(template)).unwrap_or_default();
    let mut wanted = Vec::new();
    let mut missing = Vec::new();
    for declared in stack.parameters() {
        let parameter = Parameter::builder().parameter_key(declared.name);
        if let Some(value) = given(stack, options, assets, declared.name) {
            wanted.push(parameter.parameter_value(value).build());
            continue;
        }
        let there = now.and_then(|(stack, _)| deployed(stack, declared.name));
        match (there, &declared.default) {
            (Some(there), Some(default)) if Some(there) == defaults.get(declared.name).map(String::as_str) => {
                wanted.push(parameter.parameter_value(default).build());
            }
            (Some(_), _) => wanted.push(parameter.use_previous_value(true).build()),
            (None, Some(_)) => {}
            (None, None) => missing.push(declared.name),
        }
    }
    if missing.is_empty() { Ok(wanted) } else { Err(no_value(stack, &missing)) }
}

/// The same for an import: what is there keeps its value; what comes along is given one.
pub(super) fn for_import(
    stack: &Synthesized<'_>,
    options: &Options,
    assets: &IndexMap<String, String>,
    now: Option<&Stack>,
    template: &serde_json::Value,
) -> Result<Vec<Parameter>, Failure> {
    let (mut wanted, mut missing) = (Vec::new(), Vec::new());
    for (name, declared) in template["Parameters"].as_object().into_iter().flatten() {
        let parameter = Parameter::builder().parameter_key(name);
        if now.is_some_and(|now| deployed(now, name).is_some()) {
            wanted.push(parameter.use_previous_value(true).build());
        } else if let Some(value) = given(stack, options, assets, name) {
            wanted.push(parameter.parameter_value(value).build());
        } else if declared["Default"].is_null() {
            missing.push(name.as_str());
        }
    }
    if missing.is_empty() { Ok(wanted) } else { Err(no_value(stack, &missing)) }
}

fn no_value(stack: &Synthesized<'_>, missing: &[&str]) -> Failure {
    let options: Vec<String> = missing.iter().map(|name| format!("--parameters {}:{name}=…", stack.path)).collect();
    Failure::refused(
        format!(
            "{} no value: {}",
            if missing.len() == 1 { "a parameter has" } else { "parameters have" },
            missing.join(", ")
        ),
        format!("give {}", options.join(" ")),
    )
}

/// Whether what is deployed has the values that are wanted.
pub(super) fn same(stack: &Synthesized<'_>, options: &Options, assets: &IndexMap<String, String>, now: &Stack) -> bool {
    stack.parameters().all(|declared| {
        let there = deployed(now, declared.name);
        match given(stack, options, assets, declared.name) {
            Some(value) => there == Some(value) && !declared.no_echo && value != HIDDEN,
            None => there.is_some(),
        }
    })
}

/// Whether CloudFormation finds out for itself, each time, what part of a template stands for: then an equal template
/// may still be a change.
pub(super) fn resolved_by_cloudformation(stack: &Synthesized<'_>, template: &str) -> bool {
    stack.parameters().any(|declared| declared.type_name.starts_with("AWS::SSM::Parameter::Value"))
        || template.contains("GetStackOutput")
        || stack.macros()
}

/// The values of a deployed stack's parameters as CloudFormation uses them, by name; none for one that is hidden.
pub(super) fn shown(stack: &Stack) -> BTreeMap<String, Option<String>> {
    let value = |parameter: &Parameter| {
        let value = parameter.resolved_value().or(parameter.parameter_value()).map(str::to_owned);
        Some((parameter.parameter_key()?.to_owned(), value.filter(|value| value != HIDDEN)))
    };
    stack.parameters().iter().filter_map(value).collect()
}

fn deployed<'a>(stack: &'a Stack, name: &str) -> Option<&'a str> {
    stack.parameters().iter().find(|p| p.parameter_key() == Some(name)).and_then(Parameter::parameter_value)
}

/// The defaults of the parameters of a deployed template, as CloudFormation spells them.
fn deployed_defaults(template: &str) -> IndexMap<String, String> {
    let template = crate::diff::read(template).unwrap_or_default();
    let parameters = template["Parameters"].as_object().cloned().unwrap_or_default();
    parameters.into_iter().filter_map(|(name, about)| Some((name, spelled(&about["Default"])?))).collect()
}

fn spelled(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
