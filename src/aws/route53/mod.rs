//! Amazon Route 53: zones, and what is written in them.

mod alias;
mod hosted_zone;
mod record_set;

pub use alias::{Alias, AliasTarget};
pub use hosted_zone::{HostedZone, HostedZoneSpec};
pub use record_set::{RecordSetSpec, RecordType};
