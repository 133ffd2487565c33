//! Lists in which order means nothing, such as tags and the rules of a security group: the new one follows the old one's
//! order, so that what is listed as different differs. Source: the specification's `insertionOrder`.

use serde_json::{Value, json};

use super::leaves::plain;
use super::{Replacement, replacement, type_of};
use crate::diff::canonical::{Schemas, same};
use crate::diff::pointer::join;
use crate::spec;

/// Lists that a service reads as sets, though their schemas do not say so: the attributes of a table are known by their names.
const SETS: &[(&str, &str)] = &[("AWS::DynamoDB::Table", "/Properties/AttributeDefinitions")];

/// What an item is known by.
const KEYS: [&str; 2] = ["Key", "AttributeName"];

/// A canonical template in which such lists are in the order of an older one: each item stands where the one does that it
/// was; what has left leaves `AWS::NoValue`, which stands for nothing; what is new comes last.
pub(crate) fn following(old: &Value, mut new: Value) -> Value {
    let resources = new.get_mut("Resources").and_then(Value::as_object_mut);
    for (id, resource) in resources.into_iter().flatten() {
        let Some(before) = old["Resources"].get(id) else { continue };
        if type_of(before) != type_of(resource) {
            continue;
        }
        // It waits for all of them, in whichever order they are listed.
        if let (Some(Value::Array(old)), Some(Value::Array(new))) =
            (before.get("DependsOn"), resource.get_mut("DependsOn"))
        {
            *new = matched(old, std::mem::take(new));
        }
        let type_name = type_of(resource).to_owned();
        let Some(spec) = spec::known(&type_name) else { continue };
        let Some((before, after)) = before.get("Properties").zip(resource.get_mut("Properties")) else { continue };
        follow(&type_name, "/Properties", Some(&Schemas::root(spec)), before, after);
    }
    new
}

fn follow(type_name: &str, path: &str, schemas: Option<&Schemas>, before: &Value, after: &mut Value) {
    if !may_hold_lists(before) || same(before, after) {
        return;
    }
    if let (Value::Array(old), Value::Array(new)) = (before, &mut *after) {
        // Of a list that replaces the resource nobody documents that its order is not compared.
        let replaces = replacement::where_it_differs(type_name, path, [Some(before), None]) != Replacement::Never;
        let unordered = schemas.is_some_and(Schemas::are_unordered)
            || SETS.contains(&(type_name, path))
            || are_tags(path, old) && are_tags(path, new);
        if unordered && !replaces {
            *new = matched(old, std::mem::take(new));
        }
        let items = schemas.and_then(Schemas::items);
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            follow(type_name, &format!("{path}/{index}"), items.as_ref(), old, new);
        }
        return;
    }
    if plain(after).is_none() {
        return;
    }
    if let (Some(old), Value::Object(new)) = (plain(before), after) {
        for (key, old) in old.iter().filter(|(_, old)| may_hold_lists(old)) {
            let Some(new) = new.get_mut(key) else { continue };
            let inner = schemas.and_then(|schemas| schemas.property(key));
            follow(type_name, &join(path, key), inner.as_ref(), old, new);
        }
    }
}

const fn may_hold_lists(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

fn are_tags(path: &str, items: &[Value]) -> bool {
    path.ends_with("Tags") && items.iter().all(|item| key(item).is_some())
}

/// The new items in the old one's order: those that are the same, then those of one key, then those that share most.
fn matched(old: &[Value], new: Vec<Value>) -> Vec<Value> {
    let mut left: Vec<Option<Value>> = new.into_iter().map(Some).collect();
    let mut partners: Vec<Option<Value>> = vec![None; old.len()];
    let likenesses: [fn(&Value, &Value) -> usize; 3] = [|old, new| usize::from(same(old, new)), same_key, shared];
    for likeness in likenesses {
        for (item, partner) in old.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let mut best: Option<(usize, &mut Option<Value>)> = None;
            for one in &mut left {
                let like = one.as_ref().map_or(0, |new| likeness(item, new));
                if like > best.as_ref().map_or(0, |(most, _)| *most) {
                    best = Some((like, one));
                }
            }
            *partner = best.and_then(|(_, one)| one.take());
        }
    }
    let partners = partners.into_iter().map(|partner| partner.unwrap_or_else(|| json!({ "Ref": "AWS::NoValue" })));
    partners.chain(left.into_iter().flatten()).collect()
}

/// The key of a tag, or the like: another one is another tag.
fn key(item: &Value) -> Option<&Value> {
    KEYS.iter().find_map(|name| item.get(name)).filter(|key| key.is_string())
}

fn same_key(old: &Value, new: &Value) -> usize {
    usize::from(key(old).is_some() && key(old) == key(new))
}

/// How many entries two items share; none where they are called differently.
fn shared(old: &Value, new: &Value) -> usize {
    let (Some(old), Some(new)) = (plain(old), plain(new)) else { return 0 };
    let same = |name: &str| old.get(name).is_some() && old.get(name) == new.get(name);
    if KEYS.iter().any(|key| old.contains_key(*key) && new.contains_key(*key) && !same(key)) {
        return 0;
    }
    old.keys().filter(|name| same(name)).count()
}
