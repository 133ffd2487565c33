//! What a stack declares beside its resources: parameters, conditions, rules, outputs, policies.

use super::{Report, counted, secrets};
use crate::core::{
    At, Condition, DeletionPolicy, Expr, Intrinsic, NodeId, ParameterData, Problem, UpdateReplacePolicy,
};
use crate::spec::Pattern;
use crate::synth::nearest::listed;

/// The types that `DeletionPolicy: Snapshot` is for. Rule: the AWS CloudFormation user guide, "DeletionPolicy
/// attribute".
const SNAPSHOTS: &[&str] = &[
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// Whether a shell takes a name for a variable. Rule: POSIX, "Name".
fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

pub(super) fn check(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    for (name, parameter) in &stack.parameters {
        for problem in parameter_problems(name, parameter) {
            out.push(at(problem, parameter.at));
        }
    }
    for (name, (condition, place)) in &stack.conditions {
        for problem in condition_problems(name, condition, false) {
            out.push(at(problem, Some(*place)));
        }
    }
    for (name, rule) in &stack.rules {
        let conditions = rule.condition.iter().chain(rule.assertions.iter().map(|(condition, _)| condition));
        for problem in conditions.flat_map(|condition| condition_problems(name, condition, true)) {
            out.push(at(problem, rule.at));
        }
        if rule.assertions.is_empty() {
            let problem =
                Problem::error("condition", format!("the rule `{name}` asserts nothing")).help("add `.assert(…)`");
            out.push(at(problem, rule.at));
        }
    }
    for (key, output) in &stack.outputs {
        for alias in output.aliases.iter().filter(|alias| !is_variable(alias)) {
            let problem = Problem::error("name", format!("`{alias}` is not a name that a shell takes"))
                .help("letters, digits and `_`, and no digit first");
            out.push(at(problem, Some(output.at)));
        }
        let list = match &output.value {
            Expr::List(_) => true,
            Expr::Intrinsic(i) => match &**i {
                Intrinsic::Parameter(name) => stack.parameters.get(&name.name).is_some_and(is_list),
                other => matches!(other, Intrinsic::Split(..) | Intrinsic::GetAzs(_) | Intrinsic::Cidr(..)),
            },
            Expr::Att(att) if att.node.stack == stack.key => super::super::resolve::is_list(stack, att.node, &att.name),
            _ => false,
        };
        let object = matches!(&output.value, Expr::Map(props) if super::spelled::function(props).is_none());
        if list || object {
            let problem = Problem::error("wrong-type", format!("the output `{key}` is not text"))
                .help("an output is one string: join a list with `join_list(\",\", …)`, write an object with `to_json_string`");
            out.push(at(problem, Some(output.at)));
        }
    }
    for (name, mapping) in &stack.mappings {
        let scalar = |value: &Expr| literal(value).is_some();
        let literal = |value: &Expr| match value {
            Expr::List(items) => items.iter().all(scalar),
            value => scalar(value),
        };
        if !mapping.entries.values().flat_map(|values| values.values()).all(literal) {
            let message = format!("the mapping `{name}` holds something that is not a literal");
            let help = "its values are text, numbers and lists of them: no references, no functions, no objects";
            out.push(at(Problem::error("wrong-type", message).help(help), Some(mapping.at)));
        }
    }
    policies(out);
}

fn at(problem: Problem, at: Option<At>) -> Problem {
    match at {
        Some(at) => problem.at(at, "declared here"),
        None => problem,
    }
}

fn policies(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    for (index, _, resource) in stack.tree.resources() {
        let snapshot = resource.deletion_policy == Some(DeletionPolicy::Snapshot)
            || resource.update_replace_policy == Some(UpdateReplacePolicy::Snapshot);
        if snapshot && !SNAPSHOTS.contains(&&*resource.type_name) {
            let message = format!("{} has no snapshots, so no policy can make one", resource.type_name);
            let problem = Problem::error("allowed-values", message).help("retain it instead");
            out.at(NodeId { stack: stack.key, index }, None, problem);
        }
    }
}

/// Whether a parameter is a list of values.
pub(super) fn is_list(parameter: &ParameterData) -> bool {
    let of = parameter.type_name.strip_prefix("AWS::SSM::Parameter::Value<").unwrap_or(&parameter.type_name);
    of.starts_with("List<") || of.starts_with("CommaDelimitedList")
}

/// The text of a literal, as CloudFormation reads it.
fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::String(text) => Some(text.to_string()),
        Expr::Integer(number) => Some(number.to_string()),
        Expr::Number(number) => Some(number.to_string()),
        Expr::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The values that the constraints of a parameter are for: its default, or each item of it.
fn constrained(parameter: &ParameterData, default: &str) -> Vec<String> {
    if is_list(parameter) {
        default.split(',').map(|item| item.trim().to_owned()).collect()
    } else {
        vec![default.to_owned()]
    }
}

fn parameter_problems(name: &str, parameter: &ParameterData) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |message: String, help: &str| problems.push(Problem::error("parameter", message).help(help));
    let literals = |value: &Expr| literal(value).is_some();
    if !parameter.default.iter().chain(&parameter.allowed_values).all(literals) {
        say(
            format!("the default or a value of `{name}` is not a literal"),
            "parameters take no references and no functions",
        );
    }
    let ranges = [(parameter.min_length, parameter.max_length), (parameter.min_value, parameter.max_value)];
    for (least, most) in ranges {
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            say(format!("the limits of `{name}` leave nothing: at least {least}, at most {most}"), "swap them");
        }
    }
    if let Some(default) = parameter.default.as_ref().and_then(literal) {
        for (message, help) in default_problems(name, parameter, &default) {
            say(message, &help);
        }
    }
    problems.extend(secrets::default(name, parameter));
    problems
}

/// What is wrong with a parameter's default. The default of a parameter that hides its value is not shown.
fn default_problems(name: &str, parameter: &ParameterData, default: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let hidden = parameter.no_echo || secrets::holds_secret(name);
    let change = || "change one of them".to_owned();
    let values = constrained(parameter, default);
    let pattern = parameter.allowed_pattern.as_ref().map(|pattern| Pattern::from(format!("^(?:{pattern})$")));
    let matches = |value: &str| pattern.as_ref().is_none_or(|pattern| pattern.matches(value) != Some(false));
    if !matches(default) && !values.iter().all(|value| matches(value)) {
        found.push((format!("the default of `{name}` does not match its own pattern"), change()));
    }
    let allowed: Vec<String> = parameter.allowed_values.iter().filter_map(literal).collect();
    let listed_all = values.iter().all(|value| allowed.contains(value));
    if !allowed.is_empty() && !listed_all && !allowed.iter().any(|value| value == default) {
        let (shown, help) = if hidden {
            (String::new(), change())
        } else {
            (format!(" `{default}`"), format!("they are {}", listed(&allowed, 8)))
        };
        found.push((format!("the default{shown} of `{name}` is not one of its own values"), help));
    }
    let outside = |value: f64, least: Option<i64>, most: Option<i64>| {
        #[expect(clippy::cast_precision_loss, reason = "lengths and ranges of parameters are small")]
        let (least, most) = (least.map(|least| least as f64), most.map(|most| most as f64));
        least.is_some_and(|least| value < least) || most.is_some_and(|most| value > most)
    };
    let length = u32::try_from(default.chars().count()).unwrap_or(u32::MAX);
    if outside(f64::from(length), parameter.min_length, parameter.max_length) {
        found.push((format!("the default of `{name}` is shorter or longer than its own limits"), change()));
    }
    let wants_number = ["Number", "List<Number>"].contains(&&*parameter.type_name);
    for value in
        values.iter().filter(|_| wants_number || parameter.min_value.is_some() || parameter.max_value.is_some())
    {
        match value.parse::<f64>() {
            Ok(number) if outside(number, parameter.min_value, parameter.max_value) => {
                found.push((format!("the default of `{name}` is outside its own range"), change()));
            }
            Err(_) if wants_number => {
                found.push((
                    format!("the default of `{name}` is not a number"),
                    "give it a number, or no default".into(),
                ));
            }
            _ => {}
        }
    }
    found
}

fn condition_problems(name: &str, condition: &Condition, rule: bool) -> Vec<Problem> {
    let what = if rule { "rule" } else { "condition" };
    let mut problems = Vec::new();
    condition.walk(&mut |inner| {
        let count = match inner {
            Condition::And(inner) | Condition::Or(inner) => inner.len(),
            _ => 2,
        };
        if !(2..=10).contains(&count) {
            let message = format!("the {what} `{name}` combines {}", counted(count, "condition"));
            problems.push(Problem::error("condition", message).help("`all` and `any` take 2 to 10"));
        }
        let of_rules =
            matches!(inner, Condition::Contains(..) | Condition::EachMemberEquals(..) | Condition::EachMemberIn(..));
        if of_rules && !rule {
            let message = format!("the condition `{name}` uses a function of rules");
            problems
                .push(Problem::error("condition", message).help("`contains` and `each_member_…` stand in rules only"));
        }
    });
    let reads_resource = condition.operands().into_iter().any(|operand| {
        let mut reads = false;
        operand.walk(&mut |inner| reads |= matches!(inner, Expr::Ref(_) | Expr::Att(_)));
        reads
    });
    if reads_resource {
        let message = format!("the {what} `{name}` refers to a resource");
        let help = "it is decided before there are resources: compare parameters, mappings and pseudo parameters";
        problems.push(Problem::error("condition", message).help(help));
    }
    problems
}
