//! Every check: a case that it finds, with the words it says, and one that just passes.

mod allowances;
mod cycles;
mod declared;
mod engine_versions;
mod every;
mod functions;
mod hostile;
mod limits;
mod lines;
mod names;
mod networks;
mod one_region;
mod properties;
mod real_world;
mod references;
mod runbooks;
mod secrets;
mod trust;
mod values;

use std::fmt::Write as _;

use formwork::{App, Env, Problem, Problems, RawResource, Resource as _, Severity, Stack};

/// What synth finds in an app, warnings too.
fn problems(define: impl FnOnce(&mut App)) -> Vec<Problem> {
    let mut app = App::new();
    define(&mut app);
    match app.synth() {
        Ok(assembly) => assembly.warnings,
        Err(Problems(problems)) => problems,
    }
}

/// Problems as text, without lines: `error[check] Construct Property: message`, and the help.
fn told(problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in problems {
        let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
        let construct = problem.construct.as_ref().map_or("", |(path, _)| path);
        let property = problem.property.as_deref().unwrap_or_default();
        let place = [construct, property].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let place = if place.is_empty() { place } else { format!(" {place}") };
        writeln!(out, "{severity}[{}]{place}: {}", problem.check, problem.message).expect("text takes text");
        writeln!(out, "  help: {}", problem.help.as_deref().unwrap_or("none")).expect("text takes text");
    }
    out
}

/// What synth finds in one stack of no environment in particular.
pub fn found<T>(define: impl FnOnce(&mut Stack) -> T) -> String {
    found_in(Env::any(), define)
}

/// What synth finds in an app, as text.
pub fn found_in_app(define: impl FnOnce(&mut App)) -> String {
    told(&problems(define))
}

/// What synth finds in one stack.
fn found_in<T>(env: Env, define: impl FnOnce(&mut Stack) -> T) -> String {
    told(&problems(|app| {
        app.stack("test", env, define);
    }))
}

/// A resource whose properties are JSON, as a template of others would hold them.
fn raw(type_name: &str, properties: serde_json::Value) -> RawResource {
    let serde_json::Value::Object(properties) = properties else { panic!("properties are an object") };
    properties.into_iter().fold(RawResource::new(type_name), |resource, (key, value)| resource.raw(key, value))
}

/// What synth finds in one resource.
fn found_in_resource(type_name: &str, properties: serde_json::Value) -> String {
    found(|s| s.add("It", raw(type_name, properties)))
}

/// A trust policy that says nothing of interest.
fn trust() -> serde_json::Value {
    serde_json::json!({
        "Statement": { "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" },
    })
}

/// Asserts that synth finds nothing.
#[track_caller]
fn passes<T>(define: impl FnOnce(&mut Stack) -> T) {
    assert_eq!(found(define), "");
}

/// Asserts that synth finds nothing in one resource.
#[track_caller]
fn resource_passes(type_name: &str, properties: serde_json::Value) {
    assert_eq!(found_in_resource(type_name, properties), "");
}
