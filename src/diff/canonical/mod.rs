//! What a template means: two spellings of the same are equal here, and nothing else is.

mod policy;
mod schema;
mod text;

use serde_json::{Map, Value};

use super::expression::{function, is_no_value};
use crate::spec::TypeSpec;
pub(super) use policy::has_statements;
pub(crate) use policy::{is_policy, policy_text};
pub(super) use schema::Schemas;

/// The meaning of a template, or of a part of one.
///
/// Keys are in order. Intrinsics have one form: `Fn::GetAtt` takes a list, `Fn::Sub` becomes `Ref`, `Fn::GetAtt` or the
/// `Fn::Join` that it equals, and text that has no expression in it is text. Numbers and truths are text (`80` is
/// `"80"`), for that is what CloudFormation makes of them, except in free-form JSON, such as an event pattern, where a
/// number is not a text; for that, a template's properties are followed along their types' schemas. In a policy the
/// order of statements, actions, resources and principals means nothing, nor whether a single one stands in a list, whether
/// everybody is `"*"` or `{ "AWS": "*" }`, or whether an action's service is in capitals; one that is held as JSON text is still
/// text, and in the same order.
///
/// ```
/// use formwork::diff::canonical;
/// use serde_json::json;
///
/// assert_eq!(canonical(&json!({ "Fn::Sub": "${Jobs.Arn}" })), canonical(&json!({ "Fn::GetAtt": "Jobs.Arn" })));
/// ```
#[must_use]
pub fn canonical(value: &Value) -> Value {
    match value.as_object() {
        Some(map) if map.get("Resources").is_some_and(Value::is_object) => template(map),
        _ => Place::Text.value(value),
    }
}

/// Which scalars are the same, at a place.
#[derive(Clone)]
enum Place {
    /// `80` is `"80"`.
    Text,
    /// `80` is not `"80"`.
    Exact,
    /// The schemas say.
    Schemas(Schemas),
}

impl Place {
    /// The place of a type's properties.
    fn properties_of(type_name: &str) -> Self {
        // CloudFormation hands every scalar to a custom resource as text.
        if type_name.starts_with("Custom::") || type_name == "AWS::CloudFormation::CustomResource" {
            return Self::Text;
        }
        crate::spec::known(type_name).map_or(Self::Exact, |spec: &'static TypeSpec| Self::Schemas(Schemas::root(spec)))
    }

    fn inner(&self, find: impl FnOnce(&Schemas) -> Option<Schemas>) -> Self {
        match self {
            Self::Schemas(schemas) => find(schemas).map_or(Self::Exact, Self::Schemas),
            other => other.clone(),
        }
    }

    fn scalars_are_text(&self) -> bool {
        match self {
            Self::Text => true,
            Self::Exact => false,
            Self::Schemas(schemas) => schemas.take_scalars(),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Schemas(schemas) if schemas.take_numbers_alone())
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Bool(truth) if self.scalars_are_text() => truth.to_string().into(),
            Value::Number(number) if self.scalars_are_text() => {
                let text = number.to_string();
                // As a number 20.0 is 20; as text it is another, such as a version.
                text.strip_suffix(".0").filter(|_| self.is_number()).map_or_else(|| text.as_str().into(), Value::from)
            }
            Value::String(text) if matches!(self, Self::Schemas(_)) => {
                policy_text(text).map_or_else(|| value.clone(), |policy| policy::canonical(&policy).to_string().into())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
            Value::Array(items) => {
                let place = self.inner(Schemas::items);
                items.iter().map(|item| place.value(item)).collect()
            }
            Value::Object(map) => match function(value) {
                Some((name, argument)) => self.call(name, argument),
                None if is_policy(map) => policy::canonical(map),
                None => self.object(map),
            },
        }
    }

    fn object(&self, map: &Map<String, Value>) -> Value {
        let entries = map.iter().map(|(key, value)| (key, self.inner(|schemas| schemas.property(key)).value(value)));
        sorted(entries.filter(|(_, value)| !is_no_value(value)).map(|(key, value)| (key.clone(), value)))
    }

    fn call(&self, name: &str, argument: &Value) -> Value {
        match name {
            "Fn::GetAtt" => text::attribute(argument),
            "Fn::Sub" => text::sub(argument),
            "Fn::Join" => text::join(argument),
            // What is chosen stands at the place of the function.
            "Fn::If" => {
                let parts = argument.as_array().into_iter().flatten().map(|part| self.value(part));
                one(name, parts.collect())
            }
            "Fn::ToJsonString" | "Fn::Transform" => one(name, Self::Exact.value(argument)),
            _ => one(name, Self::Text.value(argument)),
        }
    }
}

/// Whether two canonical values are the same: as the keys of both are in order, one is looked at after the other.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|((a, x), (b, y))| a == b && same(x, y))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(x, y)| same(x, y))
        }
        (one, other) => one == other,
    }
}

/// A function and its argument.
fn one(name: &str, argument: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), argument)]))
}

fn sorted(entries: impl Iterator<Item = (String, Value)>) -> Value {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(entries.into_iter().collect())
}

/// A single value or a list, as a list.
fn listed(value: Value) -> Value {
    match value {
        Value::Array(_) => value,
        one => Value::Array(vec![one]),
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn template(map: &Map<String, Value>) -> Value {
    let sections = map.iter().map(|(name, section)| {
        let section = match (name.as_str(), section.as_object()) {
            ("Resources", Some(resources)) => {
                sorted(resources.iter().map(|(id, resource)| (id.clone(), self::resource(resource))))
            }
            ("Metadata", _) => Place::Exact.value(section),
            ("Transform", _) => listed(Place::Exact.value(section)),
            _ => Place::Text.value(section),
        };
        (name.clone(), section)
    });
    sorted(sections.filter(|(_, section)| !is_empty(section)))
}

fn resource(resource: &Value) -> Value {
    let Some(map) = resource.as_object() else { return Place::Exact.value(resource) };
    let type_name = map.get("Type").and_then(Value::as_str).unwrap_or_default();
    let entries = map.iter().map(|(key, value)| {
        let value = match key.as_str() {
            "Properties" => Place::properties_of(type_name).value(value),
            "Metadata" => Place::Exact.value(value),
            "DependsOn" => set(listed(Place::Text.value(value))),
            _ => Place::Text.value(value),
        };
        (key.clone(), value)
    });
    sorted(entries.filter(|(key, value)| !(key == "Properties" && is_empty(value))))
}

/// A list in which neither order nor repetition means anything.
fn set(list: Value) -> Value {
    match list {
        Value::Array(mut items) => {
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            Value::Array(items)
        }
        other => other,
    }
}
