//! Where a resource's line was: a small app in a repository, whose sources and templates change between two commits.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::command::{commit, git};
use crate::program::{PACKAGE, Run, example};

/// Sources of `examples/history.rs` as an earlier revision had them.
const BEFORE: &str = include_str!("history_before.rs");

/// A repository with the example's sources and templates as they were, and on top of it both as they are.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |file: &str, content: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    put("Cargo.toml", "");
    put("examples/history.rs", BEFORE);
    diff(folder.path(), &["synth"]).done();
    // The template of before, as its sources would have made it.
    put("templates/shop.yaml", include_str!("history_before.yaml"));
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(folder.path());
    put("examples/history.rs", &fs::read_to_string(Path::new(PACKAGE).join("examples/history.rs")).unwrap());
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> Run {
    let mut program = Command::new(example("history"));
    program.current_dir(folder).args(arguments).env("NO_COLOR", "1");
    program.output().unwrap().into()
}

#[test]
fn the_line_of_a_revision_is_said_beside_the_line_of_now() {
    let folder = repository();
    let run = diff(folder.path(), &["diff", "--against", "main"]).done();
    assert_snapshot!(run.out.replace(&run.out[run.out.find(" at main (").unwrap()..], ""), @r"
    shop  1 removed, 1 moved, 2 changed in place, 1 added
      ! at risk: Drafts (AWS::SQS::Queue) is deleted, with its data
        help: set its deletion policy to retain or snapshot, and copy what it holds
        first
      ! at risk: Mail (AWS::SNS::Topic) has another logical id than News: a second
      one is made, and the first deleted
        help: `refactor` gives it the new id, `.moved_from(…)` with its old path
        keeps the old one
        - Drafts  AWS::SQS::Queue  was examples/history.rs:12
          deleted
       -> Mail  AWS::SNS::Topic  examples/history.rs:13, was 11
          was News: the same resource under another logical id
        ~ Orders  AWS::SQS::Queue  examples/history.rs:11, was 9
          DelaySeconds: 10 → 20
        ~ Returns  AWS::SQS::Queue  examples/history.rs:12, was 10
          VisibilityTimeout: 90
        + Alarms  AWS::SNS::Topic  examples/history.rs:14
        + Description
          What the shop's parts tell each other

    1 stack differs
    compared with the templates in templates
    ");
    let json = diff(folder.path(), &["diff", "--against", "main", "--format", "json"]).done().out;
    assert!(json.contains(r#""wasAt": "examples/history.rs:12""#), "{json}");
    let markdown = diff(folder.path(), &["diff", "--against", "main", "--format", "markdown"]).done().out;
    assert!(markdown.contains("(examples/history.rs:11, was 9)"), "{markdown}");
}

#[test]
fn against_the_disk_no_line_of_before_is_known() {
    let folder = repository();
    let run = diff(folder.path(), &["diff", "--against", "templates"]).done();
    assert!(!run.out.contains(", was "), "{}", run.out);
}
