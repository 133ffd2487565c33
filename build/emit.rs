//! Rust for one service: its resource types, their nested types and enumerated strings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::kinds::Kinds;
use crate::names;
use crate::spec::{Service, strings, text};

/// The module of one service.
pub(crate) fn service(service: &Service, kinds: &mut Kinds) -> String {
    let mut out = String::from("use crate::cfn::short::*;\n");
    let mut taken = BTreeSet::new();
    for (type_name, schema) in &service.types {
        let last = type_name.rsplit("::").next().unwrap_or(type_name);
        let name = names::type_name(last);
        assert!(taken.insert(name.clone()), "two types of {} are called {name}", service.feature);
        Type {
            cloudformation: type_name,
            name: &name,
            module: names::method(last),
            schema,
            kinds,
            enums: BTreeMap::new(),
        }
        .emit(&mut out);
    }
    out
}

struct Type<'a> {
    cloudformation: &'a str,
    name: &'a str,
    module: String,
    schema: &'a Json,
    kinds: &'a mut Kinds,
    /// Enumerated strings by the name their type gets.
    enums: BTreeMap<String, Vec<String>>,
}

impl Type<'_> {
    fn emit(&mut self, out: &mut String) {
        let Self { cloudformation: type_name, name, schema, .. } = *self;
        let refs = text(&schema["refs"]);
        let (id, returns) = if refs.is_empty() {
            ("S_".to_owned(), "its identifier".to_owned())
        } else {
            let id = self.kinds.one(&refs);
            let returns = id.rsplit("::").next().map(|kind| format!("its `{kind}`")).unwrap_or_default();
            (id, returns)
        };
        doc(out, 0, &[text(&schema["doc"]), format!("CloudFormation type `{type_name}`; `Ref` returns {returns}.")]);
        let _ = writeln!(
            out,
            "#[derive(Clone, Debug)]\npub struct {name}(P_);\nl1_resource!({name}, {type_name:?}, {id});"
        );
        let body = self.object(schema, "", &format!("An `{type_name}` with the properties it must have."));
        let _ = writeln!(out, "impl {name} {{\n{body}}}");
        self.attributes(out);
        let mut nested = String::new();
        for (definition, schema) in schema["definitions"].as_object().into_iter().flatten() {
            if let Some(merged) = structure(schema) {
                if is_tag(definition, &merged) {
                    continue;
                }
                let struct_name = names::type_name(definition);
                doc(&mut nested, 1, &[text(&schema["doc"]), format!("Property type `{definition}` of `{type_name}`.")]);
                let _ = writeln!(
                    nested,
                    "#[derive(Clone, Debug)]\npub struct {struct_name}(P_);\nl1_property!({struct_name});"
                );
                let body =
                    self.object(&merged, &struct_name, &format!("A `{definition}` with the properties it must have."));
                let _ = writeln!(nested, "impl {struct_name} {{\n{body}}}");
            }
        }
        for (name, values) in &self.enums {
            enumerated(&mut nested, name, values);
        }
        if !nested.is_empty() {
            let _ = writeln!(
                out,
                "/// Property types and enumerated strings of [`{name}`].\npub mod {} {{\nuse crate::cfn::short::*;\n{nested}}}",
                self.module
            );
        }
    }

    /// `new` and a setter per property. `owner` is the nested type's name, empty for the resource itself.
    fn object(&mut self, schema: &Json, owner: &str, about_new: &str) -> String {
        let mut out = String::new();
        let properties = schema["properties"].as_object();
        let required = strings(&schema["required"]);
        let mut typed = Vec::new();
        for (property, schema) in properties.into_iter().flatten() {
            typed.push((property, schema, self.value_type(schema, owner, &names::type_name(property))));
        }
        let needed: Vec<_> = typed.iter().filter(|(property, ..)| required.contains(property)).collect();
        doc(&mut out, 1, &[about_new.to_owned()]);
        let (mut arguments, mut sets) = (Vec::new(), String::new());
        for (property, _, value) in &needed {
            let name = names::method(property);
            arguments.push(format!("{name}: impl Into<V_<{value}>>"));
            let _ = write!(sets, " p.set({property:?}, {name}.into());");
        }
        let binding = if needed.is_empty() { "p" } else { "mut p" };
        let _ = writeln!(
            out,
            "#[must_use] #[track_caller] pub fn new({}) -> Self {{ let {binding} = P_::new();{sets} Self(p) }}",
            arguments.join(", ")
        );
        let mut methods = BTreeSet::new();
        for (property, schema, value) in &typed {
            let method = names::method(property);
            if !methods.insert(method.clone()) {
                continue; // the same name in other capitals: `raw` sets it
            }
            doc(
                &mut out,
                1,
                &[
                    or_else(text(&schema["doc"]), format!("Sets `{property}`.")),
                    self.facts(property, schema, owner, &required),
                ],
            );
            let _ = writeln!(
                out,
                "#[must_use] #[track_caller] pub fn {method}(mut self, value: impl Into<V_<{value}>>) -> Self {{ self.0.set({property:?}, value.into()); self }}"
            );
        }
        out
    }

    fn attributes(&mut self, out: &mut String) {
        let Some(attributes) = self.schema["attributes"].as_object().filter(|found| !found.is_empty()) else { return };
        let _ = writeln!(out, "impl R_<{}> {{", self.name);
        let mut methods = BTreeSet::new();
        for (attribute, schema) in attributes {
            let method = names::method(&attribute.replace('.', "_"));
            if !methods.insert(method.clone()) {
                continue;
            }
            let value = match (schema["kind"].as_str(), schema["type"].as_str()) {
                (Some(kind), _) => self.kinds.one(kind),
                (None, Some("string")) => "S_".into(),
                (None, Some("strings")) => "L_<S_>".into(),
                (None, Some("integer")) => "i64".into(),
                (None, Some("number")) => "f64".into(),
                (None, Some("boolean")) => "bool".into(),
                _ => "J_".into(),
            };
            doc(out, 1, &[text(&schema["doc"]), format!("`Fn::GetAtt` of `{attribute}`.")]);
            let _ = writeln!(out, "#[must_use] pub fn {method}(self) -> V_<{value}> {{ self.get_att({attribute:?}) }}");
        }
        out.push_str("}\n");
    }

    /// The type of a property's value. `owner` says where the property is, `property` names a type made for it.
    fn value_type(&mut self, schema: &Json, owner: &str, property: &str) -> String {
        if let Some(reference) = schema["ref"].as_str() {
            let definition = &self.schema["definitions"][reference];
            return match structure(definition) {
                Some(merged) if is_tag(reference, &merged) => "T_".into(),
                Some(_) => self.local(owner, &names::type_name(reference)),
                None if definition.is_null() => "J_".into(),
                None => self.value_type(definition, owner, &names::type_name(reference)),
            };
        }
        match schema["kinds"].as_array().map_or(0, Vec::len) {
            0 => {}
            1 => return self.kinds.one(&text(&schema["kinds"][0])),
            _ => return self.kinds.union(&strings(&schema["kinds"])),
        }
        let types = match &schema["type"] {
            Json::String(one) => vec![one.as_str()],
            Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
            _ => vec![],
        };
        match types[..] {
            ["string"] => {
                let values =
                    schema.get("enum").or_else(|| schema.get("enumCaseInsensitive")).map(strings).unwrap_or_default();
                if values.len() < 2 { "S_".into() } else { self.enumerate(owner, property, values) }
            }
            ["integer"] => "i64".into(),
            ["number"] => "f64".into(),
            ["boolean"] => "bool".into(),
            ["array"] => {
                let item = match &schema["items"] {
                    Json::Null => "J_".into(),
                    items => self.value_type(items, owner, property),
                };
                format!("L_<{item}>")
            }
            ["object"] if schema.get("properties").is_none() => {
                let patterns = schema["patternProperties"].as_object();
                match patterns.filter(|patterns| patterns.len() == 1).and_then(|patterns| patterns.values().next()) {
                    Some(item) => format!("M_<{}>", self.value_type(item, owner, property)),
                    None => "J_".into(),
                }
            }
            [] => self.alternatives(schema, owner, property),
            _ => "J_".into(),
        }
    }

    /// A schema without a type has what its alternatives agree on, or is any JSON.
    fn alternatives(&mut self, schema: &Json, owner: &str, property: &str) -> String {
        let branches = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[key].as_array());
        let types: BTreeSet<String> = branches
            .into_iter()
            .flatten()
            .filter(|branch| branch.get("type").is_some() || branch.get("ref").is_some())
            .map(|branch| self.value_type(branch, owner, property))
            .collect();
        let mut types = types.into_iter();
        match (types.next(), types.next()) {
            (Some(only), None) => only,
            _ => "J_".into(),
        }
    }

    fn enumerate(&mut self, owner: &str, property: &str, values: Vec<String>) -> String {
        let mut name = format!("{owner}{property}");
        while self.schema["definitions"]
            .as_object()
            .into_iter()
            .flatten()
            .any(|(definition, schema)| structure(schema).is_some() && names::type_name(definition) == name)
            || self.enums.get(&name).is_some_and(|known| *known != values)
        {
            name.push_str("Value");
        }
        self.enums.insert(name.clone(), values);
        self.local(owner, &name)
    }

    /// A name of this type's module, as seen from the resource or from inside the module.
    fn local(&self, owner: &str, name: &str) -> String {
        if owner.is_empty() { format!("{}::{name}", self.module) } else { name.to_owned() }
    }

    /// What else the specification says of a property, in one paragraph.
    fn facts(&self, property: &str, schema: &Json, owner: &str, required: &[String]) -> String {
        let schema = match schema["ref"].as_str() {
            Some(reference) if structure(&self.schema["definitions"][reference]).is_none() => {
                &self.schema["definitions"][reference]
            }
            _ => schema,
        };
        let mut facts = Vec::new();
        if required.iter().any(|name| name == property) {
            facts.push("Required.".to_owned());
        }
        let number = |key: &str| schema.get(key).filter(|value| value.is_number()).map(ToString::to_string);
        let mut range = |what: &str, unit: &str, (low, high): (Option<String>, Option<String>)| match (low, high) {
            (Some(low), Some(high)) if low == high => facts.push(format!("{what}: {low}{unit}.")),
            (Some(low), Some(high)) => facts.push(format!("{what}: {low} to {high}{unit}.")),
            (Some(low), None) if low != "0" => facts.push(format!("{what}: at least {low}{unit}.")),
            (None, Some(high)) => facts.push(format!("{what}: at most {high}{unit}.")),
            _ => {}
        };
        range("Range", "", (number("minimum"), number("maximum")));
        range("Length", " characters", (number("minLength"), number("maxLength")));
        range("Items", "", (number("minItems"), number("maxItems")));
        let values: Vec<_> = strings(schema.get("enum").unwrap_or(&Json::Null));
        if !values.is_empty() && values.len() <= 12 {
            facts.push(format!(
                "Allowed values: {}.",
                values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some(default) = schema.get("default") {
            let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            facts.push(format!("Default: `{}`.", if default.is_empty() { "\"\"" } else { &default }));
        }
        let path = if owner.is_empty() { property.to_owned() } else { return facts.join(" ") };
        if strings(&self.schema["createOnly"]).contains(&path) {
            facts.push("A change replaces the resource.".into());
        } else if strings(&self.schema["conditionalCreateOnly"]).contains(&path) {
            facts.push("Some changes replace the resource.".into());
        }
        facts.join(" ")
    }
}

/// The object a definition is: its own properties, or those of its alternatives together. `None` for other types.
fn structure(schema: &Json) -> Option<Json> {
    let mut properties = schema["properties"].as_object().cloned().unwrap_or_default();
    for branch in ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten() {
        for (name, property) in branch["properties"].as_object().into_iter().flatten() {
            properties.entry(name.clone()).or_insert_with(|| property.clone());
        }
    }
    if properties.is_empty() {
        return None;
    }
    let mut merged = serde_json::Map::new();
    merged.insert("properties".into(), properties.into());
    merged.insert("required".into(), schema["required"].clone());
    Some(merged.into())
}

/// Whether a definition is the tag that most services share: a key and a value.
fn is_tag(definition: &str, merged: &Json) -> bool {
    let Some(properties) = merged["properties"].as_object() else { return false };
    let plain = |name: &str| properties.get(name).is_some_and(|p| p["type"] == "string" && p.get("kinds").is_none());
    definition.contains("Tag") && properties.len() == 2 && plain("Key") && plain("Value")
}

fn enumerated(out: &mut String, name: &str, values: &[String]) {
    let _ = writeln!(
        out,
        "/// Enumerated string: the values the specification lists; any string is accepted.\n#[derive(Debug)]\npub enum {name} {{}}\nl1_enum!({name});\nimpl {name} {{"
    );
    let mut taken = BTreeSet::new();
    for value in values {
        let mut constant = names::constant(value);
        while !taken.insert(constant.clone()) {
            constant.push('_');
        }
        let shown = if value.is_empty() { "the empty string".to_owned() } else { format!("`{value}`") };
        let _ = writeln!(out, "/// {shown}\npub const {constant}: A_<Self> = A_::new({value:?});");
    }
    out.push_str("}\n");
}

fn or_else(text: String, otherwise: String) -> String {
    if text.is_empty() { otherwise } else { text }
}

/// Documentation: paragraphs that are not empty.
fn doc(out: &mut String, depth: usize, paragraphs: &[String]) {
    let indent = "    ".repeat(depth);
    let text: Vec<_> = paragraphs.iter().filter(|paragraph| !paragraph.is_empty()).collect();
    for (index, paragraph) in text.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(out, "{indent}///");
        }
        let _ = writeln!(out, "{indent}/// {}", paragraph.replace('\n', " "));
    }
}
