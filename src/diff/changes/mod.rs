//! What differs between two templates, and what a deployment of the second over the first would do.

mod certain;
pub(crate) mod fate;
mod following;
mod interruption;
mod leaves;
mod refusal;
mod replacement;
mod spread;

use serde::Serialize;
use serde_json::{Map, Value};

use super::canonical::{canonical, same};
use super::expression::readable;
use crate::spec;
pub(crate) use following::following;
pub(crate) use leaves::keys;
use leaves::{Leaf, leaves};
pub use refusal::Refusal;
pub(crate) use refusal::name;
use spread::Spread;

/// What differs between two templates. It names places, never values, so no secret is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The resources, by logical id: those whose own text changed, and those that the change of another reaches.
    pub resources: Vec<ResourceChange>,
    /// The other sections' entries (parameters, conditions, outputs, …), by section and name.
    pub entries: Vec<EntryChange>,
    /// The exports, by name. CloudFormation refuses to change or remove one that another stack imports.
    pub exports: Vec<ExportChange>,
}

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Only the new template has it.
    Added,
    /// Only the old template has it.
    Removed,
    /// Both have it, and differ in it.
    Changed,
}

/// Whether a change makes CloudFormation create a new resource in place of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Replacement {
    /// The resource is changed in place.
    Never,
    /// It depends on values that are known only during the deployment, or the specification does not know.
    Conditional,
    /// A new resource takes its place.
    Always,
}

/// What becomes of a resource that leaves its stack or is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It is deleted after a last snapshot.
    Snapshotted,
    /// It stays, outside the stack.
    Retained,
}

/// A resource that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceChange {
    /// Its logical id.
    pub id: String,
    /// Its type, in the new template where that has it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its type in the old template, where it is another. CloudFormation refuses that; a new logical id is the way out.
    pub old_type: Option<String>,
    /// Whether it is added, removed or changed.
    pub kind: Kind,
    /// Whether it is replaced: the worst of its properties' changes.
    pub replacement: Replacement,
    /// What becomes of the resource that there is, where it is removed or replaced, or may be.
    pub fate: Option<Fate>,
    /// Whether a change of its condition may remove or create it.
    pub condition_changed: bool,
    /// Whether its type holds data.
    pub stateful: bool,
    /// Whether the specification knows its type. Where not, every change is [`Replacement::Conditional`].
    pub known: bool,
    /// Why CloudFormation, or the service, refuses the change, where that is certain.
    pub refusal: Option<Refusal>,
    /// Where it differs.
    pub paths: Vec<PathChange>,
}

/// A place in a resource that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PathChange {
    /// Where, as a JSON pointer from the resource: `/Properties/Tags/0/Value`. A policy document is one place. An item of a
    /// list whose order means nothing stands where the old template has it; what is new in it comes last.
    pub path: String,
    /// What happened there.
    pub kind: Kind,
    /// Whether this replaces the resource.
    pub replacement: Replacement,
    /// Whether AWS documents that this, done in place, interrupts the resource. Where it does not, it may all the same.
    pub interrupts: bool,
    /// What it refers to that is replaced or changed, where the text here is the same in both templates.
    pub because_of: Option<String>,
}

/// An entry of a section that differs: a parameter, a condition, an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryChange {
    /// The section, such as `Parameters`.
    pub section: String,
    /// The entry's name; empty where the section is one value (`Description`).
    pub name: String,
    /// What happened to it.
    pub kind: Kind,
    /// Where in it, as JSON pointers; empty for an entry that is added or removed.
    pub paths: Vec<String>,
}

/// An export that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportChange {
    /// The name of the export, references in it as `${Name}`.
    pub name: String,
    /// The output that has it, in the new template where that has it.
    pub output: String,
    /// What happened to it. Changed is an export whose value may be another afterwards.
    pub kind: Kind,
    /// What its value refers to that is replaced or changed, where the text is the same in both templates.
    pub because_of: Option<String>,
    /// Whether it is certain that the value is another: both are written in the templates.
    pub certain: bool,
}

impl Changes {
    /// The change of a resource.
    pub(crate) fn resource(&self, id: &str) -> Option<&ResourceChange> {
        let found = self.resources.binary_search_by(|change| change.id.as_str().cmp(id));
        found.ok().map(|index| &self.resources[index])
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.entries.is_empty() && self.exports.is_empty()
    }

    /// Whether a resource is deleted, or may be: one that leaves the stack, or the old one of a replacement, and is not
    /// retained.
    #[must_use]
    pub fn destructive(&self) -> bool {
        self.resources.iter().any(ResourceChange::deletes)
    }

    /// Whether data may be lost: a resource that holds data is deleted without a snapshot, or may be.
    #[must_use]
    pub fn loses_data(&self) -> bool {
        self.resources.iter().any(|change| change.stateful && change.fate == Some(Fate::Deleted))
    }
}

impl ResourceChange {
    /// Whether the resource that there is gets deleted, or may.
    #[must_use]
    pub fn deletes(&self) -> bool {
        matches!(self.fate, Some(Fate::Deleted | Fate::Snapshotted))
    }
}

/// What differs between a deployed template and a new one.
///
/// A resource whose text is the same is listed where it refers to one that is replaced, or to a parameter, mapping or
/// condition that changed; inside a property whose change replaces, such a reference may replace it too, and so on.
#[must_use]
pub fn changes(old: &Value, new: &Value) -> Changes {
    let old = canonical(old);
    let new = following(&old, canonical(new));
    changes_between(&old, &new)
}

/// The same of canonical templates, of which the new one [follows](following) the old one.
pub(crate) fn changes_between(old: &Value, new: &Value) -> Changes {
    let mut resources: Vec<ResourceChange> = Vec::new();
    let sections = [old, new].map(|side| section(side, "Resources"));
    let is_resource = |id: &str| sections.iter().flatten().any(|resources| resources.contains_key(id));
    for (id, before, after) in keys(sections[0], sections[1]) {
        resources.extend(resource(id, before, after, &is_resource));
    }
    let mut changes = Changes { resources, entries: entries(old, new), exports: exports(old, new) };
    Spread::new(old, new).apply(&mut changes);
    for change in &mut changes.resources {
        let sides = [old, new].map(|side| side["Resources"].get(&change.id));
        change.fate = fate::of(change, sides[0], sides[1]);
        change.refusal = refusal::of(change, sides[0], sides[1]);
    }
    changes.resources.sort_by(|a, b| a.id.cmp(&b.id));
    refusal::taken_names(&mut changes.resources, old, new);
    changes.exports.sort();
    changes
}

fn section<'a>(template: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    template.get(name).and_then(Value::as_object)
}

fn type_of(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// How a resource differs, as far as its own text says.
fn resource(
    id: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    is_resource: &dyn Fn(&str) -> bool,
) -> Option<ResourceChange> {
    let there = after.or(before)?;
    let (kind, leaves) = match (before, after) {
        (None, _) => (Kind::Added, Vec::new()),
        (_, None) => (Kind::Removed, Vec::new()),
        (Some(before), Some(after)) if same(before, after) => return None,
        (Some(before), Some(after)) => (Kind::Changed, leaves(before, after)),
    };
    // A list that stands for the same one though an item of it is nothing.
    if kind == Kind::Changed && leaves.is_empty() {
        return None;
    }
    let old_type = before.map(type_of).filter(|name| *name != type_of(there)).map(str::to_owned);
    let mut change = ResourceChange { old_type, kind, ..unchanged(id, there) };
    // What is lost is what there was.
    change.stateful |= before.is_some_and(|before| unchanged(id, before).stateful);
    for Leaf { path, kind, before, after } in leaves {
        let replacement = replacement::of(type_of(there), &path, [before, after], is_resource);
        let interrupts = interruption::of(type_of(there), &path, [before, after]);
        change.condition_changed |= path == "/Condition";
        change.paths.push(PathChange { path, kind, replacement, interrupts, because_of: None });
    }
    let worst = change.paths.iter().map(|path| path.replacement).max();
    change.replacement = worst.unwrap_or(Replacement::Never);
    Some(change)
}

/// A resource of which nothing is known to differ.
fn unchanged(id: &str, resource: &Value) -> ResourceChange {
    let type_name = type_of(resource);
    let spec = spec::known(type_name);
    let stateful = spec.is_some_and(|spec| spec.stateful) && !fate::is_in_cluster(resource);
    ResourceChange {
        id: id.to_owned(),
        type_name: type_name.to_owned(),
        old_type: None,
        kind: Kind::Changed,
        replacement: Replacement::Never,
        fate: None,
        condition_changed: false,
        stateful,
        known: spec.is_some(),
        refusal: None,
        paths: Vec::new(),
    }
}

/// The entries of the sections other than `Resources`.
fn entries(old: &Value, new: &Value) -> Vec<EntryChange> {
    let mut out = Vec::new();
    for (name, before, after) in keys(old.as_object(), new.as_object()) {
        // There is but one version of the format, written or not.
        if name == "Resources" || name == "AWSTemplateFormatVersion" && (before.is_none() || after.is_none()) {
            continue;
        }
        let maps = |value: Option<&Value>| value.is_none_or(Value::is_object);
        if maps(before) && maps(after) {
            let inner = keys(before.and_then(Value::as_object), after.and_then(Value::as_object));
            out.extend(inner.into_iter().filter_map(|(entry, before, after)| self::entry(name, entry, before, after)));
        } else {
            out.extend(entry(name, "", before, after));
        }
    }
    out
}

fn entry(section: &str, name: &str, before: Option<&Value>, after: Option<&Value>) -> Option<EntryChange> {
    let (kind, paths) = match (before, after) {
        (Some(before), Some(after)) if same(before, after) => return None,
        (Some(before), Some(after)) => (
            Kind::Changed,
            leaves(before, after).into_iter().map(|leaf| leaf.path).filter(|path| !path.is_empty()).collect(),
        ),
        (None, _) => (Kind::Added, Vec::new()),
        (_, None) => (Kind::Removed, Vec::new()),
    };
    Some(EntryChange { section: section.to_owned(), name: name.to_owned(), kind, paths })
}

/// The exports of a template by name: the output that makes one, and all that its value depends on.
fn exported(template: &Value) -> Map<String, Value> {
    let outputs = section(template, "Outputs").into_iter().flatten();
    let named = outputs.filter_map(|(output, value)| {
        let name = value.get("Export")?.get("Name")?;
        Some((readable(name), serde_json::json!([output, value.get("Value"), value.get("Condition")])))
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    named.into_iter().collect()
}

fn exports(old: &Value, new: &Value) -> Vec<ExportChange> {
    let (old, new) = (exported(old), exported(new));
    let mut out = Vec::new();
    for (name, before, after) in keys(Some(&old), Some(&new)) {
        let kind = match (before, after) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            (Some(before), Some(after)) if before[1] == after[1] && before[2] == after[2] => continue,
            _ => Kind::Changed,
        };
        let output = after.or(before).and_then(|there| there[0].as_str()).unwrap_or_default().to_owned();
        let value = |side: Option<&Value>| side.map(|side| side[1].clone()).filter(Value::is_string);
        let certain = match (value(before), value(after)) {
            (Some(before), Some(after)) => before != after,
            _ => kind != Kind::Changed,
        };
        out.push(ExportChange { name: name.to_owned(), output, kind, because_of: None, certain });
    }
    out
}
