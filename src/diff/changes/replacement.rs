//! Which changes replace a resource. Source: the specification's `createOnly` and `conditionalCreateOnly` properties, and what the
//! template reference says that schemas have no word for.

use std::borrow::Cow;

use serde_json::Value;

use super::Replacement;
use super::certain::may_be_the_same;
use crate::diff::expression::function;
use crate::diff::pointer::keys;
use crate::spec;

/// What replaces where both have it, and not where it is new or gone: "Replacement if you edit an existing AttributeDefinition".
const EDITED: &[(&str, &str)] = &[("AWS::DynamoDB::Table", "AttributeDefinitions/*/AttributeType")];

/// Whether a change at a path (`/Properties/A/0/B`) replaces a resource of a type. `values` are what was there and is; where
/// only the deployment knows whether the two differ, `is_resource` helps.
pub(super) fn of(
    type_name: &str,
    path: &str,
    values: [Option<&Value>; 2],
    is_resource: &dyn Fn(&str) -> bool,
) -> Replacement {
    let replacement = where_it_differs(type_name, path, values);
    match values {
        [Some(before), Some(after)] if may_be_the_same(before, after, is_resource) => {
            replacement.min(Replacement::Conditional)
        }
        _ => replacement,
    }
}

/// The same, of a value that differs for sure.
pub(super) fn where_it_differs(type_name: &str, path: &str, values: [Option<&Value>; 2]) -> Replacement {
    if path == "/Type" {
        return Replacement::Always;
    }
    let Some(path) = path.strip_prefix("/Properties") else { return Replacement::Never };
    let Some(spec) = spec::known(type_name) else { return Replacement::Conditional };
    let path: Vec<_> = keys(path).collect();
    let conditional = worst(&spec.conditional_create_only, &path, values).min(Replacement::Conditional);
    let both = values.iter().all(Option::is_some);
    let edited: Vec<&str> =
        EDITED.iter().filter(|(name, _)| both && *name == type_name).map(|(_, pattern)| *pattern).collect();
    worst(&spec.create_only, &path, values).max(conditional).max(worst(&edited, &path, values))
}

/// Whether a change at `path` is one of these properties, or may be: `Always`, `Conditional`. `*` in a pattern is each item.
pub(super) fn worst(patterns: &[impl AsRef<str>], path: &[Cow<'_, str>], values: [Option<&Value>; 2]) -> Replacement {
    patterns.iter().map(|pattern| matched(pattern.as_ref(), path, values)).max().unwrap_or(Replacement::Never)
}

/// What a change at `path` means to a property whose change replaces.
fn matched(pattern: &str, path: &[Cow<'_, str>], values: [Option<&Value>; 2]) -> Replacement {
    let mut wanted = pattern.split('/');
    for key in path {
        match wanted.next() {
            None => break,
            Some(want) if want != "*" && want != key => return Replacement::Never,
            Some(_) => {}
        }
    }
    let rest: Vec<&str> = wanted.collect();
    let [before, after] = values.map(|value| value.map_or(Vec::new(), |value| within(value, &rest)));
    match (before, after) {
        (before, after) if before == after => Replacement::Never,
        (before, after) if before.iter().chain(&after).any(|found| matches!(found, Found::Hidden(_))) => {
            Replacement::Conditional
        }
        _ => Replacement::Always,
    }
}

/// What stands at a pattern inside of a value.
#[derive(PartialEq)]
enum Found<'a> {
    /// The property.
    There(&'a Value),
    /// A function that may or may not make the property.
    Hidden(&'a Value),
}

fn within<'a>(value: &'a Value, pattern: &[&str]) -> Vec<Found<'a>> {
    let Some((first, rest)) = pattern.split_first() else { return vec![Found::There(value)] };
    if function(value).is_some() {
        return vec![Found::Hidden(value)];
    }
    match value {
        Value::Array(items) if *first == "*" => items.iter().flat_map(|item| within(item, rest)).collect(),
        Value::Object(map) if *first == "*" => map.values().flat_map(|item| within(item, rest)).collect(),
        Value::Object(map) => map.get(*first).map_or(Vec::new(), |inner| within(inner, rest)),
        _ => Vec::new(),
    }
}
