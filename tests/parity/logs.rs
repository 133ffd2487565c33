//! Log groups.

use formwork::aws::iam::UserSpec;
use formwork::aws::logs::LogGroupSpec;
use formwork::{DeletionPolicy, Stack};

use super::Case;

pub const CASES: &[Case] = &[("log_group", log_group), ("log_group_that_is_written_to", log_group_that_is_written_to)];

fn log_group(s: &mut Stack) {
    s.add("Logs", LogGroupSpec::default());
}

fn log_group_that_is_written_to(s: &mut Stack) {
    let spec = LogGroupSpec {
        log_group_name: Some("/aws/ecs/shop".into()),
        retention_days: Some(30),
        deletion_policy: DeletionPolicy::Delete,
        ..LogGroupSpec::default()
    };
    let group = s.add("Logs", spec);
    let [writer, reader] = ["Writer", "Reader"].map(|id| s.add(id, UserSpec::default()));
    group.grant_write(s, writer);
    group.grant_read(s, reader);
}
