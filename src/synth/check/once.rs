//! What only one resource may have: a rule's priority in its listener, a route's key in its API, a name in its zone.

use std::collections::BTreeMap;

use crate::core::{At, Expr, NodeId, Problem};
use crate::synth::resolve::Resolved;

/// A type, the properties that together only one resource of it may have, how two that have them are called, and what to
/// do. The second property's value ends the message, where there is one.
type Once = (&'static str, [&'static str; 4], &'static str, &'static str);

const ONCE: &[Once] = &[
    (
        "AWS::ApiGatewayV2::Route",
        ["ApiId", "RouteKey", "", ""],
        "two routes of one API have the key",
        "delete one, or give it another method or path",
    ),
    (
        "AWS::EC2::Route",
        ["RouteTableId", "DestinationCidrBlock", "", ""],
        "two routes of one table are for",
        "leave one out: a table has one way to each block",
    ),
    (
        "AWS::EC2::Route",
        ["RouteTableId", "DestinationIpv6CidrBlock", "", ""],
        "two routes of one table are for",
        "leave one out: a table has one way to each block",
    ),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        ["SubnetId", "", "", ""],
        "one subnet is associated with two route tables",
        "leave one association out: a subnet has one table",
    ),
    (
        "AWS::EC2::TransitGatewayRoute",
        ["TransitGatewayRouteTableId", "DestinationCidrBlock", "", ""],
        "two routes of one table are for",
        "leave one out: a table has one way to each block",
    ),
    (
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        ["TransitGatewayAttachmentId", "", "", ""],
        "one attachment is associated with two route tables",
        "leave one association out: an attachment has one table, and others may know it by a propagation",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        ["LoadBalancerArn", "Port", "", ""],
        "two listeners of one load balancer have the port",
        "give one another port, or make it a rule of the other",
    ),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        ["ListenerArn", "Priority", "", ""],
        "two rules of one listener have the priority",
        "give one another priority: the lower number is tried first",
    ),
    (
        "AWS::Route53::RecordSet",
        ["HostedZoneId", "Name", "Type", "SetIdentifier"],
        "two records of one type have the name",
        "put the values of both into one",
    ),
];

/// Two resources, of one stack or of two, that take the same place. One that is made on a condition is left out: the other
/// may be made only where it is not.
pub(super) fn check(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    let mut seen: BTreeMap<_, Option<At>> = BTreeMap::new();
    let mut problems = Vec::new();
    for resolved in stacks {
        let stack = resolved.stack;
        for (index, _, resource) in stack.tree.resources().filter(|(.., resource)| resource.condition.is_none()) {
            for (_, keys, two, help) in ONCE.iter().filter(|(name, ..)| *name == resource.type_name) {
                let entries = keys.map(|key| resource.props.get(key));
                let values = entries.map(|entry| entry.and_then(|entry| known(&entry.value)));
                if entries.iter().zip(&values).any(|(entry, value)| entry.is_some() && value.is_none()) {
                    continue; // what cannot be known passes
                }
                let what = match &values {
                    [Some(_), Some(what), ..] => format!(" `{what}`"),
                    [Some(_), None, ..] if keys[1].is_empty() => String::new(),
                    _ => continue,
                };
                let added = stack.tree.upwards(index).map(|node| node.at).find(|at| !crate::core::is_library(at));
                let place = (&stack.env, &resource.type_name, keys, values);
                let Some(before) = seen.insert(place, added) else { continue };
                let problem = Problem::error("name-used-twice", format!("{two}{what}")).help(*help);
                let node = NodeId { stack: stack.key, index };
                let mut problem = stack.tree.locate(problem, node, None);
                if let Some(before) = before {
                    problem = problem.at(before, "the first is added here");
                }
                problem.stack = Some(stack.path.clone());
                problems.push(problem);
            }
        }
    }
    problems
}

/// What a value is, where two that are written alike are the same.
fn known(value: &Expr) -> Option<String> {
    match value {
        Expr::String(text) => Some(text.to_string()),
        Expr::Integer(number) => Some(number.to_string()),
        Expr::Ref(node) => Some(format!("{node:?}")),
        Expr::Att(att) => Some(format!("{:?} {}", att.node, att.name)),
        _ => None,
    }
}
