//! Expressions: literals, references, functions, in the long form or as tags.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_yaml::Tagged;

use super::{Cx, Pairs};
use crate::core::{Dynamic, Expr, FindInMap, Intrinsic, NodeId, Props, StackOutput};
use crate::synth::resolve::{Given, How, LIST_SEPARATOR, Leaf, Read};
use crate::synth::sub::{Piece, pieces};

pub(super) struct PropsOf<'a>(pub(super) &'a Props, pub(super) Cx<'a>);

impl Serialize for PropsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for entry in self.0 {
            map.serialize_entry(&entry.key, &ExprOf(&entry.value, self.1))?;
        }
        map.end()
    }
}

pub(super) struct ListOf<'a>(pub(super) &'a [Expr], pub(super) Cx<'a>);

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
pub(super) struct ExprOf<'a>(pub(super) &'a Expr, pub(super) Cx<'a>);

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
pub(super) struct LocalLeaf<'a>(pub(super) NodeId, pub(super) Option<&'a str>, pub(super) Cx<'a>);

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

pub(super) fn single<S: Serializer, T: Serialize + ?Sized>(
    serializer: S,
    key: &str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

pub(super) fn tagged<S: Serializer, T: Serialize + ?Sized>(
    serializer: S,
    tag: &str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    Tagged(value, Some(tag.to_owned())).serialize(serializer)
}

impl Cx<'_> {
    /// A function whose argument is not a function itself.
    pub(super) fn call<S: Serializer, T: Serialize>(
        self,
        serializer: S,
        name: &str,
        argument: &T,
    ) -> Result<S::Ok, S::Error> {
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
            Intrinsic::Cidr(block, count, Some(bits)) => self.call(serializer, "Cidr", &(e(block), e(count), e(bits))),
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
                let parts = Pairs(vec![
                    ("Name", Either::Expr(ExprOf(&name, self))),
                    ("Parameters", Either::Props(PropsOf(parameters, self))),
                ]);
                single(serializer, "Fn::Transform", &parts)
            }
            Intrinsic::RefAll(type_name) => single(serializer, "Fn::RefAll", type_name),
            Intrinsic::ValueOf(parameter, attribute) => {
                single(serializer, "Fn::ValueOf", &(&parameter.name, attribute))
            }
            Intrinsic::ValueOfAll(type_name, attribute) => {
                single(serializer, "Fn::ValueOfAll", &(type_name, attribute))
            }
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
        if left.is_empty() {
            self.call(serializer, "Sub", &out)
        } else {
            self.call(serializer, "Sub", &(out, Pairs(left)))
        }
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
