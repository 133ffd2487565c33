//! What the definitions are compared with.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::super::files::{Folder, MANIFEST, shown};
use super::super::git::Revision;
use super::super::{Exit, files, output};
use super::Asked;
#[cfg(feature = "deploy")]
use crate::core::App;
#[cfg(feature = "deploy")]
use crate::deploy::Deployed;

/// What the manifest says of a stack that is part of the template, follows from it, or is for people.
const BESIDE: [&str; 5] = ["path", "template", "needs", "runbooks", "assets"];

/// What the definitions are compared with.
pub(super) struct Against {
    /// In words.
    pub(super) called: String,
    /// The templates, by stack path; of one that is there and cannot be read why, and what to do.
    pub(super) templates: BTreeMap<String, Result<String, [String; 2]>>,
    /// What to know of stacks.
    pub(super) notes: BTreeMap<String, String>,
    /// What is known of each stack beside its template.
    pub(super) beside: Beside,
    /// The names of the stacks that import an export, by the exporting stack's path and the export's name, as CloudFormation
    /// says.
    pub(super) importers: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// What CloudFormation says of each stack, where it was asked.
    pub(super) asked: Option<Asked>,
    /// The revision, where it is one.
    pub(super) revision: Option<Revision>,
}

/// What is known of stacks beside their templates, by path.
pub(super) enum Beside {
    /// All that a manifest says.
    Manifest(BTreeMap<String, Value>),
    /// What CloudFormation says: tags, protection, topics, policy. The rest is as it is defined.
    #[cfg_attr(not(feature = "deploy"), expect(dead_code, reason = "without it nothing deployed is read"))]
    Deployed(BTreeMap<String, Value>),
}

impl Against {
    /// What the manifest says of a stack.
    pub(super) fn manifest(&self, path: &str) -> Option<&Value> {
        match &self.beside {
            Beside::Manifest(all) => all.get(path),
            Beside::Deployed(_) => None,
        }
    }

    /// The settings of a stack beside its template, as they are and as they are defined.
    pub(super) fn settings(&self, path: &str, defined: Option<&Value>) -> [Option<Value>; 2] {
        let mut after = defined.map(settings);
        let given = self.asked.as_ref().map_or(&[][..], |asked| &asked.tags);
        if let Some(after) = after.as_mut().and_then(Value::as_object_mut).filter(|_| !given.is_empty()) {
            let tags = after.entry("tags").or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Some(tags) = tags.as_object_mut() {
                tags.extend(given.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))));
            }
        }
        let before = match &self.beside {
            Beside::Manifest(all) => all.get(path).map(settings),
            Beside::Deployed(all) => all.get(path).and_then(|there| Some(over(after.clone()?, there))),
        };
        [before, after]
    }
}

/// Settings with those replaced that CloudFormation knows.
fn over(mut settings: Value, there: &Value) -> Value {
    const KNOWN: [&str; 4] = ["tags", "terminationProtection", "notificationArns", "policy"];
    if let Some(map) = settings.as_object_mut() {
        map.retain(|key, _| !KNOWN.contains(&key.as_str()));
        map.extend(there.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    }
    settings
}

fn settings(about: &Value) -> Value {
    let mut about = about.clone();
    if let Some(map) = about.as_object_mut() {
        map.retain(|key, value| !BESIDE.contains(&key.as_str()) && !value.is_null());
    }
    about
}

/// What is deployed, each stack read once.
#[cfg(feature = "deploy")]
pub(super) fn deployed(app: &App, selectors: &[String]) -> Result<Against, Exit> {
    use super::super::aws::{self, Direction};

    let found = aws::look(app, selectors, Direction::Look, async |deployment| deployment.deployed().await)?;
    Ok(of(found, "what is deployed, by the templates alone".into(), None))
}

/// What was read of stacks that are deployed.
#[cfg(feature = "deploy")]
pub(super) fn of(found: Vec<Deployed>, called: String, asked: Option<Asked>) -> Against {
    let (mut templates, mut beside, mut importers) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut notes = BTreeMap::new();
    for one in found {
        if one.template.is_ok() {
            beside.insert(one.stack.clone(), Value::Object(one.settings));
        }
        templates.insert(one.stack.clone(), one.template);
        notes.extend(one.note.map(|note| (one.stack.clone(), note)));
        importers.insert(one.stack, one.importers);
    }
    let beside = Beside::Deployed(beside);
    Against { called, templates, notes, beside, importers, asked, revision: None }
}

/// The templates on the disk.
pub(super) fn on_disk() -> Result<Against, Exit> {
    let root = files::package().join("templates");
    let trouble = |trouble: files::Trouble| output::refuse(&trouble.what, &trouble.help);
    let folder = Folder::open(&root).map_err(trouble)?;
    let Some(manifest) = folder.read(MANIFEST).map_err(trouble)? else {
        let what = format!("there are no templates in {}: {MANIFEST} is not there", shown(&root));
        return Err(output::refuse(&what, "`synth` writes them"));
    };
    let mut templates = BTreeMap::new();
    for (path, file) in folder.listed() {
        templates.insert(path.clone(), folder.read(file).map_err(trouble)?);
    }
    let called = format!("the templates in {}", shown(&root));
    Ok(by_manifest(called, templates, &manifest, None))
}

/// The templates as a revision has them.
pub(super) fn at_revision(revision: &str) -> Result<Against, Exit> {
    let root = files::package().join("templates");
    let refused = |trouble: super::super::git::Trouble| output::refuse(&trouble.what, &trouble.help);
    let at = Revision::find(&root, revision).map_err(refused)?;
    let called = format!("the templates in {} at {}", shown(&root), at.called);
    let manifest = at.read(&[MANIFEST.to_owned()]).map_err(refused)?.pop().flatten();
    let Some(manifest) = manifest else { return Err(no_manifest(&root, &at.called)) };
    let listed = files::listed(&manifest).map_err(|why| {
        let what = format!("{MANIFEST} is damaged at {}: {why}", at.called);
        output::refuse(&what, "compare with another revision")
    })?;
    let (paths, names): (Vec<String>, Vec<String>) = listed.into_iter().unzip();
    let texts = at.read(&names).map_err(refused)?;
    Ok(by_manifest(called, paths.into_iter().zip(texts).collect(), &manifest, Some(at)))
}

fn no_manifest(root: &Path, revision: &str) -> Exit {
    let what = format!("there are no templates in {} at {revision}: {MANIFEST} is not there", shown(root));
    output::refuse(&what, "compare with a revision in which `synth` wrote them, and which has them committed")
}

fn by_manifest(
    called: String,
    templates: BTreeMap<String, Option<String>>,
    manifest: &str,
    revision: Option<Revision>,
) -> Against {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    let stacks = manifest["stacks"].as_array().cloned().unwrap_or_default();
    let about = stacks.into_iter().filter_map(|about| Some((about["path"].as_str()?.to_owned(), about))).collect();
    let help = if revision.is_some() { "compare with a revision that has it" } else { "write it anew: `synth`" };
    let missing = || [format!("its template is listed in {called}, and is not there"), help.to_owned()];
    let templates = templates.into_iter().map(|(path, text)| (path, text.ok_or_else(missing))).collect();
    Against {
        called,
        templates,
        notes: BTreeMap::new(),
        beside: Beside::Manifest(about),
        importers: BTreeMap::new(),
        asked: None,
        revision,
    }
}
