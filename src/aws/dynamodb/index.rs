//! Keys, and indexes.

use crate::cfn::dynamodb::table as cfn;
use crate::core::{Computed, Expr, Json, Value};

/// What an attribute of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// Text.
    String,
    /// A number.
    Number,
    /// Bytes.
    Binary,
}

/// An attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, up to 255 bytes.
    pub name: String,
    /// What it is.
    pub attribute_type: AttributeType,
}

impl Attribute {
    /// A text.
    #[must_use]
    pub fn string(name: impl Into<String>) -> Self {
        Self { name: name.into(), attribute_type: AttributeType::String }
    }

    /// A number.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), attribute_type: AttributeType::Number }
    }

    /// Bytes.
    #[must_use]
    pub fn binary(name: impl Into<String>) -> Self {
        Self { name: name.into(), attribute_type: AttributeType::Binary }
    }

    pub(super) fn definition(&self) -> cfn::AttributeDefinition {
        let attribute_type = match self.attribute_type {
            AttributeType::String => "S",
            AttributeType::Number => "N",
            AttributeType::Binary => "B",
        };
        cfn::AttributeDefinition::new(&self.name, attribute_type)
    }
}

/// The keys of a table or an index.
pub(super) fn key_schema(partition: &Attribute, sort: Option<&Attribute>) -> Value<Json> {
    let key = |name: &str, kind| crate::json!({ "AttributeName": name, "KeyType": kind }).into_expr();
    let sort = sort.map(|sort| key(&sort.name, "RANGE"));
    Value::from_expr(Expr::List([key(&partition.name, "HASH")].into_iter().chain(sort).collect()))
}

/// The attributes that an index has, beside its keys and the table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// Every one.
    All,
    /// None.
    KeysOnly,
    /// These.
    Include(Vec<String>),
}

impl Projection {
    fn definition(&self) -> cfn::Projection {
        let projection = cfn::Projection::new();
        match self {
            Self::All => projection.projection_type("ALL"),
            Self::KeysOnly => projection.projection_type("KEYS_ONLY"),
            Self::Include(names) => projection.non_key_attributes(names.clone()).projection_type("INCLUDE"),
        }
    }
}

/// Another way to find items, with keys of its own.
#[derive(Clone, Debug)]
pub struct GlobalSecondaryIndex {
    /// Its name, 3 to 255 letters, digits, `-`, `_` and `.`.
    pub index_name: String,
    /// By what items are found.
    pub partition_key: Attribute,
    /// By what items with the same partition key are sorted. Default: they are not.
    pub sort_key: Option<Attribute>,
    /// The attributes it has. Default: every one.
    pub projection: Projection,
}

impl GlobalSecondaryIndex {
    /// An index of every attribute by this key.
    #[must_use]
    pub fn new(index_name: impl Into<String>, partition_key: Attribute) -> Self {
        Self { index_name: index_name.into(), partition_key, sort_key: None, projection: Projection::All }
    }

    pub(super) fn definition(&self, capacity: Option<(u32, u32)>) -> cfn::GlobalSecondaryIndex {
        let keys = key_schema(&self.partition_key, self.sort_key.as_ref());
        let index =
            cfn::GlobalSecondaryIndex::new(&self.index_name, keys.cast::<Computed>(), self.projection.definition());
        match capacity {
            Some((read, write)) => index.provisioned_throughput(cfn::ProvisionedThroughput::new(read, write)),
            None => index,
        }
    }
}

/// Another order of the items with the same partition key.
#[derive(Clone, Debug)]
pub struct LocalSecondaryIndex {
    /// Its name, 3 to 255 letters, digits, `-`, `_` and `.`.
    pub index_name: String,
    /// By what items are sorted.
    pub sort_key: Attribute,
    /// The attributes it has. Default: every one.
    pub projection: Projection,
}

impl LocalSecondaryIndex {
    /// An index of every attribute in this order.
    #[must_use]
    pub fn new(index_name: impl Into<String>, sort_key: Attribute) -> Self {
        Self { index_name: index_name.into(), sort_key, projection: Projection::All }
    }

    pub(super) fn definition(&self, partition_key: &Attribute) -> cfn::LocalSecondaryIndex {
        let keys = key_schema(partition_key, Some(&self.sort_key));
        cfn::LocalSecondaryIndex::new(&self.index_name, keys.cast::<Computed>(), self.projection.definition())
    }
}
