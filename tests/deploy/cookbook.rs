//! The recipes, as whoever has the book uses them: deployed side by side, their outputs as variables of a shell, gone again.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use formwork::deploy::outputs::upper_snake;

use super::emulator::Emulator;
use crate::program::{PACKAGE, Run, STACKS};

/// Each recipe, and the outputs that the book's commands use.
const LISTED: &str = include_str!("cookbook.txt");

/// Parameters without a default: a certificate is the reader's own. The emulator's is a stub, which looks into none.
const CERTIFICATE: [&str; 4] = [
    "--parameters",
    "cookbook/networking/https-redirect:CertificateBody=-----BEGIN CERTIFICATE-----\nstub\n-----END CERTIFICATE-----",
    "--parameters",
    "cookbook/networking/https-redirect:PrivateKey=-----BEGIN PRIVATE KEY-----\nstub\n-----END PRIVATE KEY-----",
];

/// Stands in for Python with pip, which needs the network: installs one empty module.
const PIP: &str = r#"#!/bin/sh
for word; do
    if [ "$before" = --target ]; then mkdir -p "$word" && touch "$word/module.py"; fi
    before=$word
done
"#;

/// A package with the catalogue's files, and an account of its own.
struct Reader {
    folder: tempfile::TempDir,
    account: String,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        std::os::unix::fs::symlink(format!("{PACKAGE}/stacks"), folder.path().join("stacks")).unwrap();
        let python = folder.path().join("python3");
        std::fs::write(&python, PIP).unwrap();
        std::fs::set_permissions(python, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, account: Emulator::account() }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Emulator::get().command(program, self.folder.path(), &self.account);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.folder.path().display()));
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        self.command(STACKS).args(args).output().unwrap().into()
    }

    /// What a shell has in these variables, once it has evaluated a stack's outputs.
    fn variables(&self, stack: &str, names: &[String]) -> BTreeMap<String, String> {
        let print = |all, name: &String| format!("{all}printf '%s\\0%s\\0' {name} \"${name}\"\n");
        let print = names.iter().fold(String::new(), print);
        let script = format!("eval \"$(\"$PROGRAM\" outputs {stack} --format env)\"\n{print}");
        let shell = self.command("sh").args(["-c", &script]).env("PROGRAM", STACKS).output().unwrap();
        let run = Run::from(shell).done();
        let words: Vec<&str> = run.out.split_terminator('\0').collect();
        words.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
    }
}

/// Counts what a table at the end says of each stack.
#[track_caller]
fn assert_all(run: &Run, outcome: &str) {
    let table = run.out.split("STACK ").nth(1).or_else(|| run.err.split("STACK ").nth(1)).unwrap();
    let rows: Vec<&str> = table.lines().skip(1).filter(|line| line.starts_with("cookbook/")).collect();
    assert_eq!(rows.len(), LISTED.lines().count(), "{table}");
    for row in rows {
        assert_eq!(row.split_whitespace().nth(1), Some(outcome), "{row}");
    }
}

#[test]
fn every_recipe_is_deployed_gives_its_variables_to_a_shell_and_leaves_nothing() {
    let reader = Reader::new();
    let aws = Emulator::get().aws(&reader.account);
    reader.run(&["bootstrap", "cookbook/**", "--yes"]).done();
    let deploy = [&["deploy", "cookbook/**", "--yes"], &CERTIFICATE[..]].concat();
    assert_all(&reader.run(&deploy).done(), "created");
    assert_all(&reader.run(&deploy).done(), "unchanged");

    for line in LISTED.lines() {
        let mut words = line.split(' ');
        let stack = words.next().unwrap();
        let names: Vec<String> = words.flat_map(|key| [key.to_owned(), upper_snake(key)]).collect();
        let variables = reader.variables(stack, &names);
        assert!(names.iter().all(|name| !variables[name].is_empty()), "{stack}: {variables:?}");
        // What the emulator made is what the template has.
        let template = std::fs::read_to_string(format!("{PACKAGE}/templates/{stack}.yaml")).unwrap();
        let template = formwork::diff::read(&template).unwrap();
        let made = aws.resources(&stack.replace('/', "-"));
        let unconditional = template["Resources"].as_object().unwrap().iter();
        let unconditional = unconditional.filter(|(_, resource)| resource["Condition"].is_null());
        for (id, _) in unconditional {
            assert!(made.get(id).is_some_and(|physical| !physical.is_empty()), "{stack} has no {id}");
        }
    }
    files_are_where_the_recipes_say(&reader);

    assert_all(&reader.run(&["destroy", "cookbook/**", "--yes", "--empty-buckets"]).done(), "deleted");
    let buckets = aws.done(aws.s3.list_buckets().send()).buckets.unwrap_or_default();
    let left: Vec<&str> = buckets.iter().filter_map(|bucket| bucket.name()).collect();
    assert_eq!(left, [format!("formwork-assets-{}-us-east-1", reader.account)]);
}

/// What a parameter asks for beyond the default: the stack, the parameter, and the resources on a condition that are made then.
const OPTIONAL: [(&str, &str, &[&str]); 3] = [
    ("cookbook/databases/encrypt-rds", "EncryptedSnapshot=cookbook-encrypted", &["AWS::RDS::DBInstance"]),
    ("cookbook/networking/prefix-lists", "WorkstationCidr=192.0.2.1/32", &[]),
    ("cookbook/databases/dms", "DmsVpcRole=exists", &[]),
];

#[test]
fn what_a_parameter_asks_for_is_made_and_what_is_there_already_is_not() {
    let reader = Reader::new();
    let aws = Emulator::get().aws(&reader.account);
    reader.run(&["bootstrap", "cookbook/**", "--yes"]).done();
    for (stack, parameter, made) in OPTIONAL {
        reader.run(&["deploy", stack, "--yes", "--parameters", parameter]).done();
        let template = std::fs::read_to_string(format!("{PACKAGE}/templates/{stack}.yaml")).unwrap();
        let template = formwork::diff::read(&template).unwrap();
        let there = aws.resources(&stack.replace('/', "-"));
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let type_name = resource["Type"].as_str().unwrap();
            let wanted = resource["Condition"].is_null() || made.contains(&type_name);
            assert_eq!(there.contains_key(id), wanted, "{stack}: {id}");
        }
        reader.run(&["destroy", stack, "--yes"]).done();
    }
}

/// What recipes put into their buckets is there.
fn files_are_where_the_recipes_say(reader: &Reader) {
    let aws = Emulator::get().aws(&reader.account);
    for stack in ["networking/s3-endpoint", "networking/cloudfront", "databases/rds-iam-auth", "databases/rds-proxy"] {
        let bucket = &aws.outputs(&format!("cookbook-{}", stack.replace('/', "-")))["BucketName"];
        let listed = aws.done(aws.s3.list_objects_v2().bucket(bucket).send());
        assert!(!listed.contents.unwrap_or_default().is_empty(), "{stack}");
    }
}
