//! Matching a part of a template: an object matches one that has at least its keys, everything else matches exactly,
//! and a few words match more.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The key of the words: no template has it.
const WORD: &str = "formwork:testing";

/// Matches any value that is there.
#[must_use]
pub fn any() -> Value {
    json!({ WORD: "any" })
}

/// Matches where the key is not there.
#[must_use]
pub fn absent() -> Value {
    json!({ WORD: "absent" })
}

/// Matches any value that is there, and keeps it under a name: [`Match::captured`].
#[must_use]
pub fn capture(name: &str) -> Value {
    json!({ WORD: "capture", "name": name })
}

/// Matches a list that has at least these items, in this order, others between them or not.
#[must_use]
pub fn array_with(items: impl Into<Value>) -> Value {
    json!({ WORD: "array_with", "items": items.into() })
}

/// Matches a text that has this in it.
#[must_use]
pub fn containing(text: &str) -> Value {
    json!({ WORD: "containing", "text": text })
}

/// Matches an object with these keys and no other.
#[must_use]
pub fn exactly(value: impl Into<Value>) -> Value {
    json!({ WORD: "exactly", "value": value.into() })
}

/// A resource that matched.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// All that the template says of it.
    pub resource: &'a Value,
    captured: BTreeMap<String, Value>,
}

impl<'a> Match<'a> {
    pub(super) const fn new(id: &'a str, resource: &'a Value, captured: BTreeMap<String, Value>) -> Self {
        Self { id, resource, captured }
    }

    /// What [`capture`] kept under a name.
    #[must_use]
    #[track_caller]
    pub fn captured(&self, name: &str) -> &Value {
        match self.captured.get(name) {
            Some(value) => value,
            None => panic!("nothing was captured as `{name}`"),
        }
    }
}

/// Compares, and gives what was captured, or each difference with its path.
pub(super) fn compare(wanted: &Value, there: &Value) -> Result<BTreeMap<String, Value>, Vec<String>> {
    let mut comparison = Comparison::default();
    comparison.value("", wanted, Some(there));
    if comparison.differences.is_empty() { Ok(comparison.captured) } else { Err(comparison.differences) }
}

#[derive(Default)]
struct Comparison {
    captured: BTreeMap<String, Value>,
    differences: Vec<String>,
}

impl Comparison {
    fn value(&mut self, path: &str, wanted: &Value, there: Option<&Value>) {
        if let Some(word) = wanted.get(WORD).and_then(Value::as_str) {
            return self.word(path, word, wanted, there);
        }
        let Some(there) = there else { return self.differ(path, &format!("is not there, and should be {wanted}")) };
        match (wanted, there) {
            (Value::Object(wanted), Value::Object(there)) => {
                for (key, value) in wanted {
                    self.value(&join(path, key), value, there.get(key));
                }
            }
            (Value::Array(wanted), Value::Array(there)) => {
                if wanted.len() != there.len() {
                    self.differ(path, &format!("has {} items, and should have {}", there.len(), wanted.len()));
                }
                for (index, (wanted, there)) in wanted.iter().zip(there).enumerate() {
                    self.value(&format!("{path}[{index}]"), wanted, Some(there));
                }
            }
            _ if wanted == there => {}
            _ => self.differ(path, &format!("is {there}, and should be {wanted}")),
        }
    }

    fn word(&mut self, path: &str, word: &str, wanted: &Value, there: Option<&Value>) {
        match (word, there) {
            ("absent", None) | ("any", Some(_)) => {}
            ("absent", Some(there)) => self.differ(path, &format!("is {there}, and should not be there")),
            (_, None) => self.differ(path, "is not there"),
            ("capture", Some(there)) => {
                let name = wanted["name"].as_str().unwrap_or_default().to_owned();
                self.captured.insert(name, there.clone());
            }
            ("containing", Some(there)) => {
                let text = wanted["text"].as_str().unwrap_or_default();
                if !there.as_str().is_some_and(|there| there.contains(text)) {
                    self.differ(path, &format!("is {there}, and should have `{text}` in it"));
                }
            }
            ("exactly", Some(there)) => {
                let value = &wanted["value"];
                self.value(path, value, Some(there));
                let keys = there.as_object().into_iter().flatten().map(|(key, _)| key);
                for key in keys.filter(|key| value.get(key).is_none()) {
                    self.differ(&join(path, key), "should not be there");
                }
            }
            ("array_with", Some(there)) => {
                let mut rest = there.as_array().map(Vec::as_slice).unwrap_or_default();
                for item in wanted["items"].as_array().into_iter().flatten() {
                    let found = rest.iter().position(|there| compare(item, there).is_ok());
                    match found {
                        Some(index) => {
                            self.captured.extend(compare(item, &rest[index]).unwrap_or_default());
                            rest = &rest[index + 1..];
                        }
                        None => self.differ(path, &format!("has no item like {item} (or not in this order)")),
                    }
                }
            }
            _ => self.differ(path, &format!("is compared with an unknown word, `{word}`")),
        }
    }

    fn differ(&mut self, path: &str, how: &str) {
        let path = if path.is_empty() { "it" } else { path };
        self.differences.push(format!("{path} {how}"));
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{absent, any, array_with, capture, compare, containing, exactly};

    #[test]
    fn an_object_matches_one_with_more_keys_and_a_list_only_its_equal() {
        assert!(compare(&json!({ "a": 1 }), &json!({ "a": 1, "b": 2 })).is_ok());
        assert!(compare(&json!([1]), &json!([1, 2])).is_err());
        assert!(compare(&exactly(json!({ "a": 1 })), &json!({ "a": 1, "b": 2 })).is_err());
    }

    #[test]
    fn every_difference_is_told_with_its_path() {
        let differences = compare(&json!({ "a": { "b": [1, 2] }, "c": 3 }), &json!({ "a": { "b": [1, 9] } }));
        assert_eq!(differences.unwrap_err(), ["a.b[1] is 9, and should be 2", "c is not there, and should be 3"]);
    }

    #[test]
    fn words_match_more_than_one_value() {
        let there = json!({ "name": "orders-queue", "list": [1, 2, 3] });
        let wanted =
            json!({ "name": containing("queue"), "list": array_with(json!([1, capture("last")])), "x": absent() });
        assert_eq!(compare(&wanted, &there).unwrap()["last"], 2);
        assert!(compare(&json!({ "x": any() }), &there).is_err());
        assert!(compare(&json!({ "list": array_with(json!([3, 1])) }), &there).is_err());
    }
}
