//! Which changes in place interrupt a resource. Source: `spec/interruptions.txt`, what AWS's documentation says at "Update
//! requires". Schemas do not have it, so a change that is not listed may interrupt too.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::Replacement;
use super::replacement::worst;
use crate::diff::pointer::keys;

/// A line per property, after two of the file's own: its type and its path.
static LIST: &str = include_str!("../../../spec/interruptions.txt");

/// Whether a change at a path (`/Properties/A/0/B`) is documented to interrupt a resource of a type. `values` are what was
/// there and is.
pub(super) fn of(type_name: &str, path: &str, values: [Option<&Value>; 2]) -> bool {
    let Some((path, patterns)) = path.strip_prefix("/Properties").zip(listed().get(type_name)) else { return false };
    worst(patterns, &keys(path).collect::<Vec<_>>(), values) != Replacement::Never
}

/// The properties by type.
fn listed() -> &'static BTreeMap<&'static str, Vec<&'static str>> {
    static LISTED: OnceLock<BTreeMap<&str, Vec<&str>>> = OnceLock::new();
    LISTED.get_or_init(|| {
        let mut listed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (type_name, path) in LIST.lines().skip(2).filter_map(|line| line.split_once(' ')) {
            listed.entry(type_name).or_default().push(path);
        }
        listed
    })
}
