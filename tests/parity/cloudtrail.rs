//! Trails.

use formwork::Stack;
use formwork::aws::cloudtrail::{DataEvents, ReadWriteType, TrailSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;

use super::Case;

pub const CASES: &[Case] = &[("trail", trail), ("trail_of_objects", trail_of_objects)];

fn trail(s: &mut Stack) {
    s.add("Trail", TrailSpec::default());
}

fn trail_of_objects(s: &mut Stack) {
    let [uploads, records] = ["Uploads", "Records"].map(|id| s.add(id, BucketSpec::default()));
    let key = s.add("Key", KeySpec::default());
    let logs = s.add("Logs", LogGroupSpec::default());
    let spec = TrailSpec {
        trail_name: Some("uploads".into()),
        bucket: Some(records),
        s3_key_prefix: Some("trail".into()),
        is_multi_region_trail: false,
        include_global_service_events: false,
        enable_file_validation: false,
        management_events: Some(ReadWriteType::WriteOnly),
        data_events: vec![DataEvents::s3_objects([(&uploads, "input/")], ReadWriteType::All)],
        encryption_key: Some(key.arn()),
        cloud_watch_log_group: Some(logs),
    };
    s.add("Trail", spec);
}
