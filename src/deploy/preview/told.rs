//! A change set's words, as a review takes them, without secrets.

use aws_sdk_cloudformation::types::{
    AttributeChangeType, ChangeAction, EvaluationType, PolicyAction, Replacement as Replaced, RequiresRecreation,
    ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
};
use serde_json::{Map, Value};

use super::super::event::{Change, Revert};
use super::super::outputs::reads_secret;
use crate::diff::{self, Fate, Kind, Replacement, SECRET, pointer};
use crate::review::{Told, ToldProperty, Values, Verb, masked_at, named_secret};
use crate::synth::Synthesized;

/// What tells which values are secrets: the templates of both sides.
pub(in super::super) struct Secrets([Value; 2]);

impl Secrets {
    pub(in super::super) fn new(stack: &Synthesized<'_>, deployed: Option<&str>) -> Self {
        Self([deployed.and_then(|text| diff::read(text).ok()).unwrap_or_default(), stack.to_value()])
    }

    /// Whether a place of a resource holds a secret: by its names, or by what the templates write there.
    fn hold(&self, id: &str, pointer: &str) -> bool {
        self.0.iter().any(|template| {
            let resource = &template["Resources"][id];
            named_secret(resource, pointer)
                || within(resource, pointer).is_some_and(|value| reads_secret(value, template))
        })
    }

    /// Takes the secrets out of what is reverted.
    pub(in super::super) fn mask(&self, changes: &mut [Change]) {
        for change in changes {
            let id = &change.logical_id;
            for Revert { path, actual, template } in &mut change.reverts {
                let pointer = if path.starts_with('/') { path.clone() } else { format!("/Properties/{path}") };
                for value in [actual, template].into_iter().filter_map(Option::as_mut) {
                    *value = self.text(id, &pointer, value);
                }
            }
        }
    }

    /// A value at a place, as CloudFormation gives it, as text.
    pub(in super::super) fn text(&self, id: &str, pointer: &str, text: &str) -> String {
        let shown = self.shown(id, pointer, text);
        shown.as_str().map_or_else(|| shown.to_string(), str::to_owned)
    }

    /// A value at a place, as a change set gives it: text, which may be JSON.
    fn shown(&self, id: &str, pointer: &str, text: &str) -> Value {
        if self.hold(id, pointer) {
            return SECRET.into();
        }
        let structured = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
        let resource = |template: &Value| template["Resources"][id].clone();
        structured.map_or_else(|| text.into(), |value| masked_at(&resource(&self.0[1]), pointer, &value))
    }
}

/// What a template has at a pointer, or what is around it that decides it: a function.
fn within<'v>(resource: &'v Value, pointer: &str) -> Option<&'v Value> {
    let mut here = resource;
    for key in pointer::keys(pointer) {
        let Some(inner) = pointer::inside(here, &key) else {
            return (here.is_object() && here.get("Type").is_none()).then_some(here);
        };
        here = inner;
    }
    Some(here)
}

/// What a change set says of a resource.
pub(super) fn of(change: &ResourceChange, secrets: &Secrets) -> Told {
    let id = change.logical_resource_id().unwrap_or_default();
    let verb = match (change.action(), change.replacement()) {
        (Some(ChangeAction::Add | ChangeAction::Import), _) => Verb::Add,
        (Some(ChangeAction::Remove), _) => Verb::Remove,
        (Some(ChangeAction::Modify), Some(Replaced::True)) => Verb::Replace,
        (Some(ChangeAction::Modify), Some(Replaced::Conditional)) | (Some(ChangeAction::Dynamic), _) => {
            Verb::MayReplace
        }
        _ => Verb::Change,
    };
    let fate = match change.policy_action() {
        Some(PolicyAction::Delete | PolicyAction::ReplaceAndDelete) => Some(Fate::Deleted),
        Some(PolicyAction::Snapshot | PolicyAction::ReplaceAndSnapshot) => Some(Fate::Snapshotted),
        Some(PolicyAction::Retain | PolicyAction::ReplaceAndRetain) => Some(Fate::Retained),
        _ => None,
    };
    let mut properties: Vec<ToldProperty> = Vec::new();
    for property in change.details().iter().filter_map(|detail| property(detail, id, secrets)) {
        match properties.iter_mut().find(|known| known.pointer == property.pointer) {
            Some(known) => merge(known, property),
            None => properties.push(property),
        }
    }
    match verb {
        Verb::Add => properties.extend(whole(change.after_context(), Kind::Added, id, secrets)),
        Verb::Remove => properties.extend(whole(change.before_context(), Kind::Removed, id, secrets)),
        _ => {}
    }
    let type_name = change.resource_type().unwrap_or_default().to_owned();
    Told { id: id.to_owned(), type_name, verb, fate, properties }
}

fn property(detail: &ResourceChangeDetail, id: &str, secrets: &Secrets) -> Option<ToldProperty> {
    let target = detail.target()?;
    let pointer = pointer(target)?;
    let value = |text: Option<&str>| text.map(|text| secrets.shown(id, &pointer, text));
    let values = Values { before: value(target.before_value()), after: value(target.after_value()) };
    let kind = match (target.attribute_change_type(), &values) {
        (Some(AttributeChangeType::Add), _) | (None, Values { before: None, after: Some(_) }) => Kind::Added,
        (Some(AttributeChangeType::Remove), _) | (None, Values { before: Some(_), after: None }) => Kind::Removed,
        _ => Kind::Changed,
    };
    let replacement = match (target.requires_recreation(), detail.evaluation()) {
        (Some(RequiresRecreation::Always), Some(EvaluationType::Dynamic))
        | (Some(RequiresRecreation::Conditionally), _) => Replacement::Conditional,
        (Some(RequiresRecreation::Always), _) => Replacement::Always,
        _ => Replacement::Never,
    };
    let because_of = detail.causing_entity().map(|entity| entity.split('.').next().unwrap_or(entity).to_owned());
    Some(ToldProperty { pointer, kind, replacement, because_of, values })
}

/// Where a detail is about: its path where the change set gives one, or else the property or attribute.
fn pointer(target: &ResourceTargetDefinition) -> Option<String> {
    if let Some(path) = target.path().filter(|path| path.starts_with('/')) {
        return Some(path.to_owned());
    }
    match (target.attribute()?, target.name()) {
        (ResourceAttribute::Properties, Some(name)) => Some(format!("/Properties/{name}")),
        (ResourceAttribute::Properties, None) => None,
        (attribute, _) => Some(format!("/{}", attribute.as_str())),
    }
}

/// Two details of one place: what is written there counts before what it refers to.
fn merge(known: &mut ToldProperty, other: ToldProperty) {
    known.replacement = known.replacement.max(other.replacement);
    if other.because_of.is_none() {
        known.because_of = None;
    }
    if known.values == Values::default() {
        known.values = other.values;
    }
}

/// Each property of a resource that only one side has, as the change set's context gives it.
fn whole(context: Option<&str>, kind: Kind, id: &str, secrets: &Secrets) -> Vec<ToldProperty> {
    let context: Value = context.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let nothing = Map::new();
    let properties = context["Properties"].as_object().unwrap_or(&nothing);
    let one = |(name, value): (&String, &Value)| {
        let pointer = pointer::join("/Properties", name);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = Some(secrets.shown(id, &pointer, &text));
        let values = if kind == Kind::Added {
            Values { before: None, after: value }
        } else {
            Values { before: value, after: None }
        };
        ToldProperty { pointer, kind, replacement: Replacement::Never, because_of: None, values }
    };
    properties.iter().map(one).collect()
}
