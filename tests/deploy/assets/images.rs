//! Images: built and pushed by Docker, which is a script here that writes down how it was called.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::{Project, bucket, ended};
use crate::program::{Run, snapshot};

/// What a token of the registry decodes from, in the emulator.
const TOKEN: &str = "QVdTOm1pbmlzdGFjay1hdXRoLXRva2Vu";

/// Writes down its arguments, what it was told to leave out, and the login it was given. `$1` decides how it ends.
const DOCKER: &str = r#"#!/bin/sh
echo "docker $*" >> "$RECORD"
case "$1" in
    version) [ -z "$DOCKER_DOWN" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; } ;;
    build)
        echo "attestations: ${BUILDX_NO_DEFAULT_ATTESTATIONS:-default}" >> "$RECORD"
        [ -z "$MEDDLE" ] || echo more >> "$MEDDLE"
        [ -z "$BUILD_FAILS" ] || { seq 1 30 | sed 's/^/step /'; echo "ERROR: no such file" >&2; exit 7; } ;;
    push)
        echo "config: $(cat "$DOCKER_CONFIG/config.json")" >> "$RECORD"
        echo "contexts: $(cat "$DOCKER_CONFIG/contexts/meta/1/meta.json" 2>&1)" >> "$RECORD"
        [ -z "$PUSH_FAILS" ] || { echo "denied: $(cat "$DOCKER_CONFIG/config.json")" >&2; exit 1; } ;;
esac
"#;

fn stack(path: &str) -> Value {
    json!({
        "path": path, "name": path,
        "images": { "Web": { "path": "web", "target": "release", "platform": "linux/arm64", "buildArgs": { "MODE": "fast" } } },
        "resources": { "Where": { "Type": "AWS::SSM::Parameter", "Properties": {
            "Type": "String", "Value": { "Ref": "WebImageUri" },
        } } },
    })
}

/// A project with a stack that has an image with it, in an account with a repository.
fn with_image() -> Project {
    let project = Project::new();
    project.write("web/Dockerfile", "FROM scratch AS release\nCOPY . /\n");
    project.write("web/index.html", "<p>one</p>");
    project.define(&json!([stack("shop")]));
    project.write("bin/docker", DOCKER);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(project.path().join("bin/docker"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    project
}

impl Project {
    fn with_docker(&self) -> Command {
        let mut command = self.program();
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.path().join("bin").display()));
        command.env("RECORD", self.path().join("record")).args(["deploy", "--yes"]);
        command
    }

    /// How Docker was called since the last time, with what differs from run to run named.
    fn calls(&self) -> String {
        let record = fs::read_to_string(self.path().join("record")).unwrap_or_default();
        let _ = fs::remove_file(self.path().join("record"));
        record.replace(&*self.path().to_string_lossy(), "<package>").replace(&self.account, "<account>")
    }

    fn uri(&self) -> String {
        self.parameter("shop", "WebImageUri")
    }

    fn tag(&self) -> String {
        self.uri().rsplit_once(':').unwrap().1.to_owned()
    }
}

#[test]
fn an_image_is_built_and_pushed_with_a_login_of_this_run_alone() {
    let project = with_image();
    project.write(".home/.docker/config.json", r#"{"auths":{"theirs":{"auth":"x"}},"currentContext":"colima"}"#);
    project.write(".home/.docker/contexts/meta/1/meta.json", r#"{"Name":"colima"}"#);
    let run = Run::from(project.with_docker().output().unwrap()).done();
    let tag = project.tag();
    snapshot("deploy_image_calls", &project.calls().replace(&tag, "<hash>").replace(TOKEN, "<token>"));
    assert!(!(run.out + &run.err).contains(TOKEN));
    let repository = &project.aws.outputs("formwork-bootstrap")["RepositoryUri"];
    assert_eq!(project.uri(), format!("{repository}:{tag}"));
    let own = fs::read_to_string(project.path().join(".home/.docker/config.json")).unwrap();
    assert_eq!(own, r#"{"auths":{"theirs":{"auth":"x"}},"currentContext":"colima"}"#);
}

#[test]
fn an_unchanged_stack_needs_no_docker() {
    let project = with_image();
    Run::from(project.with_docker().output().unwrap()).done();
    project.calls();
    assert_eq!(project.deploy(), ended([("shop", "unchanged")]));
    let run = Run::from(project.with_docker().output().unwrap()).done();
    assert!(run.err.contains("shop: unchanged"), "{}", run.err);
    assert_eq!(project.calls(), "");
}

#[test]
fn an_image_that_the_repository_has_is_neither_built_nor_pushed() {
    let project = with_image();
    Run::from(project.with_docker().output().unwrap()).done();
    let put = project.aws.ecr.put_image().repository_name(bucket(&project.account)).image_tag(project.tag());
    project.aws.done(put.image_manifest("{}").send());
    project.calls();
    project.define(&json!([stack("shop"), stack("store")]));
    assert_eq!(project.deploy(), ended([("shop", "unchanged"), ("store", "created")]));
    assert_eq!(project.calls(), "");
}

#[test]
fn an_image_that_two_stacks_want_is_built_once() {
    let project = with_image();
    project.define(&json!([stack("shop"), stack("store")]));
    Run::from(project.with_docker().output().unwrap()).done();
    let calls = project.calls();
    let count = |what: &str| calls.lines().filter(|line| line.starts_with(what)).count();
    assert_eq!((count("docker version"), count("docker build"), count("docker push")), (1, 1, 1), "{calls}");
}

#[test]
fn a_build_that_fails_says_why_and_where_it_was_asked_for_and_changes_nothing() {
    let project = with_image();
    let run = Run::from(project.with_docker().env("BUILD_FAILS", "1").output().unwrap()).ended(3);
    let error = &run.err[run.err.find("error[").unwrap()..];
    snapshot("deploy_image_build_fails", error);
    assert_eq!(project.aws.status("shop"), "-");
    assert!(!project.calls().contains("docker push"));
}

#[test]
fn a_push_that_fails_says_why_and_never_repeats_the_login() {
    let project = with_image();
    let run = Run::from(project.with_docker().env("PUSH_FAILS", "1").output().unwrap()).ended(3);
    assert!(run.err.contains("  the last that `docker push` said:\n  | denied: "), "{}", run.err);
    assert!(!(run.out + &run.err).contains(TOKEN));
    assert_eq!(project.aws.status("shop"), "-");
}

#[test]
fn an_image_whose_files_change_while_it_is_built_is_not_pushed() {
    let project = with_image();
    let file = project.path().join("web/index.html");
    let run = Run::from(project.with_docker().env("MEDDLE", file).output().unwrap()).ended(3);
    let told =
        "error: shop: web changed while it was deployed; this stack is as it was\n  help: run the same command again";
    assert!(run.err.contains(told), "{}", run.err);
    assert!(!project.calls().contains("docker push"));
}

#[test]
fn without_docker_nothing_is_changed() {
    let project = with_image();
    let before = json!({ "path": "first", "name": "first", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } });
    project.define(&json!([before, stack("shop")]));
    let run: Run = project.program().env("PATH", "").args(["deploy", "--yes"]).output().unwrap().into();
    snapshot("deploy_image_without_docker", &project.told(&run.ended(2)));
    let down: Run = project.with_docker().env("DOCKER_DOWN", "1").output().unwrap().into();
    snapshot("deploy_image_docker_down", &project.told(&down.ended(2)));
    assert_eq!(project.aws.status("first"), "-");
}

#[test]
fn without_a_repository_an_image_is_refused() {
    let project = Project::bare();
    project.write("web/Dockerfile", "FROM scratch\n");
    project.define(&json!([stack("shop")]));
    let run = project.run(["deploy", "--yes"]).ended(2);
    snapshot("deploy_no_repository", &project.told(&run));
}
