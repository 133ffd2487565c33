//! The rules between properties, and schemas of which one or all must hold.

use super::schema::{Found, Step, Walk};
use crate::core::{Expr, Intrinsic, Props};
use crate::spec::{self, Schema, Types};
use crate::synth::nearest::listed;

impl<'a> Walk<'a> {
    /// What a value finds wrong, without keeping it: for alternatives.
    pub(super) fn attempt(&mut self, schema: &'a Schema, value: &'a Expr) -> Vec<Found> {
        let before = std::mem::take(&mut self.found);
        self.value(schema, value);
        std::mem::replace(&mut self.found, before)
    }

    /// The same, of an alternative of objects.
    fn attempt_object(&mut self, branch: &'a Schema, props: &'a Props) -> Vec<Found> {
        let before = std::mem::take(&mut self.found);
        self.rule(branch, props);
        std::mem::replace(&mut self.found, before)
    }

    /// Whether an attempt finds nothing wrong; `None` where that depends on what is known at deployment only.
    fn holds(&mut self, attempt: impl FnOnce(&mut Self) -> Vec<Found>) -> Option<bool> {
        let outer = std::mem::take(&mut self.unsure);
        let fits = attempt(self).is_empty();
        let unsure = std::mem::replace(&mut self.unsure, outer);
        self.unsure |= unsure;
        (!unsure).then_some(fits)
    }

    pub(super) fn alternatives(&mut self, schema: &'a Schema, value: &'a Expr) {
        if let Expr::Map(props) = value {
            return self.between_properties(schema, props);
        }
        for branch in &schema.all_of {
            self.value(branch, value);
        }
        for branches in [&schema.one_of, &schema.any_of].into_iter().filter(|branches| !branches.is_empty()) {
            let mut attempts: Vec<_> = branches.iter().map(|branch| self.attempt(branch, value)).collect();
            if attempts.iter().all(|found| !found.is_empty()) {
                attempts.sort_by_key(Vec::len);
                self.found.extend(attempts.swap_remove(0));
            }
        }
        if let Some(not) = &schema.not
            && self.holds(|walk| walk.attempt(not, value)) == Some(true)
        {
            let shown = value.as_str().map_or_else(|| "this".to_owned(), |text| self.shown_value(text));
            self.push("allowed-values", format!("{} cannot be {shown}", self.called()), "choose another value");
        }
    }

    /// The rules between the properties of one object.
    pub(super) fn between_properties(&mut self, schema: &'a Schema, props: &'a Props) {
        for branch in &schema.all_of {
            self.rule(branch, props);
        }
        self.one_of_objects(&schema.one_of, props, true);
        self.one_of_objects(&schema.any_of, props, false);
        self.conditional(schema, props);
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
        self.between_properties(branch, props);
        if let Some(not) = &branch.not
            && self.holds(|walk| walk.attempt_object(not, props)) == Some(true)
        {
            self.push("exclusive-properties", "these properties cannot stand together", "see the type's documentation");
        }
    }

    fn conditional(&mut self, schema: &'a Schema, props: &'a Props) {
        let Some(condition) = &schema.condition else { return };
        if props.iter().any(|entry| presence(&entry.value) == Presence::Maybe) {
            return;
        }
        let Some(holds) = self.holds(|walk| walk.attempt_object(condition, props)) else { return };
        if let Some(then) = if holds { &schema.then } else { &schema.otherwise } {
            self.rule(then, props);
        }
    }

    fn one_of_objects(&mut self, branches: &'a [Schema], props: &'a Props, exactly_one: bool) {
        // Where text or a list could stand as well, the object is measured by the alternatives for objects.
        let for_objects = |branch: &&'a Schema| {
            let types = self.spec.resolve(branch).types;
            types.is_any() || types.has(Types::OBJECT)
        };
        let branches: Vec<&'a Schema> = branches.iter().filter(for_objects).collect();
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
                return self.push(
                    "exclusive-properties",
                    format!("one of {} must be there", listed(&sets, 6)),
                    "set one",
                );
            }
            attempts.sort_by_key(Vec::len);
            self.found.extend(attempts.swap_remove(0));
        } else if fitting > 1 && exactly_one && told_by_presence {
            let fitting = sets.iter().zip(&attempts).filter(|(_, found)| found.is_empty());
            let there: Vec<_> = fitting.map(|(set, _)| set.join("` with `")).collect();
            self.push("exclusive-properties", format!("{} exclude each other", listed(&there, 6)), "keep one");
        }
    }

    /// Which properties must be there, and which together or not at all.
    pub(super) fn presence(&mut self, schema: &'a Schema, props: &Props) {
        let there = |name: &str| props.get(name).map_or(Presence::No, |entry| presence(&entry.value));
        for name in schema.required.iter().filter(|name| there(name) == Presence::No) {
            let its = if self.path.is_empty() { "" } else { "its " };
            let message = format!("{} has no `{name}`, which is required", self.called());
            self.push("missing-property", message, format!("set {its}`{name}`"));
        }
        let sure = |list: &'a [String]| -> Vec<&'a String> {
            list.iter().filter(|name| there(name) == Presence::Yes).collect()
        };
        let maybe = |list: &[String]| list.iter().any(|name| there(name) == Presence::Maybe);
        let xor = &schema.required_xor;
        let one_of = listed(xor, 6);
        match sure(xor)[..] {
            [] if !xor.is_empty() && !maybe(xor) => {
                self.push("exclusive-properties", format!("one of {one_of} must be there"), "set exactly one");
            }
            [_, _, ..] => {
                let set = listed(&sure(xor), 6);
                self.push("exclusive-properties", format!("{set} exclude each other"), format!("keep one of {one_of}"));
            }
            _ => {}
        }
        let or = &schema.required_or;
        if !or.is_empty() && sure(or).is_empty() && !maybe(or) {
            self.push("exclusive-properties", format!("at least one of {} must be there", listed(or, 6)), "set one");
        }
        for (name, needed) in schema.dependent_required.iter().filter(|(name, _)| there(name) == Presence::Yes) {
            let missing: Vec<_> = needed.iter().filter(|other| there(other) == Presence::No).collect();
            if !missing.is_empty() {
                let missing = listed(&missing, 6);
                let help = format!("set {missing} too, or leave `{name}` out");
                self.push("dependent-properties", format!("`{name}` needs {missing}"), help);
            }
        }
        for (name, excluded) in schema.dependent_excluded.iter().filter(|(name, _)| there(name) == Presence::Yes) {
            // Two that exclude each other are listed under both: one word is enough.
            let said = |other: &String| {
                *other < *name && schema.dependent_excluded.get(other).is_some_and(|list| list.contains(name))
            };
            let others: Vec<_> =
                excluded.iter().filter(|other| there(other) == Presence::Yes && !said(other)).collect();
            if !others.is_empty() {
                let others = listed(&others, 6);
                self.push(
                    "exclusive-properties",
                    format!("`{name}` excludes {others}"),
                    format!("keep `{name}` or {others}"),
                );
            }
        }
    }
}

/// Whether a value is there once the stack is deployed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Yes,
    No,
    /// It depends on a condition.
    Maybe,
}

pub(super) fn presence(value: &Expr) -> Presence {
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
        Expr::Map(props) if super::spelled::is_no_value(props) => Presence::No,
        Expr::Map(props) if super::spelled::function(props).is_some_and(|name| name == "Fn::If") => Presence::Maybe,
        _ => Presence::Yes,
    }
}
