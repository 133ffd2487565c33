//! Objects: the files of a stack's own buckets, once it is deployed.

use serde_json::{Value, json};

use super::{Project, ended};
use crate::program::snapshot;

fn site(options: &Value) -> Value {
    let mut pages = json!({ "bucket": "Site", "folder": "site" });
    pages.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    json!([{
        "path": "web", "name": "web",
        "objects": { "Pages": pages },
        "resources": { "Site": { "Type": "AWS::S3::Bucket" } },
    }])
}

/// A project with a website.
fn website(options: &Value) -> Project {
    let project = Project::bare();
    project.write("site/index.html", "<p>one</p>");
    project.write("site/img/logo.svg", "<svg/>");
    project.define(&site(options));
    project
}

impl Project {
    fn site(&self) -> String {
        self.aws.resources("web")["Site"].clone()
    }

    fn keys(&self) -> Vec<String> {
        self.objects(&self.site()).into_keys().collect()
    }
}

#[test]
fn files_are_put_into_the_bucket_with_their_content_type() {
    let project = website(&json!({ "prefix": "docs/" }));
    assert_eq!(project.deploy(), ended([("web", "created")]));
    assert_eq!(project.keys(), ["docs/img/logo.svg", "docs/index.html"]);
    assert_eq!(project.content(&project.site(), "docs/index.html"), b"<p>one</p>");
    for (key, kind) in [("docs/img/logo.svg", "image/svg+xml"), ("docs/index.html", "text/html; charset=utf-8")] {
        let head = project.aws.done(project.aws.s3.head_object().bucket(project.site()).key(key).send());
        assert_eq!(head.content_type(), Some(kind), "{key}");
    }
}

#[test]
fn what_is_as_it_should_be_is_not_sent_again_and_what_differs_is() {
    let project = website(&json!({}));
    project.deploy();
    assert_eq!(project.deploy(), ended([("web", "unchanged")]));
    // Of the same length, so that only the content tells.
    project.write("site/index.html", "<p>two</p>");
    let run = project.run(["deploy", "--yes"]).done();
    assert!(run.err.contains("web/Pages: uploaded 10 B\n"), "{}", run.err);
    assert!(run.err.contains("web: updated"), "{}", run.err);
    assert_eq!(project.content(&project.site(), "index.html"), b"<p>two</p>");
    assert_eq!(project.deploy(), ended([("web", "unchanged")]));
}

#[test]
fn what_was_changed_behind_our_back_is_put_right() {
    let project = website(&json!({}));
    project.deploy();
    let (s3, bucket) = (&project.aws.s3, project.site());
    project.aws.done(s3.delete_object().bucket(&bucket).key("index.html").send());
    assert_eq!(project.deploy(), ended([("web", "updated")]));
    assert_eq!(project.content(&bucket, "index.html"), b"<p>one</p>");
}

#[test]
fn a_big_file_is_known_again_by_what_it_says_of_itself() {
    let project = website(&json!({}));
    project.write("site/film.mp4", vec![7; 17 * 1024 * 1024]);
    project.deploy();
    assert_eq!(project.objects(&project.site())["film.mp4"], 17 * 1024 * 1024);
    assert_eq!(project.deploy(), ended([("web", "unchanged")]));
    let mut film = vec![7; 17 * 1024 * 1024];
    film[9_000_000] = 8;
    project.write("site/film.mp4", &film);
    assert_eq!(project.deploy(), ended([("web", "updated")]));
    assert!(project.content(&project.site(), "film.mp4") == film);
}

#[test]
fn what_is_no_longer_among_the_files_stays_unless_it_is_pruned() {
    let project = website(&json!({ "prefix": "docs/" }));
    project.deploy();
    std::fs::remove_file(project.path().join("site/img/logo.svg")).unwrap();
    assert_eq!(project.deploy(), ended([("web", "unchanged")]));
    assert_eq!(project.keys(), ["docs/img/logo.svg", "docs/index.html"]);
}

#[test]
fn pruning_deletes_below_the_prefix_alone_and_says_how_many() {
    let project = website(&json!({ "prefix": "docs/", "prune": true }));
    project.deploy();
    let put = project.aws.s3.put_object().bucket(project.site()).key("theirs.txt").body(b"theirs".to_vec().into());
    project.aws.done(put.send());
    std::fs::remove_file(project.path().join("site/img/logo.svg")).unwrap();
    let run = project.run(["deploy", "--yes"]).done();
    assert!(
        run.err.contains("web: 1 object below docs/ of Site that is not among the files of Pages is deleted\n"),
        "{}",
        run.err
    );
    assert!(run.err.contains("web: updated"), "{}", run.err);
    assert_eq!(project.keys(), ["docs/index.html", "theirs.txt"]);
}

#[test]
fn pruning_needs_approval_only_where_something_would_be_deleted() {
    let project = website(&json!({ "prune": true }));
    let unattended = |args: [&str; 3]| project.run(args);
    unattended(["deploy", "--require-approval", "destructive"]).done();
    project.write("site/index.html", "<p>two</p>");
    unattended(["deploy", "--require-approval", "destructive"]).done();
    std::fs::remove_file(project.path().join("site/img/logo.svg")).unwrap();
    project.write("site/index.html", "<p>three</p>");
    let run = unattended(["deploy", "--require-approval", "destructive"]).ended(2);
    snapshot("deploy_prune_unapproved", &project.told(&run));
    assert_eq!(project.content(&project.site(), "index.html"), b"<p>two</p>");
    assert_eq!(project.keys(), ["img/logo.svg", "index.html"]);
}

#[test]
fn files_that_are_not_there_are_refused_before_the_stack_is_made() {
    let project = Project::bare();
    project.define(&site(&json!({})));
    let run = project.run(["deploy", "--yes"]).ended(2);
    assert!(run.err.contains("there is no site: looked for "), "{}", run.err);
    assert_eq!(project.aws.status("web"), "-");
}
