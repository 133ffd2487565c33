//! The templates on disk: which files there are, which are stale, and writing them so that nothing is ever half done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// Lists the files that synth made, so that it removes those and no other.
pub(super) const MANIFEST: &str = "manifest.json";
/// What the manifest's form is called; a form that is not known is not read.
const VERSION: u64 = 1;

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

/// What the disk refused, and what to do.
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) help: String,
}

impl Trouble {
    /// An operation on a file that did not work.
    pub(super) fn io(cannot: &'static str, path: &Path, help: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self { what: format!("cannot {cannot} {}: {error}", shown(path)), help: help.into() }
    }
}

impl Folder {
    /// A folder with nothing in it, on no disk.
    pub(super) const fn empty() -> Self {
        Self { root: PathBuf::new(), listed: BTreeMap::new() }
    }

    /// Reads the folder's manifest; a folder that is not there yet has none.
    pub(super) fn open(root: &Path) -> Result<Self, Trouble> {
        let path = root.join(MANIFEST);
        let listed = match fs::read_to_string(&path) {
            Ok(text) => listed(&text).map_err(|why| Trouble {
                what: format!("{} is damaged: {why}", shown(&path)),
                help: "it says which files are synth's own: restore it, or delete it and the templates beside it"
                    .into(),
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Trouble::io("read", &path, "nothing was written")(error)),
        };
        Ok(Self { root: root.to_owned(), listed })
    }

    /// Compares the folder with `templates` (stack path, file, content). `stacks` are all that the app defines: the
    /// files of others are stale.
    pub(super) fn compare(
        &self,
        templates: &[(&str, String, String)],
        stacks: &[(&str, Value)],
    ) -> Result<Changes, Trouble> {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        for (path, _) in stacks {
            let made = templates.iter().find(|(stack, ..)| stack == path).map(|(_, file, _)| file);
            if let Some(file) = made.or_else(|| self.listed.get(*path)) {
                files.insert(path, file.clone());
            }
        }
        if let Some((path, ..)) = templates.iter().find(|(_, file, _)| file.eq_ignore_ascii_case(MANIFEST)) {
            return Err(Trouble {
                what: format!("the template of the stack `{path}` would be {MANIFEST}, which lists all templates"),
                help: "write YAML, or give the stack another path".into(),
            });
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

    /// The file of each stack that the manifest lists, by stack path.
    pub(super) const fn listed(&self) -> &BTreeMap<String, String> {
        &self.listed
    }

    pub(super) fn read(&self, file: &str) -> Result<Option<String>, Trouble> {
        let path = self.root.join(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Trouble::io("read", &path, "nothing was written")(error)),
        }
    }

    /// Writes and removes. Every file is written beside its place first and moved there only when all are written.
    /// The manifest comes last: until all that it says is true, the one before it stands, and another run finishes.
    pub(super) fn apply(&self, changes: &Changes) -> Result<(), Trouble> {
        const AGAIN: &str = "some files are new and some are not: run the same command again";
        let mut staged = Vec::new();
        for (file, _, content) in &changes.write {
            let path = self.root.join(file);
            staged.push((self.stage(&path, content)?, path));
        }
        let manifest = staged.pop_if(|(_, path)| path.ends_with(MANIFEST) && path.parent() == Some(&self.root));
        let place = |(temporary, path): (NamedTempFile, PathBuf)| {
            temporary.persist(&path).map_err(|error| Trouble::io("write", &path, AGAIN)(error.error))
        };
        for file in staged {
            place(file)?;
        }
        for file in &changes.remove {
            let path = self.root.join(file);
            fs::remove_file(&path).map_err(Trouble::io("remove", &path, AGAIN))?;
            self.remove_empty_folders(&path);
        }
        manifest.map_or(Ok(()), |manifest| place(manifest).map(drop))
    }

    fn stage(&self, path: &Path, content: &str) -> Result<NamedTempFile, Trouble> {
        let folder = path.parent().unwrap_or(&self.root);
        let stage = || {
            fs::create_dir_all(folder)?;
            let made = visible(tempfile::Builder::new().prefix(".formwork-"), 0o666).tempfile_in(folder);
            // The temporary name is random, and no concern of anybody's.
            let mut temporary = made.map_err(|error| std::io::Error::from(error.kind()))?;
            temporary.write_all(content.as_bytes())?;
            Ok(temporary)
        };
        stage().map_err(Trouble::io("write", path, "nothing was written"))
    }

    fn remove_empty_folders(&self, file: &Path) {
        for folder in file.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break; // not empty
            }
        }
    }
}

/// Writes a file, all of it or nothing.
pub(super) fn replace(path: &Path, content: &str) -> Result<(), Trouble> {
    if path.is_dir() {
        let what = format!("cannot write {}: it is a folder", shown(path));
        return Err(Trouble { what, help: "say which file in it".into() });
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let root = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let folder = Folder { root, listed: BTreeMap::new() };
    folder.apply(&Changes { write: vec![(name, None, content.to_owned())], remove: Vec::new() })
}

/// A temporary file or folder is its owner's alone; what is kept is for everybody whom the umask allows.
#[cfg(unix)]
pub(super) fn visible<'a, 'b>(
    builder: &'a mut tempfile::Builder<'b, 'b>,
    mode: u32,
) -> &'a mut tempfile::Builder<'b, 'b> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn visible<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>, _: u32) -> &'a mut tempfile::Builder<'b, 'b> {
    builder
}

/// The folder of the package the user is in, wherever below it: where its Cargo.toml is.
pub(super) fn package() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let package = here.ancestors().find(|folder| folder.join("Cargo.toml").exists());
    package.unwrap_or(&here).to_owned()
}

/// A path from where the user is, where it is below.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    match here.as_deref().and_then(|here| path.strip_prefix(here).ok()) {
        Some(below) if below.as_os_str().is_empty() => ".".into(),
        below => below.unwrap_or(path).display().to_string(),
    }
}

/// The file of each stack that a manifest lists.
pub(super) fn listed(text: &str) -> Result<BTreeMap<String, String>, String> {
    let manifest: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if manifest["version"] != VERSION {
        return Err(format!("its version is {}, and only {VERSION} is known", manifest["version"]));
    }
    let stacks = manifest["stacks"].as_array().ok_or("it has no list `stacks`")?;
    let mut files = BTreeMap::new();
    for stack in stacks {
        let (Some(path), Some(file)) = (stack["path"].as_str(), stack["template"].as_str()) else {
            return Err(format!("a stack without a path or a template: {stack}"));
        };
        if is_template_of(path, file) {
            files.insert(path.to_owned(), file.to_owned());
        }
    }
    Ok(files)
}

/// Whether synth can have made `file` for the stack at `path`. A manifest may have been edited: nothing else is ever
/// removed, least of all outside the folder.
fn is_template_of(path: &str, file: &str) -> bool {
    let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    inside && file != MANIFEST && ["yaml", "json"].iter().any(|extension| file == format!("{path}.{extension}"))
}

fn manifest(stacks: &[(&str, Value)], files: &BTreeMap<&str, String>) -> String {
    let listed = stacks.iter().filter_map(|(path, about)| {
        let mut about = about.as_object()?.clone();
        about.insert("template".into(), json!(files.get(path)?));
        Some(Value::from(about))
    });
    format!("{:#}\n", json!({ "version": VERSION, "stacks": listed.collect::<Vec<_>>() }))
}

#[cfg(test)]
mod tests {
    use super::{Folder, is_template_of};

    #[test]
    fn only_the_template_of_a_stack_is_ever_removed() {
        assert!(is_template_of("shop/dev/web", "shop/dev/web.yaml"));
        assert!(is_template_of("shop/dev/web", "shop/dev/web.json"));
        for file in ["shop/dev/other.yaml", "shop/dev/web", "README.md", "", "."] {
            assert!(!is_template_of("shop/dev/web", file), "{file}");
        }
        assert!(!is_template_of("../../x", "../../x.yaml"));
        assert!(!is_template_of("/etc/x", "/etc/x.yaml"));
        assert!(!is_template_of("manifest", "manifest.json"));
    }

    #[test]
    fn no_template_takes_the_place_of_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path()).map_err(|trouble| trouble.what).unwrap();
        let refused = folder.compare(&[("manifest", "manifest.json".into(), String::new())], &[]);
        assert!(refused.err().unwrap().what.contains("lists all templates"));
    }
}
