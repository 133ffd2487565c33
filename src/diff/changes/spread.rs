//! How a change spreads: a reference to what is replaced, or to a parameter, mapping or condition that changed, has
//! another value afterwards, though its text is the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::leaves::plain;
use super::{Changes, ExportChange, Kind, PathChange, Replacement, section, unchanged};
use super::{interruption, replacement};
use crate::diff::expression::{Reference, readable, references};
use crate::diff::pointer::join;

/// Where a reference stands.
#[derive(Clone)]
enum Place<'a> {
    /// In a condition.
    Condition(&'a str),
    /// A resource exists only where it holds.
    Existence(&'a str),
    /// In a property of a resource.
    Property(&'a str, String, &'a Value),
    /// In an output.
    Output(&'a str),
}

/// Who refers to what, in the new template, as far as the old one has it too.
pub(super) struct Spread<'a> {
    new: &'a Value,
    places: BTreeMap<Reference<'a>, Vec<Place<'a>>>,
}

impl<'a> Spread<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        let mut spread = Self { new, places: BTreeMap::new() };
        for (name, condition) in section(new, "Conditions").into_iter().flatten() {
            spread.note(condition, &Place::Condition(name));
        }
        for (name, output) in section(new, "Outputs").into_iter().flatten() {
            spread.note(output, &Place::Output(name));
            spread.existence(output, &Place::Output(name));
        }
        let there = section(old, "Resources");
        for (id, resource) in section(new, "Resources").into_iter().flatten() {
            if there.is_some_and(|there| there.contains_key(id)) {
                spread.existence(resource, &Place::Existence(id));
                if let Some(properties) = resource.get("Properties") {
                    spread.properties(id, "/Properties".into(), properties);
                }
            }
        }
        spread
    }

    fn note(&mut self, value: &'a Value, place: &Place<'a>) {
        references(value, &mut |reference| self.places.entry(reference).or_default().push(place.clone()));
    }

    /// The `Condition` of a resource or an output, a bare name.
    fn existence(&mut self, of: &'a Value, place: &Place<'a>) {
        if let Some(name) = of.get("Condition").and_then(Value::as_str) {
            self.places.entry(Reference::Condition(name)).or_default().push(place.clone());
        }
    }

    fn properties(&mut self, id: &'a str, path: String, value: &'a Value) {
        if let Some(map) = plain(value) {
            map.iter().for_each(|(key, value)| self.properties(id, join(&path, key), value));
        } else if let Value::Array(items) = value {
            items.iter().enumerate().for_each(|(index, item)| self.properties(id, format!("{path}/{index}"), item));
        } else {
            self.note(value, &Place::Property(id, path, value));
        }
    }

    /// Adds to the changes what they bring about.
    pub(super) fn apply(&self, changes: &mut Changes) {
        let mut open = self.origins(changes);
        let mut seen: BTreeSet<_> = open.iter().copied().collect();
        let mut known = Known::of(changes);
        while let Some(from) = open.pop() {
            for place in self.places.get(&from).into_iter().flatten() {
                if let Some(next) = self.reach(from, place, changes, &mut known)
                    && seen.insert(next)
                {
                    open.push(next);
                }
            }
        }
        changes.resources.iter_mut().for_each(|change| change.paths.sort());
    }

    /// What changes by itself.
    fn origins(&self, changes: &Changes) -> Vec<Reference<'a>> {
        let entries = changes.entries.iter().filter_map(|entry| {
            // What values it takes, and what is said of it, are no value.
            let value = |path: &String| matches!(path.as_str(), "/Default" | "/Type");
            let (name, _) = section(self.new, &entry.section)?.get_key_value(&entry.name)?;
            match entry.section.as_str() {
                "Parameters" if entry.paths.iter().any(value) => Some(Reference::Name(name)),
                "Conditions" => Some(Reference::Condition(name)),
                "Mappings" => Some(Reference::Mapping(name)),
                _ => None,
            }
        });
        let replaced = changes.resources.iter().filter(|change| change.replacement != Replacement::Never);
        let replaced = replaced.filter_map(|change| Some(Reference::Name(self.id(&change.id)?)));
        entries.chain(replaced).collect()
    }

    fn id(&self, id: &str) -> Option<&'a str> {
        section(self.new, "Resources")?.get_key_value(id).map(|(id, _)| id.as_str())
    }

    /// What a change of `from` does at a place, and what changes with it.
    fn reach(
        &self,
        from: Reference<'a>,
        place: &Place<'a>,
        changes: &mut Changes,
        known: &mut Known,
    ) -> Option<Reference<'a>> {
        let because_of = Some(name(from).to_owned());
        match place {
            Place::Condition(name) => Some(Reference::Condition(name)),
            Place::Existence(id) => {
                self.change(id, changes, known).condition_changed = true;
                None
            }
            Place::Property(id, path, value) => {
                let change = self.change(id, changes, known);
                if change.paths.iter().any(|there| there.path == *path) {
                    return None;
                }
                let values = [None, Some(*value)];
                let replacement =
                    replacement::where_it_differs(&change.type_name, path, values).min(Replacement::Conditional);
                let interrupts = interruption::of(&change.type_name, path, values);
                let (path, kind) = (path.clone(), Kind::Changed);
                change.paths.push(PathChange { path, kind, replacement, interrupts, because_of });
                let first = change.replacement == Replacement::Never && replacement != Replacement::Never;
                change.replacement = change.replacement.max(replacement);
                first.then_some(Reference::Name(id))
            }
            Place::Output(output) => {
                let export = self.new["Outputs"][output].get("Export")?.get("Name")?;
                let name = readable(export);
                if !changes.exports.iter().any(|export| export.name == name) {
                    let output = (*output).to_owned();
                    changes.exports.push(ExportChange {
                        name,
                        output,
                        kind: Kind::Changed,
                        because_of,
                        certain: false,
                    });
                }
                None
            }
        }
    }

    fn change<'c>(&self, id: &str, changes: &'c mut Changes, known: &mut Known) -> &'c mut super::ResourceChange {
        let resources = &mut changes.resources;
        let index = *known.0.entry(id.to_owned()).or_insert_with(|| {
            resources.push(unchanged(id, &self.new["Resources"][id]));
            resources.len() - 1
        });
        &mut resources[index]
    }
}

/// Where the change of a resource stands in the list.
struct Known(BTreeMap<String, usize>);

impl Known {
    fn of(changes: &Changes) -> Self {
        Self(changes.resources.iter().enumerate().map(|(index, change)| (change.id.clone(), index)).collect())
    }
}

const fn name(reference: Reference<'_>) -> &str {
    match reference {
        Reference::Name(name) | Reference::Condition(name) | Reference::Mapping(name) => name,
    }
}
