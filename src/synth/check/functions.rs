//! Values that are known when the stack is deployed: what functions and references make, as far as it can be told.

use super::schema::Walk;
use super::{answers_freely, leaf, literal, secrets};
use crate::core::{Condition, Expr, FindInMap, Intrinsic, Pseudo};
use crate::spec::{self, Schema, TypeSpec, Types};
use crate::synth::resolve::is_list;

impl<'a> Walk<'a> {
    pub(super) fn intrinsic(&mut self, schema: &'a Schema, value: &'a Expr, intrinsic: &'a Intrinsic) {
        self.unsure = true;
        let (is, words) = match intrinsic {
            Intrinsic::If(condition, then, otherwise) => {
                self.conditions.push(&condition.name);
                self.told_of(&format!(", where `{}` holds", condition.name), |walk| walk.value(schema, then));
                self.told_of(&format!(", where `{}` does not hold", condition.name), |walk| {
                    walk.value(schema, otherwise);
                });
                self.conditions.pop();
                return;
            }
            Intrinsic::ByStackOutput(inner, _) => return self.value(schema, inner),
            Intrinsic::Parameter(name) => return self.parameter(schema, &name.name),
            Intrinsic::FindInMap(find) => return self.found_in_map(schema, find),
            Intrinsic::Select(index, list) => return self.selected(schema, index, list),
            Intrinsic::Sub(..) | Intrinsic::Join(..) => {
                if let Some(text) = literal::text(self.resolved, value) {
                    let becomes = format!(": it becomes {}", self.shown_value(&text));
                    self.told_of(&becomes, |walk| leaf::text(walk, schema, &text));
                    secrets::literal_text(self, &text);
                }
                (Types::STRING, "text")
            }
            Intrinsic::Pseudo(Pseudo::NotificationArns)
            | Intrinsic::Split(..)
            | Intrinsic::Cidr(..)
            | Intrinsic::GetAzs(_) => (Types::ARRAY, "a list"),
            Intrinsic::Base64(inner) => {
                if let Some(text) = literal::text(self.resolved, inner) {
                    secrets::literal_text(self, &text);
                }
                (Types::STRING, "text")
            }
            Intrinsic::Length(_) => (Types::INTEGER | Types::NUMBER, "a number"),
            Intrinsic::Pseudo(Pseudo::NoValue)
            | Intrinsic::ImportValue(_)
            | Intrinsic::StackOutput(_)
            | Intrinsic::Transform(..)
            | Intrinsic::RefAll(_)
            | Intrinsic::ValueOf(..)
            | Intrinsic::ValueOfAll(..) => return,
            Intrinsic::Pseudo(_) | Intrinsic::ToJsonString(_) | Intrinsic::Dynamic(_) => (Types::STRING, "text"),
        };
        self.produced(schema, is, words);
    }

    /// Adds to the messages of what `look` finds where the value comes from.
    fn told_of(&mut self, whence: &str, look: impl FnOnce(&mut Self)) {
        let before = self.found.len();
        look(self);
        // Of conditions inside each other the innermost tells enough.
        for found in self.found[before..].iter_mut().filter(|found| !found.problem.message.contains(", where `")) {
            found.problem.message.push_str(whence);
        }
    }

    /// Something that a function makes of type `is`: text can become a number or a truth, nothing else changes.
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

    /// The value that a lookup finds; where the first key is known at deployment only, all that it could find. A row
    /// that is never looked up may hold anything (`not offered here`), so one that fits is enough.
    fn found_in_map(&mut self, schema: &'a Schema, find: &'a FindInMap) {
        let mapping = self.resolved.stack.mappings.get(&find.map.name).map(|mapping| &mapping.entries);
        if let (Some(second), Some(mapping)) = (find.second.as_str(), mapping) {
            let first = literal::text(self.resolved, &find.first);
            let rows = mapping.iter().filter(|(key, _)| first.as_ref().is_none_or(|first| first == *key));
            let values: Vec<_> = rows.filter_map(|(_, row)| row.get(second)).collect();
            let mut attempts: Vec<_> = values.into_iter().map(|value| self.attempt(schema, value)).collect();
            if !attempts.is_empty() && attempts.iter().all(|found| !found.is_empty()) {
                let wrong = attempts.swap_remove(0);
                self.told_of(&format!(", in the mapping `{}`", find.map.name), |walk| walk.found.extend(wrong));
            }
        }
        find.default.iter().for_each(|default| self.value(schema, default));
    }

    fn selected(&mut self, schema: &'a Schema, index: &'a Expr, list: &'a Expr) {
        match (index, list) {
            (Expr::Integer(index), Expr::List(items)) => {
                if let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index)) {
                    self.value(schema, item);
                } else {
                    let items = super::counted(items.len(), "item");
                    let message = format!("{} selects item {index} of a list of {items}", self.called());
                    self.push("range", message, "the first item is item 0");
                }
            }
            (Expr::Integer(index), _) if *index < 0 => {
                self.push("range", format!("{} selects item {index}", self.called()), "the first item is item 0");
            }
            (_, Expr::Intrinsic(list)) => match &**list {
                Intrinsic::Split(..) | Intrinsic::GetAzs(_) | Intrinsic::Cidr(..) => {
                    self.produced(schema, Types::STRING, "text");
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn parameter(&mut self, schema: &'a Schema, name: &str) {
        let Some(parameter) = self.resolved.stack.parameters.get(name) else { return };
        if super::declared::is_list(parameter) {
            self.produced(schema, Types::ARRAY, "a list");
            return;
        }
        self.produced(schema, Types::STRING, "text");
        secrets::parameter(self, name, parameter);
        // A type that is read from Systems Manager has the parameter's name as its default, not its value. And a
        // condition on the parameter can keep a value from here that stands for something else, such as `none`.
        if parameter.type_name.starts_with("AWS::SSM::")
            || self.conditions.iter().any(|condition| self.reads(condition, name))
        {
            return;
        }
        let values = parameter.default.iter().chain(&parameter.allowed_values);
        for value in values.filter(|value| value.as_str() != Some("")) {
            let mut found = self.attempt(schema, value);
            // The value of a parameter that holds a secret is said where the parameter is.
            found.retain(|found| found.problem.check != "secret");
            if !found.is_empty() {
                return self.told_of(&format!(", as the parameter `{name}` can be"), |walk| walk.found.extend(found));
            }
        }
    }

    /// Whether a condition depends on a parameter, by itself or through other conditions.
    fn reads(&self, condition: &'a str, parameter: &str) -> bool {
        let mut seen = Vec::new();
        let mut open = vec![condition];
        while let Some(name) = open.pop() {
            let Some((condition, _)) = self.resolved.stack.conditions.get(name) else { continue };
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            for operand in condition.operands() {
                let mut reads = false;
                operand.walk(&mut |inner| {
                    reads |= matches!(inner, Expr::Intrinsic(i) if matches!(&**i, Intrinsic::Parameter(p) if p.name == parameter));
                });
                if reads {
                    return true;
                }
            }
            condition.walk(&mut |inner| {
                if let Condition::Named(other) = inner {
                    open.push(&other.name);
                }
            });
        }
        false
    }

    /// A `Ref` or `Fn::GetAtt`: what it returns is known from the other resource's type.
    pub(super) fn reference(&mut self, schema: &'a Schema, value: &Expr) {
        self.unsure = true;
        let (node, attribute) = match value {
            Expr::Ref(node) => (*node, None),
            Expr::Att(att) => (att.node, Some(&*att.name)),
            _ => return,
        };
        let stack = self.resolved.stack;
        if node.stack != stack.key {
            return; // what another stack gives is checked there
        }
        let Some(target) = stack.tree.nodes.get(node.index as usize).and_then(|node| node.resource.as_deref()) else {
            return;
        };
        let target_spec = spec::known(&target.type_name).filter(|_| !answers_freely(&target.type_name));
        match (attribute, target_spec) {
            (None, _) => self.produced(schema, Types::STRING, "text"),
            (Some(name), Some(spec)) => match spec.attributes.get(name).map(|attribute| &*attribute.kind) {
                Some("json") | None => {}
                Some(_) if is_list(stack, node, name) => self.produced(schema, Types::ARRAY, "a list"),
                Some(_) => self.produced(schema, Types::STRING, "text"),
            },
            // Custom resources and private types answer what they like.
            (Some(_), None) => {}
        }
        let kind = |spec: &'static TypeSpec| match attribute {
            None => (!spec.refs.is_empty()).then_some(spec.refs.as_str()),
            Some(name) => spec.attributes.get(name).and_then(|attribute| attribute.identifies.as_deref()),
        };
        let (Some(format), Some(kind)) = (schema.format.as_deref(), target_spec.and_then(kind)) else { return };
        // Formats name identifiers as kinds do; one that no kind is spelled like decides nothing.
        let named = |name: &str| schema.kinds.iter().any(|kind| kind == name);
        if format.contains("::") && named(format) && !named(kind) {
            let message = format!("{} takes {}, and this is {}", self.called(), identifier(format), identifier(kind));
            self.push("wrong-identifier", message, "refer to a resource of that type, or to another attribute");
        }
    }
}

/// An identifier in words: `the Id of an AWS::EC2::VPC`.
fn identifier(kind: &str) -> String {
    match kind.rsplit_once('.') {
        Some((type_name, name)) => format!("the {name} of an {type_name}"),
        None => kind.to_owned(),
    }
}
