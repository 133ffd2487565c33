//! What a stack declares beside its resources: parameters, conditions, rules, outputs, policies.

use regex_lite::Regex;

use super::Report;
use crate::core::{At, Condition, DeletionPolicy, Expr, Intrinsic, NodeId, ParameterData, Problem, UpdateReplacePolicy};
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
            let problem = Problem::error("condition", format!("the rule `{name}` asserts nothing")).help("add `.assert(…)`");
            out.push(at(problem, rule.at));
        }
    }
    for (key, output) in &stack.outputs {
        let list = match &output.value {
            Expr::List(_) => true,
            Expr::Intrinsic(i) => matches!(**i, Intrinsic::Split(..) | Intrinsic::GetAzs(_) | Intrinsic::Cidr(..)),
            Expr::Att(att) if att.node.stack == stack.key => super::super::resolve::is_list(stack, att.node, &att.name),
            _ => false,
        };
        if list || matches!(output.value, Expr::Map(_)) {
            let problem = Problem::error("wrong-type", format!("the output `{key}` is not text"))
                .help("an output is one string: join a list with `join_list(\",\", …)`, write an object with `to_json_string`");
            out.push(at(problem, Some(output.at)));
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

fn parameter_problems(name: &str, parameter: &ParameterData) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |message: String, help: &str| problems.push(Problem::error("parameter", message).help(help));
    let pattern = parameter.allowed_pattern.as_ref().map(|pattern| Regex::new(&format!("^(?:{pattern})$")));
    let text = parameter.default.as_ref().and_then(Expr::as_str);
    if let (Some(Ok(pattern)), Some(text)) = (&pattern, text)
        && !pattern.is_match(text)
    {
        say(format!("the default of `{name}` does not match its own pattern"), "change one of them");
    }
    if let Some(default) = &parameter.default
        && !parameter.allowed_values.is_empty()
        && !parameter.allowed_values.contains(default)
    {
        let shown = default.as_str().unwrap_or("this value");
        let values: Vec<_> = parameter.allowed_values.iter().filter_map(Expr::as_str).collect();
        say(format!("the default `{shown}` of `{name}` is not one of its own values"), &format!("they are {}", listed(&values, 8)));
    }
    let length = text.map(|text| i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
    let number = match &parameter.default {
        Some(Expr::Integer(number)) => Some(*number),
        _ => text.and_then(|text| text.parse().ok()),
    };
    let outside = |value: Option<i64>, low: Option<i64>, high: Option<i64>| {
        value.is_some_and(|value| low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high))
    };
    if outside(length, parameter.min_length, parameter.max_length) {
        say(format!("the default of `{name}` is not as long as its own limits want"), "change one of them");
    }
    if outside(number, parameter.min_value, parameter.max_value) {
        say(format!("the default of `{name}` is outside its own range"), "change one of them");
    }
    let function = parameter.default.iter().chain(&parameter.allowed_values).any(|value| {
        !matches!(value, Expr::String(_) | Expr::Integer(_) | Expr::Number(_))
    });
    if function {
        say(format!("the default or a value of `{name}` is not a literal"), "parameters take no references and no functions");
    }
    if parameter.no_echo && text.is_some_and(|text| !text.is_empty()) {
        let message = format!("`{name}` hides its value, and its default is written out");
        problems.push(Problem::error("secret", message).help("leave the default out"));
    }
    problems
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
            let message = format!("the {what} `{name}` combines {count} conditions");
            problems.push(Problem::error("condition", message).help("`all` and `any` take 2 to 10"));
        }
        let of_rules =
            matches!(inner, Condition::Contains(..) | Condition::EachMemberEquals(..) | Condition::EachMemberIn(..));
        if of_rules && !rule {
            let message = format!("the condition `{name}` uses a function of rules");
            problems.push(Problem::error("condition", message).help("`contains` and `each_member_…` stand in rules only"));
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
