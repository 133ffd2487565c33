//! Ends: what `from` and `to` stand for.

use std::net::IpAddr;

use ipnet::IpNet;

use super::View;
use super::interfaces::{ENDPOINT, Place, TYPES, answers, is_interface};
use crate::core::NodeId;
use crate::synth::Synthesized;

/// Why a name is nothing that can reach, or be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    From,
    To,
}

/// One of the things that an end stands for.
#[derive(Clone, Debug)]
pub(super) enum Side {
    /// Addresses outside every VPC of the definitions.
    Outside(IpNet),
    /// Addresses, wherever they are.
    Net(IpNet),
    Place(Place),
    /// A gateway endpoint: the service it leads to.
    Service(NodeId),
}

impl View<'_> {
    /// What an end's text stands for.
    pub(super) fn end(&self, text: &str, role: Role) -> Result<Vec<Side>, Trouble> {
        if text == "internet" {
            return Ok(self.internet());
        }
        let address = text.parse::<IpAddr>().map(IpNet::from);
        if let Ok(net) = text.parse::<IpNet>().map(|net| net.trunc()).or(address) {
            return Ok(vec![Side::Net(net)]);
        }
        let looks_like_one = text.starts_with(|first: char| first.is_ascii_digit()) || text.contains("::");
        let Some((stack, path)) = self.stack_of(text) else {
            if looks_like_one {
                let what = format!("`{text}` is no address, and no block of addresses");
                return Err(Trouble { what, help: "write it as 192.0.2.1, 10.0.0.0/16 or 2001:db8::/32".into() });
            }
            return Err(Trouble { what: format!("`{text}` names no stack"), help: self.nearest(text) });
        };
        let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let inside = self.facts.inside(stack, &path);
        if inside.is_empty() {
            let what = format!("there is no construct `{}` in the stack `{}`", path.join("/"), stack.path);
            return Err(Trouble { what, help: self.known(stack, role) });
        }
        // Of a whole stack or construct, groups and subnets are not meant, only what is in them.
        let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<Side> {
            let nodes = inside.iter().filter(|node| wanted(self.facts.type_of(**node)));
            nodes.flat_map(|node| self.sides(*node, role)).collect()
        };
        let fits = |type_name: &str| role == Role::From || answers(type_name);
        let mut sides = of(&|type_name| fits(type_name) && !stands_for_others(type_name));
        if sides.is_empty() && !path.is_empty() {
            sides = of(&|type_name| fits(type_name));
        }
        if sides.is_empty() {
            let verb = if role == Role::From { "reaches out from" } else { "can be reached at" };
            let what = format!("nothing in `{text}` {verb} a network interface in a VPC");
            return Err(Trouble { what, help: self.known(stack, role) });
        }
        Ok(sides)
    }

    /// What a resource stands for; nothing where it has no network interface.
    fn sides(&self, node: NodeId, role: Role) -> Vec<Side> {
        if role == Role::To && self.facts.type_of(node) == ENDPOINT && !is_interface(&self.facts, node) {
            return vec![Side::Service(node)];
        }
        self.places(node).into_iter().map(Side::Place).collect()
    }

    /// The internet: IPv6 counts where somebody has it.
    fn internet(&self) -> Vec<Side> {
        let of = |net: &str| net.parse().ok().map(Side::Outside);
        let ipv6 =
            self.facts.of_type("AWS::EC2::Subnet").any(|subnet| self.facts.get(subnet, "Ipv6CidrBlock").is_some());
        of("0.0.0.0/0").into_iter().chain(ipv6.then(|| of("::/0")).flatten()).collect()
    }

    /// The stack that a path begins with, and the rest of the path.
    fn stack_of<'t>(&self, text: &'t str) -> Option<(&Synthesized<'_>, &'t str)> {
        let rest = |stack: &Synthesized<'_>| {
            let rest = text.strip_prefix(stack.path)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        };
        let found = self.facts.stacks().filter_map(|stack| Some((stack, rest(stack)?)));
        found.max_by_key(|(stack, _)| stack.path.len())
    }

    fn nearest(&self, text: &str) -> String {
        let far = |path: &str| (!path.starts_with(text), strsim::damerau_levenshtein(text, path));
        let mut near: Vec<_> = self.facts.stacks().map(|stack| (far(stack.path), stack.path)).collect();
        near.sort_unstable();
        let near: Vec<String> = near.into_iter().take(3).map(|(_, path)| format!("\n  {path}")).collect();
        if near.is_empty() {
            return "the app defines no stacks".into();
        }
        format!(
            "it is `internet`, addresses (10.0.0.0/16), or the path of a stack or construct; the nearest are{}",
            near.concat()
        )
    }

    /// The constructs of a stack that can be named.
    fn known(&self, stack: &Synthesized<'_>, role: Role) -> String {
        let named = self.named(stack, role);
        if !named.is_empty() {
            let named: Vec<String> = named.iter().take(8).map(|path| format!("\n  {path}")).collect();
            return format!("these can be named{}", named.concat());
        }
        match self.named(stack, Role::From).first() {
            Some(path) if role == Role::To => {
                format!(
                    "what the stack `{}` has in a VPC only reaches out: `{path}` can be where a way begins",
                    stack.path
                )
            }
            _ => format!("the stack `{}` has nothing in a VPC", stack.path),
        }
    }

    /// The paths of a stack's constructs that can be an end of a way.
    fn named(&self, stack: &Synthesized<'_>, role: Role) -> Vec<String> {
        let inside = self.facts.inside(stack, &[]);
        let types = |type_name: &str| TYPES.contains(&type_name) && (role == Role::From || answers(type_name));
        let nodes = inside.into_iter().filter(|node| types(self.facts.type_of(*node)));
        let mut nodes: Vec<NodeId> = nodes.filter(|node| !self.sides(*node, role).is_empty()).collect();
        nodes.sort_by_key(|node| stands_for_others(self.facts.type_of(*node)));
        nodes.into_iter().map(|node| self.facts.path(node)).collect()
    }
}

/// Whether a type has no network interface itself, but stands for what is in it.
fn stands_for_others(type_name: &str) -> bool {
    matches!(type_name, "AWS::EC2::SecurityGroup" | "AWS::EC2::Subnet")
}
