//! The file that says which resources are imported, and what identifies them.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::files;
use crate::deploy::import::{Existing, Importable, New};
use crate::deploy::{Given, Trouble};
use crate::diff;
use crate::synth::nearest::{listed, nearest};

/// What a file looks like.
const FORM: &str = "it names constructs or logical ids, each with the properties that identify the resource:\n\
                    Files:\n  BucketName: my-files\n\
                    CloudFormation's list of `ResourceType`, `LogicalResourceId` and `ResourceIdentifier` does as well";

/// Reads a file and makes sure that what is in it fits the stack.
pub(super) fn read(path: &Path, importable: &Importable<'_>) -> Result<Vec<Existing>, Trouble> {
    let called = files::shown(path);
    let text = std::fs::read_to_string(path)
        .map_err(|error| Trouble::refused(format!("cannot read {called}: {error}"), "`--write-resources` makes one"))?;
    parse(&text, &called, importable)
}

/// The same of a file's text; `called` is what the file is called in errors.
fn parse(text: &str, called: &str, importable: &Importable<'_>) -> Result<Vec<Existing>, Trouble> {
    if text.trim().is_empty() {
        return Err(Trouble::refused(format!("{called} names no resource"), FORM));
    }
    let data = diff::read_data(text).map_err(|unreadable| {
        let diff::Unreadable { message, line, column } = unreadable;
        Trouble::refused(format!("{called}:{line}:{column}: {message}"), FORM)
    })?;
    let entries = match &data {
        Value::Object(map) => {
            map.iter().map(|(name, identifier)| Ok((name.as_str(), None, identifier))).collect::<Result<Vec<_>, _>>()
        }
        Value::Array(items) => items.iter().map(of_cloudformation).collect(),
        _ => Err("it is neither a mapping nor a list"),
    };
    let entries = entries.map_err(|what| Trouble::refused(format!("{called}: {what}"), FORM))?;
    if entries.is_empty() {
        return Err(Trouble::refused(format!("{called} names no resource"), FORM));
    }
    let (mut found, mut wrong): (Vec<Existing>, Vec<String>) = (Vec::new(), Vec::new());
    for (name, type_name, identifier) in entries {
        match one(name, type_name, identifier, importable) {
            Ok(existing) if found.iter().any(|other| other.id == existing.id) => {
                wrong.push(format!("{name} is there twice"));
            }
            Ok(existing) => found.push(existing),
            Err(what) => wrong.push(format!("{name}: {what}")),
        }
    }
    if wrong.is_empty() {
        return Ok(found);
    }
    let what = format!("{called} does not fit {}; nothing was changed", importable.stack);
    Err(Trouble { details: wrong, ..Trouble::refused(what, "`--write-resources` makes a file to fill in") })
}

type Entry<'v> = (&'v str, Option<&'v str>, &'v Value);

/// An entry of CloudFormation's own form.
fn of_cloudformation(item: &Value) -> Result<Entry<'_>, &'static str> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let name = text("LogicalResourceId").ok_or("an item has no `LogicalResourceId`")?;
    let identifier = item.get("ResourceIdentifier").ok_or("an item has no `ResourceIdentifier`")?;
    Ok((name, text("ResourceType"), identifier))
}

fn one(
    name: &str,
    type_name: Option<&str>,
    identifier: &Value,
    importable: &Importable<'_>,
) -> Result<Existing, String> {
    let new = importable.find(name).ok_or_else(|| unknown(name, importable))?;
    if let Some(type_name) = type_name.filter(|type_name| *type_name != new.type_name) {
        return Err(format!("the file says {type_name}, the definitions {}", new.type_name));
    }
    if new.identifiers.is_empty() {
        return Err(format!("{} cannot be imported", new.type_name));
    }
    let Some(map) = identifier.as_object() else {
        return Err(format!("its identifier is no mapping: {}", wanted(new)));
    };
    let mut values = IndexMap::new();
    for (key, value) in map {
        if !new.identifiers.iter().flatten().any(|known| known == key) {
            return Err(format!("`{key}` does not identify it: {}", wanted(new)));
        }
        match value {
            Value::String(text) if text.trim().is_empty() => return Err(format!("`{key}` has no value")),
            Value::String(text) => drop(values.insert(key.clone(), text.clone())),
            _ => return Err(format!("`{key}` is no text: put it in quotes")),
        }
    }
    let complete = |set: &Vec<String>| set.len() == values.len() && set.iter().all(|key| values.contains_key(key));
    if !new.identifiers.iter().any(complete) {
        let best = new.identifiers.iter().min_by_key(|set| set.iter().filter(|key| !values.contains_key(*key)).count());
        let missing: Vec<String> =
            best.into_iter().flatten().filter(|key| !values.contains_key(*key)).cloned().collect();
        return Err(match &missing[..] {
            [] => format!("one identifier too many: {}", wanted(new)),
            missing => format!("{} is missing: {}", listed(missing, 5), wanted(new)),
        });
    }
    Ok(Existing { id: new.id.clone(), identifier: values })
}

/// What is said of a name that is no new resource.
fn unknown(name: &str, importable: &Importable<'_>) -> String {
    if importable.has(name) {
        return "it is in the stack already".into();
    }
    let names = importable.resources.iter().flat_map(|new| [&*new.construct, &*new.id]);
    let near = nearest(name, names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    format!("no new resource is called so{near}")
}

/// What identifies a resource, in words.
fn wanted(new: &New) -> String {
    let sets: Vec<String> = new.identifiers.iter().map(|set| set.join(" with ")).collect();
    format!("{} is identified by {}", new.type_name, sets.join(", or by "))
}

/// A file to fill in: what the definitions say of the identifiers is there already.
pub(super) fn skeleton(importable: &Importable<'_>, json: bool) -> String {
    let can = importable.resources.iter().filter(|new| !new.identifiers.is_empty());
    let value = |new: &New, key: &String| new.known.get(key).cloned().unwrap_or_default();
    if json {
        let entries = can.map(|new| {
            let identifier: serde_json::Map<String, Value> =
                new.identifiers[0].iter().map(|key| (key.clone(), value(new, key).into())).collect();
            (new.construct.clone(), json!(identifier))
        });
        return format!("{:#}\n", Value::Object(entries.collect()));
    }
    let mut out = String::from("# What stands here is imported: take out what is not to be.\n");
    for new in can {
        let first = if new.has_deletion_policy { "" } else { ", which first needs a deletion policy" };
        out.push_str(&format!("# {}{first}\n{}:\n", new.type_name, quoted(&new.construct)));
        for key in &new.identifiers[0] {
            out.push_str(&format!("  {}: {}\n", key, quoted(&value(new, key))));
        }
    }
    out
}

/// Text that every reader of YAML takes for text: JSON's form is one of YAML's.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '/' || c == '_');
    let word = plain && text.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_yes_or_no(text);
    if word { text.to_owned() } else { Value::from(text).to_string() }
}

fn is_yes_or_no(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&&*text.to_lowercase())
}

/// `--parameters`: what is given for the one stack.
pub(super) fn parameters(given: &[String], known: &[&str]) -> Result<Vec<Given>, Trouble> {
    let one = |text: &String| {
        // What is given may be a secret: it is not repeated.
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Trouble::refused("a value of `--parameters` has no `=`", "write NAME=VALUE"))?;
        if !known.contains(&name) {
            let what = format!("the stack has no parameter `{name}`");
            return Err(Trouble::refused(what, format!("there are: {}", listed(known, 10))));
        }
        Ok(Given { stack: None, name: name.to_owned(), value: value.to_owned() })
    };
    given.iter().map(one).collect()
}
