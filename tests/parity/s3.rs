//! Buckets.

use formwork::aws::iam::UserSpec;
use formwork::aws::s3::{BucketSpec, LifecycleRule, StorageClass};
use formwork::{DeletionPolicy, Stack};

use super::Case;

pub const CASES: &[Case] = &[
    ("access_logs", access_logs),
    ("bucket_of_defaults", bucket_of_defaults),
    ("bucket", bucket),
    ("lifecycle", lifecycle),
    ("grants", grants),
];

fn bucket_of_defaults(s: &mut Stack) {
    s.add("Bucket", BucketSpec::default());
}

fn bucket(s: &mut Stack) {
    s.add("Bucket", BucketSpec { versioned: true, bucket_name: Some("shop-reports".into()), ..BucketSpec::default() });
}

fn lifecycle(s: &mut Stack) {
    let rule = LifecycleRule {
        prefix: Some("logs/".into()),
        expiration_days: Some(365),
        noncurrent_version_expiration_days: Some(30),
        abort_incomplete_multipart_upload_days: Some(7),
        transitions: vec![(90, StorageClass::STANDARD_IA)],
    };
    s.add("Bucket", BucketSpec { lifecycle_rules: vec![rule], ..BucketSpec::default() });
}

fn access_logs(s: &mut Stack) {
    let logs = s.add("Logs", BucketSpec::default());
    s.add("Bucket", BucketSpec { server_access_logs: Some((logs, "site/".into())), ..BucketSpec::default() });
}

fn grants(s: &mut Stack) {
    let spec = BucketSpec { deletion_policy: DeletionPolicy::Delete, ..BucketSpec::default() };
    let bucket = s.add("Bucket", spec);
    let [reader, putter, deleter, writer] =
        ["Reader", "Putter", "Deleter", "Writer"].map(|id| s.add(id, UserSpec::default()));
    bucket.grant_read(s, reader);
    bucket.grant_put(s, putter);
    bucket.grant_delete(s, deleter);
    bucket.grant_read_write(s, writer);
}
