//! Trust: whether anybody can assume a role. Only literals are looked at.
//!
//! Rule: the AWS IAM user guide, "Trust policies" and "IAM JSON policy elements: Principal".

use super::schema::Found;
use crate::core::{Entry, Expr, Problem, Props, ResourceNode};
use crate::synth::nearest::nearest;

const TYPE: &str = "AWS::IAM::Role";

/// What the name of a service ends in, in one partition or another.
const ENDINGS: [&str; 6] =
    [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".amazon.com", ".aws.internal", ".aws.dev"];

/// Services that roles are for, as the user guides of each name them: what a name that is near to one of them may have
/// meant. Others exist.
const SERVICES: &[&str] = &[
    "airflow",
    "airflow-env",
    "apigateway",
    "application-autoscaling",
    "apprunner",
    "appsync",
    "athena",
    "backup",
    "batch",
    "bedrock",
    "build.apprunner",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "cognito-idp",
    "config",
    "dlm",
    "dms",
    "ec2",
    "ec2fleet",
    "ecs",
    "ecs-tasks",
    "edgelambda",
    "eks",
    "eks-fargate-pods",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "emr-serverless",
    "events",
    "export.rds",
    "firehose",
    "glue",
    "guardduty",
    "iot",
    "kinesis",
    "kinesisanalytics",
    "lakeformation",
    "lambda",
    "logs",
    "monitoring.rds",
    "ops.apigateway",
    "pipes",
    "pods.eks",
    "quicksight",
    "rds",
    "redshift",
    "rolesanywhere",
    "s3",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "servicecatalog",
    "ses",
    "sns",
    "spotfleet",
    "sqs",
    "ssm",
    "states",
    "tasks.apprunner",
    "transfer",
    "vpc-flow-logs",
    "waf",
    "xray",
];

/// What is wrong with whom a role trusts.
pub(super) fn check(resource: &ResourceNode) -> Vec<Found> {
    if *resource.type_name != *TYPE {
        return Vec::new();
    }
    let Some(entry) = resource.props.get("AssumeRolePolicyDocument") else { return Vec::new() };
    let Some(statements) = statements(&entry.value) else { return Vec::new() };
    let mut problems = Vec::new();
    if !statements.iter().any(|statement| lets_somebody(statement)) {
        problems.push(
            Problem::error("policy-document", "nobody can assume this role")
                .help("name who may: in `assumed_by`, such as `Principal::service(\"ecs-tasks.amazonaws.com\")`"),
        );
    }
    problems.extend(statements.iter().flat_map(|statement| services(statement)).filter_map(doubt));
    problems.into_iter().map(|problem| found(entry, problem)).collect()
}

fn found(entry: &Entry, problem: Problem) -> Found {
    Found { problem, property: Some(entry.key.to_string()), at: Some(entry.at) }
}

/// The statements of a document, where all are written out.
fn statements(document: &Expr) -> Option<Vec<&Props>> {
    let Expr::Map(document) = document else { return None };
    let one_or_more = match document.get("Statement").map(|entry| &entry.value) {
        None => &[],
        Some(Expr::List(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
    };
    one_or_more.iter().map(|statement| if let Expr::Map(props) = statement { Some(props) } else { None }).collect()
}

/// Whether a statement may let somebody assume the role.
fn lets_somebody(statement: &Props) -> bool {
    let value = |key| statement.get(key).map(|entry| &entry.value);
    let allows = value("Effect").is_none_or(|effect| effect.as_str().is_none_or(|effect| effect == "Allow"));
    let actions = value("NotAction").is_some() || value("Action").is_some_and(|action| any(action, assumes));
    let somebody = value("NotPrincipal").is_some() || value("Principal").is_some_and(names_somebody);
    allows && actions && somebody
}

/// Whether an action lets a role be assumed, or may.
fn assumes(action: &Expr) -> bool {
    action.as_str().is_none_or(|action| {
        let action = action.to_lowercase();
        action.starts_with("sts:assumerole") || action.contains('*')
    })
}

fn names_somebody(principal: &Expr) -> bool {
    match principal {
        Expr::Map(kinds) => kinds.iter().any(|kind| names_somebody(&kind.value)),
        Expr::List(names) => names.iter().any(names_somebody),
        Expr::String(name) => !name.is_empty(),
        _ => true,
    }
}

fn any(value: &Expr, holds: impl Fn(&Expr) -> bool) -> bool {
    match value {
        Expr::List(items) => items.iter().any(holds),
        one => holds(one),
    }
}

/// The services that a statement names.
fn services(statement: &Props) -> Vec<&str> {
    let Some(Expr::Map(principal)) = statement.get("Principal").map(|entry| &entry.value) else { return Vec::new() };
    match principal.get("Service").map(|entry| &entry.value) {
        Some(Expr::List(names)) => names.iter().filter_map(Expr::as_str).collect(),
        Some(name) => name.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// What is wrong, or doubtful, with the name of a service.
fn doubt(name: &str) -> Option<Problem> {
    let Some(service) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) else {
        let word = name.split('.').next().unwrap_or(name);
        let near = nearest(word, SERVICES.iter().copied());
        let meant = near.map_or_else(String::new, |near| format!("; did you mean `{near}.amazonaws.com`?"));
        let problem = Problem::error("policy-document", format!("no service is called `{name}`"));
        return Some(problem.help(format!("names of services end in `.amazonaws.com`{meant}")));
    };
    if SERVICES.contains(&service) || service.chars().count() < 4 {
        return None;
    }
    // One slip apart: more, and services that exist are near to each other.
    let near = SERVICES.iter().find(|known| strsim::damerau_levenshtein(service, known) == 1)?;
    let message = format!("is there a service called `{name}`? There is `{near}.amazonaws.com`");
    let help =
        "a role that trusts a service which is not there cannot be made; if it is right, allow `policy-document` here";
    Some(Problem::warning("policy-document", message).help(help))
}
