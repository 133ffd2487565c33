//! Images that are looked through for known weaknesses.
//!
//! **Problem.** What an image is built on grows old, and you want to hear of known weaknesses in it before it runs.
//!
//! **Solution.** A repository that scans each image when it is pushed. What it finds is read with the AWS CLI: a runbook.
//!
//! **Costs.** Basic scanning is free; storage is $0.10 a GB and month.
//!
//! **Today.** Enhanced scanning, by Amazon Inspector, also scans images again when new weaknesses become known. It is a
//! setting of the whole registry rather than of a repository, costs by the image, and then counts instead of this one.

use formwork::aws::ecr::{LifecycleRule, RepositorySpec, TagMutability, TagStatus};
use formwork::{DeletionPolicy, Stack};

/// A repository that scans what is pushed to it.
pub fn ecr_scan(s: &mut Stack) {
    s.description("A private repository that scans images when they are pushed");
    let repository = s.add(
        "Repository",
        RepositorySpec {
            image_scan_on_push: true,
            // What was scanned under a tag is what runs under it.
            image_tag_mutability: TagMutability::Immutable,
            lifecycle_rules: vec![LifecycleRule::older_than_days(7).of(TagStatus::Untagged)],
            // A recipe leaves nothing behind: its images go with it.
            deletion_policy: DeletionPolicy::Delete,
            empty_on_delete: true,
            ..RepositorySpec::default()
        },
    );
    s.output("RepositoryName", repository.name()).description("The repository");
    s.output("RepositoryUri", repository.uri()).description("Where images are pushed to and pulled from");
    s.runbook("scan", "Push an image, and read what is found in it", include_str!("runbooks/scan.md"));
}
