//! Repositories of images.

use formwork::aws::ecr::{LifecycleRule, RepositorySpec, TagMutability, TagStatus};
use formwork::aws::ecs::{ContainerImage, ContainerSpec, FargateTaskDefinitionSpec};
use formwork::aws::iam::{Principal, Role, RoleSpec};
use formwork::aws::kms::KeySpec;
use formwork::{DeletionPolicy, Stack};

use super::Case;

pub const CASES: &[Case] = &[
    ("repository", repository),
    ("repository_with_options", repository_with_options),
    ("grants", grants),
    ("image_of_a_repository", image_of_a_repository),
];

fn role(s: &mut Stack, id: &str) -> Role {
    s.add(id, RoleSpec::new(Principal::service("codebuild.amazonaws.com")))
}

fn repository(s: &mut Stack) {
    s.add("Images", RepositorySpec::default());
}

fn repository_with_options(s: &mut Stack) {
    let key = s.add("Key", KeySpec::default());
    let leftovers = LifecycleRule::older_than_days(7).of(TagStatus::Untagged).description("leftovers");
    let releases = LifecycleRule::more_than(20).of(TagStatus::Prefixes(vec!["v".into()]));
    let spec = RepositorySpec {
        repository_name: Some("shop/web".into()),
        image_scan_on_push: true,
        image_tag_mutability: TagMutability::ImmutableExcept(vec!["latest".into()]),
        lifecycle_rules: vec![
            LifecycleRule::more_than(100),
            leftovers,
            LifecycleRule { rule_priority: Some(5), ..releases },
            LifecycleRule::older_than_days(365).of(TagStatus::Patterns(vec!["prod*".into()])),
        ],
        encryption_key: Some(key.arn()),
        deletion_policy: DeletionPolicy::Delete,
        empty_on_delete: true,
    };
    s.add("Images", spec);
}

fn grants(s: &mut Stack) {
    let images = s.add("Images", RepositorySpec::default());
    let [puller, pusher, builder] = ["Puller", "Pusher", "Builder"].map(|id| role(s, id));
    images.grant_pull(s, puller);
    images.grant_push(s, pusher);
    images.grant_pull_push(s, builder);
    images.grant_pull(s, Principal::account("222222222222"));
}

fn image_of_a_repository(s: &mut Stack) {
    let images = s.add("Images", RepositorySpec::default());
    let web = ContainerSpec::new("web", ContainerImage::ecr_repository(&images, "1.4.2"));
    s.add("Task", FargateTaskDefinitionSpec::new([web]));
}
