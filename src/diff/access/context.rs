//! A template's resources, and expressions in words that are the same only where the values are.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diff::changes::{Fate, fate};
use crate::diff::expression::{Reference, function, readable, references};

/// The conditions under which a thing is there; fewer of them is more access.
pub(super) type Guards = BTreeSet<String>;

/// Attributes that say which resource it is, as `Ref` does.
const IDENTIFIERS: &[&str] = &[
    "Arn",
    "FunctionArn",
    "GroupId",
    "Id",
    "InternetGatewayId",
    "KeyId",
    "PolicyArn",
    "PrefixListId",
    "QueueUrl",
    "RouteTableId",
    "SubnetId",
    "TopicArn",
];

/// Whether an attribute says which resource it is.
pub(crate) fn identifies(attribute: &str) -> bool {
    IDENTIFIERS.contains(&attribute)
}

/// A canonical template beside the one that it is compared with.
pub(super) struct Context<'a> {
    template: &'a Value,
    other: &'a Value,
    resources: Vec<Resource<'a>>,
    changed: &'a BTreeSet<(char, String)>,
}

/// A resource.
#[derive(Clone, Copy)]
pub(super) struct Resource<'a> {
    pub(super) id: &'a str,
    pub(super) type_name: &'a str,
    pub(super) properties: &'a Value,
    condition: Option<&'a str>,
}

impl<'a> Resource<'a> {
    pub(super) fn get(&self, property: &str) -> Option<&'a Value> {
        self.properties.get(property)
    }

    /// How a reference to it reads.
    pub(super) fn name(&self) -> String {
        format!("${{{}}}", self.id)
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(template: &'a Value, other: &'a Value, changed: &'a BTreeSet<(char, String)>) -> Self {
        const NONE: &Value = &Value::Null;
        let resources = template["Resources"].as_object().into_iter().flatten().map(|(id, resource)| Resource {
            id,
            type_name: resource.get("Type").and_then(Value::as_str).unwrap_or_default(),
            properties: resource.get("Properties").unwrap_or(NONE),
            condition: resource.get("Condition").and_then(Value::as_str),
        });
        Self { template, other, resources: resources.collect(), changed }
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = Resource<'a>> {
        self.resources.iter().copied()
    }

    fn resource(&self, id: &str) -> Option<&'a Value> {
        self.template["Resources"].get(id)
    }

    /// The type of the resource that an expression refers to.
    pub(super) fn type_of(&self, value: &Value) -> Option<&'a str> {
        let id = match function(value)? {
            ("Ref", id) => id.as_str(),
            ("Fn::GetAtt", parts) => parts[0].as_str(),
            _ => None,
        };
        self.resource(id?)?["Type"].as_str()
    }

    /// Whether the template has a resource.
    pub(super) fn has(&self, id: &str) -> bool {
        self.resource(id).is_some()
    }

    /// Whether the other template has the resource too.
    pub(super) fn is_in_both(&self, id: &str) -> bool {
        self.other["Resources"].get(id).is_some()
    }

    /// Whether a name such as `${Role}` is that of a resource that the other template has not, and that does not stay when it
    /// leaves.
    pub(super) fn is_gone(&self, name: &str) -> bool {
        let id = name.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
        let there = id.filter(|id| !self.is_in_both(id)).and_then(|id| self.resource(id));
        there.is_some_and(|resource| fate::on_deletion(resource) != Fate::Retained)
    }

    /// An expression in words.
    pub(super) fn text(&self, value: &Value) -> String {
        let mut text = readable(value);
        for name in self.changed_in(value) {
            text.push_str(&format!(" ({name} changed)"));
        }
        text
    }

    fn changed_in<'v>(&self, value: &'v Value) -> BTreeSet<&'v str> {
        let mut found = BTreeSet::new();
        if self.changed.is_empty() {
            return found;
        }
        references(value, &mut |reference| {
            let (section, name) = match reference {
                Reference::Name(name) => ('P', name),
                Reference::Mapping(name) => ('M', name),
                Reference::Condition(name) => ('C', name),
            };
            if self.changed.contains(&(section, name.to_owned())) {
                found.insert(name);
            }
        });
        found
    }

    /// The same, where an attribute that identifies a resource of the template stands for the resource itself.
    pub(super) fn entity(&self, value: &Value) -> String {
        match function(value) {
            Some(("Fn::GetAtt", parts)) if self.identifies(value, &parts[1]) => {
                format!("${{{}}}", parts[0].as_str().unwrap_or_default())
            }
            _ => self.text(value),
        }
    }

    /// Whether an attribute names its resource: those of stacks and custom resources may name anything.
    fn identifies(&self, value: &Value, attribute: &Value) -> bool {
        let of_aws = self.type_of(value).is_some_and(|name| {
            name.starts_with("AWS::") && !name.starts_with("AWS::CloudFormation::") && !name.ends_with("::MODULE")
        });
        of_aws && attribute.as_str().is_some_and(identifies)
    }

    /// The conditions under which a resource exists.
    pub(super) fn guards(&self, resource: Resource<'_>) -> Guards {
        resource.condition.map(|name| self.guard(name, true)).into_iter().collect()
    }

    fn guard(&self, condition: &str, holds: bool) -> String {
        let changed = if self.changed.contains(&('C', condition.to_owned())) { " (changed)" } else { "" };
        format!("{}{condition}{changed}", if holds { "" } else { "not " })
    }

    /// Calls `found` with each value that an expression may become, and the conditions of it: the items of lists, both
    /// sides of `Fn::If`.
    pub(super) fn each<'v>(&self, value: &'v Value, guards: &Guards, found: &mut impl FnMut(&'v Value, &Guards)) {
        match (value, function(value)) {
            (Value::Array(items), _) => items.iter().for_each(|item| self.each(item, guards, found)),
            (_, Some(("Ref", name))) if name == "AWS::NoValue" => {}
            (_, Some(("Fn::If", parts))) => {
                let condition = parts[0].as_str().unwrap_or_default();
                for (side, holds) in [(&parts[1], true), (&parts[2], false)] {
                    let mut guards = guards.clone();
                    guards.insert(self.guard(condition, holds));
                    self.each(side, &guards, found);
                }
            }
            _ => found(value, guards),
        }
    }
}

/// A scalar's text; none where it is an expression, a list or a map.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The parameters, mappings and conditions that mean another thing in the new template, conditions of such conditions
/// included.
pub(super) fn changed(old: &Value, new: &Value) -> BTreeSet<(char, String)> {
    let section = |template: &'_ Value, name: &str| template[name].as_object().cloned().unwrap_or_default();
    let mut out = BTreeSet::new();
    for (letter, name, keys) in
        [('P', "Parameters", &["Default", "Type"][..]), ('M', "Mappings", &[]), ('C', "Conditions", &[])]
    {
        let before = section(old, name);
        let differs = |name: &String, value: &Value| {
            let parts = |before: &Value| keys.iter().any(|key| before.get(key) != value.get(key));
            before.get(name).is_some_and(|before| if keys.is_empty() { before != value } else { parts(before) })
        };
        out.extend(
            section(new, name).into_iter().filter(|(name, value)| differs(name, value)).map(|(n, _)| (letter, n)),
        );
    }
    let conditions = section(new, "Conditions");
    while spread(&conditions, &mut out) {}
    out
}

/// Adds the conditions that refer to what changed; whether there was one.
fn spread(conditions: &Map<String, Value>, changed: &mut BTreeSet<(char, String)>) -> bool {
    let none = Value::Null;
    let reached = conditions
        .iter()
        .filter(|(_, condition)| !Context::new(&none, &none, changed).changed_in(condition).is_empty());
    let reached: Vec<_> = reached.map(|(name, _)| ('C', name.clone())).collect();
    let before = changed.len();
    changed.extend(reached);
    changed.len() > before
}
