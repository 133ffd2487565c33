//! Policy documents. Rules: the AWS IAM user guide, "IAM JSON policy element reference".

use serde_json::{Map, Value, json};

use super::{Place, listed, set, sorted};
use crate::diff::expression::{function, is_one_value};

/// Whether it has the shape of a policy document.
pub(crate) fn is_policy(map: &Map<String, Value>) -> bool {
    let known = |key: &String| matches!(key.as_str(), "Version" | "Id" | "Statement");
    map.keys().all(known) && has_statements(map)
}

/// The policy document in JSON text, where that is one.
pub(crate) fn policy_text(text: &str) -> Option<Map<String, Value>> {
    let read = text.trim_start().starts_with('{').then(|| serde_json::from_str(text));
    read.and_then(Result::ok).filter(is_policy)
}

/// Whether there are statements in it, whatever else there is.
pub(in crate::diff) fn has_statements(map: &Map<String, Value>) -> bool {
    let statement = |value: &Value| function(value).is_some() || value.get("Effect").is_some();
    match map.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().all(statement),
        Some(one) => statement(one),
        None => false,
    }
}

/// A policy document whose statements, and the lists in them, are in order.
pub(super) fn canonical(map: &Map<String, Value>) -> Value {
    sorted(map.iter().map(|(key, value)| {
        let value = if key == "Statement" { statements(value) } else { Place::Text.value(value) };
        (key.clone(), value)
    }))
}

fn statements(value: &Value) -> Value {
    let Value::Array(mut statements) = listed(value.clone()) else { return value.clone() };
    for one in &mut statements {
        *one = statement(one);
    }
    statements.sort_by_cached_key(Value::to_string);
    Value::Array(statements)
}

fn statement(value: &Value) -> Value {
    if let Some(("Fn::If", Value::Array(parts))) = function(value) {
        return super::one("Fn::If", parts.iter().map(statement).collect());
    }
    let Some(map) = value.as_object().filter(|_| function(value).is_none()) else { return Place::Text.value(value) };
    sorted(map.iter().map(|(key, value)| {
        let value = match key.as_str() {
            "Action" | "NotAction" => in_order(small(Place::Text.value(value))),
            "Resource" | "NotResource" => members(value),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => by_key(value, |operator| by_key(operator, members)),
            _ => Place::Text.value(value),
        };
        (key.clone(), value)
    }))
}

/// Actions with their services in small letters. The rest of a name may be in capitals too: readers see it as it is written.
fn small(actions: Value) -> Value {
    match actions {
        Value::Array(items) => items.into_iter().map(small).collect(),
        Value::String(action) => match action.split_once(':') {
            Some((service, name)) if service.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                format!("{}:{name}", service.to_ascii_lowercase()).into()
            }
            _ => Value::String(action),
        },
        other => other,
    }
}

/// Who a statement is about; `{ "AWS": "*" }` is `"*"`, as the reference says.
fn principal(value: &Value) -> Value {
    let principal = by_key(value, members);
    let everybody = principal.as_object().is_some_and(|map| map.len() == 1) && principal["AWS"] == json!(["*"]);
    if everybody { "*".into() } else { principal }
}

/// A mapping with each of its values made by `make`; what is none (`Principal: "*"`) is kept.
fn by_key(value: &Value, make: impl Fn(&Value) -> Value) -> Value {
    match value.as_object() {
        Some(map) if function(value).is_none() => sorted(map.iter().map(|(key, value)| (key.clone(), make(value)))),
        _ => Place::Text.value(value),
    }
}

fn members(value: &Value) -> Value {
    in_order(Place::Text.value(value))
}

/// One or several, in order.
fn in_order(value: Value) -> Value {
    // It may be a list, or nothing.
    let open = function(&value).is_some() && !is_one_value(&value);
    if open { value } else { set(listed(value)) }
}
