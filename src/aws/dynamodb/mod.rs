//! `DynamoDB`.

mod grants;
mod index;
mod scaling;
mod table;

pub use index::{Attribute, AttributeType, GlobalSecondaryIndex, LocalSecondaryIndex, Projection};
pub use scaling::{ScalableTableCapacity, Utilization};
pub use table::{Billing, StreamViewType, Table, TableEncryption, TableSpec};
