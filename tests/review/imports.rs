//! Who imports what a stack does not export any more: stacks of its own account and region, by the name that the export has.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Run, example};

/// What the stack `shop/net` exports, of before; the definitions export nothing.
fn exports(name: &str) -> Value {
    json!({
        "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
        "Outputs": { "Jobs": { "Value": { "Ref": "Jobs" }, "Export": { "Name": name } } },
    })
}

/// A stack that imports something.
fn imports(name: &Value) -> Value {
    json!({ "Resources": { "Mail": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Fn::ImportValue": name } } } } })
}

/// `diff` of two stacks, of which the first loses its export; the second is in this account.
fn diff(export: &Value, import: &Value, account: &str, selectors: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let templates = folder.path().join("templates");
    fs::create_dir_all(templates.join("shop")).unwrap();
    fs::write(templates.join("shop/net.json"), export.to_string()).unwrap();
    fs::write(templates.join("shop/mail.json"), import.to_string()).unwrap();
    let stack = |path: &str, file: &str, account: &str| json!({ "path": path, "name": path.replace('/', "-"), "template": file, "account": account, "region": "us-east-1" });
    let stacks = [stack("shop/net", "shop/net.json", "111111111111"), stack("shop/mail", "shop/mail.json", account)];
    let manifest = json!({ "version": 1, "stacks": stacks });
    fs::write(templates.join("manifest.json"), manifest.to_string()).unwrap();
    let defined = |path: &str, account: &str, template: &Value| {
        let resources = &template["Resources"];
        json!({ "path": path, "account": account, "region": "us-east-1", "resources": resources })
    };
    let stacks = json!([
        defined("shop/net", "111111111111", export),
        defined("shop/mail", account, &json!({ "Resources": { "Mail": { "Type": "AWS::SNS::Topic" } } })),
    ]);
    let definitions = folder.path().join("stacks.json");
    fs::write(&definitions, stacks.to_string()).unwrap();
    fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    let mut program = Command::new(example("fixture"));
    program.current_dir(folder.path()).args(["diff", "--against", "templates"]).args(selectors);
    Run::from(program.env("FIXTURE", &definitions).env("NO_COLOR", "1").output().unwrap())
}

const REFUSED: &str = "! refused: the export";

#[test]
fn an_importer_is_known_though_it_is_not_selected() {
    let run = diff(&exports("jobs"), &imports(&json!("jobs")), "111111111111", &["shop/net"]).ended(1);
    assert!(run.out.contains("! refused: the export jobs is removed, and imported by shop/mail"), "{}", run.out);
}

#[test]
fn a_name_says_the_same_with_the_stacks_name_and_with_what_it_becomes() {
    let export = json!({ "Fn::Sub": "${AWS::StackName}-jobs" });
    let mut exporting = exports("");
    exporting["Outputs"]["Jobs"]["Export"]["Name"] = export;
    let run = diff(&exporting, &imports(&json!("shop-net-jobs")), "111111111111", &[]).ended(1);
    assert!(run.out.contains(REFUSED) && run.out.contains("imported by shop/mail"), "{}", run.out);
    // The same words mean another name in another stack.
    let own = json!({ "Fn::Sub": "${AWS::StackName}-jobs" });
    assert!(!diff(&exporting, &imports(&own), "111111111111", &[]).done().out.contains(REFUSED));
}

#[test]
fn another_account_has_exports_of_its_own() {
    let run = diff(&exports("jobs"), &imports(&json!("jobs")), "222222222222", &[]).done();
    assert!(run.out.contains("- export jobs\n") && !run.out.contains(REFUSED), "{}", run.out);
}
