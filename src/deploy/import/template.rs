//! The template of an import: what is deployed, and the resources that join it as the definitions have them. Pure: no AWS.
//! Rules: the AWS CloudFormation user guide, "Import AWS resources into a CloudFormation stack manually".

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diff::{Reference, canonical, references};

/// What a template says beside its resources, outputs and what those depend on.
const ABOUT: [&str; 3] = ["AWSTemplateFormatVersion", "Description", "Transform"];

/// A resource that cannot join a stack, because of what it refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// Its logical id.
    pub id: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What is deployed with these resources of the definitions added, and nothing else changed: an import may change nothing.
/// `deployed` is none for a stack that is not there.
///
/// What a resource depends on comes with it where it is not there yet: parameters, mappings, conditions. Outputs do not: an
/// import adds none.
pub fn template(deployed: Option<&Value>, defined: &Value, ids: &[&str]) -> Result<Value, Vec<Obstacle>> {
    let nothing = json!({});
    let base = deployed.unwrap_or(&nothing);
    let sides = Sides { there: canonical(base), defined: canonical(defined), ids };
    let mut join = Joining { sides: &sides, defined, template: begin(deployed, defined), obstacles: BTreeSet::new() };
    for id in ids {
        join.resource(id);
    }
    if join.obstacles.is_empty() {
        return Ok(Value::Object(join.template));
    }
    Err(join.obstacles.into_iter().collect())
}

fn begin(deployed: Option<&Value>, defined: &Value) -> Map<String, Value> {
    let all = deployed.unwrap_or(defined).as_object().into_iter().flatten();
    let all = all.filter(|(key, _)| deployed.is_some() || ABOUT.contains(&key.as_str()));
    all.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Both templates, canonical.
struct Sides<'a> {
    there: Value,
    defined: Value,
    ids: &'a [&'a str],
}

struct Joining<'a> {
    sides: &'a Sides<'a>,
    defined: &'a Value,
    template: Map<String, Value>,
    obstacles: BTreeSet<Obstacle>,
}

impl Joining<'_> {
    fn resource(&mut self, id: &str) {
        let Some(mut resource) = self.defined["Resources"].get(id).cloned() else { return };
        // Whatever it would wait for and is not there: an import creates nothing.
        self.wait_for_those_there(&mut resource);
        self.put("Resources", id, resource);
        let meaning = &self.sides.defined["Resources"][id];
        let condition = meaning.get("Condition").and_then(Value::as_str).map(Reference::Condition);
        let mut needs: Vec<Reference<'_>> = condition.into_iter().collect();
        references(meaning, &mut |reference| needs.push(reference));
        for reference in needs {
            self.need(id, reference);
        }
    }

    fn put(&mut self, section: &str, name: &str, value: Value) {
        let section = self.template.entry(section).or_insert_with(|| json!({}));
        if let Some(section) = section.as_object_mut() {
            section.insert(name.to_owned(), value);
        }
    }

    fn is_there(&self, id: &str) -> bool {
        self.sides.there["Resources"].get(id).is_some() || self.sides.ids.contains(&id)
    }

    fn wait_for_those_there(&self, resource: &mut Value) {
        let Some(map) = resource.as_object_mut() else { return };
        let there = |id: &Value| id.as_str().is_some_and(|id| self.is_there(id));
        let left = match map.get("DependsOn") {
            Some(Value::Array(ids)) => ids.iter().filter(|id| there(id)).cloned().collect::<Vec<_>>(),
            Some(id) if !there(id) => Vec::new(),
            _ => return,
        };
        if left.is_empty() {
            map.shift_remove("DependsOn");
        } else {
            map.insert("DependsOn".into(), left.into());
        }
    }

    /// Makes sure that what a resource refers to is there.
    fn need(&mut self, id: &str, reference: Reference<'_>) {
        match reference {
            Reference::Name(name) if self.sides.defined["Resources"].get(name).is_some() => {
                if !self.is_there(name) {
                    let what = format!("it refers to `{name}`, which is new and not imported with it");
                    self.obstacle(id, what, "import both, or deploy without it first");
                }
            }
            Reference::Name(name) => self.entry(id, "Parameters", "parameter", name),
            Reference::Condition(name) => self.entry(id, "Conditions", "condition", name),
            Reference::Mapping(name) => self.entry(id, "Mappings", "mapping", name),
        }
    }

    /// Takes an entry of the definitions along, with what it refers to itself. A parameter that is there keeps its value.
    fn entry(&mut self, id: &str, section: &str, called: &str, name: &str) {
        let Some(wanted) = self.sides.defined[section].get(name) else { return };
        match self.sides.there[section].get(name) {
            Some(there) if there == wanted || section == "Parameters" => return,
            Some(_) => {
                let what = format!("it depends on the {called} `{name}`, which is another in what is deployed");
                return self.obstacle(id, what, "deploy without the new resource first, then import it");
            }
            None => {}
        }
        if self.template.get(section).is_some_and(|entries| entries.get(name).is_some()) {
            return;
        }
        let entry = self.defined[section][name].clone();
        self.put(section, name, entry);
        let mut inner = Vec::new();
        references(wanted, &mut |reference| inner.push(reference));
        for reference in inner {
            self.need(id, reference);
        }
    }

    fn obstacle(&mut self, id: &str, what: String, help: &str) {
        self.obstacles.insert(Obstacle { id: id.to_owned(), what, help: help.to_owned() });
    }
}
