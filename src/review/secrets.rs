//! Secrets: nothing that is shown of a value holds one. What is called a secret is hidden, but where it only says whence the
//! secret comes.

use serde_json::{Map, Value};

use crate::diff::access::agreed;
use crate::diff::pointer::{inside, keys};
use crate::diff::{SECRET, function};
use crate::synth::{holds_secret, name_ends_with};

/// What stands for a value of a parameter that is not echoed.
const NO_ECHO: &str = "(not shown: NoEcho)";
/// How the names of settings end that hold a secret, beside those that properties end with: there is no list of settings.
const SETTINGS: &[&str] = &["key", "token", "secret", "pass", "pwd", "credentials"];
/// Words in the name of a setting that holds a secret, wherever in it they stand: `DB_PASSWORD_OLD`, `SECRET_KEY_BASE`.
const WORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "pw", "secret", "credentials"];
/// What a parameter says that is no value of it.
const NO_VALUES: &[&str] = &["Type", "Description", "ConstraintDescription", "NoEcho", "MinLength", "MaxLength"];

/// What a resource of a canonical template has at a JSON pointer, without secrets.
pub(super) fn of_resource(resource: &Value, pointer: &str) -> Option<Value> {
    let (place, value) = walk(resource, pointer);
    value.map(|value| shown(place, value))
}

/// What a canonical template has at a JSON pointer, which is not into a resource, without secrets. `no_echo`: it is into a
/// parameter that is not echoed, on this side or the other.
pub(super) fn of_entry(template: &Value, pointer: &str, no_echo: bool) -> Option<Value> {
    let value = template.pointer(pointer)?;
    let keys: Vec<_> = keys(pointer).collect();
    let names: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    Some(match names[..] {
        ["Parameters", name, ref path @ ..] => {
            let hide = Hide::of(name, &template["Parameters"][name], no_echo);
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
        _ => shown(walk(template, pointer).0, value),
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
        match (no_echo, parameter_holds_secret(name) && !read) {
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
    walk(resource, pointer).0 == Place::Secret
}

/// A value at a place of a resource, whatever the template has there, without secrets.
#[cfg(feature = "deploy")]
pub(crate) fn masked_at(resource: &Value, pointer: &str, value: &Value) -> Value {
    shown(walk(resource, pointer).0, value)
}

/// A value without the secrets in it.
pub(super) fn masked(value: &Value) -> Value {
    hidden(value, Place::Plain)
}

fn shown(place: Place, value: &Value) -> Value {
    match place {
        Place::Secret if harmless(value) => value.clone(),
        Place::Secret => SECRET.into(),
        place => hidden(value, place),
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

/// The place at a pointer, and what is there.
fn walk<'v>(root: &'v Value, pointer: &str) -> (Place, Option<&'v Value>) {
    let (mut place, mut here) = (Place::Plain, Some(root));
    for key in keys(pointer) {
        place = place.within(here.and_then(Value::as_object), &key);
        here = here.and_then(|value| inside(value, &key));
    }
    (place, here)
}

impl Place {
    /// The place of a key in a value here, which is a map where it is one.
    fn within(self, map: Option<&Map<String, Value>>, key: &str) -> Self {
        let secret = |name: &str| holds_secret(name) || self == Self::Settings && setting_holds_secret(name);
        // What a secret is generated from is none.
        if self == Self::Secret || key != "GenerateSecretString" && secret(key) || agreed(key) {
            return Self::Secret;
        }
        if key == "Value" && map.and_then(name_beside).is_some_and(secret) {
            return Self::Secret;
        }
        let item = self == Self::Settings && key.bytes().all(|byte| byte.is_ascii_digit());
        if item
            || key == "SecretStringTemplate"
            || key == "Environment"
            || key == "Variables"
            || key.ends_with("EnvironmentVariables")
        {
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
    ["Name", "OptionName", "Key"].iter().find_map(|key| setting.get(*key)?.as_str())
}

/// Whether a setting of this name may hold a secret: `API_KEY`, `GITHUB_TOKEN`.
fn setting_holds_secret(name: &str) -> bool {
    let ends = SETTINGS.iter().any(|ending| name_ends_with(name, ending)) && !name_ends_with(name, "publickey");
    let words = || name.split(|letter: char| !letter.is_ascii_alphanumeric());
    ends || words().any(|word| WORDS.iter().any(|secret| word.eq_ignore_ascii_case(secret)))
}

/// Whether a parameter of this name may hold a secret: `DbToken`. A key may be of anything.
fn parameter_holds_secret(name: &str) -> bool {
    let key = name_ends_with(name, "key") && !name_ends_with(name, "apikey");
    holds_secret(name) || !key && setting_holds_secret(name)
}

/// A value at a place that is no secret itself, without the secrets in it.
fn hidden(value: &Value, place: Place) -> Value {
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| (key.clone(), shown(place.within(Some(map), key), value));
            map.iter().map(entry).collect()
        }
        Value::Array(items) => items.iter().map(|item| hidden(item, place)).collect(),
        Value::String(text) => text_without_secrets(text, place).map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

/// Text without the secrets in it, which is JSON, or an address with a password in it. None where there are none.
fn text_without_secrets(text: &str, place: Place) -> Option<String> {
    if text.trim_start().starts_with('{') {
        let read: Value = serde_json::from_str(text).ok()?;
        let shown = hidden(&read, place);
        return (shown != read).then(|| shown.to_string());
    }
    let (scheme, rest) = text.split_once("://")?;
    let (user, host) = rest.split(['/', '?', '#', ' ']).next()?.rsplit_once('@')?;
    let (user, password) = user.split_once(':')?;
    (!password.is_empty())
        .then(|| format!("{scheme}://{user}:{SECRET}@{host}{}", &rest[user.len() + password.len() + host.len() + 2..]))
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
