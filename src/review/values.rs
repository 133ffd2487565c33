//! Values: what is shown of them. Secrets never are.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diff::{is_policy, readable};
use crate::synth::holds_secret;

/// What stands for a secret.
const SECRET: &str = "(secret)";

/// The value at a JSON pointer, in lines.
pub(super) fn shown(root: &Value, pointer: &str, called: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let Some(value) = root.pointer(pointer) else { return Vec::new() };
    if is_secret(root, pointer) {
        return vec![SECRET.into()];
    }
    lines(value, called)
}

/// The value at a JSON pointer, without secrets.
pub(super) fn value(root: &Value, pointer: &str) -> Option<Value> {
    let value = root.pointer(pointer)?;
    Some(if is_secret(root, pointer) { SECRET.into() } else { masked(value) })
}

/// A value in lines: of a policy its statements, of text its own.
pub(super) fn lines(value: &Value, called: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let named = |text: String| with_names(&text, called);
    match value.as_object().filter(|map| is_policy(map)) {
        Some(policy) => match policy.get("Statement") {
            Some(Value::Array(all)) => all.iter().map(|one| named(statement(one))).collect(),
            Some(one) => vec![named(statement(one))],
            None => Vec::new(),
        },
        None => named(readable(&masked(value))).lines().map(str::to_owned).collect(),
    }
}

/// Whether what is written at a place is a secret: its name says so, and it is no reference to one.
fn is_secret(root: &Value, pointer: &str) -> bool {
    named_secret(root, pointer) && !refers(root.pointer(pointer))
}

/// Whether a place is called a secret: by its own name, by one around it, or by the `Name` beside it.
pub(crate) fn named_secret(root: &Value, pointer: &str) -> bool {
    let beside =
        pointer.rsplit_once('/').filter(|(_, key)| *key == "Value").and_then(|(around, _)| root.pointer(around));
    pointer.split('/').skip(1).any(holds_secret)
        || beside.and_then(|around| around.get("Name")?.as_str()).is_some_and(holds_secret)
}

/// Whether a value is a function or a dynamic reference, which tells nobody the secret.
fn refers(value: Option<&Value>) -> bool {
    match value {
        Some(Value::String(text)) => text.starts_with("{{resolve:") && text.ends_with("}}"),
        Some(Value::Object(map)) => {
            let mut inner = map.values();
            map.len() == 1 && map.keys().all(|key| key == "Ref" || key == "Fn::GetAtt")
                || inner.all(|value| refers(Some(value)))
        }
        Some(Value::Array(items)) => items.iter().all(|item| refers(Some(item))),
        _ => false,
    }
}

/// A value without the secrets in it.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), entry(map, key, value))).collect())
        }
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

fn entry(map: &Map<String, Value>, key: &str, value: &Value) -> Value {
    let named = key == "Value" && map.get("Name").and_then(Value::as_str).is_some_and(holds_secret);
    if (named || holds_secret(key)) && !refers(Some(value)) { SECRET.into() } else { masked(value) }
}

/// A statement of a policy in words: `allows ${Role} to s3:GetObject on ${Bucket.Arn}/*`.
fn statement(value: &Value) -> String {
    let Some(map) = value.as_object().filter(|map| map.contains_key("Effect")) else { return readable(value) };
    let part = |key: &str| {
        map.get(key).map(|value| match value {
            Value::Array(items) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
            other => readable(other),
        })
    };
    let effect = match map["Effect"].as_str() {
        Some("Allow") => "allows".to_owned(),
        Some("Deny") => "denies".to_owned(),
        _ => readable(&map["Effect"]),
    };
    let words = [
        ("Principal", ""),
        ("NotPrincipal", "all but "),
        ("Action", ""),
        ("NotAction", "all but "),
        ("Resource", "on "),
        ("NotResource", "on all but "),
        ("Condition", "when "),
    ];
    let rest = words.iter().filter_map(|(key, word)| Some(format!(" {word}{}", part(key)?)));
    effect + &rest.collect::<String>()
}

/// Text with resources under the names that the definitions give them: `${Id}` becomes its construct, `${Id.Arn}` something
/// of it. What is no resource stays as it is.
pub(crate) fn with_names(text: &str, called: &dyn Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, after) = part.split_once('}').unwrap_or((part, ""));
        let (id, attribute) = inside.split_once('.').map_or((inside, None), |(id, attribute)| (id, Some(attribute)));
        match (called(id), attribute) {
            (Some(name), None) => out.push_str(&name),
            (Some(name), Some(attribute)) => out.push_str(&format!("${{{name}.{attribute}}}")),
            (None, _) => out.push_str(&format!("${{{inside}}}")),
        }
        out.push_str(after);
    }
    out
}

/// A JSON pointer as people write it: `Tags[0].Value`.
pub(super) fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        if key.bytes().all(|byte| byte.is_ascii_digit()) && !key.is_empty() {
            out.push_str(&format!("[{key}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&key);
        }
    }
    out
}

/// The exports that a canonical template imports, by their names in words.
pub(crate) fn imported(template: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(template, &mut |value| found.extend(value.get("Fn::ImportValue").map(readable)));
    found
}

fn visit(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        Value::Object(map) => map.values().for_each(|value| visit(value, look)),
        _ => {}
    }
}
