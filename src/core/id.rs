//! Logical ids, by AWS CDK's algorithm: a resource keeps its id, and so itself, when a stack moves over from CDK.
//!
//! An id depends on the path below the stack alone. Rules and their source: `makeUniqueId` in AWS CDK's core library.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

/// Path components that stand in the hash but not in the readable part.
const HIDDEN: &str = "Resource";
/// Path components that count for nothing: wrapping a construct in one changes no id.
const TRANSPARENT: &str = "Default";
const MAX_ID: usize = 255;
const MAX_HUMAN: usize = 240;

/// The logical id of the construct at `path`, its components below the stack.
///
/// One component is the id itself, without what is not alphanumeric; more become their readable parts and a hash of
/// the whole path. An empty path has the empty id.
#[must_use]
pub fn logical_id<'a>(path: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = path.into_iter().filter(|part| *part != TRANSPARENT).collect();
    if let [only] = parts[..] {
        let id = alphanumeric(only);
        if id.len() <= MAX_ID {
            return id;
        }
    }
    if parts.is_empty() {
        return String::new();
    }
    let mut kept: Vec<&str> = Vec::with_capacity(parts.len());
    for part in &parts {
        if kept.last().is_none_or(|last| !last.ends_with(part)) {
            kept.push(part);
        }
    }
    let mut id: String = kept.into_iter().filter(|part| *part != HIDDEN).map(alphanumeric).collect();
    id.truncate(MAX_HUMAN);
    let digest = Md5::digest(parts.join("/"));
    for byte in &digest[..4] {
        let _ = write!(id, "{byte:02X}");
    }
    id
}

fn alphanumeric(part: &str) -> String {
    part.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::logical_id;

    #[test]
    fn one_component_is_its_own_id() {
        assert_eq!(logical_id(["My-Vpc_1"]), "MyVpc1");
        assert_eq!(logical_id(["Default", "Vpc"]), "Vpc");
    }

    #[test]
    fn a_path_gets_a_hash_and_repeats_nothing() {
        assert_eq!(logical_id(["Vpc", "Resource"]), "Vpc8378EB38");
        assert_eq!(logical_id(["Vpc", "PublicSubnet1", "Subnet"]), "VpcPublicSubnet1Subnet5C2D37C4");
    }

    #[test]
    fn a_long_path_is_cut_before_its_hash() {
        let long = "a".repeat(300);
        assert_eq!(logical_id([long.as_str(), "Resource"]).len(), 248);
        assert_eq!(logical_id([long.as_str()]).len(), 248);
    }
}
