//! Assets on their way: bootstrap, templates, files, images, objects. Against the emulator, and a Docker that is a script.

mod bootstrap;
mod built;
mod files;
mod images;
mod objects;
mod proxy;
mod templates;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::aws::Aws;
use super::emulator::Emulator;
use super::fixture;
use crate::program::Run;
use proxy::Proxy;

/// The bucket that `bootstrap` makes.
fn bucket(account: &str) -> String {
    format!("formwork-assets-{account}-us-east-1")
}

/// A package, and an account of its own.
struct Project {
    folder: tempfile::TempDir,
    account: String,
    aws: Aws,
}

impl Project {
    /// An account where nothing was done yet.
    fn bare() -> Self {
        let account = Emulator::account();
        let project = Self { folder: tempfile::tempdir().unwrap(), aws: Emulator::get().aws(&account), account };
        project.write("Cargo.toml", "");
        project
    }

    /// An account with a bucket and a repository.
    fn new() -> Self {
        let project = Self::bare();
        project.define(&json!([{ "path": "any" }]));
        project.run(["bootstrap", "--yes"]).done();
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn define(&self, stacks: &Value) {
        self.write("stacks.json", stacks.to_string());
    }

    /// The program, to be run in the package.
    fn program(&self) -> Command {
        let mut command = Emulator::get().command(fixture(), self.path(), &self.account);
        command.env("FIXTURE", self.path().join("stacks.json"));
        command
    }

    fn run<const N: usize>(&self, args: [&str; N]) -> Run {
        self.program().args(args).output().unwrap().into()
    }

    /// Deploys everything, through a proxy.
    fn deploy_through(&self, proxy: &Proxy) -> Run {
        let mut program = self.program();
        program.env("AWS_ENDPOINT_URL", &proxy.url).args(["deploy", "--yes"]).output().unwrap().into()
    }

    /// Deploys everything, and gives how each stack ended.
    #[track_caller]
    fn deploy(&self) -> BTreeMap<String, String> {
        outcomes(&self.run(["deploy", "--yes", "--json"]).done().out)
    }

    /// What a person reads, whatever folder and account it was about.
    fn told(&self, run: &Run) -> String {
        let text = format!("{}{}", run.err, run.out);
        text.replace(&*self.path().to_string_lossy(), "<package>").replace(&self.account, "<account>")
    }

    /// The keys of a bucket, with the size of what they hold.
    fn objects(&self, bucket: &str) -> BTreeMap<String, i64> {
        let listed = self.aws.done(self.aws.s3.list_objects_v2().bucket(bucket).send());
        let objects = listed.contents.unwrap_or_default().into_iter();
        objects.map(|object| (object.key.unwrap(), object.size.unwrap())).collect()
    }

    fn content(&self, bucket: &str, key: &str) -> Vec<u8> {
        let object = self.aws.done(self.aws.s3.get_object().bucket(bucket).key(key).send());
        self.aws.done(object.body.collect()).to_vec()
    }

    /// How often something was put into the bucket for assets, deletions included: it keeps versions.
    fn puts(&self) -> usize {
        let listed = self.aws.done(self.aws.s3.list_object_versions().bucket(bucket(&self.account)).send());
        listed.versions().len() + listed.delete_markers().len()
    }

    /// The value of a parameter of a deployed stack.
    fn parameter(&self, stack: &str, name: &str) -> String {
        let stack = self.aws.stack(stack).unwrap();
        let parameter = stack.parameters().iter().find(|p| p.parameter_key() == Some(name)).unwrap();
        parameter.parameter_value().unwrap().to_owned()
    }
}

/// How each stack ended, of events.
fn outcomes(events: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let ended = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ended = ended.filter(|event| event["event"] == "ended");
    ended.map(|event| (text(&event["stack"]), text(&event["outcome"]))).collect()
}

/// How stacks ended, to compare with.
fn ended<const N: usize>(stacks: [(&str, &str); N]) -> BTreeMap<String, String> {
    stacks.iter().map(|(stack, outcome)| ((*stack).into(), (*outcome).into())).collect()
}

/// A stack that keeps the address of an asset.
fn with_code(path: &str, asset: &Value) -> Value {
    json!({
        "path": path, "name": path,
        "assets": { "Code": asset },
        "resources": { "Where": { "Type": "AWS::SSM::Parameter", "Properties": {
            "Type": "String",
            "Value": { "Fn::Join": ["/", [{ "Ref": "AssetsBucket" }, { "Ref": "CodeAssetKey" }]] },
        } } },
    })
}
