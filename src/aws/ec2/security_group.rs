//! Security groups, and who may talk to whom.

use std::panic::Location;

use super::{Peer, Port};
use crate::cfn::ec2;
use crate::cfn::ec2::security_group::{Egress, Ingress};
use crate::core::{At, Construct, Expr, NodeId, PropertyType as _, Props, Ref, Resource as _, Stack, StackRef, Value};

/// A security group: it lets nobody in until [`SecurityGroup::allow_from`] says so.
///
/// Rules of addresses stand in the group itself; rules of other groups are resources of their own, so that two groups
/// can refer to each other without a cycle.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{Peer, Port, SecurityGroupSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
/// let db = s.add("Db", SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(&vpc, "database") });
/// web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
/// db.allow_from(s, &web, Port::tcp(5432));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SecurityGroupSpec {
    /// The VPC it is in.
    pub vpc: Ref<ec2::Vpc>,
    /// What it is for, up to 255 characters. A change replaces the group.
    pub description: String,
    /// Its name, unique in the VPC. A change replaces the group. Default: CloudFormation makes one.
    pub group_name: Option<String>,
    /// Whether members may reach everything. Default: true. Where it is false, a rule that matches nothing stands in
    /// for AWS's own, which allows everything.
    pub allow_all_outbound: bool,
}

impl SecurityGroupSpec {
    /// A group of this VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: impl Into<Ref<ec2::Vpc>>, description: impl Into<String>) -> Self {
        Self { vpc: vpc.into(), description: description.into(), group_name: None, allow_all_outbound: true }
    }
}

/// A security group that was added.
#[derive(Clone, Copy, Debug)]
pub struct SecurityGroup {
    /// The group itself.
    pub group: Ref<ec2::SecurityGroup>,
    node: NodeId,
    allow_all_outbound: bool,
}

impl Construct for SecurityGroupSpec {
    type Out = SecurityGroup;

    fn build(self, stack: &mut Stack) -> SecurityGroup {
        let egress = if self.allow_all_outbound {
            Egress::new("-1").cidr_ip("0.0.0.0/0").description("Allow all outbound traffic by default")
        } else {
            no_egress()
        };
        let mut group = ec2::SecurityGroup::new(self.description).security_group_egress([egress]).vpc_id(self.vpc);
        if let Some(name) = self.group_name {
            group = group.group_name(name);
        }
        let node = stack.current();
        let group = stack.add("Resource", group);
        SecurityGroup { group, node: node.unwrap_or(group.node()), allow_all_outbound: self.allow_all_outbound }
    }
}

/// A rule that matches nothing: a group without any gets AWS's own, which allows everything.
fn no_egress() -> Egress {
    Egress::new("icmp").cidr_ip("255.255.255.255/32").description("Disallow all traffic").from_port(252).to_port(86)
}

#[derive(Clone, Copy)]
enum Direction {
    From,
    To,
}

impl SecurityGroup {
    /// Its id.
    #[must_use]
    pub fn group_id(&self) -> Value<ec2::SecurityGroupId> {
        self.group.group_id()
    }

    /// Lets a peer reach the members on a port: another group, this group itself, addresses, a prefix list.
    ///
    /// The rule becomes part of `stack`. Saying the same twice makes one rule.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.allow(stack, Direction::From, &peer.into(), port);
    }

    /// Lets the members reach a peer on a port. Changes nothing where the group may reach everything.
    #[track_caller]
    pub fn allow_to(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        if !self.allow_all_outbound {
            self.allow(stack, Direction::To, &peer.into(), port);
        }
    }

    #[track_caller]
    fn allow(self, stack: &mut Stack, direction: Direction, peer: &Peer, port: Port) {
        let at = Location::caller();
        let word = match direction {
            Direction::From => "from",
            Direction::To => "to",
        };
        let description = format!("{word} {}:{port}", peer_name(stack, peer));
        let own = stack.owns(self.group);
        if own && matches!(peer, Peer::Ipv4(_) | Peer::Ipv6(_)) {
            let (list, rule) = inline(direction, peer, port, &description);
            return stack.edit(self.group, |group| appended(group, list, from_line(&rule, at), at));
        }
        // A group of another stack gets its rule in this one, which refers to it.
        let id = if own { description.clone() } else { format!("{} {description}", stack.unique_id(self.node)) };
        let id = id.replace('/', "--"); // as the tree spells ids
        let scope = own.then_some(self.node).or_else(|| stack.current());
        let add = |stack: &mut Stack| {
            if !stack.has_child(&id) {
                self.add_rule(stack, &id, direction, peer, port, &description, at);
            }
        };
        match scope {
            Some(scope) => stack.within(scope, add),
            None => add(stack),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a rule has as many parts")]
    fn add_rule(
        self,
        stack: &mut Stack,
        id: &str,
        direction: Direction,
        peer: &Peer,
        port: Port,
        description: &str,
        at: At,
    ) {
        match direction {
            Direction::From => {
                let mut rule =
                    ec2::SecurityGroupIngress::new(port.protocol).description(description).group_id(self.group_id());
                rule = match peer {
                    Peer::Group(peer) => rule.source_security_group_id(peer.group_id()),
                    Peer::PrefixList(id) => rule.source_prefix_list_id(id.clone()),
                    Peer::Ipv4(block) => rule.cidr_ip(block),
                    Peer::Ipv6(block) => rule.cidr_ipv6(block),
                };
                if let Some((first, last)) = port.range {
                    rule = rule.from_port(first).to_port(last);
                }
                let type_name = rule.type_name();
                stack.add(id, ec2::SecurityGroupIngress::from_props(type_name, from_line(&rule.into_props(), at)));
            }
            Direction::To => {
                let mut rule = ec2::SecurityGroupEgress::new(self.group_id(), port.protocol).description(description);
                rule = match peer {
                    Peer::Group(peer) => rule.destination_security_group_id(peer.group_id()),
                    Peer::PrefixList(id) => rule.destination_prefix_list_id(id.clone()),
                    Peer::Ipv4(block) => rule.cidr_ip(block),
                    Peer::Ipv6(block) => rule.cidr_ipv6(block),
                };
                if let Some((first, last)) = port.range {
                    rule = rule.from_port(first).to_port(last);
                }
                let type_name = rule.type_name();
                stack.add(id, ec2::SecurityGroupEgress::from_props(type_name, from_line(&rule.into_props(), at)));
            }
        }
    }
}

/// A rule of addresses, and the list of the group that it stands in.
fn inline(direction: Direction, peer: &Peer, port: Port, description: &str) -> (&'static str, Props) {
    match direction {
        Direction::From => {
            let mut rule = Ingress::new(port.protocol).description(description);
            rule = match peer {
                Peer::Ipv6(block) => rule.cidr_ipv6(block),
                Peer::Ipv4(block) => rule.cidr_ip(block),
                _ => rule,
            };
            if let Some((first, last)) = port.range {
                rule = rule.from_port(first).to_port(last);
            }
            ("SecurityGroupIngress", rule.into_props())
        }
        Direction::To => {
            let mut rule = Egress::new(port.protocol).description(description);
            rule = match peer {
                Peer::Ipv6(block) => rule.cidr_ipv6(block),
                Peer::Ipv4(block) => rule.cidr_ip(block),
                _ => rule,
            };
            if let Some((first, last)) = port.range {
                rule = rule.from_port(first).to_port(last);
            }
            ("SecurityGroupEgress", rule.into_props())
        }
    }
}

/// The same properties, set by the line that allowed something: a problem shows that one, not one of this file.
fn from_line(props: &Props, at: At) -> Props {
    let mut out = Props::new();
    for entry in props {
        out.set_at(entry.key.clone(), entry.value.clone(), at);
    }
    out
}

/// The group with one more rule in a list; a rule that is there already is not repeated, and the first real one takes
/// the place of the one that matches nothing.
fn appended(group: ec2::SecurityGroup, list: &'static str, rule: Props, at: At) -> ec2::SecurityGroup {
    let rule = Expr::Map(rule);
    let type_name = group.type_name();
    let mut props = group.into_props();
    let mut rules = match props.get_mut(list).map(|entry| std::mem::replace(&mut entry.value, Expr::Bool(false))) {
        Some(Expr::List(rules)) => rules,
        _ => Vec::new(),
    };
    rules.retain(|rule| *rule != Expr::Map(no_egress().into_props()));
    if !rules.contains(&rule) {
        rules.push(rule);
    }
    props.set_at(list, Expr::List(rules), at);
    ec2::SecurityGroup::from_props(type_name, props)
}

/// The peer's name in ids and descriptions, as AWS CDK makes it.
fn peer_name(stack: &Stack, peer: &Peer) -> String {
    match peer {
        Peer::Group(group) => stack.unique_id(group.node),
        Peer::Ipv4(block) | Peer::Ipv6(block) => block.clone(),
        Peer::PrefixList(id) => match id.expr() {
            Expr::String(id) => id.to_string(),
            Expr::Ref(node) => stack.unique_id(*node),
            Expr::Att(att) => stack.unique_id(att.node),
            _ => "prefix list".into(),
        },
    }
}

impl From<SecurityGroup> for Value<ec2::SecurityGroupId> {
    fn from(group: SecurityGroup) -> Self {
        group.group_id()
    }
}

impl From<&SecurityGroup> for Value<ec2::SecurityGroupId> {
    fn from(group: &SecurityGroup) -> Self {
        group.group_id()
    }
}

impl From<&SecurityGroup> for StackRef {
    fn from(group: &SecurityGroup) -> Self {
        group.group.into()
    }
}

impl From<SecurityGroup> for NodeId {
    fn from(group: SecurityGroup) -> Self {
        group.node
    }
}
