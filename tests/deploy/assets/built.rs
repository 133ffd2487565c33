//! Folders that a command makes: once, where nothing was sent, and with its last words where it fails.

use serde_json::{Value, json};

use super::files::unzipped;
use super::{Project, bucket, ended, with_code};
use crate::program::snapshot;

/// A program of the package, which makes a list of what is in its folder, and counts how often it ran.
const PROGRAM: &str = "#!/bin/sh\nset -e\nmkdir \"$1/lib\"\nls src > \"$1/lib/list\"\necho ran >> ../ran\n";

/// A stack with what a command makes of the folder `lambda`.
fn with_built(path: &str, command: &[&str]) -> Value {
    with_code(path, &json!({ "folder": "lambda", "build": command }))
}

fn project(program: &str) -> Project {
    let project = Project::new();
    project.write("lambda/src/app.py", "print(1)");
    project.write("lambda/build.sh", program);
    project.define(&json!([with_built("shop", &["sh", "build.sh", "{out}"])]));
    project
}

fn times(project: &Project) -> usize {
    std::fs::read_to_string(project.path().join("ran")).map_or(0, |text| text.lines().count())
}

#[test]
fn what_a_command_makes_is_sent_and_made_again_only_when_its_folder_changes() {
    let project = project(PROGRAM);
    assert_eq!(project.deploy(), ended([("shop", "created")]));
    let key = project.parameter("shop", "CodeAssetKey");
    let files = unzipped(project.content(&bucket(&project.account), &key));
    assert_eq!(files, [("lib/list".to_owned(), "app.py\n".to_owned())]);
    assert_eq!((project.deploy(), times(&project)), (ended([("shop", "unchanged")]), 1));

    let built = ["sh", "build.sh", "{out}"];
    project.define(&json!([with_built("shop", &built), with_built("store", &built)]));
    assert_eq!(project.deploy(), ended([("shop", "unchanged"), ("store", "created")]));
    assert_eq!(times(&project), 1);

    project.write("lambda/src/more.py", "");
    assert_eq!(project.deploy(), ended([("shop", "updated"), ("store", "updated")]));
    assert_eq!(times(&project), 2);
    assert_ne!(project.parameter("shop", "CodeAssetKey"), key);
}

#[test]
fn a_command_that_fails_is_quoted_and_the_stack_is_as_it_was() {
    let project = project("echo 'collecting'\necho 'no matching distribution: pymysqll' >&2\nexit 4\n");
    let run = project.run(["deploy", "--yes"]).ended(3);
    let told = project.told(&run);
    let (from, to) = (told.find("error").unwrap(), told.find("STACK").unwrap());
    snapshot("deploy_build_fails", &told[from..to]);
    assert_eq!((project.aws.status("shop"), project.puts()), ("-".into(), 0));
}

#[test]
fn a_command_that_makes_nothing_or_changes_its_folder_is_refused() {
    let project = project("exit 0\n");
    project.run(["deploy", "--yes"]).ended(3).told("`sh build.sh {out}` has made nothing of lambda");
    project.write("lambda/build.sh", "echo 1 > \"$1/a\"\necho 2 > src/b\n");
    project.run(["deploy", "--yes"]).ended(3).told("lambda changed while it was deployed");
    assert_eq!((project.aws.status("shop"), project.puts()), ("-".into(), 0));
}

#[test]
fn a_program_that_is_not_there_is_refused_before_anything_is_changed() {
    let project = project(PROGRAM);
    project.define(&json!([
        { "path": "first", "name": "first", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } },
        with_built("shop", &["no-such-program", "{out}"]),
    ]));
    let run = project.run(["deploy", "--yes"]).ended(2);
    snapshot("deploy_build_without_program", &project.told(&run));
    assert_eq!((project.aws.status("first"), project.puts()), ("-".into(), 0));
}
