//! The catalogue, deployed as its users do: every system in its accounts, in one run, and gone again.

use std::os::unix::fs::PermissionsExt as _;

use super::emulator::Emulator;
use super::isolated;
use crate::program::{PACKAGE, Run, STACKS};

/// The accounts of the catalogue; those of other tests are others.
const ACCOUNTS: [(&str, &str); 4] =
    [("dev", "111111111111"), ("prod", "222222222222"), ("personal", "333333333333"), ("management", "444444444444")];

/// Stands in for pip, which needs the network: installs one empty module.
const PIP: &str = r#"#!/bin/sh
while [ "$1" != --target ]; do shift; done
mkdir -p "$2" && touch "$2/module.py"
"#;

/// A folder whose `formwork.toml` knows the accounts, but for those left out, and in which the files of the catalogue are.
struct Play(tempfile::TempDir);

impl Play {
    fn knowing(accounts: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".home")).unwrap();
        let settings = |line: fn(&str, &str) -> String| {
            accounts.iter().map(|(name, account)| line(name, account)).collect::<String>()
        };
        let toml = settings(|name, account| format!("[accounts.{account}]\nprofile = \"{name}\"\n"));
        let profiles = settings(|name, account| {
            format!("[profile {name}]\naws_access_key_id = {account}\naws_secret_access_key = none\n")
        });
        std::fs::write(folder.path().join("formwork.toml"), toml).unwrap();
        std::fs::write(folder.path().join(".home/config"), profiles).unwrap();
        std::os::unix::fs::symlink(format!("{PACKAGE}/stacks"), folder.path().join("stacks")).unwrap();
        let python = folder.path().join("python3");
        std::fs::write(&python, PIP).unwrap();
        std::fs::set_permissions(python, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    /// Runs the program of the catalogue, with the credentials of an account in the environment.
    fn run(&self, account: &str, arguments: &[&str]) -> Run {
        let mut program = isolated(STACKS, self.0.path(), Emulator::get().url(), account);
        let path = std::env::var("PATH").unwrap();
        program.env("PATH", format!("{}:{path}", self.0.path().display()));
        program.args(arguments).output().unwrap().into()
    }
}

/// What a column of the table at the end says of each stack.
fn outcomes(run: &Run) -> Vec<(String, String)> {
    let table = run.out.split("STACK ").nth(1).or_else(|| run.err.split("STACK ").nth(1)).unwrap();
    // Below the table stands what is to be done by hand.
    let rows = table.lines().skip(1).take_while(|line| !line.is_empty() && !line.starts_with("next:"));
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    rows.filter_map(pair).collect()
}

#[test]
fn every_system_is_deployed_to_its_accounts_in_one_run_and_destroyed() {
    let play = Play::knowing(&ACCOUNTS);
    // Recipes have functions and files.
    play.run("111111111111", &["bootstrap", "--yes"]).done();
    let created = outcomes(&play.run("111111111111", &["deploy", "--yes"]).done());
    let listed = play.run("111111111111", &["ls"]).done().out;
    assert_eq!(created.len(), listed.lines().count() - 1, "{listed}");
    assert!(created.iter().all(|(_, outcome)| outcome == "created"), "{created:?}");

    // What the emulator made, rather than what the program says of it.
    let dev = Emulator::get().aws("111111111111");
    assert_eq!(dev.status("financial-data-api-dev-ecs"), "CREATE_COMPLETE");
    assert_eq!(dev.status("financial-data-api-prod-ecs"), "-");
    let vpc = dev.resources("financial-data-api-dev-vpc");
    assert_eq!(vpc.keys().filter(|id| id.contains("Subnet") && id.contains("RouteTableAssociation")).count(), 4);
    let prod = Emulator::get().aws("222222222222");
    assert_eq!(prod.status("financial-data-api-prod-rds"), "CREATE_COMPLETE");

    let again = outcomes(&play.run("111111111111", &["deploy", "--yes"]).done());
    assert!(again.iter().all(|(_, outcome)| outcome == "unchanged"), "{again:?}");

    let run = play.run("111111111111", &["destroy", "**", "--yes", "--empty-buckets"]).done();
    let deleted = outcomes(&run);
    assert_eq!(deleted.len(), created.len());
    assert!(deleted.iter().all(|(_, outcome)| outcome == "deleted"), "{deleted:?}");
    assert_eq!(dev.status("financial-data-api-dev-vpc"), "-");
    assert_eq!(prod.status("financial-data-api-prod-vpc"), "-");
}

#[test]
fn dev_is_not_deployed_to_the_account_of_prod() {
    let play = Play::knowing(&[]);
    play.run("222222222222", &["deploy", "financial-data-api/dev/*", "--yes"])
        .ended(2)
        .told("these stacks belong to account 111111111111, and the credentials to account 222222222222");
    play.run("111111111111", &["deploy", "financial-data-api/prod/*", "--yes"])
        .ended(2)
        .told("these stacks belong to account 222222222222, and the credentials to account 111111111111");
}
