//! JSON pointers, which say where in a template something is. Rules: RFC 6901.

use std::borrow::Cow;

use serde_json::Value;

/// `path/key`, as a pointer.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = escaped(key);
    let mut out = String::with_capacity(path.len() + 1 + key.len());
    out.push_str(path);
    out.push('/');
    out.push_str(&key);
    out
}

/// The keys of a pointer.
pub(crate) fn keys(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescaped)
}

/// What a map or a list has at a key.
pub(crate) fn inside<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
        _ => None,
    }
}

fn escaped(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

fn unescaped(key: &str) -> Cow<'_, str> {
    if key.contains('~') { key.replace("~1", "/").replace("~0", "~").into() } else { key.into() }
}

#[cfg(test)]
mod tests {
    use super::{join, keys};

    #[test]
    fn a_key_is_the_same_after_it_was_part_of_a_pointer() {
        for key in ["Plain", "a/b", "a~b", "~1", "/~", ""] {
            assert_eq!(keys(&join("/Around", key)).collect::<Vec<_>>(), ["Around", key]);
        }
    }
}
