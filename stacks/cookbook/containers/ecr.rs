//! A private repository of images.
//!
//! **Problem.** You build container images, and need a place for them that your services reach and nobody else does.
//!
//! **Solution.** A repository of ECR: private, encrypted, in the account and region of what runs the images. Images that a
//! tag no longer points at go after a week, or they would be paid for for ever. Pushing an image is a runbook.
//!
//! **Costs.** $0.10 a GB and month; the first 500 MB of a new account are free for a year.

use formwork::aws::ecr::{LifecycleRule, RepositorySpec, TagStatus};
use formwork::{DeletionPolicy, Stack};

/// A repository.
pub fn ecr(s: &mut Stack) {
    s.description("A private repository of images");
    let repository = s.add(
        "Repository",
        RepositorySpec {
            lifecycle_rules: vec![LifecycleRule::older_than_days(7).of(TagStatus::Untagged)],
            // A recipe leaves nothing behind: its images go with it.
            deletion_policy: DeletionPolicy::Delete,
            empty_on_delete: true,
            ..RepositorySpec::default()
        },
    );
    s.output("RepositoryName", repository.name()).description("The repository");
    s.output("RepositoryUri", repository.uri()).description("Where images are pushed to and pulled from");
    s.runbook("push", "Push an image", include_str!("runbooks/push.md"));
}
