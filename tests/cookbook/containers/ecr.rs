//! A private repository of images.

use formwork::testing::{absent, json};

use crate::cookbook::containers::ecr::ecr;
use crate::support::{assert_outputs, template};

const REPOSITORY: &str = "AWS::ECR::Repository";

#[test]
fn the_repository_is_open_to_nobody_outside_the_account() {
    let template = template(ecr);
    template.resource_count(REPOSITORY, 1);
    template.has_resource(REPOSITORY, json!({ "RepositoryPolicyText": absent() }));
    assert_outputs(&template, &["RepositoryName", "RepositoryUri"]);
}

#[test]
fn its_images_go_with_it() {
    let template = template(ecr);
    template
        .has_resource_with(REPOSITORY, json!({ "DeletionPolicy": "Delete", "Properties": { "EmptyOnDelete": true } }));
}
