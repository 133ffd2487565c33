//! `bootstrap`: the stack that assets go through.

use serde_json::json;

use super::{Project, bucket, ended, outcomes};
use crate::program::snapshot;

#[test]
fn bootstrap_makes_a_bucket_and_a_repository_and_then_leaves_them_as_they_are() {
    let project = Project::bare();
    project.define(&json!([{ "path": "any" }]));
    let path = format!("formwork-bootstrap/{}/us-east-1", project.account);
    let made = project.run(["bootstrap", "--yes", "--json"]).done();
    assert_eq!(outcomes(&made.out), ended([(&path, "created")]));
    let outputs = project.aws.outputs("formwork-bootstrap");
    assert_eq!(outputs["BucketName"], bucket(&project.account));
    assert!(outputs["RepositoryUri"].ends_with(&format!("/{}", bucket(&project.account))), "{outputs:?}");
    let again = project.run(["bootstrap", "--json"]).done();
    assert_eq!(outcomes(&again.out), ended([(&path, "unchanged")]));
}

#[test]
fn bootstrap_is_for_each_account_and_region_once() {
    let project = Project::bare();
    let account = &project.account;
    project.define(&json!([
        { "path": "named", "account": account, "region": "us-east-1" },
        { "path": "any" },
        { "path": "elsewhere/a", "account": account, "region": "eu-west-1" },
        { "path": "elsewhere/b", "region": "eu-west-1" },
        { "path": "left/out", "account": account, "region": "eu-north-1" },
    ]));
    let made = project.run(["bootstrap", "--yes", "--json", "*", "elsewhere/*"]).done();
    let path = |region: &str| format!("formwork-bootstrap/{account}/{region}");
    assert_eq!(outcomes(&made.out), ended([(&path("us-east-1"), "created"), (&path("eu-west-1"), "created")]));
}

#[test]
fn bootstrap_explains_itself() {
    let help = Project::bare().run(["bootstrap", "--help"]).done();
    snapshot("deploy_bootstrap_help", &help.out);
}

#[test]
fn an_app_without_stacks_has_nowhere_to_bootstrap() {
    let project = Project::bare();
    project.define(&json!([]));
    snapshot("deploy_bootstrap_nowhere", &project.run(["bootstrap"]).ended(2).err);
}
