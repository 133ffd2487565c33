//! Render: a resolved stack as a CloudFormation template, in JSON with long-form intrinsics or YAML with short ones.
//!
//! The writing itself is serde_json's and serde_yaml's; this module says what is written.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_yaml::Tagged;

use super::resolve::{Given, How, LIST_SEPARATOR, Leaf, Read, Resolved};
use super::sub::{Piece, pieces};
use crate::core::{Condition, Dynamic, Expr, FindInMap, Intrinsic, NodeId, Output, ParameterData, Props, StackOutput};
use crate::core::{ResourceNode, Rule};

/// A text longer than this is folded, in YAML.
const WIDTH: usize = 120;
/// The transform that some intrinsic functions need.
const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

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
        let policies = [resource.creation_policy.as_ref().map(|p| &p.0), resource.update_policy.as_ref().map(|p| &p.0)];
        let all = [&resource.props, &resource.metadata].into_iter().chain(policies.into_iter().flatten());
        all.flatten().for_each(|entry| look(&entry.value));
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
        let before: Vec<_> = resource.depends_on.iter().map(|(node, _)| cx.resolved.id(*node)).collect();
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

// ------------------------------------------------------------------------------------------------------- expressions

struct PropsOf<'a>(&'a Props, Cx<'a>);

impl Serialize for PropsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for entry in self.0 {
            map.serialize_entry(&entry.key, &ExprOf(&entry.value, self.1))?;
        }
        map.end()
    }
}

struct ListOf<'a>(&'a [Expr], Cx<'a>);

impl Serialize for ListOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            seq.serialize_element(&ExprOf(item, self.1))?;
        }
        seq.end()
    }
}

#[derive(Clone, Copy)]
struct ExprOf<'a>(&'a Expr, Cx<'a>);

impl Serialize for ExprOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(expr, cx) = *self;
        match expr {
            Expr::String(text) => serializer.serialize_str(text),
            Expr::Integer(number) => serializer.serialize_i64(*number),
            Expr::Number(number) => serializer.serialize_f64(*number),
            Expr::Bool(truth) => serializer.serialize_bool(*truth),
            Expr::List(items) => ListOf(items, cx).serialize(serializer),
            Expr::Map(props) => PropsOf(props, cx).serialize(serializer),
            Expr::Ref(node) => LeafOf(*node, None, cx).serialize(serializer),
            Expr::Att(att) => LeafOf(att.node, Some(&att.name), cx).serialize(serializer),
            Expr::Intrinsic(intrinsic) => cx.intrinsic(serializer, intrinsic),
        }
    }
}

/// A reference, to this stack or another.
struct LeafOf<'a>(NodeId, Option<&'a str>, Cx<'a>);

impl Serialize for LeafOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(node, attribute, cx) = *self;
        if node.stack == cx.resolved.stack.key {
            return LocalLeaf(node, attribute, cx).serialize(serializer);
        }
        let leaf = Leaf { node, attribute: attribute.map(str::to_owned) };
        match cx.resolved.reads.get(&leaf) {
            Some(read) if read.list => cx.call(serializer, "Split", &(LIST_SEPARATOR, ReadOf(read, cx))),
            Some(read) => ReadOf(read, cx).serialize(serializer),
            // Only where resolving found a problem, and then nothing is written.
            None => serializer.serialize_str(""),
        }
    }
}

/// A reference to a resource of the stack itself.
struct LocalLeaf<'a>(NodeId, Option<&'a str>, Cx<'a>);

impl Serialize for LocalLeaf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(node, attribute, cx) = *self;
        let id = cx.resolved.id(node);
        match attribute {
            None if cx.short => tagged(serializer, "!Ref", id),
            None => single(serializer, "Ref", id),
            Some(name) if cx.short => tagged(serializer, "!GetAtt", &format!("{id}.{name}")),
            Some(name) => single(serializer, "Fn::GetAtt", &(id, name)),
        }
    }
}

struct ReadOf<'a>(&'a Read, Cx<'a>);

impl Serialize for ReadOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(read, cx) = *self;
        match &read.how {
            How::Import => cx.call(serializer, "ImportValue", &Given::export_name(&read.stack_name, &read.key)),
            How::StackOutput { region, role } => {
                let text = |text: &str| Expr::from(text);
                let (stack, output) = (text(&read.stack_name), text(&read.key));
                let region = region.as_deref().map(text);
                let parts = [
                    ("StackName", Some(&stack)),
                    ("OutputName", Some(&output)),
                    ("Region", region.as_ref()),
                    ("RoleArn", role.as_ref()),
                ];
                cx.stack_output(serializer, parts)
            }
        }
    }
}

fn single<S: Serializer, T: Serialize + ?Sized>(serializer: S, key: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

fn tagged<S: Serializer, T: Serialize + ?Sized>(serializer: S, tag: &str, value: &T) -> Result<S::Ok, S::Error> {
    Tagged(value, Some(tag.to_owned())).serialize(serializer)
}

impl Cx<'_> {
    /// A function whose argument is not a function itself.
    fn call<S: Serializer, T: Serialize>(self, serializer: S, name: &str, argument: &T) -> Result<S::Ok, S::Error> {
        if self.short {
            tagged(serializer, &format!("!{name}"), argument)
        } else {
            single(serializer, &format!("Fn::{name}"), argument)
        }
    }

    /// A function of one argument. CloudFormation takes no tag right behind a tag, and to a reader what is behind a
    /// tag is text: a number stays one only in the long form.
    fn call_one<S: Serializer>(self, serializer: S, name: &str, argument: &Expr) -> Result<S::Ok, S::Error> {
        if matches!(argument, Expr::String(_) | Expr::List(_) | Expr::Map(_)) {
            self.call(serializer, name, &ExprOf(argument, self))
        } else {
            single(serializer, &format!("Fn::{name}"), &ExprOf(argument, self))
        }
    }

    fn intrinsic<S: Serializer>(self, serializer: S, intrinsic: &Intrinsic) -> Result<S::Ok, S::Error> {
        let e = |expr| ExprOf(expr, self);
        match intrinsic {
            Intrinsic::Parameter(name) => self.reference(serializer, &name.name),
            Intrinsic::Pseudo(pseudo) => self.reference(serializer, pseudo.name()),
            Intrinsic::Sub(text, vars) => self.sub(serializer, text, vars),
            Intrinsic::Join(separator, list) => self.call(serializer, "Join", &(separator, e(list))),
            Intrinsic::Select(index, list) => self.call(serializer, "Select", &(e(index), e(list))),
            Intrinsic::Split(separator, source) => self.call(serializer, "Split", &(separator, e(source))),
            Intrinsic::If(condition, then, otherwise) => {
                self.call(serializer, "If", &(&condition.name, e(then), e(otherwise)))
            }
            Intrinsic::FindInMap(find) => self.find_in_map(serializer, find),
            Intrinsic::Base64(inner) => self.call_one(serializer, "Base64", inner),
            Intrinsic::Cidr(block, count, Some(bits)) => {
                self.call(serializer, "Cidr", &(e(block), e(count), e(bits)))
            }
            Intrinsic::Cidr(block, count, None) => self.call(serializer, "Cidr", &(e(block), e(count))),
            Intrinsic::GetAzs(region) => self.call_one(serializer, "GetAZs", region),
            Intrinsic::ImportValue(name) => self.call_one(serializer, "ImportValue", name),
            Intrinsic::StackOutput(from) => {
                let StackOutput { stack, output, region, role } = &**from;
                let parts = [
                    ("StackName", Some(stack)),
                    ("OutputName", Some(output)),
                    ("Region", region.as_ref()),
                    ("RoleArn", role.as_ref()),
                ];
                self.stack_output(serializer, parts)
            }
            // The functions of AWS::LanguageExtensions are written in the long form everywhere.
            Intrinsic::Length(list) => single(serializer, "Fn::Length", &e(list)),
            Intrinsic::ToJsonString(json) => single(serializer, "Fn::ToJsonString", &e(json)),
            Intrinsic::Transform(name, parameters) => {
                let name = Expr::from(name.as_str());
                let parts = Pairs(vec![("Name", Either::Expr(ExprOf(&name, self))), ("Parameters", Either::Props(PropsOf(parameters, self)))]);
                single(serializer, "Fn::Transform", &parts)
            }
            Intrinsic::RefAll(type_name) => single(serializer, "Fn::RefAll", type_name),
            Intrinsic::ValueOf(parameter, attribute) => {
                single(serializer, "Fn::ValueOf", &(&parameter.name, attribute))
            }
            Intrinsic::ValueOfAll(type_name, attribute) => single(serializer, "Fn::ValueOfAll", &(type_name, attribute)),
            Intrinsic::Dynamic(dynamic) => self.dynamic(serializer, dynamic),
            Intrinsic::ByStackOutput(inner, _) => e(inner).serialize(serializer),
        }
    }

    fn reference<S: Serializer>(self, serializer: S, name: &str) -> Result<S::Ok, S::Error> {
        if self.short { tagged(serializer, "!Ref", name) } else { single(serializer, "Ref", name) }
    }

    fn stack_output<S: Serializer>(
        self,
        serializer: S,
        parts: [(&'static str, Option<&Expr>); 4],
    ) -> Result<S::Ok, S::Error> {
        let parts = parts.into_iter().filter_map(|(key, value)| Some((key, ExprOf(value?, self)))).collect();
        single(serializer, "Fn::GetStackOutput", &Pairs(parts))
    }

    fn find_in_map<S: Serializer>(self, serializer: S, find: &FindInMap) -> Result<S::Ok, S::Error> {
        let (first, second) = (ExprOf(&find.first, self), ExprOf(&find.second, self));
        match &find.default {
            None => self.call(serializer, "FindInMap", &(&find.map.name, first, second)),
            Some(default) => {
                let default = Pairs(vec![("DefaultValue", ExprOf(default, self))]);
                self.call(serializer, "FindInMap", &(&find.map.name, first, second, default))
            }
        }
    }

    /// `Fn::Sub`, with variables that are plain references of this stack written into the text.
    fn sub<S: Serializer>(self, serializer: S, text: &str, vars: &[(String, Expr)]) -> Result<S::Ok, S::Error> {
        let mut out = String::with_capacity(text.len());
        let mut left: Vec<(&str, ExprOf<'_>)> = Vec::new();
        // A variable's name goes before a logical id of that name, so where one is both, all variables stay.
        let both = vars.iter().any(|(_, value)| {
            self.place(value).is_some_and(|place| vars.iter().any(|(name, other)| *name == place && other != value))
        });
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => {
                    let value = vars.iter().find(|(var, _)| var == name).map(|(_, value)| value);
                    let place = value.filter(|_| !both).and_then(|value| self.place(value));
                    let place = place.unwrap_or_else(|| {
                        if let Some(value) = value
                            && !left.iter().any(|(known, _)| *known == name)
                        {
                            left.push((name, ExprOf(value, self)));
                        }
                        name.to_owned()
                    });
                    out.extend(["${", &place, "}"]);
                }
            }
        }
        if left.is_empty() { self.call(serializer, "Sub", &out) } else { self.call(serializer, "Sub", &(out, Pairs(left))) }
    }

    /// What stands between `${` and `}` for a reference of this stack.
    fn place(self, expr: &Expr) -> Option<String> {
        let own = |node: NodeId| (node.stack == self.resolved.stack.key).then(|| self.resolved.id(node));
        match expr {
            Expr::Ref(node) => own(*node).map(str::to_owned),
            Expr::Att(att) => own(att.node).map(|id| format!("{id}.{}", att.name)),
            Expr::Intrinsic(intrinsic) => match &**intrinsic {
                Intrinsic::Parameter(name) => Some(name.name.clone()),
                Intrinsic::Pseudo(pseudo) => Some(pseudo.name().to_owned()),
                _ => None,
            },
            _ => None,
        }
    }

    fn dynamic<S: Serializer>(self, serializer: S, dynamic: &Dynamic) -> Result<S::Ok, S::Error> {
        let (before, after) = dynamic.around();
        let key = dynamic.key();
        match (key, self.place(key)) {
            (Expr::String(key), _) => serializer.serialize_str(&format!("{before}{key}{after}")),
            (_, Some(place)) => self.call(serializer, "Sub", &format!("{before}${{{place}}}{after}")),
            _ => self.call(serializer, "Join", &("", (before, ExprOf(key, self), after))),
        }
    }
}

enum Either<'a> {
    Expr(ExprOf<'a>),
    Props(PropsOf<'a>),
}

impl Serialize for Either<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Expr(expr) => expr.serialize(serializer),
            Self::Props(props) => props.serialize(serializer),
        }
    }
}
