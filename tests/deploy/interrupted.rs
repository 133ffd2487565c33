//! `kill -9` in the middle of a deployment; then the same command again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::aws::Aws;
use super::emulator::Emulator;
use super::{Definitions, Run};

/// At how many moments a deployment is killed.
const MOMENTS: u32 = 10;

/// Twelve stacks, three in a row and the rest beside them, each with a few resources.
fn stacks(delay: u32) -> Value {
    let stack = |index: usize| {
        let needs: Vec<String> = (0 < index && index < 4).then(|| format!("shop/s{}", index - 1)).into_iter().collect();
        json!({ "path": format!("shop/s{index}"), "needs": needs, "resources": {
            "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } },
            "News": { "Type": "AWS::SNS::Topic" },
            "Files": { "Type": "AWS::S3::Bucket" },
        }, "outputs": { "News": { "Ref": "News" } } })
    };
    (0..12).map(stack).collect()
}

struct Account {
    id: String,
    definitions: Definitions,
    aws: Aws,
}

impl Account {
    fn new() -> Self {
        let account = Emulator::account();
        Self { definitions: Definitions::new(&stacks(1)), aws: Emulator::get().aws(&account), id: account }
    }

    fn command(&self) -> std::process::Command {
        let mut command =
            self.definitions.program(|program, folder| Emulator::get().command(program, folder, &self.id));
        command.args(["deploy", "--yes", "--concurrency", "3"]);
        command
    }

    fn deploy(&self) -> Run {
        self.command().output().unwrap().into()
    }

    /// Kills a deployment after a while; it may have ended before.
    fn killed_after(&self, time: Duration) {
        let mut child =
            self.command().stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(time);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// What is there in the end: each stack's status, its resources and the template, without ids that differ by nature.
    fn end(&self) -> BTreeMap<String, (String, Vec<String>, String)> {
        let all = self.aws.done(self.aws.cloudformation.describe_stacks().send());
        let of = |name: &str| {
            let template = self.aws.done(self.aws.cloudformation.get_template().stack_name(name).send());
            let template = template.template_body().unwrap_or_default().to_owned();
            (self.aws.status(name), self.aws.resources(name).into_keys().collect(), template)
        };
        all.stacks().iter().filter_map(|stack| stack.stack_name()).map(|name| (name.to_owned(), of(name))).collect()
    }
}

#[test]
fn a_deployment_that_was_killed_at_any_moment_is_finished_by_the_next() {
    let undisturbed = Account::new();
    let begun = Instant::now();
    undisturbed.deploy().done();
    let took = begun.elapsed();
    let created = undisturbed.end();
    assert_eq!(created.len(), 12);
    undisturbed.definitions.replace(&stacks(2));
    undisturbed.deploy().done();
    let updated = undisturbed.end();
    for moment in 0..MOMENTS {
        let killed = Account::new();
        let after = took * (2 * moment + 1) / (2 * MOMENTS);
        killed.killed_after(after);
        killed.deploy().done();
        assert_eq!(killed.end(), created, "killed after {after:?}");
        killed.definitions.replace(&stacks(2));
        killed.killed_after(after);
        killed.deploy().done();
        let end: Vec<_> =
            killed.end().into_iter().map(|(name, (_, resources, template))| (name, resources, template)).collect();
        let wanted: Vec<_> = updated.iter().map(|(name, (_, r, t))| (name.clone(), r.clone(), t.clone())).collect();
        assert_eq!(end, wanted, "killed after {after:?}");
    }
}
