//! Which changes are refused. Rules: the AWS CloudFormation user guide, "Update behaviors of stack resources" and, for names,
//! "Name type": a new resource is made before the old one goes, and two cannot have one name.

use serde::Serialize;
use serde_json::Value;

use super::replacement;
use super::{Kind, Replacement, ResourceChange};
use crate::diff::expression::is_no_value;
use crate::diff::pointer::{join, keys};
use crate::spec;

/// What a service changes neither in place nor by a replacement: the template reference says "Updates are not supported". No
/// schema has it.
const UNSUPPORTED: &[(&str, &[&str])] = &[
    ("AWS::EC2::Volume", &["AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"]),
    // "The update request fails, regardless of the value of the UpdateReplacePolicy attribute."
    ("AWS::KMS::Key", &["KeySpec", "KeyUsage", "MultiRegion", "Origin"]),
    ("AWS::Organizations::Account", &["Email", "RoleName"]),
];
/// Storage that grows and never shrinks. Rules: the Amazon RDS user guide, "Increasing DB instance storage capacity"; the Amazon EBS
/// user guide, "Requirements for Amazon EBS volume modifications".
const GROWING: &[(&str, &str)] = &[("AWS::EC2::Volume", "Size"), ("AWS::RDS::DBInstance", "AllocatedStorage")];
/// Names that are not what identifies a resource to CloudFormation, and that no two may have all the same; and within what, where
/// that is not the account and region.
const NAMES: &[(&str, &str, &[&str])] = &[
    ("AWS::Batch::ComputeEnvironment", "ComputeEnvironmentName", &[]),
    ("AWS::Batch::JobQueue", "JobQueueName", &[]),
    ("AWS::CodeBuild::Project", "Name", &[]),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", &[]),
    ("AWS::EC2::SecurityGroup", "GroupName", &["VpcId"]),
    ("AWS::ECS::Service", "ServiceName", &["Cluster"]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", &[]),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", &[]),
    ("AWS::Events::Rule", "Name", &["EventBusName"]),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", &[]),
    ("AWS::Lambda::Alias", "Name", &["FunctionName"]),
    ("AWS::MSK::Cluster", "ClusterName", &[]),
    ("AWS::SNS::Topic", "TopicName", &[]),
    ("AWS::SQS::Queue", "QueueName", &[]),
    ("AWS::SecretsManager::Secret", "Name", &[]),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", &[]),
];

/// Why a change to a resource is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// No resource becomes one of another type.
    Type,
    /// It is replaced, and the new one would have the name of the old one: the properties that are the name.
    Name(Vec<String>),
    /// It is new, and would have the name of another one, which leaves only when the new one is there: the properties that are
    /// the name, and the logical id of the other one.
    Taken(Vec<String>, String),
    /// These properties can neither be changed in place nor by a replacement.
    Unsupported(Vec<String>),
    /// This storage would shrink, and only grows.
    Smaller(String),
}

/// Why a change is refused, where that is certain.
pub(super) fn of(change: &ResourceChange, old: Option<&Value>, new: Option<&Value>) -> Option<Refusal> {
    let (old, new) = (old?, new?);
    if change.kind != Kind::Changed {
        return None;
    }
    if change.old_type.is_some() {
        return Some(Refusal::Type);
    }
    let unsupported = unsupported(change, old, new);
    if !unsupported.is_empty() {
        return Some(Refusal::Unsupported(unsupported));
    }
    if let Some(smaller) = smaller(change, old, new) {
        return Some(Refusal::Smaller(smaller));
    }
    let replaced = change.replacement == Replacement::Always;
    let name = name(&change.type_name, new).filter(|_| replaced)?;
    let kept = taken(&change.type_name, &name).all(|property| {
        let pointer = join("/Properties", property);
        let differs =
            |path: &str| path.strip_prefix(&*pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        old.pointer(&pointer) == new.pointer(&pointer) && !change.paths.iter().any(|path| differs(&path.path))
    });
    kept.then_some(Refusal::Name(name))
}

/// Refuses the new resources that would have the name of one that leaves.
pub(super) fn taken_names(changes: &mut [ResourceChange], old: &Value, new: &Value) {
    let of = |kind: Kind| move |change: &&ResourceChange| change.kind == kind;
    let leaving: Vec<(String, String)> =
        changes.iter().filter(of(Kind::Removed)).map(|change| (change.type_name.clone(), change.id.clone())).collect();
    for change in changes.iter_mut().filter(|change| change.kind == Kind::Added) {
        let resource = &new["Resources"][&change.id];
        let mut there = leaving.iter().filter(|(type_name, _)| *type_name == change.type_name).peekable();
        if there.peek().is_none() {
            continue;
        }
        let Some(name) = name(&change.type_name, resource) else { continue };
        let has_it = |id: &String| {
            let other = &old["Resources"][id]["Properties"];
            let same = |property: &str| other.get(property) == resource["Properties"].get(property);
            taken(&change.type_name, &name).all(same)
        };
        let by = there.find(|(_, id)| has_it(id)).map(|(_, id)| id.clone());
        change.refusal = by.map(|by| Refusal::Taken(name, by));
    }
}

/// The properties that no two have all the same: the name, and within what it is one, where that is not the account and region.
fn taken<'n>(type_name: &str, name: &'n [String]) -> impl Iterator<Item = &'n str> {
    let within: &[&str] = NAMES.iter().find(|(name, ..)| *name == type_name).map_or(&[], |(_, _, within)| within);
    name.iter().map(String::as_str).chain(within.iter().copied())
}

fn unsupported(change: &ResourceChange, old: &Value, new: &Value) -> Vec<String> {
    let listed = UNSUPPORTED.iter().find(|(name, _)| *name == change.type_name).map_or(&[][..], |(_, listed)| listed);
    let changed = |property: &&&str| {
        change.paths.iter().filter(|path| path.because_of.is_none()).any(|path| {
            let Some(inside) = path.path.strip_prefix("/Properties") else { return false };
            let keys: Vec<_> = keys(inside).collect();
            let values = [old.pointer(&path.path), new.pointer(&path.path)];
            replacement::worst(&[property], &keys, values) != Replacement::Never
        })
    };
    listed.iter().filter(changed).map(|property| (*property).to_owned()).collect()
}

/// The storage that shrinks. One that is replaced, or may be, is made anew in another size.
fn smaller(change: &ResourceChange, old: &Value, new: &Value) -> Option<String> {
    let (_, property) = GROWING.iter().find(|(name, _)| *name == change.type_name)?;
    let size = |of: &Value| of.get("Properties")?.get(property)?.as_str()?.parse::<u64>().ok();
    let shrinks = change.replacement == Replacement::Never && size(new)? < size(old)?;
    shrinks.then(|| (*property).to_owned())
}

/// The properties that are the name of a resource which its template chooses.
pub(crate) fn name(type_name: &str, resource: &Value) -> Option<Vec<String>> {
    let spec = spec::known(type_name)?;
    let properties = match NAMES.iter().find(|(name, ..)| *name == type_name) {
        Some((_, property, _)) => vec![(*property).to_owned()],
        None => spec.primary.clone(),
    };
    let chosen = |property: &String| {
        let value = resource.get("Properties").and_then(|properties| properties.get(property));
        spec.create_only.contains(property) && value.is_some_and(|value| !may_be_nothing(value))
    };
    (!properties.is_empty() && properties.iter().all(chosen)).then_some(properties)
}

/// Whether an expression may stand for nothing: then the name is AWS's own.
fn may_be_nothing(value: &Value) -> bool {
    match value {
        value if is_no_value(value) => true,
        Value::Array(items) => items.iter().any(may_be_nothing),
        Value::Object(map) => map.values().any(may_be_nothing),
        _ => false,
    }
}
