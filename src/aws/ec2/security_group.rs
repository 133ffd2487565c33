//! Security groups, and who may talk to whom.

use std::panic::Location;

use super::within::id_within;
use super::{Peer, Port};
use crate::cfn::ec2;
use crate::cfn::ec2::security_group::Egress;
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
        self.allow(stack, Direction::From, &peer.into(), port, None);
    }

    /// Lets the members reach a peer on a port. Changes nothing where the group may reach everything.
    #[track_caller]
    pub fn allow_to(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        if !self.allow_all_outbound {
            self.allow(stack, Direction::To, &peer.into(), port, None);
        }
    }

    /// Lets a peer reach the port of what the group protects. AWS CDK reads that port from the resource, and so names
    /// the rule after a port it does not know; the rule is always a resource of its own.
    #[cfg(feature = "rds")]
    #[track_caller]
    pub(in crate::aws) fn allow_from_own_port(&self, stack: &mut Stack, peer: &Peer, port: Port) {
        self.allow(stack, Direction::From, peer, port, Some("{IndirectPort}"));
    }

    #[track_caller]
    fn allow(self, stack: &mut Stack, direction: Direction, peer: &Peer, port: Port, port_name: Option<&str>) {
        let at = Location::caller();
        let route = format!("{} {}", direction.word(), peer_name(stack, peer));
        let description = format!("{route}:{port}");
        // As AWS CDK makes it: a `/` would part the path.
        let written = |text: String| text.replacen('/', "_", 1);
        let id = port_name.map_or_else(|| description.clone(), |name| format!("{route}:{name}"));
        let own = stack.owns(self.group);
        if own && port_name.is_none() && matches!(peer, Peer::Ipv4(_) | Peer::Ipv6(_)) {
            let rule = rule(direction, peer, port, &description, None, at);
            return stack.edit(self.group, |group| appended(group, direction.list(), rule, at));
        }
        // AWS CDK does not know a prefix list's name, and so has one rule for each port; the others are called after their list.
        let indirect = matches!(peer, Peer::PrefixList(list) if list.as_text().is_none());
        let first = if indirect { format!("{} {{IndirectPeer}}:{port}", direction.word()) } else { id.clone() };
        // A group of another stack gets its rule in this one, which refers to it.
        let ids = [first, id].map(|id| id_within(stack, self.node, &written(id)));
        let scope = own.then_some(self.node).or_else(|| stack.current());
        let add = |stack: &mut Stack| {
            let props = rule(direction, peer, port, &description, Some(self), at);
            let Some(id) = free(stack, &ids, &props, direction) else { return };
            let rule = match direction {
                Direction::From => stack.add(id, ec2::SecurityGroupIngress::from_props("".into(), props)).node(),
                Direction::To => stack.add(id, ec2::SecurityGroupEgress::from_props("".into(), props)).node(),
            };
            if let Some(before) = peer.before() {
                stack.resource(Ref::<ec2::SecurityGroupIngress>::new(rule)).depends_on(before);
            }
        };
        match scope {
            Some(scope) => stack.within(scope, add),
            None => add(stack),
        }
    }
}

/// The first id that is free; none where one of them is that of a rule about the same peer.
fn free<'i>(stack: &Stack, ids: &'i [String], rule: &Props, direction: Direction) -> Option<&'i String> {
    let (_, list) = direction.keys();
    let other = |node| stack.resource_of(node).and_then(|known| known.props.get(list)).map(|entry| &entry.value);
    for id in ids {
        let Some(known) = stack.child(id) else { return Some(id) };
        if other(known) == rule.get(list).map(|entry| &entry.value) {
            return None;
        }
    }
    None
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
        }
    }

    /// The properties that name a group, and a prefix list, on the other side.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::From => ("SourceSecurityGroupId", "SourcePrefixListId"),
            Self::To => ("DestinationSecurityGroupId", "DestinationPrefixListId"),
        }
    }

    /// The list of a group that rules of addresses stand in.
    const fn list(self) -> &'static str {
        match self {
            Self::From => "SecurityGroupIngress",
            Self::To => "SecurityGroupEgress",
        }
    }
}

/// A rule's properties, `of` a group where it is a resource of its own. They are set by the line that allowed it: a
/// problem shows that one, not one of this file.
fn rule(direction: Direction, peer: &Peer, port: Port, description: &str, of: Option<SecurityGroup>, at: At) -> Props {
    let mut props = Props::new();
    let mut set = |key: &'static str, value: Expr| props.set_at(key, value, at);
    set("IpProtocol", port.protocol.into());
    set("Description", description.into());
    if let Some(group) = of {
        set("GroupId", group.group_id().into_expr());
    }
    let (group, prefix_list) = direction.keys();
    match peer {
        Peer::Group(peer) | Peer::Across { group: peer, .. } => set(group, peer.group_id().into_expr()),
        Peer::PrefixList(id) => set(prefix_list, id.expr().clone()),
        Peer::Ipv4(block) => set("CidrIp", block.as_str().into()),
        Peer::Ipv6(block) => set("CidrIpv6", block.as_str().into()),
    }
    if let Some((first, last)) = port.range {
        set("FromPort", Expr::Integer(first.into()));
        set("ToPort", Expr::Integer(last.into()));
    }
    props
}

/// The group with one more rule in a list; a rule that is there already is not repeated, and the first real one takes
/// the place of the one that matches nothing.
fn appended(group: ec2::SecurityGroup, list: &'static str, rule: Props, at: At) -> ec2::SecurityGroup {
    let rule = Expr::Map(rule);
    let type_name = group.type_name();
    let mut props = group.into_props();
    props.edit_list(list, at, |rules| {
        rules.retain(|rule| *rule != Expr::Map(no_egress().into_props()));
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    });
    ec2::SecurityGroup::from_props(type_name, props)
}

/// The peer's name in ids and descriptions, as AWS CDK makes it.
fn peer_name(stack: &Stack, peer: &Peer) -> String {
    match peer {
        Peer::Group(group) | Peer::Across { group, .. } => stack.unique_id(group.node),
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
