//! No change goes unmentioned: the old template with the changes of the JSON means what the new one does.

use formwork::diff::canonical;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::review;

/// What a stack's review, as JSON, makes of a canonical template.
fn applied(mut template: Value, changes: &Value) -> Value {
    for resource in changes["resources"].as_array().unwrap() {
        let resources = template["Resources"].as_object_mut().unwrap();
        let id = resource["id"].as_str().unwrap();
        if let Some(from) = resource["movedFrom"].as_str() {
            let moved = resources.remove(from).unwrap();
            resources.insert(id.to_owned(), moved);
            continue;
        }
        match resource["verb"].as_str().unwrap() {
            "remove" => drop(resources.remove(id)),
            "add" => drop(resources.insert(id.to_owned(), json!({ "Type": resource["type"] }))),
            _ => {}
        }
        let Some(there) = resources.get_mut(id) else { continue };
        for property in resource["properties"].as_array().unwrap() {
            put(there, property);
        }
    }
    for entry in changes["entries"].as_array().unwrap() {
        let section = entry["section"].as_str().unwrap();
        let root = template.as_object_mut().unwrap();
        let entries = root.entry(section).or_insert_with(|| json!({}));
        let name = entry["name"].as_str().unwrap();
        if entry["pointer"] == "" {
            match &entry["after"] {
                Value::Null => drop(entries.as_object_mut().unwrap().remove(name)),
                after => drop(entries.as_object_mut().unwrap().insert(name.to_owned(), after.clone())),
            }
        } else {
            put(&mut entries[name], entry);
        }
    }
    template
}

/// Puts a value where a change says, or takes it away.
fn put(root: &mut Value, change: &Value) {
    if !change["becauseOf"].is_null() {
        return;
    }
    let pointer = change["pointer"].as_str().unwrap();
    let (around, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let mut here = root;
    for part in around.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        here = match here {
            Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
            other => other.as_object_mut().unwrap().entry(part).or_insert_with(|| json!({})),
        };
    }
    match (here, &change["after"]) {
        (Value::Array(items), Value::Null) => items.truncate(key.parse::<usize>().unwrap().min(items.len())),
        (Value::Array(items), after) => {
            let index: usize = key.parse().unwrap();
            if index < items.len() { items[index] = after.clone() } else { items.push(after.clone()) }
        }
        (Value::Object(map), Value::Null) => drop(map.remove(&key)),
        (Value::Object(map), after) => drop(map.insert(key, after.clone())),
        (other, after) => panic!("{after} goes nowhere in {other}"),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[a-z]{1,3}".prop_map(Value::from),
        (0..3_i64).prop_map(Value::from),
        Just(json!({ "Ref": "A" })),
        Just(json!({ "Fn::Sub": "x-${A}" })),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            proptest::collection::vec(("[A-D/~]{1,2}", inner), 1..4).prop_map(object),
        ]
    })
}

fn object(entries: Vec<(String, Value)>) -> Value {
    Value::Object(entries.into_iter().collect::<Map<_, _>>())
}

fn any_template() -> impl Strategy<Value = Value> {
    let types = prop_oneof![
        Just("AWS::SQS::Queue"),
        Just("AWS::EC2::SecurityGroup"),
        Just("Custom::Thing"),
        Just("My::Own::Type")
    ];
    let properties = proptest::collection::vec(("[A-D]{1,2}", any_value()), 0..4).prop_map(object);
    let resource = (types, properties).prop_map(|(name, properties)| json!({ "Type": name, "Properties": properties }));
    let resources = proptest::collection::vec(("[A-D]", resource), 1..4).prop_map(object);
    let outputs = proptest::collection::vec(("[A-D]", any_value().prop_map(|value| json!({ "Value": value }))), 0..3);
    (resources, outputs.prop_map(object))
        .prop_map(|(resources, outputs)| json!({ "Resources": resources, "Outputs": outputs }))
}

/// A template without what is empty: a section, a resource's properties.
fn full(mut template: Value) -> Value {
    let resources = template["Resources"].as_object_mut().unwrap();
    for resource in resources.values_mut().filter_map(Value::as_object_mut) {
        resource.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    }
    template.as_object_mut().unwrap().retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    template
}

fn of(old: &Value, new: &Value) -> formwork::review::StackReview {
    let (path, settings, origin) = ("shop/web", [None, None], |_: &str| None);
    let compared = formwork::review::Compared {
        path,
        before: Some(old),
        after: Some(new),
        settings,
        origin: &origin,
        importers: &|_| Vec::new(),
    };
    formwork::review::stack(&compared)
}

fn same_after(old: &Value, new: &Value) -> Result<(), TestCaseError> {
    let json: Value = serde_json::from_str(&review(vec![of(old, new)]).to_json()).unwrap();
    let text = json["stacks"][0].to_string();
    prop_assert_eq!(full(applied(canonical(old), &json["stacks"][0])), full(canonical(new)), "{}", text);
    Ok(())
}

proptest! {
    #[test]
    fn a_template_does_not_differ_from_itself(template in any_template()) {
        let stack = of(&template, &template);
        prop_assert_eq!(stack.standing, formwork::review::Standing::Same, "{:?}", stack);
        prop_assert!(stack.access.is_empty() && stack.risks.is_empty());
    }

    #[test]
    fn every_difference_is_in_the_json(old in any_template(), new in any_template()) {
        // A resource that changes its type says that in its place; the rest of it is compared like any other.
        same_after(&old, &new)?;
    }
}
