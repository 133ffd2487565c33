//! Expressions at another place: what they refer to has another logical id, or is in another stack, and they mean the same.

use serde_json::{Map, Value, json};

use super::templates::Build;
use crate::diff::{Reference, references};
use crate::synth::sub::{Piece, pieces};

/// Pseudo parameters that mean something else in each stack.
const OF_THE_STACK: [&str; 3] = ["AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"];

/// Where an expression is from, and where it goes.
pub(super) struct Place {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What it is part of, in words.
    pub(super) who: String,
}

/// Rewrites what goes from one place to another.
pub(super) struct Rewriter<'b, 'a> {
    build: &'b mut Build<'a>,
    place: Place,
}

/// What a name becomes.
enum Named {
    /// It stays.
    Same,
    /// A resource of the same stack.
    Here(String),
    /// A value that is written out.
    Literal(Value),
    /// Something of another stack; whether it is a list.
    There(Value, bool),
}

impl<'b, 'a> Rewriter<'b, 'a> {
    pub(super) fn new(build: &'b mut Build<'a>, place: Place) -> Self {
        Self { build, place }
    }

    fn moves(&self) -> bool {
        self.place.from != self.place.to
    }

    fn block(&mut self, what: &str, help: &str) {
        let what = format!("{} {what}", self.place.who);
        self.build.block(self.place.to, what, help);
    }

    /// A resource.
    pub(super) fn resource(&mut self, resource: &Value) -> Value {
        let Some(map) = resource.as_object() else { return resource.clone() };
        let mut out = Map::new();
        for (key, value) in map {
            let value = match (key.as_str(), value) {
                ("Type", value) => Some(value.clone()),
                ("DependsOn", value) => self.depends_on(value),
                ("Condition", Value::String(name)) => {
                    self.same_condition(name);
                    Some(value.clone())
                }
                (_, value) => Some(self.value(value)),
            };
            out.extend(value.map(|value| (key.clone(), value)));
        }
        Value::Object(out)
    }

    /// What a resource waits for: those that are in its stack.
    fn depends_on(&mut self, value: &Value) -> Option<Value> {
        let here = |id: &Value| -> Option<Value> {
            let (stack, id) = self.build.place_of(self.place.from, id.as_str()?);
            (stack == self.place.to).then(|| id.into())
        };
        match value {
            Value::Array(ids) => {
                Some(ids.iter().filter_map(here).collect::<Vec<_>>()).filter(|left| !left.is_empty()).map(Value::Array)
            }
            one => here(one),
        }
    }

    /// Any value.
    pub(super) fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(map) => match map.iter().next().filter(|_| map.len() == 1) {
                Some((name, argument)) => self.call(name, argument).unwrap_or_else(|| self.object(map)),
                None => self.object(map),
            },
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            other => other.clone(),
        }
    }

    fn object(&mut self, map: &Map<String, Value>) -> Value {
        Value::Object(map.iter().map(|(key, value)| (key.clone(), self.value(value))).collect())
    }

    /// A function; none where there is nothing to say of it but of what is in it.
    fn call(&mut self, name: &str, argument: &Value) -> Option<Value> {
        match (name, argument) {
            ("Ref", Value::String(id)) => self.reference(id),
            ("Fn::GetAtt", argument) => self.attribute(argument),
            ("Fn::Sub", argument) => Some(self.sub(argument)),
            ("Fn::ImportValue", Value::String(export)) => self.import(export),
            ("Fn::If", Value::Array(parts)) => {
                if let Some(Value::String(condition)) = parts.first() {
                    self.same_condition(condition);
                }
                None
            }
            ("Condition", Value::String(condition)) => {
                self.same_condition(condition);
                None
            }
            ("Fn::FindInMap", Value::Array(parts)) => {
                if let Some(Value::String(mapping)) = parts.first() {
                    self.same_entry("Mappings", "mapping", mapping);
                }
                None
            }
            _ => None,
        }
    }

    fn reference(&mut self, id: &str) -> Option<Value> {
        match self.named(id, None) {
            Named::Same => None,
            Named::Here(id) => Some(json!({ "Ref": id })),
            Named::Literal(value) | Named::There(value, _) => Some(value),
        }
    }

    fn attribute(&mut self, argument: &Value) -> Option<Value> {
        let (id, rest): (&str, Vec<Value>) = match argument {
            Value::String(text) => text.split_once('.').map(|(id, attribute)| (id, vec![attribute.into()]))?,
            Value::Array(parts) => (parts.first()?.as_str()?, parts[1..].to_vec()),
            _ => return None,
        };
        match self.named(id, Some(&rest)) {
            Named::Same => None,
            Named::Here(id) => {
                let rest: Vec<Value> = rest.iter().map(|part| self.value(part)).collect();
                let parts: Vec<Value> = std::iter::once(id.into()).chain(rest).collect();
                Some(json!({ "Fn::GetAtt": parts }))
            }
            Named::Literal(value) | Named::There(value, _) => Some(value),
        }
    }

    /// What becomes of a name: a resource with or without an attribute, a parameter, a pseudo parameter.
    fn named(&mut self, id: &str, attribute: Option<&[Value]>) -> Named {
        if self.build.is_resource(self.place.from, id) {
            let target = self.build.place_of(self.place.from, id);
            if target.0 != self.place.to {
                return self.other(id, &target, attribute);
            }
            return if target.1 == id { Named::Same } else { Named::Here(target.1) };
        }
        if !self.moves() || attribute.is_some() {
            return Named::Same;
        }
        if OF_THE_STACK.contains(&id) {
            let what = format!("refers to {id}, which is another in {}", self.path(self.place.to));
            self.block(&what, "write out what is meant and deploy that, then move it");
            return Named::Same;
        }
        self.parameter(id).map_or(Named::Same, Named::Literal)
    }

    /// Something of another stack: what that exports, as far as the definitions want it exported.
    fn other(&mut self, id: &str, target: &(usize, String), attribute: Option<&[Value]>) -> Named {
        self.build.link(self.place.to, target.0);
        let name = match attribute {
            None => Some(None),
            Some([Value::String(name)]) => Some(Some(name.as_str())),
            Some(_) => None,
        };
        let export = name.and_then(|name| self.build.export_of(target, name));
        let Some(export) = export else {
            let there = self.path(target.0).to_owned();
            let of = name.flatten().map(|name| format!("`{name}` of ")).unwrap_or_default();
            let what = format!("refers to {of}`{id}`, which will be in {there}, and nothing exports that");
            let help = "the definitions have no such reference between these stacks: leave what moves where it was, deploy \
                        what else changes, then move it";
            self.block(&what, help);
            return Named::Same;
        };
        self.build.take_export(target.0, &export);
        let import = json!({ "Fn::ImportValue": export.name });
        let value = if export.list { json!({ "Fn::Split": ["||", import] }) } else { import };
        Named::There(value, export.list)
    }

    fn path(&self, stack: usize) -> &'a str {
        self.build.stacks[stack].path
    }

    /// The value of a parameter, where the other stack has none that is the same.
    fn parameter(&mut self, name: &str) -> Option<Value> {
        let (here, there) = (&self.build.stacks[self.place.from], &self.build.stacks[self.place.to]);
        let declared = here.template.as_ref()?.get("Parameters")?.get(name)?;
        match (here.parameters.get(name), there.parameters.get(name)) {
            (Some(Some(here)), Some(Some(there))) if here == there => None,
            (Some(Some(value)), _) => Some(literal(declared, value)),
            _ => {
                let what = format!("refers to the parameter {name}, whose value is hidden");
                self.block(&what, "declare it in the other stack and deploy that, or leave the resource where it is");
                None
            }
        }
    }

    /// Whether the other stack has a condition that decides the same.
    fn same_condition(&mut self, name: &str) {
        if !self.moves() || !self.same_entry("Conditions", "condition", name) {
            return;
        }
        let condition = self.build.before[self.place.from]["Conditions"][name].clone();
        let (mut parameters, mut conditions) = (Vec::new(), Vec::new());
        references(&condition, &mut |reference| match reference {
            Reference::Name(name) => parameters.push(name.to_owned()),
            Reference::Condition(name) => conditions.push(name.to_owned()),
            Reference::Mapping(_) => {}
        });
        for parameter in parameters {
            if self.parameter(&parameter).is_some() {
                let there = self.path(self.place.to);
                let what =
                    format!("depends on the condition {name}, and its parameter {parameter} is another in {there}");
                self.block(&what, "deploy that stack with the same value first");
            }
        }
        conditions.iter().filter(|inner| *inner != name).for_each(|inner| self.same_condition(inner));
    }

    /// Whether the other stack has the same condition or mapping: a refactoring adds none.
    fn same_entry(&mut self, section: &str, called: &str, name: &str) -> bool {
        if !self.moves() {
            return true;
        }
        let [here, there] = [self.place.from, self.place.to].map(|index| &self.build.before[index][section][name]);
        if here == there {
            return true;
        }
        let there = self.path(self.place.to);
        let what = format!("depends on the {called} {name}, and {there} has none that is the same");
        self.block(&what, &format!("deploy {there} with that {called} first: a refactoring adds none"));
        false
    }

    /// What is imported may be in this stack now, or exported by another.
    fn import(&mut self, export: &str) -> Option<Value> {
        let (stack, value) = self.build.exports.get(export)?.clone();
        let here = self.build.leads_to(stack, &value).iter().any(|target| target.0 == self.place.to);
        if !here && stack != self.place.to && !self.build.is_lost(export) {
            return None;
        }
        self.build.link(self.place.to, stack);
        let place = Place { from: stack, to: self.place.to, who: self.place.who.clone() };
        Some(Rewriter::new(self.build, place).value(&value))
    }

    /// Text with names in it.
    fn sub(&mut self, argument: &Value) -> Value {
        let (text, variables) = match argument {
            Value::String(text) => (text, None),
            Value::Array(parts) => match &parts[..] {
                [Value::String(text), Value::Object(variables)] => (text, Some(variables)),
                _ => return json!({ "Fn::Sub": self.value(argument) }),
            },
            _ => return json!({ "Fn::Sub": self.value(argument) }),
        };
        let mut given: Map<String, Value> = Map::new();
        for (name, value) in variables.into_iter().flatten() {
            let value = self.value(value);
            given.insert(name.clone(), value);
        }
        let mut out = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) if variables.is_some_and(|variables| variables.contains_key(name)) => {
                    out.push_str(&format!("${{{name}}}"));
                }
                Piece::Name(name) => out.push_str(&self.sub_name(name, text, &mut given)),
            }
        }
        if variables.is_none() && given.is_empty() {
            json!({ "Fn::Sub": out })
        } else {
            json!({ "Fn::Sub": [out, given] })
        }
    }

    /// A name in a text; what is in another stack becomes a variable.
    fn sub_name(&mut self, name: &str, text: &str, given: &mut Map<String, Value>) -> String {
        let (id, attribute) = name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)));
        let attributes = attribute.map(|attribute| [Value::from(attribute)]);
        match self.named(id, attributes.as_ref().map(<[Value; 1]>::as_slice)) {
            Named::Same => format!("${{{name}}}"),
            Named::Here(id) => attribute.map_or(format!("${{{id}}}"), |attribute| format!("${{{id}.{attribute}}}")),
            Named::Literal(Value::String(text)) => text.replace("${", "${!"),
            Named::There(_, true) | Named::Literal(_) => {
                self.block(&format!("has `{name}`, a list, in a text"), "name one of its items");
                format!("${{{name}}}")
            }
            Named::There(value, false) => {
                let variable = variable(name, text, given, &value);
                given.insert(variable.clone(), value);
                format!("${{{variable}}}")
            }
        }
    }
}

/// A variable for something of another stack: nothing else in the text is called so.
fn variable(name: &str, text: &str, given: &Map<String, Value>, value: &Value) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let used = |candidate: &str| {
        candidate != name && pieces(text).iter().any(|piece| matches!(piece, Piece::Name(other) if *other == candidate))
    };
    let free = |candidate: &String| given.get(candidate).is_none_or(|there| there == value) && !used(candidate);
    let more = (2..).map(|count| format!("{plain}{count}"));
    std::iter::once(plain.clone()).chain(more).find(free).unwrap_or(plain)
}

/// A parameter's value, as `Ref` gives it.
fn literal(declared: &Value, value: &str) -> Value {
    let type_name = declared["Type"].as_str().unwrap_or_default();
    let list =
        ["CommaDelimitedList", "List<", "AWS::SSM::Parameter::Value<List"].iter().any(|l| type_name.starts_with(l))
            || type_name == "AWS::SSM::Parameter::Value<CommaDelimitedList>";
    if list { value.split(',').map(|item| Value::from(item.trim())).collect() } else { value.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::literal;

    #[test]
    fn a_list_is_written_out_as_a_list() {
        assert_eq!(literal(&json!({ "Type": "List<AWS::EC2::Subnet::Id>" }), "a, b"), json!(["a", "b"]));
        assert_eq!(literal(&json!({ "Type": "String" }), "a,b"), json!("a,b"));
    }
}
