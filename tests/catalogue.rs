//! The stacks of this project: what each promises, asked of its template.

mod account;
mod financial_data_api;
mod organization;
mod runbooks;

use std::process::Command;

use serde_json::Value;

use crate::program::{Run, STACKS};

/// The template of a stack of the catalogue.
fn template(path: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(STACKS);
    program.current_dir(folder.path()).args(["synth", path, "--format", "json", "--out", "out"]);
    Run::from(program.output().unwrap()).done();
    serde_json::from_slice(&std::fs::read(folder.path().join(format!("out/{path}.json"))).unwrap()).unwrap()
}

/// The properties of every resource of a type.
fn resources<'a>(template: &'a Value, type_name: &str) -> Vec<&'a Value> {
    let all = template["Resources"].as_object().unwrap().values();
    all.filter(|resource| resource["Type"] == type_name).map(|resource| &resource["Properties"]).collect()
}

/// How many resources there are of each type.
#[track_caller]
fn has(template: &Value, counts: &[(&str, usize)]) {
    for (type_name, count) in counts {
        assert_eq!(resources(template, &format!("AWS::{type_name}")).len(), *count, "{type_name}");
    }
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    assert_eq!(template["Resources"].as_object().unwrap().len(), all);
}
