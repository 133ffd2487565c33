//! Exports and outputs of a refactoring: what stays, what goes with what it gives, what is new.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::rewrite::{Place, Rewriter};
use super::templates::{At, Build, Kept, entries};
use crate::diff::canonical;

/// An export that gives something to other stacks.
#[derive(Clone, Debug)]
pub(super) struct Export {
    pub(super) name: String,
    /// Whether it is a list, joined.
    pub(super) list: bool,
    /// Whether the definitions have it, rather than what is deployed alone.
    defined: bool,
}

impl Build<'_> {
    /// Finds the exports that go with what they export: the definitions have them at its new place, or nothing else there
    /// gives it to this stack.
    pub(super) fn leaving_exports(&mut self) {
        let goes = |name: &str, stack: usize, value: &Value| {
            let given = |(id, attribute): (String, Option<String>)| {
                let to = self.place_of(stack, &id);
                to.0 == stack || self.export_of(&to, attribute.as_deref()).is_some()
            };
            let mut of = leaves(&canonical(value)).into_iter().filter(|(id, _)| self.is_resource(stack, id));
            self.follows(name, stack, value) || !of.all(given)
        };
        let leaving = self.exports.iter().filter(|(name, (stack, value))| goes(name, *stack, value));
        self.gone = leaving.map(|(name, _)| name.clone()).collect();
    }

    /// Whether an export goes to another stack under its name, with what it exports.
    fn follows(&self, name: &str, stack: usize, value: &Value) -> bool {
        self.leads_to(stack, value).into_iter().any(|to| to.0 != stack && self.defines_export(to.0, name))
    }

    /// Whether nothing exports under this name any more.
    pub(super) fn is_lost(&self, export: &str) -> bool {
        let follows = |(stack, value): &(usize, Value)| self.follows(export, *stack, value);
        self.gone.contains(export) && !self.exports.get(export).is_some_and(follows)
    }

    /// The new places of the resources that a value of a stack refers to.
    pub(super) fn leads_to(&self, stack: usize, value: &Value) -> Vec<At> {
        let leaves = leaves(&canonical(value)).into_iter().filter(|(id, _)| self.is_resource(stack, id));
        leaves.map(|(id, _)| self.place_of(stack, &id)).collect()
    }

    fn defines_export(&self, stack: usize, name: &str) -> bool {
        entries(Some(&self.stacks[stack].defined), "Outputs").any(|(_, output)| exported(output) == Some(name))
    }

    /// The outputs, with what they give at its new place.
    pub(super) fn outputs(&mut self) {
        for stack in 0..self.stacks.len() {
            let outputs: Vec<(String, Value)> = entries(self.stacks[stack].template.as_ref(), "Outputs")
                .map(|(key, output)| (key.clone(), output.clone()))
                .collect();
            for (key, output) in outputs {
                self.output(stack, key, &output);
            }
        }
        self.renamed_exports();
        for template in &mut self.templates {
            if template.get("Outputs").and_then(Value::as_object).is_some_and(Map::is_empty) {
                template.shift_remove("Outputs");
            }
        }
    }

    fn output(&mut self, stack: usize, key: String, output: &Value) {
        let leads_to = output.get("Value").map(|value| self.leads_to(stack, value)).unwrap_or_default();
        let away: BTreeSet<usize> = leads_to.into_iter().map(|to| to.0).filter(|to| *to != stack).collect();
        let name = exported(output);
        if name.is_some_and(|name| self.gone.contains(name)) {
            for to in away {
                self.link(stack, to);
                self.output_goes(stack, to, output, |_, output| exported(output) == name);
            }
            return;
        }
        let blocks = self.blocks.len();
        let rewritten = self.rewritten(stack, stack, &key, output);
        // Where the definitions do not have it here any more, and nobody can import it, it goes with what it gave.
        let exports = output.get("Export").is_some();
        if self.blocks.len() > blocks && !exports && self.after[stack]["Outputs"].get(&key).is_none() {
            self.blocks.truncate(blocks);
            for to in away {
                self.output_goes(stack, to, output, |other, output| *other == key && output.get("Export").is_none());
                self.blocks.truncate(blocks);
            }
            return;
        }
        self.put(stack, "Outputs", key, rewritten);
    }

    fn rewritten(&mut self, from: usize, to: usize, key: &str, output: &Value) -> Value {
        let who = format!("the output `{key}` of {}", self.stacks[from].path);
        Rewriter::new(self, Place { from, to, who }).value(output)
    }

    /// An output that goes to another stack, where that has such a one in the definitions.
    fn output_goes(&mut self, from: usize, to: usize, output: &Value, wanted: impl Fn(&String, &Value) -> bool) {
        let defined = entries(Some(&self.stacks[to].defined), "Outputs").find(|(key, output)| wanted(key, output));
        let Some(key) = defined.map(|(key, _)| key.clone()).filter(|key| self.is_free(to, key, exported(output)))
        else {
            return;
        };
        let rewritten = self.rewritten(from, to, &key, output);
        self.put(to, "Outputs", key, rewritten);
    }

    /// Whether a stack has no output under a key yet; another one than is wanted stands in the way.
    fn is_free(&mut self, stack: usize, key: &str, export: Option<&str>) -> bool {
        let there = entries(self.stacks[stack].template.as_ref(), "Outputs").find(|(other, _)| *other == key);
        let Some((_, there)) = there else { return true };
        if exported(there) != export {
            let what = format!("{} has another output `{key}` than the definitions", self.stacks[stack].path);
            self.block(stack, what, "deploy that stack under another key first, then move what it gives");
        }
        false
    }

    /// Makes sure that a stack has an export of the definitions.
    fn take_defined(&mut self, stack: usize, export: &str) {
        let defined = entries(Some(&self.stacks[stack].defined), "Outputs").find(|(_, o)| exported(o) == Some(export));
        let Some((key, output)) = defined.map(|(key, output)| (key.clone(), output.clone())) else { return };
        if self.is_free(stack, &key, Some(export)) {
            self.put(stack, "Outputs", key, output);
        }
    }

    /// An export that others import, of a resource that has another logical id, has two names until they are deployed: the
    /// definitions call it differently.
    fn renamed_exports(&mut self) {
        let kept: Vec<(String, usize, At)> = self
            .exports
            .iter()
            .filter(|(name, _)| !self.gone.contains(*name))
            .filter_map(|(name, (stack, value))| {
                let old = pure(&canonical(value))?.0;
                let to = self.place_of(*stack, &old);
                (to != (*stack, old) && !self.defines_export(*stack, name)).then(|| (name.clone(), *stack, to))
            })
            .collect();
        for (name, stack, to) in kept {
            let importers = self.importers(&name, stack);
            if importers.is_empty() {
                continue;
            }
            let attribute = pure(&canonical(&self.exports[&name].1)).and_then(|(_, attribute, _)| attribute);
            if let Some(export) = self.export_of(&to, attribute.as_deref())
                && export.defined
            {
                self.take_defined(to.0, &export.name);
            }
            self.kept.push((stack, Kept { stack: self.stacks[stack].path.to_owned(), export: name, importers }));
        }
    }

    /// The stacks, other than `own`, whose deployed templates import an export.
    fn importers(&self, name: &str, own: usize) -> Vec<String> {
        let imports = |(index, template): &(usize, &Value)| *index != own && imports(template, name);
        self.before.iter().enumerate().filter(imports).map(|(index, _)| self.stacks[index].path.to_owned()).collect()
    }

    /// The export that gives a resource, or an attribute of it, to other stacks: what the definitions have first.
    pub(super) fn export_of(&self, (stack, id): &At, attribute: Option<&str>) -> Option<Export> {
        let defined = entries(Some(&self.after[*stack]), "Outputs").map(|(_, output)| (output, true));
        let there = entries(Some(&self.before[*stack]), "Outputs").map(|(_, output)| (output, false));
        for (output, defined) in defined.chain(there).filter(|(output, _)| output.get("Condition").is_none()) {
            let (Some(name), Some((of, what, list))) = (exported(output), output.get("Value").and_then(pure)) else {
                continue;
            };
            let leads_there = if defined { of == *id } else { self.place_of(*stack, &of) == (*stack, id.clone()) };
            if leads_there && what.as_deref() == attribute {
                return Some(Export { name: name.to_owned(), list, defined });
            }
        }
        None
    }

    /// Makes sure that a stack has an export that the definitions give it.
    pub(super) fn take_export(&mut self, stack: usize, export: &Export) {
        if export.defined && self.exports.get(&export.name).is_none_or(|(there, _)| *there != stack) {
            self.take_defined(stack, &export.name);
        }
    }
}

/// The name of an output's export, where it is literal.
pub(super) fn exported(output: &Value) -> Option<&str> {
    output.get("Export")?.get("Name")?.as_str()
}

/// The resource, attribute, and whether it is a joined list, of a canonical value that is one reference.
fn pure(value: &Value) -> Option<(String, Option<String>, bool)> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    if let Some(id) = map.get("Ref") {
        return Some((id.as_str()?.to_owned(), None, false));
    }
    if let Some(parts) = map.get("Fn::GetAtt").and_then(Value::as_array) {
        let [id, attribute] = &parts[..] else { return None };
        return Some((id.as_str()?.to_owned(), Some(attribute.as_str()?.to_owned()), false));
    }
    let joined = map.get("Fn::Join")?.get(1).filter(|list| list.is_object())?;
    let (id, attribute, _) = pure(joined)?;
    Some((id, attribute, true))
}

/// Every reference in a canonical value: a name, and the attribute, where it is of one.
fn leaves(value: &Value) -> Vec<(String, Option<String>)> {
    match value {
        Value::Object(map) => match (map.get("Ref"), map.get("Fn::GetAtt")) {
            (Some(Value::String(id)), _) => vec![(id.clone(), None)],
            (_, Some(Value::Array(parts))) => {
                let text = |index: usize| parts.get(index).and_then(Value::as_str).map(str::to_owned);
                text(0).map(|id| (id, text(1))).into_iter().collect()
            }
            _ => map.values().flat_map(leaves).collect(),
        },
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        _ => Vec::new(),
    }
}

fn imports(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(map) => {
            map.get("Fn::ImportValue").and_then(Value::as_str) == Some(name)
                || map.values().any(|value| imports(value, name))
        }
        Value::Array(items) => items.iter().any(|item| imports(item, name)),
        _ => false,
    }
}
