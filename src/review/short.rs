//! The short view of a stack: what a reviewer must not miss, a line each, so that an unrelated edit changes none of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::values::{imported, with_names};
use crate::diff::{self, canonical, readable};
use crate::spec;
use crate::synth::Synthesized;

/// What a reviewer of a stack must not miss: its resources and what is kept of them, who may do and reach what, what it
/// exports and imports.
#[must_use]
pub fn short(stack: &Synthesized<'_>) -> String {
    let called = |id: &str| stack.origin(id).map(|origin| origin.construct);
    let template = canonical(&stack.to_value());
    let mut out = format!("{}\n", stack.path);
    let entries = |section: &str| template[section].as_object().into_iter().flatten();
    let resources = entries("Resources").map(|(id, resource)| self::resource(id, resource));
    list(&mut out, "resources", resources);
    let access = diff::security(&json!({}), &template).changes.into_iter().map(|change| {
        let text = change.to_string();
        let what = text.strip_prefix(&format!("{}: ", change.id)).unwrap_or(&text);
        let construct = called(&change.id).unwrap_or_else(|| change.id.clone());
        format!("{construct}: {}", with_names(what, &called))
    });
    list(&mut out, "access", access);
    let exports = entries("Outputs").filter_map(|(_, output)| Some(readable(output.get("Export")?.get("Name")?)));
    list(&mut out, "exports", exports.collect::<BTreeSet<_>>().into_iter());
    list(&mut out, "imports", imported(&template).into_iter());
    out
}

fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    out.push_str(&format!("\n{title}\n"));
    for line in lines {
        out.push_str(&format!("  {line}\n"));
    }
}

/// A resource, and what becomes of it where that matters: where it holds data, or says so itself.
fn resource(id: &str, resource: &Value) -> String {
    let type_name = resource["Type"].as_str().unwrap_or_default();
    let policy =
        |key: &str, default: &str| resource.get(key).map_or_else(|| default.to_owned(), readable).to_lowercase();
    let stateful = spec::known(type_name).is_some_and(|spec| spec.stateful);
    let says = resource.get("DeletionPolicy").is_some() || resource.get("UpdateReplacePolicy").is_some();
    let kept = if stateful || says {
        let (deleted, replaced) = (policy("DeletionPolicy", "by its type"), policy("UpdateReplacePolicy", "delete"));
        format!("  when deleted: {deleted}; when replaced: {replaced}")
    } else {
        String::new()
    };
    format!("{id}  {type_name}{kept}")
}
