//! Who imports what a stack exports.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::against::Against;
use crate::{diff, review};

/// Who imports what a stack exports: stacks of its account and region whose templates say so, and those that CloudFormation
/// names.
pub(super) struct Importers<'a> {
    stacks: Vec<Neighbour<'a>>,
    told: &'a BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A stack that may export and import.
struct Neighbour<'a> {
    path: &'a str,
    /// Its name, account and region, as far as they are known.
    place: [Option<&'a str>; 3],
    template: &'a str,
    /// What it imports: most are never asked, and need not be read.
    imported: OnceLock<BTreeSet<String>>,
}

impl<'a> Importers<'a> {
    pub(super) fn new(against: &'a Against, defined: &'a BTreeMap<&str, Value>) -> Self {
        let neighbour = |(path, template): (&'a String, &'a Result<String, [String; 2]>)| {
            let about = against.manifest(path).or_else(|| defined.get(path.as_str()));
            let place = ["name", "account", "region"].map(|key| about.and_then(|about| about[key].as_str()));
            Neighbour { path, place, template: template.as_deref().unwrap_or_default(), imported: OnceLock::new() }
        };
        Self { stacks: against.templates.iter().map(neighbour).collect(), told: &against.importers }
    }

    /// The stacks that import an export of a stack: their paths, or the names of those that are not of this app.
    pub(super) fn of(&self, exporter: &str, export: &str) -> Vec<String> {
        let Some(own) = self.stacks.iter().find(|stack| stack.path == exporter) else { return Vec::new() };
        let name = own.resolved(export);
        let here = |stack: &&Neighbour<'_>| stack.path != exporter && stack.place[1..] == own.place[1..];
        let near = || self.stacks.iter().filter(here);
        let mut found: BTreeSet<String> =
            near().filter(|stack| stack.imports(&name)).map(|stack| stack.path.to_owned()).collect();
        let told = self.told.get(exporter).and_then(|exports| exports.get(&name)).into_iter().flatten();
        found.extend(told.map(|called| {
            let known = near().find(|stack| stack.place[0] == Some(called.as_str()));
            known.map_or_else(|| called.clone(), |stack| stack.path.to_owned())
        }));
        found.into_iter().collect()
    }
}

impl Neighbour<'_> {
    fn imports(&self, name: &str) -> bool {
        let read = || -> BTreeSet<String> {
            if !self.template.contains("ImportValue") {
                return BTreeSet::new();
            }
            let template = diff::read(self.template).unwrap_or_default();
            review::imported(&diff::canonical(&template)).iter().map(|name| self.resolved(name)).collect()
        };
        self.imported.get_or_init(read).contains(name)
    }

    /// A name with what it says of the stack it stands in.
    fn resolved(&self, name: &str) -> String {
        let pseudo = ["${AWS::StackName}", "${AWS::AccountId}", "${AWS::Region}"];
        pseudo.iter().zip(self.place).fold(name.to_owned(), |name, (pseudo, value)| match value {
            Some(value) => name.replace(pseudo, value),
            None => name,
        })
    }
}
