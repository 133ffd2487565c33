//! What the definitions say: resources, by id and by type, and their properties as far as they can be read.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::conditions::World;
use crate::core::{At, Condition, Env, Expr, Intrinsic, Named, NodeId, Props, ResourceNode, StackKey, is_library};
use crate::synth::{Assembly, Synthesized, called, check};

/// The resources of an assembly, as one way to deploy it makes them.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    stacks: BTreeMap<u32, &'a Synthesized<'a>>,
    resources: BTreeMap<NodeId, &'a ResourceNode>,
    types: BTreeMap<&'a str, Vec<NodeId>>,
    /// Constructs by their stack and logical id, for properties that spell references as JSON does.
    named: BTreeMap<(u32, &'a str), NodeId>,
    /// Who refers to a resource, and by which property.
    referrers: BTreeMap<NodeId, Vec<(NodeId, &'a str)>>,
    pub(super) world: World,
}

impl<'a> Facts<'a> {
    pub(super) fn of(assembly: &'a Assembly<'a>, world: World) -> Self {
        let mut facts = Self {
            stacks: assembly.stacks.iter().map(|stack| (stack.resolved.stack.key.index, stack)).collect(),
            resources: BTreeMap::new(),
            types: BTreeMap::new(),
            named: BTreeMap::new(),
            referrers: BTreeMap::new(),
            world,
        };
        for stack in &assembly.stacks {
            let key = stack.resolved.stack.key;
            for (index, _, resource) in stack.resolved.stack.tree.resources() {
                if resource.condition.as_ref().is_some_and(|condition| !facts.holds(condition)) {
                    continue;
                }
                let node = NodeId { stack: key, index };
                facts.resources.insert(node, resource);
                facts.types.entry(&resource.type_name).or_default().push(node);
                facts.named.insert((key.index, &stack.resolved.ids[index as usize]), node);
            }
        }
        facts.index();
        facts
    }

    /// Notes who refers to whom, so that nobody need search for it.
    fn index(&mut self) {
        let mut referrers: BTreeMap<NodeId, Vec<(NodeId, &'a str)>> = BTreeMap::new();
        for (node, resource) in &self.resources {
            for entry in &resource.props {
                if let Some(target) = self.node(*node, &entry.value) {
                    referrers.entry(target).or_default().push((*node, &entry.key));
                }
            }
        }
        self.referrers = referrers;
    }

    /// The resources of a type that refer to a resource by a property, in definition order.
    pub(super) fn referring(&self, to: NodeId, type_name: &str, key: &str) -> impl Iterator<Item = NodeId> {
        let all = self.referrers.get(&to).into_iter().flatten();
        all.filter(move |(node, by)| *by == key && self.type_of(*node) == type_name).map(|(node, _)| *node)
    }

    /// The conditions that resources of some types depend on, as a whole or in a property.
    pub(super) fn conditions_of(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<Named> {
        let mut found = Vec::new();
        let mut add = |named: &Named| {
            if !found.contains(named) {
                found.push(named.clone());
            }
        };
        for stack in self.stacks.values() {
            for (_, _, resource) in stack.resolved.stack.tree.resources().filter(|(_, _, one)| wanted(&one.type_name)) {
                resource.condition.iter().for_each(&mut add);
                for entry in &resource.props {
                    entry.value.walk(&mut |expr| {
                        if let Expr::Intrinsic(intrinsic) = expr
                            && let Intrinsic::If(named, ..) = &**intrinsic
                        {
                            add(named);
                        }
                    });
                }
            }
        }
        found
    }

    pub(super) fn condition(&self, named: &Named) -> Option<&'a Condition> {
        let stack = self.stacks.get(&named.stack.index)?.resolved.stack;
        stack.conditions.get(&named.name).map(|(condition, _)| condition)
    }

    /// The value of a parameter that definitions decide: its default.
    pub(super) fn default_of(&self, parameter: &Named) -> Option<&'a Expr> {
        let stack = self.stacks.get(&parameter.stack.index)?.resolved.stack;
        stack.parameters.get(&parameter.name)?.default.as_ref()
    }

    /// The values that a parameter can have; none where it can have any.
    pub(super) fn allowed(&self, parameter: &Named) -> Vec<String> {
        let stack = self.stacks.get(&parameter.stack.index).map(|stack| stack.resolved.stack);
        let data = stack.and_then(|stack| stack.parameters.get(&parameter.name));
        data.into_iter().flat_map(|data| &data.allowed_values).filter_map(|value| self.literal(value)).collect()
    }

    /// A value of a mapping.
    pub(super) fn mapped(&self, map: &Named, first: &str, second: &str) -> Option<&'a Expr> {
        let stack = self.stacks.get(&map.stack.index)?.resolved.stack;
        stack.mappings.get(&map.name)?.entries.get(first)?.get(second)
    }

    pub(super) fn env(&self, stack: StackKey) -> Option<&'a Env> {
        self.stacks.get(&stack.index).map(|stack| stack.env)
    }

    pub(super) fn stack_path(&self, named: &Named) -> &'a str {
        self.stacks.get(&named.stack.index).map_or("", |stack| stack.path)
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
        self.property(self.props(node)?, key)
    }

    /// A property of an object that is there, and not `AWS::NoValue`.
    pub(super) fn property<'p>(&self, props: &'p Props, key: &str) -> Option<&'p Expr> {
        props.get(key).map(|entry| self.plain(&entry.value)).filter(|value| !value.is_no_value())
    }

    /// The resource that a property refers to.
    pub(super) fn target(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.node(node, self.get(node, key)?)
    }

    /// The resources that a list of references refers to, and whether there is anything else in it.
    pub(super) fn targets(&self, node: NodeId, list: &'a Expr) -> (Vec<NodeId>, bool) {
        let items = self.items(list);
        let found: Vec<NodeId> = items.iter().filter_map(|item| self.node(node, item)).collect();
        let other = found.len() < items.len();
        (found, other)
    }

    /// The resource that an expression of `of`'s refers to.
    pub(super) fn node(&self, of: NodeId, expr: &Expr) -> Option<NodeId> {
        let node = match self.plain(expr) {
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
