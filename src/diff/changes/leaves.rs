//! Where two canonical values differ.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Kind;
use crate::diff::canonical::{is_policy, same};
use crate::diff::expression::{function, is_no_value};
use crate::diff::pointer::join;

/// A place where two values differ, as small as it can be said.
pub(super) struct Leaf<'a> {
    /// A JSON pointer.
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) before: Option<&'a Value>,
    pub(super) after: Option<&'a Value>,
}

/// Where two values differ, in the order of the keys.
pub(super) fn leaves<'a>(before: &'a Value, after: &'a Value) -> Vec<Leaf<'a>> {
    let mut out = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut out);
    out
}

/// The keys of two maps in order, with what each has there.
pub(crate) fn keys<'a>(
    before: Option<&'a Map<String, Value>>,
    after: Option<&'a Map<String, Value>>,
) -> Vec<(&'a str, Option<&'a Value>, Option<&'a Value>)> {
    let [mut before, mut after] = [before, after].map(|map| entries(map).into_iter().peekable());
    let mut out = Vec::with_capacity(before.len().max(after.len()));
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return out,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        out.extend(old.or(new).map(|(key, _)| (key, old.map(|(_, value)| value), new.map(|(_, value)| value))));
    }
}

/// The entries of a map, in order.
fn entries(map: Option<&Map<String, Value>>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = map.into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// A map that is neither a function nor a policy: one that can be looked into.
pub(super) fn plain(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object().filter(|map| function(value).is_none() && !is_policy(map))
}

fn compare<'a>(path: String, before: Option<&'a Value>, after: Option<&'a Value>, out: &mut Vec<Leaf<'a>>) {
    if before.zip(after).map_or(before.is_none() && after.is_none(), |(before, after)| same(before, after)) {
        return;
    }
    if let (Some(Value::Array(old)), Some(Value::Array(new))) = (before, after) {
        for index in 0..old.len().max(new.len()) {
            let at = |items: &'a [Value]| items.get(index).filter(|item| !is_no_value(item));
            compare(format!("{path}/{index}"), at(old), at(new), out);
        }
        return;
    }
    let maps = (before.and_then(plain), after.and_then(plain));
    // All properties at once are each of them.
    let whole = path == "/Properties" && (before.is_none() || after.is_none());
    if matches!(maps, (Some(_), Some(_))) || whole && maps != (None, None) {
        for (key, old, new) in keys(maps.0, maps.1) {
            compare(join(&path, key), old, new, out);
        }
        return;
    }
    let kind = match (before, after) {
        (None, _) => Kind::Added,
        (_, None) => Kind::Removed,
        _ => Kind::Changed,
    };
    out.push(Leaf { path, kind, before, after });
}
