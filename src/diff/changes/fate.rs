//! What becomes of a resource that leaves, by its policies. Rules: the AWS CloudFormation user guide, "DeletionPolicy
//! attribute" and "UpdateReplacePolicy attribute".

use serde_json::Value;

use super::{Fate, Kind, Replacement, ResourceChange, type_of};

/// The fate of the resource that there is; none where it stays as it is.
pub(super) fn of(change: &ResourceChange, old: Option<&Value>, new: Option<&Value>) -> Option<Fate> {
    let old = old?;
    // A resource that has no condition any more is there, whatever the old one was.
    let may_leave = change.condition_changed && new.is_some_and(|new| new.get("Condition").is_some());
    let removed = (change.kind == Kind::Removed || may_leave).then(|| on_deletion(old));
    // Which template's policy counts is not documented: the less careful one is assumed.
    let replaced = (change.replacement != Replacement::Never)
        .then(|| on_replacement(old).min(new.map_or(Fate::Retained, on_replacement)));
    removed.into_iter().chain(replaced).min()
}

fn on_deletion(resource: &Value) -> Fate {
    match resource.get("DeletionPolicy") {
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
    let in_cluster =
        resource.get("Properties").is_some_and(|properties| properties.get("DBClusterIdentifier").is_some());
    match type_of(resource) {
        "AWS::RDS::DBCluster" => true,
        "AWS::RDS::DBInstance" => !in_cluster,
        _ => false,
    }
}
