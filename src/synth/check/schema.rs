//! A resource's properties against its type's schema: the walk. What single values must be is in `leaf`.

use super::{leaf, secrets};
use crate::core::{At, Entry, Expr, Intrinsic, Problem, Props, Pseudo, ResourceNode};
use crate::spec::{self, Schema, TypeSpec, Types};
use crate::synth::nearest::{listed, nearest};
use crate::synth::resolve::{Resolved, is_list};

/// A problem at a property of one resource.
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) property: Option<String>,
    pub(super) at: Option<At>,
}

/// Everything wrong with a resource's properties.
pub(super) fn check(resolved: &Resolved<'_>, spec: &'static TypeSpec, resource: &ResourceNode) -> Vec<Found> {
    let nested_read_only = spec.read_only.iter().any(|path| path.contains('/'));
    let mut walk = Walk { resolved, spec, path: Vec::new(), at: None, found: Vec::new(), nested_read_only };
    walk.object(&spec.schema, &resource.props, true);
    walk.found
}

/// One step from the resource to a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

pub(super) struct Walk<'a> {
    pub(super) resolved: &'a Resolved<'a>,
    spec: &'a TypeSpec,
    path: Vec<Step<'a>>,
    at: Option<At>,
    found: Vec<Found>,
    /// Whether any property below the top is read-only: few types have one.
    nested_read_only: bool,
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
        let key = self.path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::Item(_) => None,
        });
        key.unwrap_or_default()
    }

    /// What a value finds wrong, without keeping it: for alternatives.
    fn attempt(&mut self, schema: &'a Schema, value: &'a Expr) -> Vec<Found> {
        let before = std::mem::take(&mut self.found);
        self.value(schema, value);
        std::mem::replace(&mut self.found, before)
    }

    // ------------------------------------------------------------------------------------------------------ any value

    pub(super) fn value(&mut self, schema: &'a Schema, value: &'a Expr) {
        let schema = self.spec.resolve(schema);
        match value {
            Expr::Intrinsic(intrinsic) => self.intrinsic(schema, intrinsic),
            Expr::Ref(_) | Expr::Att(_) => self.reference(schema, value),
            Expr::Map(props) => {
                if self.typed(schema, Types::OBJECT, "an object") {
                    self.object(schema, props, false);
                }
                self.alternatives(schema, value);
            }
            Expr::List(items) => {
                if self.typed(schema, Types::ARRAY, "a list") {
                    self.list(schema, items);
                }
                self.alternatives(schema, value);
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
            self.push("wrong-type", format!("{} is {words}, and must be {wanted}", self.called()), format!("give it {wanted}"));
        }
        fits
    }

    /// How a message names the value: its property, in backquotes.
    pub(super) fn called(&self) -> String {
        match self.path.last() {
            Some(Step::Item(_)) => format!("an item of `{}`", self.key()),
            _ => format!("`{}`", self.key()),
        }
    }

    // -------------------------------------------------------------------------------------------------- intrinsics

    fn intrinsic(&mut self, schema: &'a Schema, intrinsic: &'a Intrinsic) {
        let (is, words) = match intrinsic {
            Intrinsic::If(_, then, otherwise) => {
                self.value(schema, then);
                return self.value(schema, otherwise);
            }
            Intrinsic::Pseudo(Pseudo::NoValue) => return,
            Intrinsic::ByStackOutput(inner, _) => return self.value(schema, inner),
            Intrinsic::Parameter(name) => return self.parameter(schema, &name.name),
            Intrinsic::FindInMap(find) => {
                let mapping = self.resolved.stack.mappings.get(&find.map.name);
                if let (Some(first), Some(second), Some(mapping)) = (find.first.as_str(), find.second.as_str(), mapping)
                    && let Some(value) = mapping.get(first).and_then(|values| values.get(second))
                {
                    self.value(schema, value);
                }
                return find.default.iter().for_each(|default| self.value(schema, default));
            }
            Intrinsic::Select(index, list) => {
                if let (Expr::Integer(index), Expr::List(items)) = (index, list) {
                    match usize::try_from(*index).ok().and_then(|index| items.get(index)) {
                        Some(item) => self.value(schema, item),
                        None => self.push(
                            "range",
                            format!("{} selects item {index} of {}", self.called(), items.len()),
                            "items are counted from 0",
                        ),
                    }
                }
                return;
            }
            Intrinsic::Sub(text, vars) => {
                if vars.is_empty() && !text.contains("${") {
                    leaf::text(self, schema, text);
                }
                (Types::STRING, "text")
            }
            Intrinsic::Join(separator, list) => {
                if let Some(text) = joined(separator, list) {
                    leaf::text(self, schema, &text);
                }
                (Types::STRING, "text")
            }
            Intrinsic::Pseudo(Pseudo::NotificationArns) => (Types::ARRAY, "a list"),
            Intrinsic::Split(..) | Intrinsic::Cidr(..) | Intrinsic::GetAzs(_) => (Types::ARRAY, "a list"),
            Intrinsic::Pseudo(_) | Intrinsic::Base64(_) | Intrinsic::ToJsonString(_) | Intrinsic::Dynamic(_) => {
                (Types::STRING, "text")
            }
            Intrinsic::Length(_) => (Types::INTEGER | Types::NUMBER, "a number"),
            Intrinsic::ImportValue(_) | Intrinsic::StackOutput(_) | Intrinsic::Transform(..) => return,
        };
        self.produced(schema, is, words);
    }

    /// Something that an intrinsic makes of type `is`: text can become a number or a truth, nothing else changes.
    fn produced(&mut self, schema: &'a Schema, is: Types, words: &str) {
        let scalars = Types::STRING | Types::INTEGER | Types::NUMBER | Types::BOOLEAN;
        let is = if is.has(scalars) { scalars } else { is };
        // Some properties take JSON as text or as an object; text made at deployment fits either.
        if self.branches(schema).iter().all(|branch| !branch.types.is_any() && !branch.types.has(is)) {
            self.typed(schema, is, words);
        }
    }

    fn branches(&self, schema: &'a Schema) -> Vec<&'a Schema> {
        let inner = schema.one_of.iter().chain(&schema.any_of).map(|branch| self.spec.resolve(branch));
        if schema.types.is_any() && (!schema.one_of.is_empty() || !schema.any_of.is_empty()) {
            inner.collect()
        } else {
            vec![schema]
        }
    }

    fn parameter(&mut self, schema: &'a Schema, name: &str) {
        let Some(parameter) = self.resolved.stack.parameters.get(name) else { return };
        let list = parameter.type_name.starts_with("List<") || parameter.type_name == "CommaDelimitedList";
        if list {
            self.produced(schema, Types::ARRAY, "a list");
            return;
        }
        self.produced(schema, Types::STRING, "text");
        secrets::parameter(self, name, parameter);
        // A type that is read from Systems Manager has the parameter's name as its default, not its value.
        if !parameter.type_name.starts_with("AWS::SSM::") {
            for value in parameter.default.iter().chain(&parameter.allowed_values).filter(|value| **value != "".into()) {
                leaf::check(self, schema, value);
            }
        }
    }

    /// A `Ref` or `Fn::GetAtt`: what it returns is known from the other resource's type.
    fn reference(&mut self, schema: &'a Schema, value: &Expr) {
        let (node, attribute) = match value {
            Expr::Ref(node) => (*node, None),
            Expr::Att(att) => (att.node, Some(&*att.name)),
            _ => return,
        };
        if node.stack != self.resolved.stack.key {
            return; // what another stack gives is checked there
        }
        let stack = self.resolved.stack;
        let Some(target) = stack.tree.nodes.get(node.index as usize).and_then(|node| node.resource.as_deref()) else {
            return;
        };
        let list = attribute.is_some_and(|name| is_list(stack, node, name));
        let (is, words) = if list { (Types::ARRAY, "a list") } else { (Types::STRING, "text") };
        let attribute_kind = |spec: &'static TypeSpec| match attribute {
            None => (!spec.refs.is_empty()).then_some(spec.refs.as_str()),
            Some(name) => spec.attributes.get(name).and_then(|attribute| attribute.identifies.as_deref()),
        };
        let target_spec = spec::known(&target.type_name);
        let json = attribute.and_then(|name| target_spec?.attributes.get(name)).is_some_and(|a| a.kind == "json");
        if !json {
            self.produced(schema, is, words);
        }
        let (Some(format), Some(kind)) = (schema.format.as_deref(), target_spec.and_then(attribute_kind)) else {
            return;
        };
        // Formats name identifiers as kinds do; one that no kind is spelled like decides nothing.
        if format.contains("::") && schema.kinds.iter().any(|kind| kind == format) && !schema.kinds.iter().any(|k| k == kind) {
            let message = format!("{} takes {format}, and this is {kind}", self.called());
            self.push("wrong-identifier", message, "refer to a resource of that type, or to another attribute");
        }
    }

    // -------------------------------------------------------------------------------------------------------- objects

    fn object(&mut self, schema: &'a Schema, props: &'a Props, top: bool) {
        let free = !top && schema.properties.is_empty() && schema.one_of.is_empty() && schema.any_of.is_empty();
        let outer = self.at;
        for entry in props {
            self.path.push(Step::Key(&entry.key));
            self.at = Some(entry.at);
            self.entry(schema, entry, free, top);
            self.path.pop();
        }
        self.at = outer;
        self.presence(schema, props);
        let count = props.iter().filter(|entry| presence(&entry.value) == Presence::Yes).count() as u64;
        leaf::count(self, "keys", count, schema.min_properties, schema.max_properties);
        if top {
            self.top_level(schema, props);
        }
    }

    /// The rules between a resource's own properties.
    fn top_level(&mut self, schema: &'a Schema, props: &'a Props) {
        for branch in &schema.all_of {
            self.rule(branch, props);
        }
        self.one_of_objects(&schema.one_of, props, true);
        self.one_of_objects(&schema.any_of, props, false);
        self.conditional(schema, props);
    }

    fn entry(&mut self, schema: &'a Schema, entry: &'a Entry, free: bool, top: bool) {
        if (top || self.nested_read_only) && self.spec.read_only.contains(&self.spelled()) {
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
            secrets::literal(self, &entry.value);
            return self.value(property, &entry.value);
        }
        match &schema.additional_properties {
            Some(spec::Additional::Schema(property)) => return self.value(property, &entry.value),
            Some(spec::Additional::Any(true)) => return,
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

    /// The keys that may stand in an object, its alternatives' included.
    fn known_keys(&self, schema: &'a Schema) -> Vec<&'a str> {
        let mut keys: Vec<&str> = schema.properties.keys().map(String::as_str).collect();
        for branch in schema.one_of.iter().chain(&schema.any_of).chain(&schema.all_of) {
            let branch = self.spec.resolve(branch);
            keys.extend(branch.properties.keys().map(String::as_str).filter(|key| !schema.properties.contains_key(*key)));
        }
        keys
    }

    /// Which properties must be there, and which together or not at all.
    fn presence(&mut self, schema: &'a Schema, props: &Props) {
        let there = |name: &str| props.get(name).map_or(Presence::No, |entry| presence(&entry.value));
        for name in schema.required.iter().filter(|name| there(name) == Presence::No) {
            let (what, help) = match self.path.is_empty() {
                true => ("the resource".to_owned(), format!("set `{name}`")),
                false => (self.called(), format!("set its `{name}`")),
            };
            self.push("missing-property", format!("{what} has no `{name}`, which is required"), help);
        }
        let names = |list: &'a [String]| -> Vec<&'a String> { list.iter().collect() };
        let sure = |list: &'a [String]| -> Vec<&'a String> {
            list.iter().filter(|name| there(name) == Presence::Yes).collect()
        };
        let maybe = |list: &[String]| list.iter().any(|name| there(name) == Presence::Maybe);
        let one_of = listed(&names(&schema.required_xor), 6);
        if !schema.required_xor.is_empty() {
            match sure(&schema.required_xor)[..] {
                [] if !maybe(&schema.required_xor) => {
                    self.push("exclusive-properties", format!("one of {one_of} must be there"), "set exactly one");
                }
                [_, _, ..] => {
                    let set = listed(&sure(&schema.required_xor), 6);
                    self.push("exclusive-properties", format!("{set} exclude each other"), format!("keep one of {one_of}"));
                }
                _ => {}
            }
        }
        if !schema.required_or.is_empty() && sure(&schema.required_or).is_empty() && !maybe(&schema.required_or) {
            let any = listed(&names(&schema.required_or), 6);
            self.push("exclusive-properties", format!("at least one of {any} must be there"), "set one");
        }
        for (name, needed) in &schema.dependent_required {
            let missing: Vec<_> = needed.iter().filter(|other| there(other) == Presence::No).collect();
            if there(name) == Presence::Yes && !missing.is_empty() {
                let missing = listed(&missing, 6);
                self.push("dependent-properties", format!("`{name}` needs {missing}"), format!("set {missing} too, or leave `{name}` out"));
            }
        }
        for (name, excluded) in &schema.dependent_excluded {
            // Two that exclude each other are listed under both: one word is enough.
            let both = |other: &&String| there(other) == Presence::Yes && !(schema.dependent_excluded.get(*other).is_some_and(|list| list.contains(name)) && *other < name);
            let there_too: Vec<_> = excluded.iter().filter(both).collect();
            if there(name) == Presence::Yes && !there_too.is_empty() {
                let others = listed(&there_too, 6);
                self.push("exclusive-properties", format!("`{name}` excludes {others}"), format!("keep `{name}` or {others}"));
            }
        }
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
        // An item that may be left out, or a list spliced in, makes the count unknown.
        let unsure = items.iter().any(|item| presence(item) != Presence::Yes);
        let count = items.len() as u64;
        let least = schema.min_items.filter(|_| !unsure);
        let most = schema.max_items.filter(|_| !unsure);
        leaf::count(self, "items", count, least, most);
        let literal = |item: &Expr| !matches!(item, Expr::Intrinsic(_));
        let mut seen: Vec<&Expr> = Vec::new();
        let mut twice = None;
        for (index, item) in items.iter().enumerate() {
            if seen.contains(&item) { twice = twice.or(Some(index)) } else { seen.push(item) }
        }
        if let Some(index) = twice.filter(|index| schema.unique_items && literal(&items[*index])) {
            self.push("unique-items", format!("item {index} of {} is there twice", self.called()), "leave one out");
        }
        if let Some(most) = schema.max_unique_items.filter(|most| seen.len() as u64 > *most) {
            self.push("item-count", format!("{} has {} different items, and may have {most}", self.called(), seen.len()), "leave some out");
        }
        for key in &schema.unique_keys {
            let mut values: Vec<&Expr> = Vec::new();
            for item in items {
                let Expr::Map(props) = item else { continue };
                let Some(entry) = props.get(key).filter(|entry| literal(&entry.value)) else { continue };
                if values.contains(&&entry.value) {
                    let shown = entry.value.as_str().map_or_else(String::new, |text| format!(" `{text}`"));
                    self.push("unique-items", format!("two items of {} have the `{key}`{shown}", self.called()), "give each its own");
                }
                values.push(&entry.value);
            }
        }
    }

    // --------------------------------------------------------------------------------------------------- alternatives

    fn alternatives(&mut self, schema: &'a Schema, value: &'a Expr) {
        for branch in &schema.all_of {
            match value {
                Expr::Map(props) => self.rule(branch, props),
                _ => self.value(branch, value),
            }
        }
        if let Expr::Map(props) = value {
            self.one_of_objects(&schema.one_of, props, true);
            self.one_of_objects(&schema.any_of, props, false);
            self.conditional(schema, props);
            return;
        }
        for branches in [&schema.one_of, &schema.any_of].into_iter().filter(|branches| !branches.is_empty()) {
            let mut attempts: Vec<_> = branches.iter().map(|branch| self.attempt(branch, value)).collect();
            if attempts.iter().all(|found| !found.is_empty()) {
                attempts.sort_by_key(Vec::len);
                self.found.extend(attempts.swap_remove(0));
            }
        }
        if let Some(not) = &schema.not
            && self.attempt(not, value).is_empty()
        {
            self.push("allowed-values", format!("{} cannot have this value", self.called()), "choose another");
        }
    }

    /// What an alternative of objects finds wrong, without keeping it.
    fn attempt_object(&mut self, branch: &'a Schema, props: &'a Props) -> Vec<Found> {
        let before = std::mem::take(&mut self.found);
        self.rule(branch, props);
        std::mem::replace(&mut self.found, before)
    }

    /// A schema that speaks of some of an object's properties.
    fn rule(&mut self, branch: &'a Schema, props: &'a Props) {
        let branch = self.spec.resolve(branch);
        let outer = self.at;
        for (name, schema) in &branch.properties {
            if let Some(entry) = props.get(name) {
                self.path.push(Step::Key(name));
                self.at = Some(entry.at);
                self.value(schema, &entry.value);
                self.path.pop();
            }
        }
        self.at = outer;
        if matches!(branch.additional_properties, Some(spec::Additional::Any(false))) {
            for entry in props.iter().filter(|entry| !branch.properties.contains_key(&*entry.key)) {
                if !branch.pattern_properties.keys().any(|pattern| pattern.matches(&entry.key) != Some(false)) {
                    let message = format!("`{}` cannot stand beside the rest", entry.key);
                    self.push("exclusive-properties", message, "keep one of the alternatives");
                }
            }
        }
        self.presence(branch, props);
        for inner in &branch.all_of {
            self.rule(inner, props);
        }
        self.one_of_objects(&branch.one_of, props, true);
        self.one_of_objects(&branch.any_of, props, false);
        self.conditional(branch, props);
        if let Some(not) = &branch.not
            && self.attempt_object(not, props).is_empty()
        {
            self.push("exclusive-properties", "these properties cannot stand together", "see the type's documentation");
        }
    }

    fn conditional(&mut self, schema: &'a Schema, props: &'a Props) {
        let Some(condition) = &schema.condition else { return };
        if props.iter().any(|entry| presence(&entry.value) == Presence::Maybe) {
            return;
        }
        let holds = self.attempt_object(condition, props).is_empty();
        if let Some(then) = if holds { &schema.then } else { &schema.otherwise } {
            self.rule(then, props);
        }
    }

    fn one_of_objects(&mut self, branches: &'a [Schema], props: &'a Props, exactly_one: bool) {
        if branches.is_empty() {
            return;
        }
        let unsure = props.iter().any(|entry| presence(&entry.value) == Presence::Maybe);
        let mut attempts: Vec<_> = branches.iter().map(|branch| self.attempt_object(branch, props)).collect();
        let fitting = attempts.iter().filter(|found| found.is_empty()).count();
        let sets: Vec<&[String]> = branches.iter().map(|branch| &self.spec.resolve(branch).required[..]).collect();
        let told_by_presence = sets.iter().all(|set| !set.is_empty());
        if fitting == 0 && !unsure {
            if told_by_presence && attempts.iter().flatten().all(|found| found.problem.check == "missing-property") {
                let sets: Vec<_> = sets.iter().map(|set| set.join("` with `")).collect();
                return self.push("exclusive-properties", format!("one of {} must be there", listed(&sets, 6)), "set one");
            }
            attempts.sort_by_key(Vec::len);
            self.found.extend(attempts.swap_remove(0));
        } else if fitting > 1 && exactly_one && told_by_presence {
            let there: Vec<_> = sets.iter().zip(&attempts).filter(|(_, found)| found.is_empty()).map(|(set, _)| set.join("` with `")).collect();
            self.push("exclusive-properties", format!("{} exclude each other", listed(&there, 6)), "keep one");
        }
    }
}

/// Whether a value is there once the stack is deployed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Yes,
    No,
    /// It depends on a condition.
    Maybe,
}

fn presence(value: &Expr) -> Presence {
    if value.is_no_value() {
        return Presence::No;
    }
    match value {
        Expr::Intrinsic(intrinsic) => match &**intrinsic {
            Intrinsic::If(_, then, otherwise) => match (presence(then), presence(otherwise)) {
                (Presence::Yes, Presence::Yes) => Presence::Yes,
                (Presence::No, Presence::No) => Presence::No,
                _ => Presence::Maybe,
            },
            _ => Presence::Yes,
        },
        _ => Presence::Yes,
    }
}

/// The text of a `Fn::Join` whose items are all literals.
fn joined(separator: &str, list: &Expr) -> Option<String> {
    let Expr::List(items) = list else { return None };
    let parts: Option<Vec<_>> = items.iter().map(Expr::as_str).collect();
    Some(parts?.join(separator))
}
