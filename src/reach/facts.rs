//! What the definitions say: resources, by id and by type, and their properties as far as they can be read.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::core::{At, Expr, Intrinsic, NodeId, Props, ResourceNode, is_library};
use crate::synth::{Assembly, Synthesized, called, check};

/// The resources of an assembly.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    stacks: BTreeMap<u32, &'a Synthesized<'a>>,
    resources: BTreeMap<NodeId, &'a ResourceNode>,
    types: BTreeMap<&'a str, Vec<NodeId>>,
    /// Constructs by their stack and logical id, for properties that spell references as JSON does.
    named: BTreeMap<(u32, &'a str), NodeId>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(assembly: &'a Assembly<'a>) -> Self {
        let mut facts = Self {
            stacks: BTreeMap::new(),
            resources: BTreeMap::new(),
            types: BTreeMap::new(),
            named: BTreeMap::new(),
        };
        for stack in &assembly.stacks {
            let key = stack.resolved.stack.key;
            facts.stacks.insert(key.index, stack);
            for (index, _, resource) in stack.resolved.stack.tree.resources() {
                let node = NodeId { stack: key, index };
                facts.resources.insert(node, resource);
                facts.types.entry(&resource.type_name).or_default().push(node);
                facts.named.insert((key.index, &stack.resolved.ids[index as usize]), node);
            }
        }
        facts
    }

    pub(super) fn stacks(&self) -> impl Iterator<Item = &'a Synthesized<'a>> {
        self.stacks.values().copied()
    }

    /// Every resource of a type, in definition order.
    pub(super) fn of_type(&self, type_name: &str) -> impl Iterator<Item = NodeId> {
        self.types.get(type_name).into_iter().flatten().copied()
    }

    /// Every resource at a construct of a stack, or inside it.
    pub(super) fn inside(&self, stack: &Synthesized<'_>, path: &[&str]) -> Vec<NodeId> {
        let tree = &stack.resolved.stack.tree;
        let within = |node: &&NodeId| tree.path(node.index).starts_with(path);
        let key = stack.resolved.stack.key;
        self.resources.keys().filter(|node| node.stack == key).filter(within).copied().collect()
    }

    pub(super) fn type_of(&self, node: NodeId) -> &'a str {
        self.resources.get(&node).map_or("", |resource| &resource.type_name)
    }

    /// The whole path of a construct, as people call it.
    pub(super) fn path(&self, node: NodeId) -> String {
        let Some(stack) = self.stacks.get(&node.stack.index) else { return String::new() };
        format!("{}/{}", stack.path, called(&stack.resolved.stack.tree.path(node.index)))
    }

    /// The user's own line that made a construct.
    pub(super) fn at(&self, node: NodeId) -> Option<At> {
        let stack = self.stacks.get(&node.stack.index)?;
        stack.resolved.stack.tree.upwards(node.index).map(|node| node.at).find(|at| !is_library(at))
    }

    pub(super) fn props(&self, node: NodeId) -> Option<&'a Props> {
        Some(&self.resources.get(&node)?.props)
    }

    /// A property that is there.
    pub(super) fn get(&self, node: NodeId, key: &str) -> Option<&'a Expr> {
        property(self.props(node)?, key)
    }

    /// The resource that a property refers to.
    pub(super) fn target(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.node(node, self.get(node, key)?)
    }

    /// The resources that a list of references refers to, and whether there is anything else in it.
    pub(super) fn targets(&self, node: NodeId, list: &'a Expr) -> (Vec<NodeId>, bool) {
        let items = match list {
            Expr::List(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let found: Vec<NodeId> = items.iter().filter_map(|item| self.node(node, item)).collect();
        let other = found.len() < items.len();
        (found, other)
    }

    /// The resource that an expression of `of`'s refers to.
    pub(super) fn node(&self, of: NodeId, expr: &Expr) -> Option<NodeId> {
        let node = match expr {
            Expr::Ref(node) => *node,
            Expr::Att(att) => att.node,
            Expr::Map(props) => {
                let names = check::spelled::names(props);
                let [(name, _)] = &names[..] else { return None };
                *self.named.get(&(of.stack.index, name.as_str()))?
            }
            _ => return None,
        };
        self.resources.contains_key(&node).then_some(node)
    }

    /// The text of a property, where definitions decide it: a literal, a parameter's default, a VPC's block.
    pub(super) fn text(&self, node: NodeId, key: &str) -> Option<String> {
        self.literal(self.get(node, key)?)
    }

    pub(super) fn literal(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::String(text) => Some(text.to_string()),
            Expr::Integer(number) => Some(number.to_string()),
            Expr::Bool(truth) => Some(truth.to_string()),
            Expr::Att(att) if att.name == "CidrBlock" => self.text(att.node, "CidrBlock"),
            Expr::Intrinsic(intrinsic) => match &**intrinsic {
                Intrinsic::Parameter(named) => {
                    let stack = self.stacks.get(&named.stack.index)?.resolved.stack;
                    self.literal(stack.parameters.get(&named.name)?.default.as_ref()?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A property that is a number, where definitions decide it.
    pub(super) fn number(&self, node: NodeId, key: &str) -> Option<i64> {
        self.text(node, key)?.parse().ok()
    }

    /// A property that is true or false; what is not there is `default`, what cannot be read is none.
    pub(super) fn truth(&self, node: NodeId, key: &str, default: bool) -> Option<bool> {
        match self.get(node, key) {
            None => Some(default),
            Some(expr) => self.literal(expr)?.parse().ok(),
        }
    }

    /// A property that is a block of addresses.
    pub(super) fn net(&self, node: NodeId, key: &str) -> Option<IpNet> {
        self.text(node, key)?.parse::<IpNet>().ok().map(|net| net.trunc())
    }
}

/// A property of an object that is there, and not `AWS::NoValue`.
pub(super) fn property<'a>(props: &'a Props, key: &str) -> Option<&'a Expr> {
    props.get(key).map(|entry| &entry.value).filter(|value| !value.is_no_value())
}

/// The objects of a list.
pub(super) fn objects(list: Option<&Expr>) -> impl Iterator<Item = &Props> {
    let items = match list {
        Some(Expr::List(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter().filter_map(|item| match item {
        Expr::Map(props) => Some(props),
        _ => None,
    })
}
