//! Templates that are too big to send along.

use serde_json::{Value, json};

use super::{Project, bucket, ended};
use crate::program::snapshot;

/// A stack whose template has more than 51,200 bytes.
fn big() -> Value {
    let queue = |number: i32| {
        (
            format!("Queue{number}"),
            json!({ "Type": "AWS::SQS::Queue", "Properties": {
        "Tags": [{ "Key": "purpose", "Value": "x".repeat(200) }],
    } }),
        )
    };
    let resources: serde_json::Map<String, Value> = (0..200).map(queue).collect();
    json!([{ "path": "big", "name": "big", "resources": resources }])
}

#[test]
fn a_big_template_goes_through_the_bucket_once() {
    let project = Project::new();
    project.define(&big());
    assert_eq!(project.deploy(), ended([("big", "created")]));
    project.run(["synth"]).done();
    let rendered = std::fs::read(project.path().join("templates/big.yaml")).unwrap();
    assert!(rendered.len() > 51_200);
    let objects = project.objects(&bucket(&project.account));
    let [key] = &objects.keys().collect::<Vec<_>>()[..] else { panic!("{objects:?}") };
    assert!(key.starts_with("templates/"), "{key}");
    assert!(project.content(&bucket(&project.account), key) == rendered, "the template was changed on its way");
    assert_eq!(project.deploy(), ended([("big", "unchanged")]));
    assert_eq!(project.puts(), 1);
}

#[test]
fn a_big_template_without_a_bucket_is_refused() {
    let project = Project::bare();
    project.define(&big());
    let run = project.run(["deploy", "--yes"]).ended(2);
    let error = run.err.split_once("error: ").unwrap().1;
    snapshot("deploy_no_bucket", &error.replace(&project.account, "<account>"));
    assert_eq!(project.aws.status("big"), "-");
}
