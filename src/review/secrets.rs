//! Secrets: nothing that is shown of a value holds one. What is called a secret is hidden, but where it only says whence the
//! secret comes.

use serde_json::{Map, Value};

use crate::diff::{SECRET, function};
use crate::synth::holds_secret;

/// What stands for a value of a parameter that is not echoed.
const NO_ECHO: &str = "(not shown: NoEcho)";
/// How the names of settings end that hold a secret, beside those that properties end with: there is no list of settings.
const SETTINGS: &[&str] = &["key", "token", "secret", "pass", "pwd", "credentials"];
/// What a parameter says that is no value of it.
const NO_VALUES: &[&str] = &["Type", "Description", "ConstraintDescription", "NoEcho", "MinLength", "MaxLength"];

/// What a canonical template has at a JSON pointer, without secrets. `no_echo`: the pointer is into a parameter that is not
/// echoed, on this side or the other.
pub(super) fn at(template: &Value, pointer: &str, no_echo: bool) -> Option<Value> {
    let value = template.pointer(pointer)?;
    let keys = keys(pointer);
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    let inside = |section: &str| &template[section][names[1]];
    Some(match names[..] {
        ["Resources", _, ref path @ ..] => shown(inside("Resources"), path, value),
        ["Parameters", name, ref path @ ..] => {
            let hide = Hide::of(name, inside("Parameters"), no_echo);
            match (path.first(), value) {
                (Some(key), _) => hide.value(key, value),
                (None, Value::Object(map)) => {
                    map.iter().map(|(key, value)| (key.clone(), hide.value(key, value))).collect()
                }
                (None, other) => other.clone(),
            }
        }
        ["Outputs", name, "Value", ..] if holds_secret(name) && !harmless(value) => SECRET.into(),
        ["Outputs", name] if holds_secret(name) => {
            let mut shown = masked(value);
            if let Some(value) = shown.get_mut("Value").filter(|value| !harmless(value)) {
                *value = SECRET.into();
            }
            shown
        }
        // Their names are of what they decide.
        ["Outputs" | "Conditions" | "Rules", ..] => masked(value),
        _ => shown(template, &names, value),
    })
}

/// What of a parameter is hidden.
enum Hide {
    Nothing,
    Values(&'static str),
}

impl Hide {
    fn of(name: &str, parameter: &Value, no_echo: bool) -> Self {
        // The default of a type that is read from Systems Manager is the name of a parameter there.
        let read = parameter.get("Type").and_then(Value::as_str).is_some_and(|name| name.starts_with("AWS::SSM::"));
        match (no_echo, holds_secret(name) && !read) {
            (true, _) => Self::Values(NO_ECHO),
            (_, true) => Self::Values(SECRET),
            _ => Self::Nothing,
        }
    }

    fn value(&self, key: &str, value: &Value) -> Value {
        match self {
            Self::Values(instead) if !NO_VALUES.contains(&key) && !harmless(value) => (*instead).into(),
            _ => value.clone(),
        }
    }
}

/// Whether a parameter of a canonical template is not echoed.
pub(super) fn is_no_echo(parameter: &Value) -> bool {
    parameter.get("NoEcho").and_then(Value::as_str).is_some_and(|on| on.eq_ignore_ascii_case("true"))
}

/// Whether a place in a resource is called a secret: by its own name, by one around it, or by the `Name` beside it.
#[cfg(feature = "deploy")]
pub(crate) fn named_secret(resource: &Value, pointer: &str) -> bool {
    let keys = keys(pointer);
    place(resource, &keys.iter().map(String::as_str).collect::<Vec<_>>()) == Place::Secret
}

/// A value at a place of a resource, whatever the template has there, without secrets.
#[cfg(feature = "deploy")]
pub(crate) fn masked_at(resource: &Value, pointer: &str, value: &Value) -> Value {
    let keys = keys(pointer);
    shown(resource, &keys.iter().map(String::as_str).collect::<Vec<_>>(), value)
}

/// A value without the secrets in it.
pub(super) fn masked(value: &Value) -> Value {
    inside(value, Place::Plain)
}

fn shown(root: &Value, path: &[&str], value: &Value) -> Value {
    match place(root, path) {
        Place::Secret if !harmless(value) => SECRET.into(),
        place => inside(value, place),
    }
}

/// What the names around a value say of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Plain,
    /// It holds settings by name, or a list of them: an environment.
    Settings,
    /// It is a secret.
    Secret,
}

/// The place at a path.
fn place(root: &Value, path: &[&str]) -> Place {
    let (mut place, mut here) = (Place::Plain, Some(root));
    for key in path {
        place = place.within(here.and_then(Value::as_object), key);
        here = match here {
            Some(Value::Object(map)) => map.get(*key),
            Some(Value::Array(items)) => key.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
    }
    place
}

impl Place {
    /// The place of a key in a value here, which is a map where it is one.
    fn within(self, map: Option<&Map<String, Value>>, key: &str) -> Self {
        let secret = |name: &str| holds_secret(name) || self == Self::Settings && setting_holds_secret(name);
        // What a secret is generated from is none.
        if self == Self::Secret || key != "GenerateSecretString" && secret(key) {
            return Self::Secret;
        }
        if key == "Value" && map.and_then(name_beside).is_some_and(secret) {
            return Self::Secret;
        }
        let item = self == Self::Settings && key.bytes().all(|byte| byte.is_ascii_digit());
        if item || key == "Environment" || key == "Variables" || key.ends_with("EnvironmentVariables") {
            return Self::Settings;
        }
        Self::Plain
    }
}

/// The name of a setting in a list of them, where its value is what it says, and not the place of that.
fn name_beside(setting: &Map<String, Value>) -> Option<&str> {
    let elsewhere = setting.get("Type").and_then(Value::as_str);
    if elsewhere.is_some_and(|kind| matches!(kind, "PARAMETER_STORE" | "SECRETS_MANAGER")) {
        return None;
    }
    ["Name", "OptionName"].iter().find_map(|key| setting.get(*key)?.as_str())
}

/// Whether a setting of this name may hold a secret: `API_KEY`, `GITHUB_TOKEN`.
fn setting_holds_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SETTINGS.iter().any(|ending| name.ends_with(ending)) && !name.ends_with("publickey")
}

/// A value at a place that is no secret itself, without the secrets in it.
fn inside(value: &Value, place: Place) -> Value {
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| {
                let value = match place.within(Some(map), key) {
                    Place::Secret if !harmless(value) => SECRET.into(),
                    place => inside(value, place),
                };
                (key.clone(), value)
            };
            map.iter().map(entry).collect()
        }
        Value::Array(items) => items.iter().map(|item| inside(item, place)).collect(),
        other => other.clone(),
    }
}

/// Whether a value tells nobody a secret, whatever it is called: it says where that is, or whether there is one.
fn harmless(value: &Value) -> bool {
    match (function(value), value) {
        (Some(("Ref" | "Fn::GetAtt" | "Fn::ImportValue", _)), _) | (None, Value::Null | Value::Bool(_)) => true,
        // The fourth is what it is where the mapping has nothing.
        (Some(("Fn::FindInMap", parts)), _) => parts.as_array().is_some_and(|parts| parts.len() == 3),
        (Some(("Fn::If", parts)), _) => parts.as_array().is_some_and(|parts| parts.iter().skip(1).all(harmless)),
        (Some(("Fn::Join", parts)), _) => joined(parts).is_some_and(|text| harmless_text(&text)),
        (Some((_, argument)), _) => harmless(argument),
        (None, Value::String(text)) => harmless_text(text),
        (None, Value::Number(_)) => false,
        (None, Value::Array(items)) => items.iter().all(harmless),
        (None, Value::Object(map)) => map.values().all(harmless),
    }
}

/// The text of a join, `*` for each reference.
fn joined(parts: &Value) -> Option<String> {
    let delimiter = parts.get(0)?.as_str()?;
    let one = |part: &Value| match part.as_str() {
        Some(text) => Some(text.to_owned()),
        None => harmless(part).then(|| "*".to_owned()),
    };
    let texts: Option<Vec<String>> = parts.get(1)?.as_array()?.iter().map(one).collect();
    Some(texts?.join(delimiter))
}

/// Text that is nothing, a truth, an ARN, or one dynamic reference.
fn harmless_text(text: &str) -> bool {
    let dynamic = text.strip_prefix("{{resolve:").and_then(|rest| rest.strip_suffix("}}"));
    text.is_empty()
        || text.eq_ignore_ascii_case("true")
        || text.eq_ignore_ascii_case("false")
        || text.starts_with("arn:")
        || dynamic.is_some_and(|inside| !inside.contains("{{") && !inside.contains("}}"))
}

/// The keys of a JSON pointer.
fn keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}
