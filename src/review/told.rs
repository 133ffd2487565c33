//! What CloudFormation says of a change, in a change set, laid over what the templates alone say; where the two differ is said.

use super::differences::differences;
use super::values::place;
use super::{PropertyReview, ResourceReview, Values, Verb};
use crate::core::line;
use crate::diff::{Fate, Kind, Replacement};
use crate::synth::Origin;

/// What a change set says of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub type_name: String,
    /// What happens to it.
    pub verb: Verb,
    /// What becomes of the one that there is, where the change set says so.
    pub fate: Option<Fate>,
    /// Where it differs, as far as the change set says.
    pub properties: Vec<ToldProperty>,
}

/// A place in a resource that differs, as a change set says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldProperty {
    /// Where, as a JSON pointer into the resource.
    pub pointer: String,
    /// What happened there.
    pub kind: Kind,
    /// Whether this replaces the resource.
    pub replacement: Replacement,
    /// The parameter or resource it refers to, whose change it follows.
    pub because_of: Option<String>,
    /// What was and is there, without secrets; none where the change set does not say.
    pub values: Values,
}

/// Who knows the names of resources.
type Names<'n> = &'n dyn Fn(&str) -> Option<Origin>;

/// Who knows what the templates' policies make of a resource.
type Fates<'f> = &'f dyn Fn(&str, Verb) -> Option<Fate>;

/// Lays what a change set says over what the templates alone say.
pub(super) fn lay_over(resources: &mut Vec<ResourceReview>, told: &[Told], names: Names<'_>, fates: Fates<'_>) {
    let new: Vec<ResourceReview> = told
        .iter()
        .filter(|one| {
            let has = |resource: &ResourceReview| {
                resource.id == one.id || one.verb == Verb::Remove && resource.moved_from.as_ref() == Some(&one.id)
            };
            !resources.iter().any(has)
        })
        .map(|one| unseen(one, names, fates))
        .collect();
    for resource in resources.iter_mut() {
        match told.iter().find(|one| one.id == resource.id) {
            Some(one) => said(resource, one, names, fates),
            None => resource.disagrees = Some("the change set does not have it".into()),
        }
    }
    resources.extend(new);
}

/// What the change set alone says of a resource.
pub(super) fn alone(told: &Told, names: Names<'_>) -> ResourceReview {
    let (construct, at) = Origin::told(names(&told.id), &told.id);
    let mut resource = ResourceReview {
        verb: told.verb,
        construct,
        id: told.id.clone(),
        type_name: told.type_name.clone(),
        at: at.map(line),
        was_at: None,
        moved_from: None,
        fate: None,
        stateful: crate::spec::known(&told.type_name).is_some_and(|spec| spec.stateful),
        may_leave: false,
        disagrees: None,
        properties: Vec::new(),
    };
    resource.fate = told.fate.filter(|_| leaves(told.verb));
    resource.properties.extend(told.properties.iter().map(|property| review(property, names)));
    resource
}

/// A resource that only the change set has.
fn unseen(told: &Told, names: Names<'_>, fates: Fates<'_>) -> ResourceReview {
    let disagrees = Some("the templates alone do not have it".into());
    ResourceReview { disagrees, fate: told.fate.or_else(|| fates(&told.id, told.verb)), ..alone(told, names) }
}

const fn leaves(verb: Verb) -> bool {
    matches!(verb, Verb::Remove | Verb::Replace | Verb::MayRemove | Verb::MayReplace)
}

/// What the change set says of a resource that the templates have too.
fn said(resource: &mut ResourceReview, told: &Told, names: Names<'_>, fates: Fates<'_>) {
    let same = resource.verb == told.verb || resource.verb == Verb::Move && told.verb == Verb::Add;
    if !same {
        resource.disagrees = Some(format!("by the templates alone it is {}", resource.verb.word()));
        resource.verb = told.verb;
        resource.moved_from = None;
    }
    if resource.verb != Verb::Move {
        let known = told.fate.or(resource.fate).or_else(|| fates(&told.id, told.verb));
        resource.fate = known.filter(|_| leaves(resource.verb));
    }
    for property in &mut resource.properties {
        property.replacement = match told.properties.iter().find(|one| covers(&one.pointer, &property.pointer)) {
            Some(one) => one.replacement,
            // Nothing replaces what is not replaced.
            None if !leaves(resource.verb) => Replacement::Never,
            None => property.replacement,
        };
    }
    for one in &told.properties {
        match resource.properties.iter().position(|property| property.pointer == one.pointer) {
            Some(index) if one.values != Values::default() => tell(&mut resource.properties[index], &one.values),
            Some(_) => {}
            None if resource.properties.iter().any(|property| overlap(&property.pointer, &one.pointer)) => {}
            None => resource.properties.push(review(one, names)),
        }
    }
}

/// Whether a place is another, or around it.
fn covers(around: &str, place: &str) -> bool {
    place.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn overlap(one: &str, other: &str) -> bool {
    covers(one, other) || covers(other, one)
}

/// Shows the values that the change set gives: those of the templates are what these come from.
fn tell(property: &mut PropertyReview, values: &Values) {
    [property.before, property.after] = differences(values.before.as_ref(), values.after.as_ref(), &|_| None);
    property.told = Some(values.clone());
}

fn review(told: &ToldProperty, names: Names<'_>) -> PropertyReview {
    let called = |id: &str| names(id).map(|origin| origin.construct);
    let mut property = PropertyReview {
        path: place(&told.pointer),
        kind: told.kind,
        replacement: told.replacement,
        interrupts: false,
        because_of: told.because_of.as_ref().map(|id| called(id).unwrap_or_else(|| id.clone())),
        pointer: told.pointer.clone(),
        values: Values::default(),
        told: None,
        before: Vec::new(),
        after: Vec::new(),
    };
    if told.values != Values::default() {
        tell(&mut property, &told.values);
    }
    property
}
