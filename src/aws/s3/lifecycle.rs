//! What becomes of objects with time.

use crate::cfn::s3::bucket;

/// Where objects that are read less are kept for less.
pub use bucket::TransitionStorageClass as StorageClass;

use crate::core::Allowed;

/// A rule of what becomes of objects with time. Days count from an object's creation, or from when a version stopped
/// being the current one.
#[derive(Clone, Debug, Default)]
pub struct LifecycleRule {
    /// The objects it is about, by the beginning of their keys. Default: all.
    pub prefix: Option<String>,
    /// Deletes objects after so many days. Default: never.
    pub expiration_days: Option<u32>,
    /// Deletes versions that are no longer current after so many days. Default: never.
    pub noncurrent_version_expiration_days: Option<u32>,
    /// Takes back the parts of uploads that were begun so many days ago and never completed. Default: never.
    pub abort_incomplete_multipart_upload_days: Option<u32>,
    /// Moves objects after so many days to another storage class. Default: never.
    pub transitions: Vec<(u32, Allowed<StorageClass>)>,
}

impl LifecycleRule {
    pub(super) fn property(self) -> bucket::Rule {
        let mut rule = bucket::Rule::new(bucket::RuleStatus::ENABLED);
        if let Some(prefix) = self.prefix {
            rule = rule.prefix(prefix);
        }
        if let Some(days) = self.expiration_days {
            rule = rule.expiration_in_days(days);
        }
        if let Some(days) = self.noncurrent_version_expiration_days {
            rule = rule.noncurrent_version_expiration(bucket::NoncurrentVersionExpiration::new(days));
        }
        if let Some(days) = self.abort_incomplete_multipart_upload_days {
            rule = rule.abort_incomplete_multipart_upload(bucket::AbortIncompleteMultipartUpload::new(days));
        }
        if !self.transitions.is_empty() {
            let transitions = self.transitions.into_iter();
            let transitions = transitions.map(|(days, class)| bucket::Transition::new(class).transition_in_days(days));
            rule = rule.transitions(transitions.collect::<Vec<_>>());
        }
        rule
    }
}
