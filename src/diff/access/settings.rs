//! Properties that open a resource to the public, or close it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::context::{Context, Guards, Resource, scalar};
use super::{Access, AccessChange};
use crate::diff::changes::Kind;
use crate::diff::expression::function;

/// A property that opens a resource to the public, or closes it, and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// The property, such as `PubliclyAccessible`.
    pub property: String,
    /// What it was; empty where it was not set.
    pub before: Vec<String>,
    /// What it becomes; empty where it is not set.
    pub after: Vec<String>,
}

/// How open a resource is by a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Openness {
    Closed,
    /// The service, or another setting, decides.
    Unsaid,
    Open,
}

/// What makes a property open.
struct Property {
    /// The types that it is about; none: every type that has the property, anywhere in it.
    types: &'static [&'static str],
    name: &'static str,
    /// The values that open.
    open: &'static [&'static str],
    /// What it means not to be set.
    unset: Openness,
}

const fn anywhere(name: &'static str, open: &'static [&'static str], unset: Openness) -> Property {
    Property { types: &[], name, open, unset }
}

/// Sources: the descriptions of these properties in the AWS CloudFormation template reference.
const PROPERTIES: &[Property] = &[
    Property {
        types: &["AWS::DMS::ReplicationInstance"],
        name: "PubliclyAccessible",
        open: &["true"],
        unset: Openness::Open,
    },
    Property {
        types: &["AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"],
        name: "Scheme",
        open: &["internet-facing"],
        unset: Openness::Open,
    },
    Property { types: &["AWS::Lambda::Url"], name: "AuthType", open: &["NONE"], unset: Openness::Open },
    Property {
        types: &["AWS::ApiGatewayV2::Route"],
        name: "AuthorizationType",
        open: &["NONE"],
        unset: Openness::Open,
    },
    Property { types: &["AWS::ApiGateway::Method"], name: "AuthorizationType", open: &["NONE"], unset: Openness::Open },
    Property {
        types: &["AWS::S3::Bucket"],
        name: "AccessControl",
        open: &["PublicRead", "PublicReadWrite", "AuthenticatedRead"],
        unset: Openness::Closed,
    },
    Property {
        types: &["AWS::EC2::SnapshotBlockPublicAccess"],
        name: "State",
        open: &["unblocked", "block-new-sharing"],
        unset: Openness::Open,
    },
    anywhere("PubliclyAccessible", &["true"], Openness::Unsaid),
    anywhere("MapPublicIpOnLaunch", &["true"], Openness::Closed),
    anywhere("AssignPublicIp", &["ENABLED"], Openness::Closed),
    anywhere("AssociatePublicIpAddress", &["true"], Openness::Unsaid),
    anywhere("EndpointPublicAccess", &["true"], Openness::Unsaid),
    anywhere("AllowUnauthenticatedIdentities", &["true"], Openness::Closed),
    anywhere("AllowExternalPrincipals", &["true"], Openness::Unsaid),
];

/// The parts of S3's block of public access: the whole may be left out, but a part that is left out of it is off.
const BLOCK: &[&str] = &["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];

/// How open a property is, and the values it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    openness: Openness,
    values: BTreeSet<String>,
    /// Whether only the deployment knows the value.
    opaque: bool,
}

type All = BTreeMap<(String, String), State>;

/// Every such property of a template, by logical id and name.
pub(super) fn all(context: &Context<'_>) -> All {
    let mut out = All::new();
    for resource in context.resources() {
        let mine = |property: &&Property| property.types.contains(&resource.type_name);
        let special: Vec<_> = PROPERTIES.iter().filter(mine).collect();
        for property in &special {
            let value = resource.get(property.name);
            note(&mut out, context, resource, property, value);
        }
        let general = |name: &str| {
            let there = PROPERTIES.iter().find(|property| property.types.is_empty() && property.name == name);
            there.filter(|_| !special.iter().any(|property| property.name == name))
        };
        walk(resource.properties, &mut |name, value| {
            if let Some(property) = general(name) {
                note(&mut out, context, resource, property, Some(value));
            }
        });
        block(&mut out, context, resource);
    }
    out
}

/// Calls `found` with every property in a value.
fn walk<'a>(value: &'a Value, found: &mut impl FnMut(&'a str, &'a Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Object(map) => {
            for (name, value) in map {
                found(name, value);
                walk(value, found);
            }
        }
        _ => {}
    }
}

/// Notes a value of a property; of several values the most open one counts.
fn note(out: &mut All, context: &Context<'_>, resource: Resource<'_>, property: &Property, value: Option<&Value>) {
    let nothing = State { openness: Openness::Closed, values: BTreeSet::new(), opaque: false };
    let state = out.entry((resource.id.to_owned(), property.name.to_owned())).or_insert(nothing);
    let Some(value) = value else {
        state.openness = state.openness.max(property.unset);
        return;
    };
    context.each(value, &Guards::new(), &mut |value, _| {
        let text = context.text(value);
        let known = function(value).is_none() && scalar(value).is_some();
        let open = !known || property.open.iter().any(|open| text.eq_ignore_ascii_case(open));
        state.openness = state.openness.max(if open { Openness::Open } else { Openness::Closed });
        state.opaque |= !known || text.is_empty();
        state.values.insert(text);
    });
}

fn block(out: &mut All, context: &Context<'_>, resource: Resource<'_>) {
    const NAME: &str = "PublicAccessBlockConfiguration";
    let whole = resource.get(NAME);
    if whole.is_none() && !matches!(resource.type_name, "AWS::S3::Bucket" | "AWS::S3::AccessPoint") {
        return;
    }
    for part in BLOCK {
        let (mut openness, mut values, mut opaque) = (Openness::Closed, BTreeSet::new(), false);
        match whole {
            None => openness = Openness::Unsaid,
            Some(whole) => context.each(whole, &Guards::new(), &mut |whole, _| {
                let text = whole.get(part).map(|value| context.text(value));
                let blocks = text.as_deref() == Some("true");
                opaque |= function(whole).is_some() || whole.get(part).is_some_and(|value| function(value).is_some());
                openness = openness.max(if blocks { Openness::Closed } else { Openness::Open });
                values.extend(text);
            }),
        }
        out.insert((resource.id.to_owned(), format!("{NAME}.{part}")), State { openness, values, opaque });
    }
}

/// How open a resource is by a property, in a template that has the resource or not.
fn openness(state: Option<&State>, name: &str, there: bool) -> Openness {
    let general = || PROPERTIES.iter().find(|property| property.types.is_empty() && property.name == name);
    match state {
        Some(state) => state.openness,
        None if there => general().map_or(Openness::Closed, |property| property.unset),
        None => Openness::Closed,
    }
}

/// How two templates' settings differ.
pub(super) fn compare(old: &All, new: &All, before: &Context<'_>, after: &Context<'_>) -> Vec<AccessChange> {
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut out = Vec::new();
    for key @ (id, name) in keys {
        let (was, is) = (old.get(key), new.get(key));
        let (was_there, is_there) = (before.has(id), after.has(id));
        let (from, to) = (openness(was, name, was_there), openness(is, name, is_there));
        let unknown = from == to && was != is && is.is_some_and(|state| state.opaque);
        // What a new resource leaves to its service is not what opens it.
        let opens = (to > from || unknown) && (to == Openness::Open || was_there);
        let closes = to < from && from == Openness::Open;
        if opens || closes {
            let values =
                |state: Option<&State>| state.map_or(Vec::new(), |state| state.values.iter().cloned().collect());
            let setting = Setting { property: name.clone(), before: values(was), after: values(is) };
            let kind = match (was_there, is_there) {
                (false, _) => Kind::Added,
                (_, false) => Kind::Removed,
                _ => Kind::Changed,
            };
            out.push(AccessChange { id: id.clone(), kind, widens: opens, what: Access::Setting(setting) });
        }
    }
    out
}

impl Setting {
    pub(super) fn describe(&self, f: &mut fmt::Formatter<'_>, kind: Kind) -> fmt::Result {
        let property = &self.property;
        let (before, after) = (super::quoted(&self.before), super::quoted(&self.after));
        match (kind, &self.before[..], &self.after[..]) {
            (Kind::Removed, ..) => write!(f, "is removed, which its `{property}` opened"),
            (_, [], []) => write!(f, "leaves `{property}` unset, which opens it"),
            (_, [], _) => write!(f, "sets `{property}` to {after}"),
            (_, _, []) => write!(f, "no longer sets `{property}` to {before}"),
            _ => write!(f, "sets `{property}` to {after}, after {before}"),
        }
    }
}
