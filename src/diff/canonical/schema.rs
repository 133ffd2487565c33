//! What the specification says of a place: whether it takes scalars, or JSON of any form.

use crate::spec::{Additional, Schema, TypeSpec, Types};

/// How far alternatives and references are followed from one place.
const FOLLOWED: usize = 8;

/// The schemas that may hold at a place of a type.
#[derive(Clone)]
pub(in crate::diff) struct Schemas {
    spec: &'static TypeSpec,
    any: Vec<&'static Schema>,
}

impl Schemas {
    /// Those of the properties as a whole.
    pub(in crate::diff) fn root(spec: &'static TypeSpec) -> Self {
        let mut root = Self { spec, any: Vec::new() };
        root.add(&spec.schema, FOLLOWED);
        root
    }

    fn add(&mut self, schema: &'static Schema, left: usize) {
        if left == 0 {
            return;
        }
        self.any.push(schema);
        let named = schema.reference.as_ref().and_then(|name| self.spec.definitions.get(name)).map(|schema| &**schema);
        for inner in named.into_iter().chain(&schema.all_of).chain(&schema.any_of).chain(&schema.one_of) {
            self.add(inner, left - 1);
        }
    }

    fn of(&self, schemas: impl Iterator<Item = &'static Schema>) -> Option<Self> {
        let mut found = Self { spec: self.spec, any: Vec::new() };
        for schema in schemas {
            found.add(schema, FOLLOWED);
        }
        (!found.any.is_empty()).then_some(found)
    }

    /// Those of a key.
    pub(in crate::diff) fn property(&self, key: &str) -> Option<Self> {
        self.of(self.any.iter().filter_map(|schema| property(schema, key)))
    }

    /// Those of a list's items.
    pub(in crate::diff) fn items(&self) -> Option<Self> {
        self.of(self.any.iter().filter_map(|schema| schema.items.as_deref()))
    }

    /// Whose identifiers are taken here, such as `AWS::IAM::Role.Arn`.
    pub(in crate::diff) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.any.iter().flat_map(|schema| &schema.kinds).map(String::as_str)
    }

    /// Whether they are of a list whose order means nothing.
    pub(in crate::diff) fn are_unordered(&self) -> bool {
        self.any.iter().any(|schema| schema.unordered)
    }

    /// Whether a number is wanted here, and no text.
    pub(in crate::diff) fn take_numbers_alone(&self) -> bool {
        let takes = |types| self.any.iter().any(|schema| schema.types.has(types));
        takes(Types::INTEGER | Types::NUMBER) && !takes(Types::STRING)
    }

    /// Whether a scalar is wanted here, which CloudFormation takes in any spelling.
    pub(in crate::diff) fn take_scalars(&self) -> bool {
        let scalar = Types::STRING | Types::INTEGER | Types::NUMBER | Types::BOOLEAN;
        self.any.iter().any(|schema| schema.types.has(scalar))
    }
}

fn property(schema: &'static Schema, key: &str) -> Option<&'static Schema> {
    let matching = || schema.pattern_properties.iter().find(|(pattern, _)| pattern.matches(key) != Some(false));
    let additional = || match &schema.additional_properties {
        Some(Additional::Schema(schema)) => Some(&**schema),
        _ => None,
    };
    schema
        .properties
        .get(key)
        .map(|schema| &**schema)
        .or_else(|| matching().map(|(_, schema)| &**schema))
        .or_else(additional)
}
