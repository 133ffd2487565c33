//! The network rules of a template: of security groups, network ACLs and Lightsail instances.

use ipnet::IpNet;
use serde_json::Value;

use super::Effect;
use super::context::{Context, Guards, Resource, scalar};
use super::reach::{Direction, Opening, Peer, Ports};
use crate::diff::expression::function;

/// The address that nobody has: a rule of it lets nobody through, and keeps AWS's own rule out of a group.
const NOBODY: &str = "255.255.255.255/32";

/// The properties of a rule that name the other side.
const PEERS: &[&str] = &[
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
    "DestinationSecurityGroupId",
    "DestinationPrefixListId",
];

/// Every network rule of a template.
pub(super) fn rules(context: &Context<'_>) -> Vec<Opening> {
    let mut out = Vec::new();
    for resource in context.resources() {
        let guards = context.guards(resource);
        let mut rules = Rules { context, resource, out: &mut out };
        match resource.type_name {
            "AWS::EC2::SecurityGroup" => rules.group(&guards),
            "AWS::EC2::SecurityGroupIngress" => rules.standalone(Direction::In, &guards),
            "AWS::EC2::SecurityGroupEgress" => rules.standalone(Direction::Out, &guards),
            "AWS::EC2::NetworkAclEntry" => rules.acl_entry(&guards),
            "AWS::Lightsail::Instance" => rules.lightsail(&guards),
            _ => {}
        }
    }
    out
}

struct Rules<'c> {
    context: &'c Context<'c>,
    resource: Resource<'c>,
    out: &'c mut Vec<Opening>,
}

impl Rules<'_> {
    fn push(&mut self, rule: Opening) {
        if rule.peer != peer(NOBODY.to_owned()) {
            self.out.push(rule);
        }
    }

    /// A rule of the resource, for all traffic of nobody yet.
    fn blank(&self, holder: &str, direction: Direction, guards: &Guards) -> Opening {
        Opening {
            id: self.resource.id.to_owned(),
            holder: holder.to_owned(),
            direction,
            effect: Effect::Allow,
            peer: Peer::Named(String::new()),
            protocol: "-1".into(),
            ports: Ports::ALL,
            number: None,
            guards: guards.clone(),
        }
    }

    fn group(&mut self, guards: &Guards) {
        let (context, holder) = (self.context, self.resource.name());
        for (property, direction) in [("SecurityGroupIngress", Direction::In), ("SecurityGroupEgress", Direction::Out)]
        {
            let rules = self.resource.get(property);
            let none = rules.is_none_or(|rules| rules.as_array().is_some_and(Vec::is_empty));
            // Rule: the Amazon EC2 API reference, "CreateSecurityGroup": a group without outbound rules gets one that
            // lets everything out.
            if none && direction == Direction::Out {
                self.push(Opening { peer: peer("0.0.0.0/0".into()), ..self.blank(&holder, direction, guards) });
            }
            if let Some(rules) = rules {
                context.each(rules, guards, &mut |rule, guards| self.rule(rule, &holder, direction, guards));
            }
        }
    }

    fn standalone(&mut self, direction: Direction, guards: &Guards) {
        let context = self.context;
        let group = ["GroupId", "GroupName"].iter().find_map(|property| self.resource.get(property));
        let Some(group) = group else { return };
        let rule = self.resource.properties;
        context.each(group, guards, &mut |group, guards| self.rule(rule, &context.entity(group), direction, guards));
    }

    /// A rule of a security group, one opening for each of its peers.
    fn rule(&mut self, rule: &Value, holder: &str, direction: Direction, guards: &Guards) {
        let context = self.context;
        let blank = self.blank(holder, direction, guards);
        if function(rule).is_some() {
            return self.push(Opening { peer: Peer::Named(format!("whatever {} says", context.text(rule))), ..blank });
        }
        let protocol = self.protocol(rule.get("IpProtocol"));
        let ports = self.ports(&protocol, rule.get("FromPort"), rule.get("ToPort"));
        for (property, value) in PEERS.iter().filter_map(|property| Some((property, rule.get(property)?))) {
            context.each(value, guards, &mut |value, guards| {
                let (protocol, ports, guards) = (protocol.clone(), ports.clone(), guards.clone());
                let name = if property.starts_with("Cidr") { context.text(value) } else { context.entity(value) };
                self.push(Opening { peer: peer(name), protocol, ports, guards, ..blank.clone() });
            });
        }
    }

    /// Rule: the Amazon VPC user guide, "Network ACL rules": the first rule that matches decides.
    fn acl_entry(&mut self, guards: &Guards) {
        let get = |property: &str| self.resource.get(property);
        let holder = get("NetworkAclId").map(|acl| self.context.entity(acl)).unwrap_or_default();
        let out = get("Egress").and_then(scalar).is_some_and(|egress| egress == "true");
        let direction = if out { Direction::Out } else { Direction::In };
        let deny = get("RuleAction").is_some_and(|action| action == "deny");
        let protocol = self.protocol(get("Protocol"));
        let (from, to) = match get(if protocol.starts_with("icmp") { "Icmp" } else { "PortRange" }) {
            Some(icmp) if protocol.starts_with("icmp") => (icmp.get("Type"), icmp.get("Code")),
            Some(range) => (range.get("From"), range.get("To")),
            None => (None, None),
        };
        let blank = Opening {
            effect: if deny { Effect::Deny } else { Effect::Allow },
            ports: self.ports(&protocol, from, to),
            protocol,
            number: get("RuleNumber").and_then(scalar).and_then(|number| number.parse().ok()),
            ..self.blank(&holder, direction, guards)
        };
        for value in ["CidrBlock", "Ipv6CidrBlock"].iter().filter_map(|property| get(property)) {
            self.out.push(Opening { peer: peer(self.context.text(value)), ..blank.clone() });
        }
    }

    fn lightsail(&mut self, guards: &Guards) {
        let context = self.context;
        let holder = self.resource.name();
        let Some(ports) = self.resource.get("Networking").and_then(|networking| networking.get("Ports")) else {
            return;
        };
        context.each(ports, guards, &mut |port, guards| {
            let out = port.get("AccessDirection").is_some_and(|direction| direction == "outbound");
            let direction = if out { Direction::Out } else { Direction::In };
            let protocol = self.protocol(port.get("Protocol"));
            let ports = self.ports(&protocol, port.get("FromPort"), port.get("ToPort"));
            let blank = Opening { protocol, ports, ..self.blank(&holder, direction, guards) };
            let lists = ["Cidrs", "Ipv6Cidrs", "CidrListAliases"].iter().filter_map(|list| port.get(list));
            let mut any = false;
            for list in lists {
                context.each(list, guards, &mut |cidr, _| {
                    any = true;
                    self.out.push(Opening { peer: peer(context.text(cidr)), ..blank.clone() });
                });
            }
            // Rule: the Amazon Lightsail API reference, "PortInfo": without addresses, everyone may.
            if !any {
                self.out.push(Opening { peer: peer("0.0.0.0/0".into()), ..blank });
            }
        });
    }

    /// The protocol by name, `-1` for all.
    fn protocol(&self, value: Option<&Value>) -> String {
        let text = value.map_or_else(|| "-1".to_owned(), |value| self.context.text(value)).to_lowercase();
        match text.as_str() {
            "-1" | "all" => "-1",
            "1" => "icmp",
            "6" => "tcp",
            "17" => "udp",
            "58" => "icmpv6",
            other => return other.to_owned(),
        }
        .to_owned()
    }

    /// The ports of TCP and UDP, type and code of ICMP; other protocols have none.
    fn ports(&self, protocol: &str, from: Option<&Value>, to: Option<&Value>) -> Ports {
        let text = |value: Option<&Value>| value.map_or_else(|| "-1".to_owned(), |value| self.context.text(value));
        let (from, to) = (text(from), text(to));
        match protocol {
            _ if from == "-1" && to == "-1" => Ports::ALL,
            "icmp" | "icmpv6" if from == "-1" => Ports::ALL,
            "icmp" | "icmpv6" if to == "-1" => Ports::Named(format!("type {from}")),
            "icmp" | "icmpv6" => Ports::Named(format!("type {from} code {to}")),
            "tcp" | "udp" => match (from.parse(), to.parse()) {
                (Ok(from), Ok(to)) if from <= to && to <= 65_535 => Ports::Range(from, to),
                _ => Ports::Named(if from == to { from } else { format!("{from}-{to}") }),
            },
            _ if protocol.starts_with(|c: char| c.is_ascii_digit()) || protocol == "-1" => Ports::ALL,
            _ => Ports::Named(format!("{from}-{to}")),
        }
    }
}

/// A network, where it is one; a single address is one of its own.
fn peer(text: String) -> Peer {
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    net.map_or(Peer::Named(text), |net| Peer::Net(net.trunc()))
}
