//! The stack that an account and region need before assets can be deployed there.

use formwork::assets::bootstrap;
use formwork::testing::Template;
use formwork::{App, Env};
use serde_json::json;

use super::snapshot;

fn template() -> Template {
    Template::of_env(Env::new("111111111111", "eu-west-1"), bootstrap::define)
}

#[test]
fn the_bootstrap_stack_has_no_problems_and_no_warnings_under_its_own_name() {
    let mut app = App::new();
    app.stack(bootstrap::STACK, Env::any(), bootstrap::define);
    let assembly = app.synth().unwrap();
    assert_eq!(assembly.stacks[0].name, "formwork-bootstrap");
    assert!(assembly.warnings.is_empty());
}

#[test]
fn the_bootstrap_stack_is_this() {
    snapshot("assets_bootstrap", template().yaml());
}

#[test]
fn what_holds_assets_stays_but_a_creation_that_fails_takes_it_back() {
    for type_name in ["AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::ECR::Repository"] {
        let stays = json!({ "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain" });
        template().has_resource_with(type_name, stays);
    }
}

#[test]
fn deploying_finds_the_bucket_the_repository_and_the_version_among_the_outputs() {
    let template = template();
    template.has_output(bootstrap::BUCKET_OUTPUT, json!({ "Value": { "Ref": "Bucket" } }));
    template.has_output(
        bootstrap::REPOSITORY_OUTPUT,
        json!({ "Value": { "Fn::GetAtt": ["Repository", "RepositoryUri"] } }),
    );
    template.has_output(bootstrap::VERSION_OUTPUT, json!({ "Value": bootstrap::VERSION }));
}
