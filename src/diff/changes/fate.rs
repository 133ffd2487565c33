//! What becomes of a resource that leaves, by its policies. Rules: the AWS CloudFormation user guide, "DeletionPolicy
//! attribute" and "UpdateReplacePolicy attribute".

use serde_json::Value;

use super::{Fate, Kind, Replacement, ResourceChange, type_of};

/// What protects from deletion, and its value. Source: the descriptions of these properties in the AWS CloudFormation template
/// reference.
const PROTECTION: &[(&str, &str, &str)] = &[
    ("AWS::Cognito::UserPool", "DeletionProtection", "ACTIVE"),
    ("AWS::DSQL::Cluster", "DeletionProtectionEnabled", "true"),
    ("AWS::DocDB::DBCluster", "DeletionProtection", "true"),
    ("AWS::DynamoDB::Table", "DeletionProtectionEnabled", "true"),
    ("AWS::EC2::Instance", "DisableApiTermination", "true"),
    ("AWS::EKS::Cluster", "DeletionProtection", "true"),
    ("AWS::Neptune::DBCluster", "DeletionProtection", "true"),
    ("AWS::RDS::DBCluster", "DeletionProtection", "true"),
    ("AWS::RDS::DBInstance", "DeletionProtection", "true"),
];

/// The fate of the resource that there is; none where it stays as it is.
pub(super) fn of(change: &ResourceChange, old: Option<&Value>, new: Option<&Value>) -> Option<Fate> {
    let old = old?;
    // A resource that has no condition any more is there, whatever the old one was.
    let may_leave = change.condition_changed && new.is_some_and(|new| new.get("Condition").is_some());
    let removed = (change.kind == Kind::Removed || may_leave).then(|| on_deletion(old));
    let replaced = (change.replacement != Replacement::Never).then(|| by_replacement(old, new));
    removed.into_iter().chain(replaced).min()
}

/// What becomes of a resource that another one takes the place of. Which template's policy counts is not documented: the less
/// careful one is assumed.
pub(crate) fn by_replacement(old: &Value, new: Option<&Value>) -> Fate {
    if is_protected(old) { Fate::Retained } else { on_replacement(old).min(new.map_or(Fate::Retained, on_replacement)) }
}

/// What becomes of a resource that leaves its stack.
pub(crate) fn on_deletion(resource: &Value) -> Fate {
    match resource.get("DeletionPolicy") {
        _ if is_protected(resource) => Fate::Retained,
        Some(policy) => named(policy),
        None if snapshots_by_default(resource) => Fate::Snapshotted,
        None => Fate::Deleted,
    }
}

fn on_replacement(resource: &Value) -> Fate {
    resource.get("UpdateReplacePolicy").map_or(Fate::Deleted, named)
}

/// A policy; one that an expression decides is taken for the worst.
fn named(policy: &Value) -> Fate {
    match policy.as_str() {
        Some("Retain" | "RetainExceptOnCreate") => Fate::Retained,
        Some("Snapshot") => Fate::Snapshotted,
        _ => Fate::Deleted,
    }
}

fn snapshots_by_default(resource: &Value) -> bool {
    match type_of(resource) {
        "AWS::RDS::DBCluster" => true,
        "AWS::RDS::DBInstance" => !is_in_cluster(resource),
        _ => false,
    }
}

/// Whether it is an instance of a database cluster: the data is the cluster's. Rule: the Amazon Aurora user guide, "Amazon Aurora
/// storage".
pub(super) fn is_in_cluster(resource: &Value) -> bool {
    match type_of(resource) {
        "AWS::DocDB::DBInstance" | "AWS::Neptune::DBInstance" => true,
        "AWS::RDS::DBInstance" => property(resource, "DBClusterIdentifier").is_some(),
        _ => false,
    }
}

/// Whether the service refuses to delete it: CloudFormation then leaves it behind.
fn is_protected(resource: &Value) -> bool {
    let type_name = type_of(resource);
    PROTECTION
        .iter()
        .any(|(name, key, on)| *name == type_name && property(resource, key).and_then(Value::as_str) == Some(*on))
}

fn property<'v>(resource: &'v Value, name: &str) -> Option<&'v Value> {
    resource.get("Properties")?.get(name)
}
