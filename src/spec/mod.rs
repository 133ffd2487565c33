//! CloudFormation's resource specification at run time: what synth checks against, and what later phases ask about
//! types (which changes replace, what holds data).
//!
//! A type's schema is read the first time it is asked for, so a program pays for the types it uses.

mod later;
mod schema;

use std::sync::OnceLock;

pub use later::{Additional, Later};
pub use schema::{Attribute, Pattern, Schema, TypeSpec, Types};

use data::{REGIONS, SERVICES, SOURCES, TYPES};

/// What the build wrote: every type's name, and the schemas of the enabled ones.
#[allow(clippy::all, clippy::pedantic, reason = "nobody reads it")]
mod data {
    use super::Entry;

    include!(concat!(env!("OUT_DIR"), "/spec.rs"));
}

/// Where a type's schema stands.
struct Entry {
    name: &'static str,
    file: &'static str,
    start: usize,
    end: usize,
    read: OnceLock<TypeSpec>,
}

impl Entry {
    const fn new(name: &'static str, file: &'static str, start: usize, end: usize) -> Self {
        Self { name, file, start, end, read: OnceLock::new() }
    }
}

/// What is known of a type name.
#[derive(Clone, Copy, Debug)]
pub enum Lookup {
    /// Its schema.
    Known(&'static TypeSpec),
    /// It exists, but the cargo feature of its service is not enabled.
    Disabled {
        /// The feature to enable.
        feature: &'static str,
    },
    /// It is not AWS's: a custom resource, a private or third-party type, a module.
    Foreign,
    /// AWS has no such type, as far as the specification knows.
    Unknown,
}

/// Looks a type up by name, such as `AWS::EC2::VPC`.
#[must_use]
pub fn lookup(type_name: &str) -> Lookup {
    if let Ok(found) = TYPES.binary_search_by(|entry| entry.name.cmp(type_name)) {
        let entry = &TYPES[found];
        return Lookup::Known(entry.read.get_or_init(|| TypeSpec::read(&entry.file[entry.start..entry.end])));
    }
    if !type_name.starts_with("AWS::") || is_module(type_name) {
        return Lookup::Foreign;
    }
    let owner = SERVICES.iter().find(|(_, types)| types.binary_search(&type_name).is_ok());
    owner.map_or(Lookup::Unknown, |(feature, _)| Lookup::Disabled { feature })
}

/// The schema of a type whose service is enabled.
#[must_use]
pub fn known(type_name: &str) -> Option<&'static TypeSpec> {
    match lookup(type_name) {
        Lookup::Known(spec) => Some(spec),
        _ => None,
    }
}

fn is_module(type_name: &str) -> bool {
    type_name.ends_with("::MODULE")
}

/// Every type name that the specification has, whether its service is enabled or not, by service.
pub fn all_type_names() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().flat_map(|(_, types)| types.iter().copied())
}

/// The names of the types whose service is enabled, in order.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|entry| entry.name)
}

/// The cargo features, one per service, in order.
pub fn features() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|(feature, _)| *feature)
}

/// The regions that the specification knows, in order.
#[must_use]
pub fn regions() -> &'static [&'static str] {
    REGIONS
}

/// The versions of the packages that the specification was made from, as JSON.
#[must_use]
pub fn sources() -> &'static str {
    SOURCES
}
