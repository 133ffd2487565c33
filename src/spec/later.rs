//! Schemas that are read when they are first asked for: a template uses few of a type's properties.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::schema::Schema;

/// A schema inside another, read when it is first looked into.
pub struct Later {
    json: &'static str,
    read: OnceLock<Box<Schema>>,
}

impl Later {
    const fn new(json: &'static str) -> Self {
        Self { json, read: OnceLock::new() }
    }
}

impl Deref for Later {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        self.read.get_or_init(|| serde_json::from_str(self.json).expect("the build wrote it"))
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<'de: 'static> Deserialize<'de> for Later {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'static RawValue>::deserialize(deserializer).map(|raw| Self::new(raw.get()))
    }
}

/// The keys that are neither properties nor match a pattern.
#[derive(Debug)]
pub enum Additional {
    /// Whether there may be any.
    Any(bool),
    /// What their values must be.
    Schema(Later),
}

impl<'de: 'static> Deserialize<'de> for Additional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'static RawValue>::deserialize(deserializer)?.get();
        match raw {
            "true" => Ok(Self::Any(true)),
            "false" => Ok(Self::Any(false)),
            _ if raw.starts_with('{') => Ok(Self::Schema(Later::new(raw))),
            _ => Err(de::Error::custom("neither a schema nor whether there may be any")),
        }
    }
}
