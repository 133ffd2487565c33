//! A resource's properties against its type's schema: the walk. What single values must be is in `leaf`, what functions
//! make in `functions`, the rules between properties in `alternatives`.

use super::alternatives::{Presence, presence};
use super::{answers_freely, leaf, secrets, spelled};
use crate::core::{At, Entry, Expr, Problem, Props, ResourceNode};
use crate::spec::{self, Schema, TypeSpec, Types};
use crate::synth::nearest::{listed, nearest};
use crate::synth::resolve::Resolved;

/// A problem at a property of one resource.
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) property: Option<String>,
    pub(super) at: Option<At>,
}

/// Everything wrong with a resource's properties.
pub(super) fn check<'a>(resolved: &'a Resolved<'a>, spec: &'static TypeSpec, resource: &'a ResourceNode) -> Vec<Found> {
    // What a custom resource calls its properties is its own business.
    let settable = answers_freely(&resource.type_name);
    let nested_read_only = !settable && spec.read_only.iter().any(|path| path.contains('/'));
    let mut walk = Walk {
        resolved,
        spec,
        path: Vec::new(),
        at: None,
        found: Vec::new(),
        settable,
        nested_read_only,
        unsure: false,
        conditions: resource.condition.iter().map(|condition| &*condition.name).collect(),
    };
    walk.object(&spec.schema, &resource.props, true);
    walk.found
}

/// One step from the resource to a value.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

pub(super) struct Walk<'a> {
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) spec: &'a TypeSpec,
    pub(super) path: Vec<Step<'a>>,
    pub(super) at: Option<At>,
    pub(super) found: Vec<Found>,
    /// Whether a template may set every property.
    settable: bool,
    /// Whether any property below the top is read-only: few types have one.
    nested_read_only: bool,
    /// Whether a value was looked at that is known at deployment only.
    pub(super) unsure: bool,
    /// The conditions that decide whether what is being looked at is there.
    pub(super) conditions: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    /// Adds a problem at the value that is being looked at.
    pub(super) fn push(&mut self, check: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(Problem::error(check, message).help(help));
    }

    fn add(&mut self, problem: Problem) {
        let property = Some(self.shown()).filter(|path| !path.is_empty());
        self.found.push(Found { problem, property, at: self.at });
    }

    /// The path as people read it: `Rules[0].Port`.
    fn shown(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if out.is_empty() => out.push_str(key),
                Step::Key(key) => out.extend([".", key]),
                Step::Item(index) => out.push_str(&format!("[{index}]")),
            }
        }
        out
    }

    /// The path as the specification writes it: `Rules/*/Port`.
    fn spelled(&self) -> String {
        let steps = self.path.iter().map(|step| match step {
            Step::Key(key) => key,
            Step::Item(_) => "*",
        });
        steps.collect::<Vec<_>>().join("/")
    }

    /// The last key of the path: the property's own name.
    pub(super) fn key(&self) -> &'a str {
        self.keys().next().unwrap_or_default()
    }

    /// The keys of the path, innermost first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.path.iter().rev().filter_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::Item(_) => None,
        })
    }

    // ------------------------------------------------------------------------------------------------------ any value

    pub(super) fn value(&mut self, schema: &'a Schema, value: &'a Expr) {
        let schema = self.spec.resolve(schema);
        match value {
            Expr::Intrinsic(intrinsic) => self.intrinsic(schema, value, intrinsic),
            Expr::Ref(_) | Expr::Att(_) => self.reference(schema, value),
            Expr::Map(props) if spelled::function(props).is_some() => self.unsure = true,
            Expr::Map(props) => {
                if self.typed(schema, Types::OBJECT, "an object") {
                    self.object(schema, props, false);
                    self.alternatives(schema, value);
                }
            }
            Expr::List(items) => {
                if self.typed(schema, Types::ARRAY, "a list") {
                    self.list(schema, items);
                    self.alternatives(schema, value);
                }
            }
            _ => {
                leaf::check(self, schema, value);
                secrets::literal(self, value);
                self.alternatives(schema, value);
            }
        }
    }

    /// Whether a value of type `is` may stand here; where not, says so.
    pub(super) fn typed(&mut self, schema: &Schema, is: Types, words: &str) -> bool {
        let fits = schema.types.is_any() || schema.types.has(is);
        if !fits {
            let wanted = schema.types.words();
            self.push(
                "wrong-type",
                format!("{} is {words}, and must be {wanted}", self.called()),
                format!("give it {wanted}"),
            );
        }
        fits
    }

    /// How a message names the value: its property, in backquotes.
    pub(super) fn called(&self) -> String {
        match self.path.last() {
            Some(Step::Item(_)) => format!("an item of `{}`", self.key()),
            Some(Step::Key(_)) => format!("`{}`", self.key()),
            None => "the resource".into(),
        }
    }

    /// How a message shows a value: not at all where it may be a secret.
    pub(super) fn shown_value(&self, text: &str) -> String {
        if secrets::holds_secret(self.key()) {
            return "this value".into();
        }
        match text.char_indices().nth(80) {
            Some((end, _)) => format!("`{}…`", &text[..end]),
            None => format!("`{text}`"),
        }
    }

    // -------------------------------------------------------------------------------------------------------- objects

    fn object(&mut self, schema: &'a Schema, props: &'a Props, top: bool) {
        let free = !top && schema.properties.is_empty() && schema.one_of.is_empty() && schema.any_of.is_empty();
        let outer = self.at;
        for entry in props.iter().filter(|entry| !spelled::fills_in(&entry.key)) {
            self.path.push(Step::Key(&entry.key));
            self.at = Some(entry.at);
            self.entry(schema, entry, free, top);
            self.path.pop();
        }
        self.at = outer;
        secrets::setting(self, props);
        if spelled::completed_later(props) {
            return;
        }
        self.presence(schema, props);
        let (sure, maybe) = counts(props.iter().map(|entry| &entry.value));
        leaf::count(self, "key", sure, maybe, schema.min_properties, schema.max_properties);
        if top {
            self.between_properties(schema, props);
        }
    }

    fn entry(&mut self, schema: &'a Schema, entry: &'a Entry, free: bool, top: bool) {
        if (top || self.nested_read_only) && self.is_read_only() {
            let message = format!("`{}` is set by the service, never by a template", entry.key);
            self.push("read-only-property", message, "leave it out; `get_att` reads it");
            return;
        }
        if !self.spec.deprecated.is_empty() && self.spec.deprecated.contains(&self.spelled()) {
            let message = format!("AWS advises against `{}`", entry.key);
            self.add(Problem::warning("deprecated", message).help("see the type's documentation for what replaces it"));
        }
        if let Some(property) = schema.properties.get(&*entry.key) {
            return self.value(property, &entry.value);
        }
        let by_pattern =
            schema.pattern_properties.iter().find(|(pattern, _)| pattern.matches(&entry.key) != Some(false));
        if let Some((_, property)) = by_pattern {
            return self.value(property, &entry.value);
        }
        match &schema.additional_properties {
            Some(spec::Additional::Schema(property)) => return self.value(property, &entry.value),
            Some(spec::Additional::Any(true)) => return secrets::inside(self, &entry.value),
            Some(spec::Additional::Any(false)) => {}
            None if top => {}
            None => {
                if free {
                    secrets::inside(self, &entry.value);
                }
                return;
            }
        }
        let known = self.known_keys(schema);
        if free && known.is_empty() && schema.pattern_properties.is_empty() || known.contains(&&*entry.key) {
            return;
        }
        if known.is_empty() && !schema.pattern_properties.is_empty() {
            let patterns: Vec<_> = schema.pattern_properties.keys().map(|pattern| &pattern.text).collect();
            let message = format!("`{}` is not a key that can stand here", entry.key);
            return self.push("pattern", message, format!("keys match {}", listed(&patterns, 3)));
        }
        let help = match nearest(&entry.key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", listed(&known, 8)),
        };
        self.push("unknown-property", format!("there is no property `{}` here", entry.key), help);
    }

    /// The specification calls a few properties read-only and also lets a template set them: those can be set.
    fn is_read_only(&self) -> bool {
        let path = self.spelled();
        let spec = self.spec;
        !self.settable
            && spec.read_only.contains(&path)
            && ![&spec.create_only, &spec.write_only, &spec.schema.required]
                .into_iter()
                .any(|list| list.contains(&path))
    }

    /// The keys that may stand in an object, its alternatives' included.
    fn known_keys(&self, schema: &'a Schema) -> Vec<&'a str> {
        let mut keys: Vec<&str> = schema.properties.keys().map(String::as_str).collect();
        for branch in schema.one_of.iter().chain(&schema.any_of).chain(&schema.all_of) {
            let branch = self.spec.resolve(branch);
            keys.extend(
                branch.properties.keys().map(String::as_str).filter(|key| !schema.properties.contains_key(*key)),
            );
        }
        keys
    }

    // ---------------------------------------------------------------------------------------------------------- lists

    fn list(&mut self, schema: &'a Schema, items: &'a [Expr]) {
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Item(index));
            if let Some(schema) = schema.prefix_items.get(index) {
                self.value(schema, item);
            }
            if let Some(schema) = &schema.items {
                self.value(schema, item);
            }
            self.path.pop();
        }
        let (sure, maybe) = counts(items.iter());
        leaf::count(self, "item", sure, maybe, schema.min_items, schema.max_items);
        let before = self.found.len();
        if schema.unique_items || schema.max_unique_items.is_some() {
            self.unique_items(schema, items);
        }
        // An item that is there twice has each of its keys twice.
        let keys = if self.found.len() == before { &schema.unique_keys[..] } else { &[] };
        for key in keys {
            self.unique_key(key, items);
        }
    }

    fn unique_items(&mut self, schema: &'a Schema, items: &'a [Expr]) {
        let mut seen: Vec<&Expr> = Vec::new();
        let mut twice = None;
        for (index, item) in items.iter().enumerate() {
            if seen.contains(&item) {
                twice = twice.or(Some(index).filter(|_| !matches!(item, Expr::Intrinsic(_))));
            } else {
                seen.push(item);
            }
        }
        if let Some(index) = twice.filter(|_| schema.unique_items) {
            self.path.push(Step::Item(index));
            self.push("unique-items", format!("{} is there twice", self.called()), "leave one out");
            self.path.pop();
        }
        if let Some(most) = schema.max_unique_items.filter(|most| seen.len() as u64 > *most) {
            let message = format!("{} has {} different items", self.called(), seen.len());
            self.push("item-count", message, format!("it may have at most {most}"));
        }
    }

    /// The property `key` is another in each item.
    fn unique_key(&mut self, key: &'a str, items: &'a [Expr]) {
        let mut values: Vec<&Expr> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Expr::Map(props) = item else { continue };
            let Some(entry) = props.get(key).filter(|entry| !matches!(entry.value, Expr::Intrinsic(_))) else {
                continue;
            };
            if values.contains(&&entry.value) {
                let shown = entry.value.as_str().filter(|_| !secrets::holds_secret(key));
                let shown = shown.map_or_else(String::new, |text| format!(" {}", self.shown_value(text)));
                let message = format!("two items of {} have the `{key}`{shown}", self.called());
                self.path.push(Step::Item(index));
                self.push("unique-items", message, "give each its own");
                self.path.pop();
            }
            values.push(&entry.value);
        }
    }
}

/// How many values are there for certain, and how many there can be at most; `None` where a macro or a loop makes some.
fn counts<'a>(values: impl Iterator<Item = &'a Expr>) -> (u64, Option<u64>) {
    let (mut sure, mut most) = (0, Some(0));
    for value in values {
        let made = matches!(value, Expr::Map(props) if spelled::completed_later(props))
            || matches!(value, Expr::Intrinsic(i) if matches!(**i, crate::core::Intrinsic::Transform(..)));
        match presence(value) {
            _ if made => most = None,
            Presence::Yes => (sure, most) = (sure + 1, most.map(|most| most + 1)),
            Presence::Maybe => most = most.map(|most| most + 1),
            Presence::No => {}
        }
    }
    (sure, most)
}
