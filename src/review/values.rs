//! Values: what is shown of them, in words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::secrets::masked;
use crate::diff::{is_policy, readable};

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

/// A JSON pointer into a resource as people write it: what is no property begins with `@`.
pub(super) fn place(pointer: &str) -> String {
    match pointer.strip_prefix("/Properties") {
        Some(path) => dotted(path),
        None => format!("@{}", dotted(pointer)),
    }
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
