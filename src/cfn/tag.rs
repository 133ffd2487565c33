//! The tag that most services share.

use crate::core::{Props, Value};

/// A tag: a key and a value.
///
/// Services that write their tags otherwise (a map of names and values, keys called `TagKey`) have their own types.
#[derive(Clone, Debug)]
pub struct Tag(Props);

l1_property!(Tag);

impl Tag {
    /// The tag `key` with the value `value`.
    #[must_use]
    #[track_caller]
    pub fn new(key: impl Into<Value<String>>, value: impl Into<Value<String>>) -> Self {
        let mut props = Props::new();
        props.set("Key", key.into());
        props.set("Value", value.into());
        Self(props)
    }
}
