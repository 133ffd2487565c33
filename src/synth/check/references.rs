//! References: that what they name is there, and that they stand where CloudFormation resolves them.

use super::{Report, secrets};
use crate::core::{At, Dynamic, Expr, Intrinsic, Named, NodeId, Problem, Props, Pseudo, RawResource, Resource as _};
use crate::spec;
use crate::synth::nearest::{listed, nearest};
use crate::synth::sub::{Piece, pieces};

/// Where secure strings of Systems Manager may stand. Rule: the AWS CloudFormation user guide, "Get a secure string
/// value from Systems Manager Parameter Store", "Resources that support dynamic parameter patterns for secure strings".
const SECURE_STRINGS: &[(&str, &str)] = &[
    ("AWS::DirectoryService::MicrosoftAD", "Password"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::IAM::User", "LoginProfile"),
    ("AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration"),
    ("AWS::OpsWorks::App", "AppSource"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource"),
    ("AWS::OpsWorks::Stack", "RdsDbInstances"),
    ("AWS::RDS::DBCluster", "MasterUserPassword"),
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
];

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Spot<'a> {
    node: Option<NodeId>,
    at: At,
    /// The resource's type and the property.
    property: Option<(&'a str, &'a str)>,
}

pub(super) fn check(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    for (index, node, resource) in stack.tree.resources() {
        let node_id = NodeId { stack: stack.key, index };
        let mut all = |props: &Props, property: bool| {
            for entry in props {
                let spot = Spot {
                    node: Some(node_id),
                    at: entry.at,
                    property: property.then_some((&*resource.type_name, &*entry.key)),
                };
                expression(out, spot, &entry.value);
            }
        };
        all(&resource.props, true);
        all(&resource.metadata, false);
        if let Some(condition) = &resource.condition {
            named(out, Spot { node: Some(node_id), at: node.at, property: None }, condition, "condition");
        }
        for (other, at) in &resource.depends_on {
            let known = stack.tree.nodes.get(other.index as usize).is_some_and(|node| node.resource.is_some());
            if !known {
                let problem = Problem::error("unknown-reference", "this depends on a construct that is not a resource")
                    .help("depend on one of the resources inside it");
                out.at(node_id, Some(*at), problem);
            }
        }
    }
    for (key, output) in &stack.outputs {
        let spot = Spot { node: None, at: output.at, property: None };
        for expr in [&output.value].into_iter().chain(&output.export) {
            expression(out, spot, expr);
        }
        if let Some(condition) = &output.condition {
            named(out, spot, condition, "condition");
        }
        if secrets::reads_secret(&output.value) {
            let problem = Problem::error("secret", format!("the output `{key}` shows a secret"))
                .help("output the secret's ARN, and read its value where it is needed")
                .at(output.at, "set here");
            out.push(problem);
        }
    }
    for entry in &stack.metadata {
        expression(out, Spot { node: None, at: entry.at, property: None }, &entry.value);
    }
    for (condition, at) in stack.conditions.values() {
        for operand in condition.operands() {
            expression(out, Spot { node: None, at: *at, property: None }, operand);
        }
    }
}

fn expression(out: &mut Report<'_>, spot: Spot<'_>, expr: &Expr) {
    let mut found = Vec::new();
    expr.walk(&mut |inner| {
        if matches!(inner, Expr::Ref(_) | Expr::Att(_) | Expr::Intrinsic(_)) {
            found.push(inner);
        }
    });
    for inner in found {
        match inner {
            Expr::Ref(node) => resource_exists(out, spot, *node),
            Expr::Att(att) => {
                resource_exists(out, spot, att.node);
                attribute_exists(out, spot, att.node, &att.name);
            }
            Expr::Intrinsic(intrinsic) => function(out, spot, intrinsic),
            _ => {}
        }
    }
}

fn push(out: &mut Report<'_>, spot: Spot<'_>, problem: Problem) {
    match spot.node {
        Some(node) => out.at(node, Some(spot.at), problem),
        None => out.push(problem.at(spot.at, "set here")),
    }
}

/// The type of a resource that a node refers to, of this stack or another.
fn type_of<'a>(out: &Report<'a>, node: NodeId) -> Option<&'a str> {
    let stack = out.resolved.stack;
    if node.stack != stack.key {
        return None; // resolving has looked at it
    }
    let resource = stack.tree.nodes.get(node.index as usize)?.resource.as_deref()?;
    Some(&resource.type_name)
}

fn resource_exists(out: &mut Report<'_>, spot: Spot<'_>, node: NodeId) {
    if node.stack == out.resolved.stack.key && type_of(out, node).is_none() {
        let problem = Problem::error("unknown-reference", "this refers to a construct that is not a resource");
        push(out, spot, problem.help("refer to one of the resources inside it"));
    }
}

fn attribute_exists(out: &mut Report<'_>, spot: Spot<'_>, node: NodeId, name: &str) {
    let Some((type_name, spec)) = type_of(out, node).and_then(|t| Some((t, spec::known(t)?))) else { return };
    // Custom resources answer what they like; nested stacks answer their outputs.
    let free = type_name == "AWS::CloudFormation::Stack" && name.starts_with("Outputs.");
    if free || spec.attributes.contains_key(name) || spec.schema.properties.contains_key(name) {
        return;
    }
    let known: Vec<&str> = spec.attributes.keys().map(String::as_str).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", listed(&known, 8)),
    };
    push(out, spot, Problem::error("unknown-attribute", format!("{type_name} has no attribute `{name}`")).help(help));
}

fn named(out: &mut Report<'_>, spot: Spot<'_>, name: &Named, what: &str) {
    let stack = out.resolved.stack;
    if name.stack != stack.key {
        let problem = Problem::error("unknown-reference", format!("the {what} `{}` belongs to another stack", name.name))
            .help(format!("declare the {what} in this stack too"));
        push(out, spot, problem);
    }
}

fn function(out: &mut Report<'_>, spot: Spot<'_>, intrinsic: &Intrinsic) {
    match intrinsic {
        Intrinsic::Parameter(name) => named(out, spot, name, "parameter"),
        Intrinsic::If(name, ..) => named(out, spot, name, "condition"),
        Intrinsic::FindInMap(find) => {
            named(out, spot, &find.map, "mapping");
            keys_exist(out, spot, find);
        }
        Intrinsic::Sub(text, vars) => {
            for piece in pieces(text) {
                if let Piece::Name(name) = piece
                    && !vars.iter().any(|(var, _)| var == name)
                {
                    sub_name(out, spot, name, vars);
                }
            }
        }
        Intrinsic::Dynamic(dynamic) => match (&**dynamic, spot.property) {
            (Dynamic::SsmSecure(..), property) if !property.is_some_and(|spot| secure_string(spot)) => {
                let problem = Problem::error("secret", "a secure string of Systems Manager is not read here")
                    .help("few properties take one; Secrets Manager's secrets can stand anywhere in a resource");
                push(out, spot, problem);
            }
            _ => {}
        },
        _ => {}
    }
}

fn secure_string((type_name, property): (&str, &str)) -> bool {
    type_name == RawResource::TYPE || SECURE_STRINGS.contains(&(type_name, property))
}

fn keys_exist(out: &mut Report<'_>, spot: Spot<'_>, find: &crate::core::FindInMap) {
    let Some(mapping) = out.resolved.stack.mappings.get(&find.map.name).filter(|_| find.default.is_none()) else {
        return;
    };
    let missing = match (find.first.as_str(), find.second.as_str()) {
        (Some(first), _) if !mapping.contains_key(first) => Some(first),
        (Some(first), Some(second)) if !mapping[first].contains_key(second) => Some(second),
        (None, Some(second)) if !mapping.values().any(|values| values.contains_key(second)) => Some(second),
        _ => None,
    };
    if let Some(key) = missing {
        let problem = Problem::error("unknown-reference", format!("the mapping `{}` has no key `{key}`", find.map.name));
        push(out, spot, problem.help("add it to the mapping, or look up with `find_or`"));
    }
}

/// A name in the text of a `Fn::Sub` that no variable stands for: a pseudo parameter, a parameter, a resource.
fn sub_name(out: &mut Report<'_>, spot: Spot<'_>, name: &str, vars: &[(String, Expr)]) {
    let resolved = out.resolved;
    let stack = resolved.stack;
    let known = Pseudo::ALL.iter().any(|pseudo| pseudo.name() == name) || stack.parameters.contains_key(name);
    let (id, attribute) = name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)));
    if known {
        return;
    }
    if let Some(index) = resolved.ids.iter().position(|known| known == id).filter(|_| !id.is_empty()) {
        let node = NodeId { stack: stack.key, index: u32::try_from(index).unwrap_or_default() };
        if let Some(attribute) = attribute {
            attribute_exists(out, spot, node, attribute);
        }
        return;
    }
    let names = vars.iter().map(|(var, _)| var.as_str()).chain(Pseudo::ALL.iter().map(|pseudo| pseudo.name()));
    let near = nearest(name, names.chain(stack.parameters.keys().map(String::as_str)));
    let near = near.map_or_else(String::new, |near| format!("did you mean `${{{near}}}`? "));
    let problem = Problem::error("unknown-reference", format!("nothing stands for `${{{name}}}` in this text"))
        .help(format!("{near}give `sub` a variable `{name}`, or write `${{!{name}}}` to keep it as it is"));
    push(out, spot, problem);
}
