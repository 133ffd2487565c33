//! What the resources of a stack refer to, and which VPC or subnet each is in.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::{Expr, Intrinsic, NodeId};
use crate::synth::{Synthesized, called, check};

pub(super) const VPC: &str = "AWS::EC2::VPC";
pub(super) const SUBNET: &str = "AWS::EC2::Subnet";

/// The properties through which a resource is in the VPC of what it refers to: it works there, or is a part of it.
const CARRIERS: &[&str] = &[
    "DBClusterIdentifier",
    "DBSubnetGroupName",
    "GroupId",
    "ListenerArn",
    "LoadBalancerArn",
    "NetworkAclId",
    "NetworkInterfaceId",
    "RouteTableId",
    "RouteTableIds",
    "SecurityGroupIds",
    "SecurityGroups",
    "SourceSecurityGroupId",
    "SubnetIds",
    "Subnets",
    "VPCSecurityGroups",
    "VpcSecurityGroupIds",
];

/// What a resource refers to.
pub(super) struct Reference<'a> {
    /// The innermost property that holds the reference; empty for a dependency without one.
    pub(super) key: &'a str,
    pub(super) to: NodeId,
}

/// A stack's resources with their references.
pub(super) struct Part<'a> {
    pub(super) stack: &'a Synthesized<'a>,
    pub(super) references: BTreeMap<u32, Vec<Reference<'a>>>,
    /// The VPC or subnet that each resource is in.
    pub(super) homes: BTreeMap<u32, u32>,
}

/// The path of a group: a tier's subnet is called `Subnet` in the construct that has all its parts.
pub(super) fn area(path: &str) -> &str {
    path.strip_suffix("/Subnet").unwrap_or(path)
}

impl<'a> Part<'a> {
    pub(super) fn of(stack: &'a Synthesized<'a>) -> Self {
        let resolved = &stack.resolved;
        let named = resolved.ids.iter().zip(0..).filter(|(id, _)| !id.is_empty());
        let named: BTreeMap<&str, u32> = named.map(|(id, index)| (id.as_str(), index)).collect();
        let key = resolved.stack.key;
        let mut references = BTreeMap::new();
        for (index, _, resource) in resolved.stack.tree.resources() {
            let mut found = Vec::new();
            for entry in &resource.props {
                find(&entry.value, &entry.key, &mut |key_of, target| {
                    let to = match target {
                        Target::Node(node) => Some(node),
                        Target::Name(name) => named.get(name).map(|index| NodeId { stack: key, index: *index }),
                    };
                    found.extend(to.map(|to| Reference { key: key_of, to }));
                });
            }
            let before = resolved.stack.tree.waits_for(index, resource).into_iter();
            found.extend(before.map(|index| Reference { key: "", to: NodeId { stack: key, index } }));
            references.insert(index, found);
        }
        let mut part = Self { stack, references, homes: BTreeMap::new() };
        part.find_homes();
        part
    }

    pub(super) fn node(&self, index: u32) -> NodeId {
        NodeId { stack: self.stack.resolved.stack.key, index }
    }

    pub(super) fn type_of(&self, index: u32) -> &'a str {
        let node = self.stack.resolved.stack.tree.nodes.get(index as usize);
        node.and_then(|node| node.resource.as_ref()).map_or("", |resource| &resource.type_name)
    }

    pub(super) fn is(&self, index: u32, type_name: &str) -> bool {
        self.type_of(index) == type_name
    }

    pub(super) fn path(&self, index: u32) -> String {
        called(&self.stack.resolved.stack.tree.path(index))
    }

    /// The path below the innermost group whose path it goes on from.
    pub(super) fn label(&self, index: u32) -> String {
        let path = self.path(index);
        let mut home = self.homes_of(index).map(|home| self.path(home)).map(|home| area(&home).to_owned());
        let below = home.find_map(|home| Some(path.strip_prefix(&home)?.strip_prefix('/')?.to_owned()));
        below.unwrap_or(path)
    }

    /// The path of the stack that a node is in, if it is one that this stack needs.
    pub(super) fn path_of(&self, node: NodeId) -> Option<&'a str> {
        let needs = self.stack.resolved.needs.iter().zip(&self.stack.needs);
        needs.filter(|(key, _)| **key == node.stack).map(|(_, path)| *path).next()
    }

    /// The groups that a resource is in, innermost first.
    pub(super) fn homes_of(&self, index: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.homes.get(&index).copied(), |home| self.homes.get(home).copied())
    }

    /// The resources of this stack that one refers to, of a type.
    fn targets(&self, index: u32, type_name: &str) -> BTreeSet<u32> {
        let own = self.references[&index].iter().filter(|reference| reference.to.stack == self.node(index).stack);
        own.map(|reference| reference.to.index).filter(|to| self.is(*to, type_name)).collect()
    }

    fn find_homes(&mut self) {
        let all: Vec<u32> = self.references.keys().copied().collect();
        for &index in &all {
            if self.is(index, SUBNET) {
                let home = only(self.targets(index, VPC));
                self.homes.extend(home.map(|home| (index, home)));
            }
        }
        for &index in &all {
            if !self.is(index, SUBNET) && !self.is(index, VPC) {
                let subnets = self.targets(index, SUBNET);
                let vpcs = subnets.iter().filter_map(|subnet| self.homes.get(subnet).copied()).collect();
                let home = only(subnets).or_else(|| only(vpcs)).or_else(|| only(self.targets(index, VPC)));
                self.homes.extend(home.map(|home| (index, home)));
            }
        }
        // What is in a VPC by what it refers to: a route by its table, a database by its subnet group.
        while self.carry(&all) {}
    }

    /// Finds homes one step further; whether it found any.
    fn carry(&mut self, all: &[u32]) -> bool {
        let homeless = all.iter().filter(|index| !self.homes.contains_key(index) && !self.is(**index, VPC));
        let found: Vec<(u32, u32)> = homeless
            .filter_map(|&index| {
                let references = self.references[&index].iter();
                let carriers = references.filter(|reference| {
                    CARRIERS.contains(&reference.key) && reference.to.stack == self.node(index).stack
                });
                let vpcs = carriers.filter_map(|reference| self.homes_of(reference.to.index).last());
                Some((index, only(vpcs.filter(|home| self.is(*home, VPC)).collect())?))
            })
            .collect();
        self.homes.extend(found.iter().copied());
        !found.is_empty()
    }
}

/// The one item of a set that has one.
fn only(set: BTreeSet<u32>) -> Option<u32> {
    if set.len() == 1 { set.into_iter().next() } else { None }
}

enum Target<'a> {
    Node(NodeId),
    /// A logical id, spelled in text.
    Name(&'a str),
}

/// Calls `found` with each reference inside an expression and the innermost property that holds it.
fn find<'a>(expr: &'a Expr, key: &'a str, found: &mut dyn FnMut(&'a str, Target<'_>)) {
    match expr {
        Expr::Ref(node) => found(key, Target::Node(*node)),
        Expr::Att(att) => found(key, Target::Node(att.node)),
        Expr::List(items) => items.iter().for_each(|item| find(item, key, found)),
        Expr::Map(props) => {
            for (name, _) in check::spelled::names(props) {
                found(key, Target::Name(&name));
            }
            props.iter().for_each(|entry| find(&entry.value, &entry.key, found));
        }
        Expr::Intrinsic(intrinsic) => {
            if let Intrinsic::Sub(text, vars) = &**intrinsic {
                let vars: Vec<&str> = vars.iter().map(|(var, _)| &**var).collect();
                for name in check::spelled::substituted(text, &vars) {
                    found(key, Target::Name(name.split('.').next().unwrap_or_default()));
                }
            }
            intrinsic.children().for_each(|child| find(child, key, found));
        }
        _ => {}
    }
}
