//! Which roles resources act as, and which security groups they are in.

use serde_json::Value;

use super::context::{Context, Guards, Resource};
use crate::diff::canonical::Schemas;
use crate::diff::expression::{Reference, function, references};
use crate::spec;

/// What a property makes its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// It acts as a role, by itself or through an instance profile.
    ActsAs,
    /// It is in a security group.
    IsIn,
}

/// A role that a resource acts as, or a security group that it is in.
pub(super) struct Tied<'a> {
    pub(super) resource: Resource<'a>,
    pub(super) tie: Tie,
    /// The property: `NetworkConfiguration.AwsvpcConfiguration.SecurityGroups`.
    pub(super) property: String,
    pub(super) name: String,
    pub(super) guards: Guards,
}

/// How the names of properties end, where the specification does not say whose identifier they take.
const ENDINGS: &[(&str, Tie)] = &[
    ("ExecutionRole", Tie::ActsAs),
    ("IamInstanceProfile", Tie::ActsAs),
    ("IamRole", Tie::ActsAs),
    ("InstanceProfileArn", Tie::ActsAs),
    ("JobFlowRole", Tie::ActsAs),
    ("RoleARN", Tie::ActsAs),
    ("RoleArn", Tie::ActsAs),
    ("RoleArns", Tie::ActsAs),
    ("ServiceRole", Tie::ActsAs),
    ("GroupSet", Tie::IsIn),
    ("MasterSecurityGroup", Tie::IsIn),
    ("SecurityGroupArns", Tie::IsIn),
    ("SecurityGroupIdList", Tie::IsIn),
    ("SecurityGroupIds", Tie::IsIn),
    ("SecurityGroups", Tie::IsIn),
    ("SlaveSecurityGroup", Tie::IsIn),
];

/// Properties that name a role or group which is not their resource's own.
const OF_OTHERS: &[&str] = &[
    "AssumableRoleArn",
    "AssumableRoleArns",
    "InputSecurityGroups",
    "MasterUserARN",
    "ParameterValue",
    "Parameters",
    "PeerRoleArn",
    "Principal",
    "SourceArn",
    "SourceSecurityGroups",
    "StringValue",
    "Value",
];

/// Where a whole object tells the same, under names of its own.
const OBJECTS: &[(&str, &str)] = &[("AWS::Cognito::IdentityPoolRoleAttachment", "Roles")];

/// Every role that a resource of a template acts as, and every group that it is in; but not of one that is new with it,
/// which says all there is to say.
pub(super) fn all<'a>(context: &Context<'a>) -> Vec<Tied<'a>> {
    let mut out = Vec::new();
    for resource in context.resources().filter(|resource| !is_policy_or_rule(resource.type_name)) {
        let root = spec::known(resource.type_name).map(Schemas::root);
        let mut walk = Walk { context, resource, out: &mut out };
        walk.value(resource.properties, root.as_ref(), &[], &context.guards(resource));
    }
    out
}

/// Whether what a type names are the holders of a policy, or the other side of a network rule.
fn is_policy_or_rule(type_name: &str) -> bool {
    type_name.starts_with("AWS::IAM::")
        || type_name.starts_with("AWS::EC2::SecurityGroup")
        || type_name.ends_with("SecurityGroupIngress")
}

struct Walk<'w, 'a> {
    context: &'w Context<'a>,
    resource: Resource<'a>,
    out: &'w mut Vec<Tied<'a>>,
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &Value, place: Option<&Schemas>, path: &[&str], guards: &Guards) {
        let items = place.and_then(Schemas::items);
        let place = items.as_ref().or(place);
        let context = self.context;
        context.each(value, guards, &mut |value, guards| match value.as_object() {
            Some(map) if function(value).is_none() => {
                for (key, value) in map.iter().filter(|(key, _)| !OF_OTHERS.contains(&key.as_str())) {
                    let inner = place.and_then(|place| place.property(key));
                    self.value(value, inner.as_ref(), &[path, &[key.as_str()]].concat(), guards);
                }
            }
            _ => self.leaf(value, place, path, guards),
        });
    }

    fn leaf(&mut self, value: &Value, place: Option<&Schemas>, path: &[&str], guards: &Guards) {
        let said = value.as_str().is_some_and(|text| !text.is_empty()) || function(value).is_some();
        let Some(tie) = self.tie(place, path).filter(|_| said && !self.is_new(value)) else { return };
        let (name, guards) = (self.context.entity(value), guards.clone());
        self.out.push(Tied { resource: self.resource, tie, property: path.join("."), name, guards });
    }

    fn tie(&self, place: Option<&Schemas>, path: &[&str]) -> Option<Tie> {
        place.and_then(of_kinds).or_else(|| match path {
            [.., around, "Arn" | "Name"] if around.ends_with("IamInstanceProfile") => Some(Tie::ActsAs),
            [around, _] if OBJECTS.contains(&(self.resource.type_name, *around)) => Some(Tie::ActsAs),
            [.., name] => ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, tie)| *tie),
            [] => None,
        })
    }

    /// Whether the other template has neither the resource nor what it names.
    fn is_new(&self, value: &Value) -> bool {
        let alone = |id: &str| self.context.has(id) && !self.context.is_in_both(id);
        let mut named = false;
        references(value, &mut |reference| named |= matches!(reference, Reference::Name(id) if alone(id)));
        named && alone(self.resource.id)
    }
}

/// What the specification says: whose identifiers a place takes.
fn of_kinds(place: &Schemas) -> Option<Tie> {
    let acts =
        place.kinds().any(|kind| kind.starts_with("AWS::IAM::Role.") || kind.starts_with("AWS::IAM::InstanceProfile."));
    let is_in = place.kinds().any(|kind| kind.contains("SecurityGroup"));
    match (acts, is_in) {
        (true, false) => Some(Tie::ActsAs),
        (false, true) => Some(Tie::IsIn),
        _ => None,
    }
}
