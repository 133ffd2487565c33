//! Render: a resolved stack as a CloudFormation template, in JSON with long-form intrinsics or YAML with short ones.
//!
//! The writing itself is serde_json's and serde_yaml's; this module says what is written.

mod expression;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::resolve::{Given, LIST_SEPARATOR, Leaf, Resolved};
use crate::core::{Condition, Expr, Intrinsic, NodeId, Output, ParameterData, ResourceNode, Rule};
use expression::{ExprOf, ListOf, LocalLeaf, PropsOf, single, tagged};

/// A text longer than this is folded, in YAML.
const WIDTH: usize = 120;
/// The transform that some intrinsic functions need.
pub(crate) const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// How a template is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML with short-form intrinsics: for people.
    Yaml,
    /// JSON, indented.
    Json,
    /// JSON without white space: for CloudFormation.
    JsonMinified,
}

/// Writes a template.
pub(crate) fn render(resolved: &Resolved<'_>, format: Format) -> String {
    let document = Document(Cx { resolved, short: format == Format::Yaml });
    let expect = "writing to memory fails for nothing that a template can hold";
    match format {
        Format::Yaml => {
            let options = serde_yaml::ser_options! { compact_list_indent: false, folded_wrap_chars: WIDTH };
            let mut out = String::new();
            serde_yaml::to_fmt_writer_with_options(&mut out, &document, options).expect(expect);
            out
        }
        Format::Json => serde_json::to_string_pretty(&document).expect(expect) + "\n",
        Format::JsonMinified => serde_json::to_string(&document).expect(expect),
    }
}

/// A template as a JSON value.
pub(crate) fn to_value(resolved: &Resolved<'_>) -> serde_json::Value {
    serde_json::to_value(Document(Cx { resolved, short: false })).expect("a template is a JSON value")
}

#[derive(Clone, Copy)]
struct Cx<'a> {
    resolved: &'a Resolved<'a>,
    /// Whether intrinsics are written as tags.
    short: bool,
}

struct Document<'a>(Cx<'a>);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cx = self.0;
        let stack = cx.resolved.stack;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("AWSTemplateFormatVersion", "2010-09-09")?;
        if let Some(description) = &stack.description {
            map.serialize_entry("Description", description)?;
        }
        let transforms = transforms(cx.resolved);
        match &transforms[..] {
            [] => {}
            [one] => map.serialize_entry("Transform", one)?,
            several => map.serialize_entry("Transform", several)?,
        }
        if !stack.metadata.is_empty() {
            map.serialize_entry("Metadata", &PropsOf(&stack.metadata, cx))?;
        }
        section(&mut map, "Parameters", stack.parameters.iter().map(|(name, data)| (name, ParameterOf(data, cx))))?;
        let mappings = stack.mappings.iter().map(|(name, data)| {
            let firsts = data.entries.iter().map(move |(first, values)| {
                (first, Pairs(values.iter().map(|(second, value)| (second.as_str(), ExprOf(value, cx))).collect()))
            });
            (name, Pairs(firsts.map(|(first, values)| (first.as_str(), values)).collect()))
        });
        section(&mut map, "Mappings", mappings)?;
        section(&mut map, "Conditions", stack.conditions.iter().map(|(name, (c, _))| (name, ConditionOf(c, cx))))?;
        section(&mut map, "Rules", stack.rules.iter().map(|(name, rule)| (name, RuleOf(rule, cx))))?;
        let resources = stack.tree.resources();
        let resources = resources.map(|(index, _, resource)| (&cx.resolved.ids[index as usize], (index, resource)));
        section(&mut map, "Resources", resources.map(|(id, (index, resource))| (id, ResourceOf(index, resource, cx))))?;
        let own = stack.outputs.iter().map(|(key, output)| (key, OutputOf::Own(output, cx)));
        let given = cx.resolved.given.iter().map(|(leaf, given)| (&given.key, OutputOf::Given(leaf, given, cx)));
        section(&mut map, "Outputs", own.chain(given))?;
        map.end()
    }
}

/// A section, where there is anything in it.
fn section<'k, M: serde::ser::SerializeMap, V: Serialize>(
    map: &mut M,
    name: &'static str,
    entries: impl Iterator<Item = (&'k String, V)>,
) -> Result<(), M::Error> {
    let entries: Vec<_> = entries.map(|(key, value)| (key.as_str(), value)).collect();
    if entries.is_empty() { Ok(()) } else { map.serialize_entry(name, &Pairs(entries)) }
}

struct Pairs<'k, V>(Vec<(&'k str, V)>);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

fn transforms(resolved: &Resolved<'_>) -> Vec<String> {
    let mut transforms = resolved.stack.transforms.clone();
    let mut needed = false;
    let mut look = |expr: &Expr| {
        expr.walk(&mut |inner| {
            if let Expr::Intrinsic(intrinsic) = inner {
                needed |= match &**intrinsic {
                    Intrinsic::Length(_) | Intrinsic::ToJsonString(_) => true,
                    Intrinsic::FindInMap(find) => find.default.is_some(),
                    _ => false,
                };
            }
        });
    };
    let stack = resolved.stack;
    for (.., resource) in stack.tree.resources() {
        resource.expressions().flatten().for_each(|entry| look(&entry.value));
    }
    stack.metadata.iter().for_each(|entry| look(&entry.value));
    stack.outputs.values().flat_map(|output| [&output.value].into_iter().chain(&output.export)).for_each(&mut look);
    stack.conditions.values().flat_map(|(condition, _)| condition.operands()).for_each(&mut look);
    if needed && !transforms.iter().any(|name| name == LANGUAGE_EXTENSIONS) {
        transforms.insert(0, LANGUAGE_EXTENSIONS.into());
    }
    transforms
}

// ---------------------------------------------------------------------------------------------------------- sections

struct ParameterOf<'a>(&'a ParameterData, Cx<'a>);

impl Serialize for ParameterOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(data, cx) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Type", &data.type_name)?;
        let mut text = |key: &'static str, value: &Option<String>| match value {
            Some(value) => map.serialize_entry(key, value),
            None => Ok(()),
        };
        text("Description", &data.description)?;
        text("AllowedPattern", &data.allowed_pattern)?;
        text("ConstraintDescription", &data.constraint_description)?;
        if let Some(default) = &data.default {
            map.serialize_entry("Default", &ExprOf(default, cx))?;
        }
        if !data.allowed_values.is_empty() {
            map.serialize_entry("AllowedValues", &ListOf(&data.allowed_values, cx))?;
        }
        for (key, value) in [
            ("MinLength", data.min_length),
            ("MaxLength", data.max_length),
            ("MinValue", data.min_value),
            ("MaxValue", data.max_value),
        ] {
            if let Some(value) = value {
                map.serialize_entry(key, &value)?;
            }
        }
        if data.no_echo {
            map.serialize_entry("NoEcho", &true)?;
        }
        map.end()
    }
}

struct RuleOf<'a>(&'a Rule, Cx<'a>);

impl Serialize for RuleOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(rule, cx) = *self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(condition) = &rule.condition {
            map.serialize_entry("RuleCondition", &ConditionOf(condition, cx))?;
        }
        let assertions: Vec<_> = rule.assertions.iter().map(|(c, text)| AssertionOf(c, text.as_deref(), cx)).collect();
        map.serialize_entry("Assertions", &assertions)?;
        map.end()
    }
}

struct AssertionOf<'a>(&'a Condition, Option<&'a str>, Cx<'a>);

impl Serialize for AssertionOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Assert", &ConditionOf(self.0, self.2))?;
        if let Some(text) = self.1 {
            map.serialize_entry("AssertDescription", text)?;
        }
        map.end()
    }
}

struct ResourceOf<'a>(u32, &'a ResourceNode, Cx<'a>);

impl Serialize for ResourceOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(index, resource, cx) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Type", &resource.type_name)?;
        if let Some(condition) = &resource.condition {
            map.serialize_entry("Condition", &condition.name)?;
        }
        let stack = cx.resolved.stack;
        let before = stack.tree.waits_for(index, resource).into_iter();
        let before: Vec<_> = before.map(|index| cx.resolved.id(NodeId { stack: stack.key, index })).collect();
        match before[..] {
            [] => {}
            [one] => map.serialize_entry("DependsOn", one)?,
            _ => map.serialize_entry("DependsOn", &before)?,
        }
        if !resource.props.is_empty() {
            map.serialize_entry("Properties", &PropsOf(&resource.props, cx))?;
        }
        if let Some(policy) = &resource.creation_policy {
            map.serialize_entry("CreationPolicy", &PropsOf(&policy.0, cx))?;
        }
        if let Some(policy) = &resource.update_policy {
            map.serialize_entry("UpdatePolicy", &PropsOf(&policy.0, cx))?;
        }
        if let Some(policy) = resource.deletion_policy {
            map.serialize_entry("DeletionPolicy", policy.name())?;
        }
        if let Some(policy) = resource.update_replace_policy {
            map.serialize_entry("UpdateReplacePolicy", policy.name())?;
        }
        let metadata = MetadataOf(index, resource, cx);
        if !metadata.is_empty() {
            map.serialize_entry("Metadata", &metadata)?;
        }
        map.end()
    }
}

/// A resource's metadata, and the findings that the definitions allow at it, each with its reason.
struct MetadataOf<'a>(u32, &'a ResourceNode, Cx<'a>);

impl MetadataOf<'_> {
    fn is_empty(&self) -> bool {
        self.1.metadata.is_empty() && self.2.resolved.stack.tree.nodes[self.0 as usize].allowed.is_empty()
    }
}

impl Serialize for MetadataOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(index, resource, cx) = *self;
        let mut map = serializer.serialize_map(None)?;
        for entry in &resource.metadata {
            map.serialize_entry(&entry.key, &ExprOf(&entry.value, cx))?;
        }
        let allowed = &cx.resolved.stack.tree.nodes[index as usize].allowed;
        if !allowed.is_empty() {
            let reasons: Vec<_> = allowed
                .iter()
                .map(|allowed| Pairs(vec![("Check", &allowed.check), ("Reason", &allowed.reason)]))
                .collect();
            map.serialize_entry("formwork:allow", &reasons)?;
        }
        map.end()
    }
}

enum OutputOf<'a> {
    Own(&'a Output, Cx<'a>),
    Given(&'a Leaf, &'a Given, Cx<'a>),
}

impl Serialize for OutputOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match *self {
            Self::Own(output, cx) => {
                if let Some(description) = &output.description {
                    map.serialize_entry("Description", description)?;
                }
                if let Some(condition) = &output.condition {
                    map.serialize_entry("Condition", &condition.name)?;
                }
                map.serialize_entry("Value", &ExprOf(&output.value, cx))?;
                if let Some(name) = &output.export {
                    map.serialize_entry("Export", &Pairs(vec![("Name", ExprOf(name, cx))]))?;
                }
            }
            Self::Given(leaf, given, cx) => {
                map.serialize_entry("Value", &GivenValue(leaf, given, cx))?;
                if given.exported {
                    let name = Given::export_name(&cx.resolved.stack.name, &given.key);
                    map.serialize_entry("Export", &Pairs(vec![("Name", name)]))?;
                }
            }
        }
        map.end()
    }
}

struct GivenValue<'a>(&'a Leaf, &'a Given, Cx<'a>);

impl Serialize for GivenValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(leaf, given, cx) = *self;
        let value = LocalLeaf(leaf.node, leaf.attribute.as_deref(), cx);
        if given.list { cx.call(serializer, "Join", &(LIST_SEPARATOR, value)) } else { value.serialize(serializer) }
    }
}

struct ConditionOf<'a>(&'a Condition, Cx<'a>);

impl Serialize for ConditionOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(condition, cx) = *self;
        let e = |expr| ExprOf(expr, cx);
        match condition {
            Condition::Equals(a, b) => cx.call(serializer, "Equals", &(e(a), e(b))),
            Condition::And(inner) => cx.call(serializer, "And", &conditions(inner, cx)),
            Condition::Or(inner) => cx.call(serializer, "Or", &conditions(inner, cx)),
            Condition::Not(inner) => cx.call(serializer, "Not", &[ConditionOf(inner, cx)]),
            Condition::Named(name) if cx.short => tagged(serializer, "!Condition", &name.name),
            Condition::Named(name) => single(serializer, "Condition", &name.name),
            Condition::Contains(list, value) => single(serializer, "Fn::Contains", &(ListOf(list, cx), e(value))),
            Condition::EachMemberEquals(a, b) => single(serializer, "Fn::EachMemberEquals", &(e(a), e(b))),
            Condition::EachMemberIn(a, b) => single(serializer, "Fn::EachMemberIn", &(e(a), e(b))),
        }
    }
}

fn conditions<'a>(inner: &'a [Condition], cx: Cx<'a>) -> Vec<ConditionOf<'a>> {
    inner.iter().map(|condition| ConditionOf(condition, cx)).collect()
}
