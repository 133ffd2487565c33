//! Intrinsic functions in JSON: which is one, and what it refers to.

use serde_json::Value;

/// The name and the argument of an intrinsic function in its long form.
pub(crate) fn function(value: &Value) -> Option<(&str, &Value)> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    let (name, argument) = map.iter().next()?;
    let known = match name.as_str() {
        // A statement of a policy may have nothing but a `Condition`, which is a mapping.
        "Ref" | "Condition" => argument.is_string(),
        name => name.starts_with("Fn::"),
    };
    known.then_some((name, argument))
}

/// Whether it is `AWS::NoValue`, which stands for nothing.
pub(crate) fn is_no_value(value: &Value) -> bool {
    matches!(function(value), Some(("Ref", name)) if name == "AWS::NoValue")
}

/// Whether it is a function that stands for one value: others may stand for a list, or for nothing.
pub(crate) fn is_one_value(value: &Value) -> bool {
    matches!(function(value), Some(("Ref" | "Fn::GetAtt" | "Fn::Join" | "Fn::ImportValue", _)))
}

/// What an expression refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reference<'a> {
    /// A resource or a parameter.
    Name(&'a str),
    /// A condition.
    Condition(&'a str),
    /// A mapping.
    Mapping(&'a str),
}

/// Calls `found` with every reference in a canonical value.
pub(crate) fn references<'a>(value: &'a Value, found: &mut impl FnMut(Reference<'a>)) {
    if let Some((name, argument)) = function(value) {
        let first = argument.get(0).and_then(Value::as_str);
        match (name, first) {
            ("Ref", _) => found(Reference::Name(argument.as_str().unwrap_or_default())),
            ("Condition", _) => found(Reference::Condition(argument.as_str().unwrap_or_default())),
            ("Fn::GetAtt", Some(id)) => found(Reference::Name(id)),
            ("Fn::If", Some(condition)) => found(Reference::Condition(condition)),
            ("Fn::FindInMap", Some(mapping)) => found(Reference::Mapping(mapping)),
            _ => {}
        }
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => map.values().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// A canonical value in words: `${Bucket.Arn}/*`. What is no text or reference is shown as a call: `If(Prod, a, b)`. Text that
/// would read as a reference is written as `Fn::Sub` takes it: `${!Bucket.Arn}`.
pub(crate) fn readable(value: &Value) -> String {
    match (function(value), value) {
        (Some(("Ref", name)), _) => format!("${{{}}}", name.as_str().unwrap_or_default()),
        (Some(("Fn::GetAtt", parts)), _) => match parts.as_array() {
            Some(parts) => format!("${{{}}}", parts.iter().map(readable).collect::<Vec<_>>().join(".")),
            None => format!("${{{}}}", readable(parts)),
        },
        (Some(("Fn::Join", parts)), _) if parts[0] == "" && parts[1].is_array() => {
            parts[1].as_array().into_iter().flatten().map(readable).collect()
        }
        (Some((name, argument)), _) => {
            let name = name.trim_start_matches("Fn::");
            match argument.as_array() {
                Some(parts) => format!("{name}({})", list(parts)),
                None => format!("{name}({})", readable(argument)),
            }
        }
        (None, Value::String(text)) => literal(text),
        (None, Value::Array(items)) => format!("[{}]", list(items)),
        (None, Value::Object(map)) => {
            let entries: Vec<_> = map.iter().map(|(key, value)| format!("{key}: {}", readable(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        (None, other) => other.to_string(),
    }
}

fn list(items: &[Value]) -> String {
    items.iter().map(readable).collect::<Vec<_>>().join(", ")
}

/// Text in which nothing reads as a reference. `${aws:username}`, a variable of a policy, does not.
fn literal(text: &str) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split_once('}').map_or("", |(name, _)| name);
        let id = name.strip_prefix("AWS::").or_else(|| name.split('.').next()).unwrap_or_default();
        let refers = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        out.push_str(if refers { "${!" } else { "${" });
        out.push_str(part);
    }
    out
}
