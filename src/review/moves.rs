//! Moves: a resource that leaves and a new one that are the same but for their logical ids.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The new ids, each with the old one, of resources that only one of two canonical templates has. Of several that are alike
/// none is said to have moved: it cannot be told which.
pub(super) fn moves(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let (old, new) = (resources(old), resources(new));
    let gone = || old.iter().flat_map(|old| old.iter()).filter(|(id, _)| !has(new, id));
    let come = || new.iter().flat_map(|new| new.iter()).filter(|(id, _)| !has(old, id));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    // What refers to a resource that moved has moved with it: again, until no more are found.
    loop {
        let mut alike: BTreeMap<String, (Vec<&String>, Vec<&String>)> = BTreeMap::new();
        let renamed: BTreeMap<&str, &str> = found.iter().map(|(new, old)| (old.as_str(), new.as_str())).collect();
        for (id, resource) in gone().filter(|(id, _)| !renamed.contains_key(id.as_str())) {
            alike.entry(with_ids(resource, &renamed).to_string()).or_default().0.push(id);
        }
        for (id, resource) in come().filter(|(id, _)| !found.contains_key(*id)) {
            alike.entry(resource.to_string()).or_default().1.push(id);
        }
        let before = found.len();
        for (from, to) in alike.into_values() {
            if let ([from], [to]) = (&from[..], &to[..]) {
                found.insert((*to).clone(), (*from).clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn resources(template: &Value) -> Option<&Map<String, Value>> {
    template.get("Resources").and_then(Value::as_object)
}

fn has(resources: Option<&Map<String, Value>>, id: &str) -> bool {
    resources.is_some_and(|resources| resources.contains_key(id))
}

/// A canonical value with other ids where it refers to resources.
fn with_ids(value: &Value, renamed: &BTreeMap<&str, &str>) -> Value {
    let id = |value: &Value| match value.as_str().and_then(|id| renamed.get(id)) {
        Some(id) => Value::from(*id),
        None => value.clone(),
    };
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| {
                let value = match (key.as_str(), value) {
                    ("Ref", name) => id(name),
                    ("Fn::GetAtt", Value::Array(parts)) if !parts.is_empty() => {
                        std::iter::once(id(&parts[0])).chain(parts[1..].iter().cloned()).collect()
                    }
                    ("DependsOn", Value::Array(ids)) => {
                        let mut ids: Vec<Value> = ids.iter().map(id).collect();
                        ids.sort_by_cached_key(Value::to_string);
                        Value::Array(ids)
                    }
                    (_, value) => with_ids(value, renamed),
                };
                (key.clone(), value)
            };
            Value::Object(map.iter().map(entry).collect())
        }
        Value::Array(items) => items.iter().map(|item| with_ids(item, renamed)).collect(),
        other => other.clone(),
    }
}
