//! Generates the L1: Rust for every type of the enabled services, and the data that synth checks against, both from
//! `spec/cloudformation.spec`.

#[path = "build/emit.rs"]
mod emit;
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/names.rs"]
mod names;
#[path = "build/spec.rs"]
mod spec;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    for file in ["build.rs", "build", "spec/cloudformation.spec", "spec/corrections.json", "spec/actions.spec"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let mut spec = spec::read(&root.join("spec/cloudformation.spec"), enabled);
    spec::correct(&mut spec, &root.join("spec/corrections.json"));
    write(&out.join("cfn.rs"), &code(&spec, &out));
    write(&out.join("spec.rs"), &data(&spec, &out));
    if enabled("iam") {
        write(&out.join("actions.txt"), &spec::actions(&root.join("spec/actions.spec")));
    }
}

fn enabled(feature: &str) -> bool {
    std::env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase().replace('-', "_"))).is_some()
}

/// One module per enabled service, and the kinds of identifiers they speak of.
fn code(spec: &spec::Spec, out: &Path) -> String {
    let mut kinds = kinds::Kinds::default();
    let mut modules = String::new();
    for service in spec.services.iter().filter(|service| !service.types.is_empty()) {
        let module = kinds::module(&service.feature);
        let file = format!("cfn_{module}.rs");
        write(&out.join(&file), &emit::service(service, &mut kinds));
        let first = service.type_names.first().map_or("", String::as_str);
        let namespace = first.rsplit_once("::").map_or(first, |(namespace, _)| namespace);
        let kinds = if kinds.has(&module) { format!("pub use crate::cfn::id::{module}::*;") } else { String::new() };
        let _ = writeln!(
            modules,
            "/// Resource types of `{namespace}`.\npub mod {module} {{\n{kinds}\n\
             include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));\n}}"
        );
    }
    format!(
        "/// Identifiers: what `Ref` and attributes return and properties take, one type per kind.\npub mod id {{\n{}}}\n{modules}",
        kinds.emit()
    )
}

/// The schemas of the enabled types without documentation, and the names of all types.
fn data(spec: &spec::Spec, out: &Path) -> String {
    let mut code = String::new();
    let mut types = Vec::new();
    for service in spec.services.iter().filter(|service| !service.types.is_empty()) {
        let mut file = String::new();
        let name = kinds::module(&service.feature);
        for (type_name, schema) in &service.types {
            let start = file.len();
            file.push_str(&checked(schema).to_string());
            types.push((type_name, name.to_uppercase(), start, file.len()));
        }
        write(&out.join(format!("spec_{name}.json")), &file);
        let _ = writeln!(
            code,
            "const {}: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/spec_{name}.json\"));",
            name.to_uppercase()
        );
    }
    types.sort_unstable();
    let _ = writeln!(code, "pub(super) static TYPES: [Entry; {}] = [", types.len());
    for (type_name, file, start, end) in types {
        let _ = writeln!(code, "Entry::new({type_name:?}, {file}, {start}, {end}),");
    }
    code.push_str("];\npub(super) static SERVICES: &[(&str, &[&str])] = &[\n");
    for service in &spec.services {
        let _ = writeln!(code, "({:?}, &{:?}),", service.feature, service.type_names);
    }
    let _ = writeln!(code, "];\npub(super) static REGIONS: &[&str] = &{:?};", spec.regions);
    let _ = writeln!(code, "pub(super) static SOURCES: &str = {:?};", spec.sources);
    code
}

/// What is said of a type beside the schema of its properties.
const ABOUT: [&str; 13] = [
    "definitions",
    "attributes",
    "refs",
    "primary",
    "createOnly",
    "conditionalCreateOnly",
    "writeOnly",
    "readOnly",
    "deprecated",
    "arn",
    "stateful",
    "tags",
    "absent",
];

/// A type as synth reads it: the schema of its properties apart from what else is said of it.
fn checked(schema: &Json) -> Json {
    let mut about = schema.as_object().cloned().unwrap_or_default();
    let schema: serde_json::Map<_, _> =
        about.clone().into_iter().filter(|(key, _)| !ABOUT.contains(&key.as_str())).collect();
    about.retain(|key, _| ABOUT.contains(&key.as_str()));
    about.insert("schema".into(), schema.into());
    let mut about = about.into();
    strip(&mut about);
    about
}

/// Removes what checking does not need: documentation and defaults.
fn strip(node: &mut Json) {
    match node {
        Json::Object(map) => {
            // A property may itself be called `doc` or `default`; then it is a schema, not a text.
            map.retain(|key, value| !(key == "doc" && value.is_string() || key == "default" && !value.is_object()));
            map.values_mut().for_each(strip);
        }
        Json::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Writes a file, unless it already says the same: an untouched file does not rebuild anything.
fn write(path: &Path, content: &str) {
    if std::fs::read_to_string(path).is_ok_and(|before| before == content) {
        return;
    }
    std::fs::write(path, content).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
