//! Amazon S3.

mod bucket;
mod lifecycle;

pub use bucket::{Bucket, BucketSpec};
pub use lifecycle::{LifecycleRule, StorageClass};
