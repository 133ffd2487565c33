//! Reading the condensed specification, and correcting it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;

const MAGIC: &str = "formwork-spec 1";

/// One service: the name of its cargo feature, and its types in the order of their names.
pub(crate) struct Service {
    pub(crate) feature: String,
    pub(crate) type_names: Vec<String>,
    pub(crate) types: BTreeMap<String, Json>,
}

/// The regions that a type's `absent` list counts in, and every service; only the enabled ones have their types read.
pub(crate) struct Spec {
    pub(crate) regions: Vec<String>,
    pub(crate) sources: String,
    pub(crate) services: Vec<Service>,
}

pub(crate) fn read(path: &Path, enabled: impl Fn(&str) -> bool) -> Spec {
    let data = std::fs::read(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (magic, index, frames) = (lines.next(), lines.next(), lines.next().unwrap_or_default());
    assert_eq!(magic, Some(MAGIC.as_bytes()), "{} is not a condensed specification", path.display());
    let index: Json = serde_json::from_slice(index.unwrap_or_default()).expect("the index is JSON");
    let services = index["services"].as_array().expect("services").iter().map(|entry| {
        let feature = text(&entry["feature"]);
        let at = |key: &str| usize::try_from(entry[key].as_u64().expect("a number")).expect("it fits");
        let types = if enabled(&feature) {
            let frame = &frames[at("offset")..at("offset") + at("length")];
            let content = miniz_oxide::inflate::decompress_to_vec(frame).expect("a deflate frame");
            serde_json::from_slice(&content).expect("a frame is JSON")
        } else {
            BTreeMap::new()
        };
        Service { feature, type_names: strings(&entry["types"]), types }
    });
    Spec { services: services.collect(), regions: strings(&index["regions"]), sources: index["sources"].to_string() }
}

/// The services and actions of IAM: a line per service, its name and its actions.
pub(crate) fn actions(path: &Path) -> String {
    let data = std::fs::read(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let frame = data.splitn(3, |byte| *byte == b'\n').nth(2).expect("two lines stand before the list");
    assert!(data.starts_with(b"formwork-actions 1\n"), "{} is not a list of actions", path.display());
    let content = miniz_oxide::inflate::decompress_to_vec(frame).expect("a deflate frame");
    String::from_utf8(content).expect("the list is text")
}

/// Applies `spec/corrections.json`. One that no longer changes anything fails the build, so that none outlives its
/// reason.
pub(crate) fn correct(spec: &mut Spec, path: &Path) {
    let content = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    let corrections: Json = serde_json::from_str(&content).expect("spec/corrections.json is JSON");
    for correction in corrections["types"].as_array().expect("types") {
        let type_name = text(&correction["type"]);
        assert!(correction["reason"].is_string(), "the correction of {type_name} has no reason");
        let known = spec.services.iter().any(|service| service.type_names.contains(&type_name));
        assert!(known, "spec/corrections.json: there is no type {type_name} any more: delete its correction");
        let Some(target) = spec.services.iter_mut().find_map(|service| service.types.get_mut(&type_name)) else {
            continue; // its service is not enabled
        };
        let pointer = text(&correction["path"]);
        let now = target.pointer(&pointer).cloned().unwrap_or(Json::Null);
        assert_eq!(
            now, correction["was"],
            "spec/corrections.json: {type_name} {pointer} is no longer what its correction corrects: delete or mend it"
        );
        let (parent, key) = pointer.rsplit_once('/').expect("a path has a parent");
        let parent = target.pointer_mut(parent).and_then(Json::as_object_mut).expect("the parent is an object");
        match &correction["becomes"] {
            Json::Null => drop(parent.remove(key)),
            becomes => drop(parent.insert(key.to_owned(), becomes.clone())),
        }
    }
    let same: BTreeMap<String, String> = corrections["sameIdentifier"]
        .as_array()
        .expect("sameIdentifier")
        .iter()
        .map(|same| {
            assert!(same["reason"].is_string(), "{} has no reason", same["kind"]);
            (text(&same["kind"]), text(&same["is"]))
        })
        .collect();
    let mut applied = BTreeSet::new();
    for service in &mut spec.services {
        for schema in service.types.values_mut() {
            unify(schema, &same, &mut applied);
        }
    }
    // What speaks of a kind may be in any service, so this is certain only where all are enabled.
    let all = spec.services.iter().all(|service| !service.types.is_empty());
    for kind in same.keys() {
        assert!(
            applied.contains(kind) || !all,
            "spec/corrections.json: nothing speaks of {kind} any more: delete its entry"
        );
    }
}

/// Replaces identifiers that are the same by another name, wherever one is taken or returned.
fn unify(node: &mut Json, same: &BTreeMap<String, String>, applied: &mut BTreeSet<String>) {
    match node {
        Json::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("kinds", Json::Array(kinds)) => {
                        for kind in kinds.iter_mut() {
                            rename(kind, same, applied);
                        }
                        kinds.sort_by_key(ToString::to_string);
                        kinds.dedup();
                    }
                    ("kind" | "refs", Json::String(_)) => rename(value, same, applied),
                    _ => unify(value, same, applied),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| unify(item, same, applied)),
        _ => {}
    }
}

fn rename(kind: &mut Json, same: &BTreeMap<String, String>, applied: &mut BTreeSet<String>) {
    if let Some(is) = kind.as_str().and_then(|kind| same.get(kind)) {
        applied.insert(text(kind));
        *kind = is.as_str().into();
    }
}

pub(crate) fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn strings(json: &Json) -> Vec<String> {
    json.as_array().into_iter().flatten().map(text).collect()
}
