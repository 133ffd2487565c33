//! JSON, strictly: no key twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{DEEPEST, Unreadable, too_deep, twice};

/// Why a text is not read.
pub(super) enum Error {
    /// It is not JSON.
    Syntax(Unreadable),
    /// It is JSON, and no template.
    Content(Unreadable),
}

pub(super) fn read(text: &str) -> Result<Value, Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    Node(1).deserialize(&mut json).and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let at = (error.line(), error.column());
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        match error.classify() {
            serde_json::error::Category::Data => Error::Content(Unreadable::new(message, at)),
            _ => Error::Syntax(Unreadable::new(format!("this is not JSON: {message}"), at)),
        }
    })
}

/// A value at a depth.
#[derive(Clone, Copy)]
struct Node(usize);

impl Node {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.0 > DEEPEST { Err(E::custom(too_deep())) } else { Ok(Self(self.0 + 1)) }
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(truth.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(twice(&key)));
            }
            map.insert(key, entries.next_value_seed(inner)?);
        }
        Ok(map.into())
    }
}
