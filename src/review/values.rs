//! Values: what is shown of them. Secrets never are.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diff::{is_no_value, is_policy, policy_text, readable};
use crate::synth::holds_secret;

/// What stands for a secret.
const SECRET: &str = "(secret)";

/// The value at a JSON pointer, in lines.
pub(super) fn shown(root: &Value, pointer: &str, called: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let Some(value) = there(root, pointer) else { return Vec::new() };
    if is_secret(root, pointer) {
        return vec![SECRET.into()];
    }
    lines(value, called)
}

/// What stands at a JSON pointer; `AWS::NoValue` stands for nothing.
pub(super) fn there<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    root.pointer(pointer).filter(|value| !is_no_value(value))
}

/// The value at a JSON pointer, without secrets.
pub(super) fn value(root: &Value, pointer: &str) -> Option<Value> {
    let value = there(root, pointer)?;
    Some(if is_secret(root, pointer) { SECRET.into() } else { masked(value) })
}

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

/// Whether what is written at a place is a secret: its name says so, and it is no reference to one.
pub(super) fn is_secret(root: &Value, pointer: &str) -> bool {
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

/// Whether a canonical template imports an export, by its name in words.
pub(super) fn imports(template: &Value, name: &str) -> bool {
    imported(template).contains(name)
}

/// The exports that a canonical template imports, by their names in words.
pub(super) fn imported(template: &Value) -> BTreeSet<String> {
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
