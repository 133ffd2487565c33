//! The templates on disk: which files there are, which are stale, and writing them so that nothing is ever half done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// Lists the files that synth made, so that it removes those and no other.
pub(super) const MANIFEST: &str = "manifest.json";

/// A folder of templates.
pub(super) struct Folder {
    root: PathBuf,
    /// The file of each stack that the manifest lists, by stack path.
    listed: BTreeMap<String, String>,
}

/// What is to be written and removed to bring the folder up to date.
pub(super) struct Changes {
    /// Files whose content differs or that are not there: name, content before, content after.
    pub(super) write: Vec<(String, Option<String>, String)>,
    /// Files that no stack makes any more.
    pub(super) remove: Vec<String>,
}

impl Folder {
    /// Reads the folder's manifest; a folder that is not there yet has none.
    pub(super) fn open(root: &Path) -> Result<Self, String> {
        let path = root.join(MANIFEST);
        let listed = match fs::read_to_string(&path) {
            Ok(text) => {
                let manifest: Value = serde_json::from_str(&text)
                    .map_err(|error| format!("{} is not valid JSON: {error}", path.display()))?;
                let stacks = manifest["stacks"].as_array().ok_or_else(|| {
                    format!("{} is not a manifest of templates: it has no list `stacks`", path.display())
                })?;
                let pair = |stack: &Value| Some((stack["path"].as_str()?.to_owned(), stack["template"].as_str()?.to_owned()));
                stacks.iter().filter_map(pair).filter(|(_, file)| stays_inside(file)).collect()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
        };
        Ok(Self { root: root.to_owned(), listed })
    }

    /// Compares the folder with `templates` (stack path, file, content). `stacks` are all that the app defines: the
    /// files of others are stale.
    pub(super) fn compare(
        &self,
        templates: &[(&str, String, String)],
        stacks: &[(&str, Value)],
    ) -> Result<Changes, String> {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        for (path, _) in stacks {
            let made = templates.iter().find(|(stack, ..)| stack == path).map(|(_, file, _)| file);
            if let Some(file) = made.or_else(|| self.listed.get(*path)) {
                files.insert(path, file.clone());
            }
        }
        let manifest = manifest(stacks, &files);
        let contents = templates.iter().map(|(_, file, content)| (file.clone(), content.clone()));
        let mut write = Vec::new();
        for (file, content) in contents.chain([(MANIFEST.to_owned(), manifest)]) {
            let before = self.read(&file)?;
            if before.as_deref() != Some(content.as_str()) {
                write.push((file, before, content));
            }
        }
        let kept: BTreeSet<&String> = files.values().collect();
        let stale = self.listed.values().filter(|file| !kept.contains(file) && self.root.join(file).exists());
        Ok(Changes { write, remove: stale.cloned().collect() })
    }

    fn read(&self, file: &str) -> Result<Option<String>, String> {
        let path = self.root.join(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read {}: {error}", path.display())),
        }
    }

    /// Writes and removes. Every file is written beside its place first and moved there only when all are written;
    /// the manifest comes last, so that a file is never made without being listed by the next run.
    pub(super) fn apply(&self, changes: &Changes) -> Result<(), String> {
        let mut staged = Vec::new();
        for (file, _, content) in &changes.write {
            let path = self.root.join(file);
            let folder = path.parent().unwrap_or(&self.root);
            let stage = || -> std::io::Result<NamedTempFile> {
                fs::create_dir_all(folder)?;
                let mut temporary = readable(tempfile::Builder::new().prefix(".formwork-")).tempfile_in(folder)?;
                temporary.write_all(content.as_bytes())?;
                Ok(temporary)
            };
            let temporary = stage().map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            staged.push((temporary, path));
        }
        for (temporary, path) in staged {
            temporary.persist(&path).map_err(|error| format!("cannot write {}: {}", path.display(), error.error))?;
        }
        for file in &changes.remove {
            let path = self.root.join(file);
            fs::remove_file(&path).map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
            self.remove_empty_folders(&path);
        }
        Ok(())
    }

    fn remove_empty_folders(&self, file: &Path) {
        for folder in file.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break; // not empty
            }
        }
    }
}

/// A temporary file is its owner's alone; a template is for everybody whom the umask allows.
#[cfg(unix)]
fn readable<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    builder
}

/// A manifest may have been edited: nothing outside the folder is ever removed.
fn stays_inside(file: &str) -> bool {
    Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn manifest(stacks: &[(&str, Value)], files: &BTreeMap<&str, String>) -> String {
    let listed = stacks.iter().filter_map(|(path, about)| {
        let mut about = about.as_object()?.clone();
        about.insert("template".into(), json!(files.get(path)?));
        Some(Value::from(about))
    });
    format!("{:#}\n", json!({ "version": 1, "stacks": listed.collect::<Vec<_>>() }))
}
