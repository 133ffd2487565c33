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
            resources.remove(from).unwrap();
        }
        match resource["verb"].as_str().unwrap() {
            "remove" => drop(resources.remove(id)),
            "add" | "move" => drop(resources.insert(id.to_owned(), json!({ "Type": resource["type"] }))),
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
        let name = entry["name"].as_str().unwrap();
        if name.is_empty() {
            match &entry["after"] {
                Value::Null => drop(root.remove(section)),
                after => drop(root.insert(section.to_owned(), after.clone())),
            }
            continue;
        }
        let entries = root.entry(section).or_insert_with(|| json!({}));
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

/// What stands where something is no more.
const GONE: &str = "(gone)";

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
        // The places of the others are those in the old list, so it goes when all have been put.
        (Value::Array(items), Value::Null) => items[key.parse::<usize>().unwrap()] = json!(GONE),
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
    let tag = ("[a-d]", "[a-c]").prop_map(|(key, value)| json!({ "Key": key, "Value": value }));
    let tags = proptest::collection::vec(tag, 0..5);
    let resource = (types, properties, tags, any_attributes()).prop_map(|(name, mut properties, tags, attributes)| {
        if !tags.is_empty() {
            properties["Tags"] = tags.into();
        }
        let mut resource = json!({ "Type": name, "Properties": properties });
        resource.as_object_mut().unwrap().extend(attributes);
        resource
    });
    let resources = some("[A-D]", resource, 1..4);
    let outputs = some(
        "[A-D]",
        (any_value(), proptest::option::of("[a-c]"), proptest::option::of("[PQ]")).prop_map(
            |(value, export, condition)| {
                let export = export.map(|name| ("Export", json!({ "Name": name })));
                let condition = condition.map(|name| ("Condition", json!(name)));
                std::iter::once(("Value", value)).chain(export).chain(condition).map(own).collect()
            },
        ),
        0..3,
    );
    let parameters = some(
        "[PQ]",
        (any_text(), proptest::collection::vec(any_text(), 0..3))
            .prop_map(|(default, allowed)| json!({ "Type": "String", "Default": default, "AllowedValues": allowed })),
        0..3,
    );
    let conditions = some("[PQ]", any_text().prop_map(|text| json!({ "Fn::Equals": [text, { "Ref": "P" }] })), 0..3);
    let mappings = some("[MN]", some("[a-c]", some("[a-c]", any_text(), 1..3), 1..3), 0..2);
    let description = proptest::option::of("[a-c]{1,2}");
    (resources, outputs, parameters, conditions, mappings, description).prop_map(
        |(resources, outputs, parameters, conditions, mappings, description)| {
            let sections = [
                ("Resources", resources),
                ("Outputs", outputs),
                ("Parameters", parameters),
                ("Conditions", conditions),
                ("Mappings", mappings),
            ];
            let description = description.map(|text| ("Description", json!(text)));
            sections.into_iter().chain(description).map(own).collect()
        },
    )
}

/// What a resource says beside its properties.
fn any_attributes() -> impl Strategy<Value = Map<String, Value>> {
    let maybe = |key: &'static str, value: BoxedStrategy<Value>| {
        proptest::option::of(value).prop_map(move |value| value.map(|value| (key.to_owned(), value)))
    };
    let policy = || prop_oneof![Just(json!("Retain")), Just(json!("Delete"))].boxed();
    let others = proptest::collection::vec("[A-D]", 1..3).prop_map(|ids| json!(ids)).boxed();
    (
        maybe("DeletionPolicy", policy()),
        maybe("UpdateReplacePolicy", policy()),
        maybe("DependsOn", others),
        maybe("Condition", "[PQ]".prop_map(Value::from).boxed()),
        maybe("Metadata", some("[A-D/~]{1,2}", any_value(), 1..3).boxed()),
    )
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].into_iter().flatten().collect())
}

fn any_text() -> impl Strategy<Value = Value> {
    "[a-c]{1,2}".prop_map(Value::from)
}

fn some(
    keys: &'static str,
    values: impl Strategy<Value = Value>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Value> {
    proptest::collection::vec((keys, values), count).prop_map(object)
}

fn own((key, value): (&str, Value)) -> (String, Value) {
    (key.to_owned(), value)
}

/// Takes out what is gone, and puts the lists in order whose order means nothing.
fn settled(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| item != GONE);
            items.iter_mut().for_each(settled);
        }
        Value::Object(map) => {
            map.values_mut().for_each(settled);
            if let Some(Value::Array(tags)) = map.get_mut("Tags") {
                tags.sort_by_cached_key(Value::to_string);
            }
        }
        _ => {}
    }
}

/// A template without what is empty: a section, a resource's properties.
fn full(mut template: Value) -> Value {
    settled(&mut template);
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
    let applied = canonical(&applied(canonical(old), &json["stacks"][0]));
    prop_assert_eq!(full(applied), full(canonical(new)), "{}", text);
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

    #[test]
    fn what_moved_is_in_the_json_too(template in any_template()) {
        let mut moved = template.clone();
        let resources = moved["Resources"].as_object_mut().unwrap();
        let id = resources.keys().next().unwrap().clone();
        let mut resource = resources.remove(&id).unwrap();
        resource["DependsOn"] = json!("Others");
        resources.insert("Moved".into(), resource);
        same_after(&template, &moved)?;
    }
}

#[test]
fn what_a_new_resource_says_beside_its_properties_is_there() {
    let (old, new) = (
        "Resources: {T: {Type: AWS::SNS::Topic}}",
        "Resources: {T: {Type: AWS::SNS::Topic}, Jobs: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, DependsOn: T, \
         UpdateReplacePolicy: Retain, Condition: Prod, Properties: {DelaySeconds: 3}}}",
    );
    let paths = |old: &str, new: &str| -> Vec<String> {
        let stack = super::reviewed(old, new);
        stack.resources.iter().flat_map(|one| &one.properties).map(|property| property.path.clone()).collect()
    };
    let all = ["DelaySeconds", "@Condition", "@DeletionPolicy", "@DependsOn", "@UpdateReplacePolicy"];
    assert_eq!(paths(old, new), all);
    assert_eq!(paths(new, old), all);
    insta::assert_snapshot!(super::told(super::reviewed(old, new)), @"
    shop/web  1 added
        + Jobs  AWS::SQS::Queue
          only where `Prod` holds; when deleted: retain; when replaced: retain

    1 stack differs
    compared with the templates in templates
    ");
}
