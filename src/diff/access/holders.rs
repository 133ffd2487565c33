//! Whom or what a policy is about: two policies of one role add up, whichever resource they stand in.

use serde_json::Value;

use super::context::{Context, Guards, Resource};

/// What kind of policy it is. Policies of one kind about one thing add up.
pub(super) const IDENTITY: &str = "identity";
pub(super) const TRUST: &str = "trust";
pub(super) const RESOURCE: &str = "resource";

/// The kind of a policy at a property of a type.
pub(super) fn kind<'p>(resource: Resource<'_>, property: &'p str) -> &'p str {
    match (resource.type_name, property) {
        (_, "AssumeRolePolicyDocument") => TRUST,
        (name, _) if name.starts_with("AWS::IAM::") || name == "AWS::SSO::PermissionSet" => IDENTITY,
        (name, _) if !targets(name).is_empty() => RESOURCE,
        (_, property) => property,
    }
}

/// The properties that name what a policy is about; none for a type that holds its own policy.
fn targets(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => &["Roles", "Users", "Groups"],
        "AWS::IAM::RolePolicy" => &["RoleName"],
        "AWS::IAM::UserPolicy" => &["UserName"],
        "AWS::IAM::GroupPolicy" => &["GroupName"],
        "AWS::S3::BucketPolicy" | "AWS::S3Express::BucketPolicy" => &["Bucket"],
        "AWS::S3::AccessPointPolicy" => &["ObjectLambdaAccessPoint"],
        "AWS::SQS::QueuePolicy" => &["Queues"],
        "AWS::SQS::QueueInlinePolicy" => &["Queue"],
        "AWS::SNS::TopicPolicy" => &["Topics"],
        "AWS::SNS::TopicInlinePolicy" => &["TopicArn"],
        "AWS::SecretsManager::ResourcePolicy" => &["SecretId"],
        "AWS::Lambda::Permission" => &["FunctionName"],
        "AWS::Lambda::LayerVersionPermission" => &["LayerVersionArn"],
        "AWS::Organizations::Policy" => &["TargetIds"],
        "AWS::Events::EventBusPolicy" => &["EventBusName"],
        _ => &[],
    }
}

/// Whom or what the policies of a resource are about, and under which conditions.
pub(super) fn holders(context: &Context<'_>, resource: Resource<'_>) -> Vec<(String, Guards)> {
    let mut out = Vec::new();
    let guards = context.guards(resource);
    for value in targets(resource.type_name).iter().filter_map(|property| resource.get(property)) {
        context.each(value, &guards, &mut |target: &Value, guards| out.push((context.entity(target), guards.clone())));
    }
    if out.is_empty() {
        out.push((resource.name(), guards));
    }
    out
}
