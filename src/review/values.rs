//! Values: what is shown of them, in words.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::secrets::masked;
use crate::diff::pointer::keys;
use crate::diff::{is_policy, policy_text, readable};

/// A value in lines: of a policy its statements, of text its own.
pub(super) fn lines(value: &Value, called: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    match policy(value).as_deref() {
        Some(policy) => match policy.get("Statement") {
            Some(Value::Array(all)) => all.iter().map(|one| statement(one, called)).collect(),
            Some(one) => vec![statement(one, called)],
            None => Vec::new(),
        },
        None => in_lines(&named(readable(&masked(value)), called)),
    }
}

/// The lines of a text, however they end.
pub(super) fn in_lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").lines().map(str::to_owned).collect()
}

/// A policy document, also one that is held as JSON text.
pub(super) fn policy(value: &Value) -> Option<Cow<'_, Map<String, Value>>> {
    match value {
        Value::Object(map) => is_policy(map).then_some(Cow::Borrowed(map)),
        Value::String(text) => policy_text(text).map(Cow::Owned),
        _ => None,
    }
}

/// A statement of a policy in words, on one line: `allows ${Role} to s3:GetObject on ${Bucket.Arn}/*`.
pub(super) fn statement(value: &Value, called: &dyn Fn(&str) -> Option<String>) -> String {
    in_lines(&named(in_words(value), called)).join(" ")
}

fn in_words(value: &Value) -> String {
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
    renamed(text, called, str::to_owned)
}

/// The same of a value, in which a reference must not look like text: `${Id}` becomes `${Construct}`.
pub(super) fn named(text: String, called: &dyn Fn(&str) -> Option<String>) -> String {
    if text.contains("${") { renamed(&text, called, |name| format!("${{{name}}}")) } else { text }
}

fn renamed(text: &str, called: &dyn Fn(&str) -> Option<String>, whole: impl Fn(&str) -> String) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((inside, after)) = part.split_once('}') else {
            out.push_str(&format!("${{{part}"));
            continue;
        };
        let (id, attribute) = inside.split_once('.').map_or((inside, None), |(id, attribute)| (id, Some(attribute)));
        match (called(id), attribute) {
            (Some(name), None) => out.push_str(&whole(&name)),
            (Some(name), Some(attribute)) => out.push_str(&format!("${{{name}.{attribute}}}")),
            (None, _) => out.push_str(&format!("${{{inside}}}")),
        }
        out.push_str(after);
    }
    out
}

/// A place in a resource as people write it: `Tags[0].Value`; what is not a property begins with `@`.
pub(super) fn place(pointer: &str) -> String {
    match pointer.strip_prefix("/Properties").map(dotted) {
        Some(path) if !path.is_empty() => path,
        _ => format!("@{}", dotted(pointer)),
    }
}

/// A JSON pointer as people write it: `Tags[0].Value`.
pub(super) fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for key in keys(pointer) {
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
