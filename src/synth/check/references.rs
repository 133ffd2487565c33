//! References: that what they name is there, and that they stand where CloudFormation resolves them.

use super::{Report, answers_freely, literal, secrets, spelled};
use crate::core::{At, Condition, Dynamic, Expr, Intrinsic, Named, NodeId, Output, Problem, Pseudo};
use crate::spec;
use crate::synth::nearest::{listed, nearest};

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

/// The types whose attributes `Outputs.…` are the outputs of a stack.
const OUTPUTS: &[&str] = &["AWS::CloudFormation::Stack", "AWS::ServiceCatalog::CloudFormationProvisionedProduct"];

/// Where an expression stands.
#[derive(Clone)]
struct Spot<'a> {
    node: Option<NodeId>,
    at: At,
    /// The resource's type, and the path of the property; not of metadata and policies.
    property: Option<(&'a str, String)>,
}

impl Spot<'_> {
    fn at(at: At) -> Self {
        Self { node: None, at, property: None }
    }

    /// Goes one step into the value, looks at what is there, and comes back.
    fn inside(&mut self, step: &str, look: impl FnOnce(&mut Self)) {
        let before = self.property.as_ref().map_or(0, |(_, path)| path.len());
        if let Some((_, path)) = &mut self.property {
            path.push_str(step);
        }
        look(self);
        if let Some((_, path)) = &mut self.property {
            path.truncate(before);
        }
    }
}

pub(super) fn check(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    for (index, node, resource) in stack.tree.resources() {
        let node_id = NodeId { stack: stack.key, index };
        for (place, props) in resource.expressions().enumerate() {
            for entry in props {
                // The properties come first; metadata and policies have none.
                let property = (place == 0).then(|| (&*resource.type_name, entry.key.to_string()));
                expression(out, &mut Spot { node: Some(node_id), at: entry.at, property }, &entry.value);
            }
        }
        if let Some(condition) = &resource.condition {
            named(out, &Spot { node: Some(node_id), at: node.at, property: None }, condition, "condition");
        }
        for (other, at) in &resource.depends_on {
            if !stack.tree.holds_resource(other.index) {
                let problem = Problem::error("unknown-reference", "this depends on a construct that holds no resource")
                    .help("depend on one that does");
                out.at(node_id, Some(*at), problem);
            }
        }
    }
    for (key, output) in &stack.outputs {
        self::output(out, key, output);
    }
    for entry in &stack.metadata {
        expression(out, &mut Spot::at(entry.at), &entry.value);
    }
    for (declared, at) in stack.conditions.values() {
        condition(out, &mut Spot::at(at), declared, false);
    }
    for rule in stack.rules.values() {
        let mut spot = Spot::at(rule.at.unwrap_or(stack.at));
        for inner in rule.condition.iter().chain(rule.assertions.iter().map(|(inner, _)| inner)) {
            condition(out, &mut spot, inner, true);
        }
    }
}

fn output(out: &mut Report<'_>, key: &str, output: &Output) {
    let stack = out.resolved.stack;
    let mut spot = Spot::at(output.at);
    for expr in [&output.value].into_iter().chain(&output.export) {
        expression(out, &mut spot, expr);
    }
    if let Some(condition) = &output.condition {
        named(out, &spot, condition, "condition");
    }
    if secrets::reads_secret(&output.value) {
        let problem = Problem::error("secret", format!("the output `{key}` shows a secret"))
            .help("output the secret's ARN, and read its value where it is needed");
        push(out, &spot, problem);
    }
    let hidden = |name: &str| stack.parameters.get(name).is_some_and(|parameter| parameter.no_echo);
    if let Some(name) = secrets::shows_hidden(&output.value, hidden) {
        let message = format!("the output `{key}` shows the parameter `{name}`, which hides its value");
        push(
            out,
            &spot,
            Problem::error("secret", message).help("leave the output out: whoever needs the value has it"),
        );
    }
}

fn condition(out: &mut Report<'_>, spot: &mut Spot<'_>, condition: &Condition, rule: bool) {
    condition.walk(&mut |inner| {
        if let Condition::Named(name) = inner {
            named(out, spot, name, "condition");
        }
    });
    for operand in condition.operands() {
        let of_rules = matches!(
            operand,
            Expr::Intrinsic(i) if matches!(**i, Intrinsic::RefAll(_) | Intrinsic::ValueOf(..) | Intrinsic::ValueOfAll(..))
        );
        if !(rule && of_rules) {
            expression(out, spot, operand);
        }
    }
}

fn expression(out: &mut Report<'_>, spot: &mut Spot<'_>, expr: &Expr) {
    match expr {
        Expr::Ref(node) => resource_exists(out, spot, *node),
        Expr::Att(att) => {
            resource_exists(out, spot, att.node);
            attribute_exists(out, spot, att.node, &att.name);
        }
        Expr::Intrinsic(intrinsic) => {
            function(out, spot, intrinsic);
            intrinsic.children().for_each(|child| expression(out, spot, child));
        }
        Expr::List(items) => {
            for (index, item) in items.iter().enumerate() {
                spot.inside(&format!("[{index}]"), |spot| expression(out, spot, item));
            }
        }
        Expr::Map(props) => {
            for (name, attribute) in spelled::names(props) {
                spelled_name(out, spot, &name, attribute.as_deref());
            }
            for entry in props {
                spot.inside(&format!(".{}", entry.key), |spot| expression(out, spot, &entry.value));
            }
        }
        Expr::Number(number) if !number.is_finite() => {
            let problem = Problem::error("wrong-type", format!("`{number}` is not a number that JSON can hold"));
            push(out, spot, problem.help("give it a finite number"));
        }
        _ => {}
    }
}

fn push(out: &mut Report<'_>, spot: &Spot<'_>, problem: Problem) {
    let property = spot.property.as_ref().map(|(_, path)| path.clone());
    let problem = Problem { property, ..problem };
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

fn resource_exists(out: &mut Report<'_>, spot: &Spot<'_>, node: NodeId) {
    if node.stack == out.resolved.stack.key && type_of(out, node).is_none() {
        let problem = Problem::error("unknown-reference", "this refers to a construct that is not a resource");
        push(out, spot, problem.help("refer to one of the resources inside it"));
    }
}

fn attribute_exists(out: &mut Report<'_>, spot: &Spot<'_>, node: NodeId, name: &str) {
    let Some((type_name, spec)) = type_of(out, node).and_then(|t| Some((t, spec::known(t)?))) else { return };
    // Custom resources answer what they like; what others deploy for us answers its own outputs.
    let free = answers_freely(type_name) || OUTPUTS.contains(&type_name) && name.starts_with("Outputs.");
    if free || spec.attributes.contains_key(name) || spec.schema.properties.contains_key(name) {
        return;
    }
    let known: Vec<&str> = spec.attributes.keys().map(String::as_str).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it has none: pass the resource itself".to_owned(),
        None => format!("it has {}", listed(&known, 8)),
    };
    push(out, spot, Problem::error("unknown-attribute", format!("{type_name} has no attribute `{name}`")).help(help));
}

fn named(out: &mut Report<'_>, spot: &Spot<'_>, name: &Named, what: &str) {
    let stack = out.resolved.stack;
    if name.stack != stack.key {
        let problem =
            Problem::error("unknown-reference", format!("the {what} `{}` belongs to another stack", name.name))
                .help(format!("declare the {what} in this stack too"));
        push(out, spot, problem);
    }
}

fn function(out: &mut Report<'_>, spot: &Spot<'_>, intrinsic: &Intrinsic) {
    match intrinsic {
        Intrinsic::Parameter(name) => named(out, spot, name, "parameter"),
        Intrinsic::If(name, ..) => named(out, spot, name, "condition"),
        Intrinsic::RefAll(_) | Intrinsic::ValueOf(..) | Intrinsic::ValueOfAll(..) => {
            let problem = Problem::error("condition", "this function stands in rules only");
            push(out, spot, problem.help("assert it with `Stack::rule`, or take the value as a parameter"));
        }
        Intrinsic::FindInMap(find) => {
            named(out, spot, &find.map, "mapping");
            keys_exist(out, spot, find);
        }
        Intrinsic::Sub(text, vars) => {
            let known: Vec<&str> = vars.iter().map(|(var, _)| &**var).collect();
            for name in spelled::substituted(text, &known) {
                sub_name(out, spot, name, &known);
            }
        }
        Intrinsic::Dynamic(dynamic) if matches!(**dynamic, Dynamic::SsmSecure(..)) && !takes_secure_string(spot) => {
            let problem = Problem::error("secret", "a secure string of Systems Manager is not read here")
                .help("few properties take one; Secrets Manager's secrets can stand anywhere in a resource");
            push(out, spot, problem);
        }
        _ => {}
    }
}

fn takes_secure_string(spot: &Spot<'_>) -> bool {
    let Some((type_name, path)) = &spot.property else { return false };
    let property = path.split(['.', '[']).next().unwrap_or_default();
    // What a private type does with one is not known here; custom resources would be sent the text of the reference.
    let private = !type_name.starts_with("AWS::") && !type_name.starts_with("Custom::");
    private || SECURE_STRINGS.contains(&(*type_name, property))
}

fn keys_exist(out: &mut Report<'_>, spot: &Spot<'_>, find: &crate::core::FindInMap) {
    let stack = out.resolved.stack;
    let Some(mapping) = stack.mappings.get(&find.map.name).filter(|_| find.default.is_none()) else { return };
    let mapping = &mapping.entries;
    let (first, second) = (literal::text(out.resolved, &find.first), find.second.as_str());
    let missing = match (first.as_deref(), second) {
        (Some(first), _) if !mapping.contains_key(first) => Some(first),
        (Some(first), Some(second)) if !mapping[first].contains_key(second) => Some(second),
        (None, Some(second)) if !mapping.values().any(|values| values.contains_key(second)) => Some(second),
        _ => None,
    };
    if let Some(key) = missing {
        let problem =
            Problem::error("unknown-reference", format!("the mapping `{}` has no key `{key}`", find.map.name));
        push(out, spot, problem.help("add it to the mapping, or look up with `find_or`"));
    }
}

/// A name in the text of a `Fn::Sub` that no variable stands for: a pseudo parameter, a parameter, a resource.
fn sub_name(out: &mut Report<'_>, spot: &Spot<'_>, name: &str, vars: &[&str]) {
    let (id, attribute) = name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)));
    if exists(out, spot, id, attribute) {
        return;
    }
    let near = near(out, id, vars).map_or_else(String::new, |near| format!("did you mean `${{{near}}}`? "));
    let problem = Problem::error("unknown-reference", format!("nothing stands for `${{{name}}}` in this text"))
        .help(format!("{near}give `sub` a variable `{name}`, or write `${{!{name}}}` to keep it as it is"));
    push(out, spot, problem);
}

/// A name that a function in JSON refers to.
fn spelled_name(out: &mut Report<'_>, spot: &Spot<'_>, name: &str, attribute: Option<&str>) {
    if exists(out, spot, name, attribute) {
        return;
    }
    let near = near(out, name, &[]).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let problem = Problem::error("unknown-reference", format!("nothing in this stack is called `{name}`"))
        .help(format!("{near}pass what `add` returns rather than a name"));
    push(out, spot, problem);
}

/// Whether a name is one of the stack's; if it is a resource, its attribute is looked at too.
fn exists(out: &mut Report<'_>, spot: &Spot<'_>, name: &str, attribute: Option<&str>) -> bool {
    let resolved = out.resolved;
    let stack = resolved.stack;
    if Pseudo::ALL.iter().any(|pseudo| pseudo.name() == name) || stack.parameters.contains_key(name) {
        return true;
    }
    let Some(index) = resolved.ids.iter().position(|known| known == name).filter(|_| !name.is_empty()) else {
        return false;
    };
    if let Some(attribute) = attribute {
        let node = NodeId { stack: stack.key, index: u32::try_from(index).unwrap_or_default() };
        attribute_exists(out, spot, node, attribute);
    }
    true
}

/// The name that `wrong` most likely meant.
fn near<'a>(out: &Report<'a>, wrong: &str, vars: &[&'a str]) -> Option<&'a str> {
    let names = vars.iter().copied().chain(Pseudo::ALL.iter().map(|pseudo| pseudo.name()));
    let names = names.chain(out.resolved.stack.parameters.keys().map(String::as_str));
    nearest(wrong, names.chain(out.resolved.ids.iter().map(String::as_str).filter(|id| !id.is_empty())))
}
