//! Templates that cannot be compared: what they say is not what there is.

use serde_json::Value;

use crate::diff;

/// Reads a template; or why it cannot be compared, and what to do. Macros that the definitions have too are no reason.
pub(super) fn read(text: &str, macros: bool) -> Result<Value, (String, &'static str)> {
    let template = diff::read(text).map_err(|unreadable| (unreadable.to_string(), "look at the template itself"))?;
    if !template["Resources"].is_object() {
        let why = "this is no template of CloudFormation: it has no `Resources`".to_owned();
        return Err((why, "look at the template itself"));
    }
    match transformed(&template).filter(|_| !macros) {
        Some(why) => Err((why, "`--change-set` shows what CloudFormation makes of it")),
        None => Ok(template),
    }
}

/// A template that a macro made something else of.
fn transformed(template: &Value) -> Option<String> {
    let list = match template.get("Transform") {
        Some(Value::Array(names)) => names.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut names: Vec<&str> =
        list.into_iter().filter_map(|one| one.as_str().or_else(|| one["Name"].as_str())).collect();
    names.retain(|name| *name != "AWS::LanguageExtensions");
    within(template, &mut names);
    names.dedup();
    (!names.is_empty())
        .then(|| format!("its template goes through {}: what that makes of it is not known here", names.join(", ")))
}

/// The macros that are called inside a template, and loops, which make several of what is written once.
fn within<'t>(value: &'t Value, names: &mut Vec<&'t str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| within(item, names)),
        Value::Object(map) => {
            for (key, value) in map {
                if key == "Fn::Transform" {
                    let calls = value.as_array().map_or_else(|| vec![value], |all| all.iter().collect());
                    names.extend(calls.iter().map(|call| call["Name"].as_str().unwrap_or("Fn::Transform")));
                } else if key.starts_with("Fn::ForEach::") {
                    names.push("Fn::ForEach");
                }
                within(value, names);
            }
        }
        _ => {}
    }
}
