//! The kinds of identifiers that the generated code speaks of, by service.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::names;

/// Kinds by module and name, and the sets of kinds that some property takes any of.
#[derive(Default)]
pub(crate) struct Kinds {
    of_service: BTreeMap<String, BTreeMap<String, String>>,
    unions: BTreeMap<String, BTreeSet<String>>,
}

/// The module of a service's items: its feature with `_` for `-`.
pub(crate) fn module(feature: &str) -> String {
    feature.replace('-', "_")
}

/// `AWS::EC2::VPC` → `ec2`, `Alexa::ASK::Skill` → `alexa-ask`.
fn feature(type_name: &str) -> String {
    let parts: Vec<_> = type_name.split("::").collect();
    if parts[0] == "AWS" { parts[1].to_lowercase() } else { parts[..2].join("-").to_lowercase() }
}

impl Kinds {
    /// The path of one kind, `AWS::EC2::VPC.Id` → `id::ec2::VpcId`.
    pub(crate) fn one(&mut self, kind: &str) -> String {
        let (owner, property) = kind.split_once('.').expect("a kind is a type and a property");
        let module = module(&feature(owner));
        let name = names::kind(owner.rsplit("::").next().unwrap_or(owner), &property.replace('.', ""));
        self.of_service.entry(module.clone()).or_default().entry(name.clone()).or_insert_with(|| kind.to_owned());
        format!("id::{module}::{name}")
    }

    /// The path of a kind that takes each of several.
    pub(crate) fn union(&mut self, kinds: &[String]) -> String {
        let paths: BTreeSet<String> = kinds.iter().map(|kind| self.one(kind)).collect();
        if let [only] = paths.iter().collect::<Vec<_>>()[..] {
            return only.clone();
        }
        let names: BTreeSet<_> = paths.iter().filter_map(|path| path.rsplit("::").next()).collect();
        let mut name = names.into_iter().collect::<Vec<_>>().join("Or");
        while self.unions.get(&name).is_some_and(|known| *known != paths) {
            name.push('_');
        }
        self.unions.insert(name.clone(), paths);
        format!("id::{name}")
    }

    /// Whether the service of a module has any.
    pub(crate) fn has(&self, module: &str) -> bool {
        self.of_service.contains_key(module)
    }

    /// The content of the module `id`.
    pub(crate) fn emit(&self) -> String {
        let mut out = String::new();
        for (module, kinds) in &self.of_service {
            let _ = writeln!(out, "/// Identifiers of the service's resources.\npub mod {module} {{");
            for (name, kind) in kinds {
                let (owner, property) = kind.split_once('.').unwrap_or((kind, ""));
                let _ = writeln!(
                    out,
                    "/// Identifies an `{owner}`: its `{property}`.\n#[derive(Debug)]\npub enum {name} {{}}\nl1_kind!({name});"
                );
            }
            out.push_str("}\n");
        }
        for (name, paths) in &self.unions {
            let inner: Vec<_> = paths.iter().map(|path| path.trim_start_matches("id::")).collect();
            let listed: Vec<_> =
                inner.iter().map(|path| format!("[`{}`]({path})", path.rsplit("::").next().unwrap_or(path))).collect();
            let _ = writeln!(
                out,
                "/// Takes any of {}.\n#[derive(Debug)]\npub enum {name} {{}}\nl1_union!({name}, {});",
                listed.join(", "),
                inner.join(", ")
            );
        }
        out
    }
}
