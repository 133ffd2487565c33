//! The files below a folder, in an order that no file system decides.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::Trouble;
use crate::core::At;

/// A file of an asset, or a link that stays one.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its path from the asset, with `/` between the parts.
    pub(super) name: String,
    /// Where it is read.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    File { executable: bool, size: u64 },
    Link { target: String },
}

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// What they point to stands in their place; it must be in the asset.
    Follow,
    /// They stay links, as a build's context keeps them.
    Keep,
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Take,
    /// Left out, with all below.
    Skip,
    /// Left out, and something below may not be.
    Open,
}

/// A walk over one folder.
pub(super) struct Walk<'a> {
    /// The folder's path from the package, for messages.
    shown: &'a str,
    at: At,
    links: Links,
    choose: &'a dyn Fn(&str) -> Choice,
    /// The folder itself, without links.
    root: PathBuf,
    /// The folders that are open, without links: a link to one of them would never end.
    open: Vec<PathBuf>,
    found: Vec<Entry>,
}

/// The files below `folder`, sorted by the bytes of their names; `choose` says which. `shown` is the folder's path from
/// the package.
pub(super) fn walk(
    folder: &Path,
    shown: &str,
    at: At,
    links: Links,
    choose: &dyn Fn(&str) -> Choice,
) -> Result<Vec<Entry>, Trouble> {
    let root = fs::canonicalize(folder).map_err(Trouble::unreadable(shown, at))?;
    let mut walk = Walk { shown, at, links, choose, root: root.clone(), open: Vec::new(), found: Vec::new() };
    walk.folder(&root, "")?;
    let mut found = walk.found;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl Walk<'_> {
    /// Looks through the folder at `path`, called `name` in the asset; the asset itself has no name.
    fn folder(&mut self, path: &Path, name: &str) -> Result<(), Trouble> {
        self.open.push(path.to_owned());
        let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(self.unreadable(name))? {
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else {
                let what =
                    format!("the name of {} is not UTF-8", self.below(&below(name, &entry.file_name().display())));
                return Err(self.trouble(what, "rename it, or leave it out of the asset"));
            };
            let name = below(name, &own);
            let choice = (self.choose)(&name);
            if choice != Choice::Skip {
                self.entry(entry.path(), name, choice)?;
            }
        }
        self.open.pop();
        Ok(())
    }

    fn entry(&mut self, path: PathBuf, name: String, choice: Choice) -> Result<(), Trouble> {
        let about = fs::symlink_metadata(&path).map_err(self.unreadable(&name))?;
        if about.is_symlink() {
            return match self.links {
                Links::Keep => self.keep_link(path, name, choice),
                Links::Follow => self.follow(&path, name),
            };
        }
        self.found(path, name, &about, choice)
    }

    fn found(&mut self, path: PathBuf, name: String, about: &Metadata, choice: Choice) -> Result<(), Trouble> {
        if about.is_dir() {
            self.folder(&path, &name)
        } else if choice == Choice::Open {
            Ok(())
        } else if about.is_file() {
            let kind = Kind::File { executable: executable(about), size: about.len() };
            self.found.push(Entry { name, path, kind });
            Ok(())
        } else {
            let what = format!("{} is neither a file nor a folder", self.below(&name));
            Err(self.trouble(what, "leave it out of the asset"))
        }
    }

    fn keep_link(&mut self, path: PathBuf, name: String, choice: Choice) -> Result<(), Trouble> {
        if choice == Choice::Take {
            let target = fs::read_link(&path).map_err(self.unreadable(&name))?;
            let target = target.to_string_lossy().replace('\\', "/");
            self.found.push(Entry { name, path, kind: Kind::Link { target } });
        }
        Ok(())
    }

    fn follow(&mut self, path: &Path, name: String) -> Result<(), Trouble> {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let what = format!("{} is a link to nothing", self.below(&name));
                return Err(self.trouble(what, "mend the link, or leave it out of the asset"));
            }
            Err(error) => return Err(self.unreadable(&name)(error)),
        };
        if !real.starts_with(&self.root) {
            let what = format!("{} is a link out of {}", self.below(&name), self.shown);
            return Err(self.trouble(what, "put a copy in its place, or leave it out of the asset"));
        }
        if self.open.contains(&real) {
            let what = format!("{} is a link to a folder that it is in", self.below(&name));
            return Err(self.trouble(what, "remove the link, or leave it out of the asset"));
        }
        let about = fs::metadata(&real).map_err(self.unreadable(&name))?;
        self.found(real, name, &about, Choice::Take)
    }

    /// A path in the asset as a person finds it: from the package.
    fn below(&self, name: &str) -> String {
        below(self.shown.trim_end_matches('/'), &name)
    }

    fn trouble(&self, what: String, help: &str) -> Trouble {
        Trouble::new(what, help, self.at)
    }

    fn unreadable(&self, name: &str) -> impl Fn(io::Error) -> Trouble {
        let (path, at) = (if name.is_empty() { self.shown.to_owned() } else { self.below(name) }, self.at);
        move |error| Trouble::unreadable(&path, at)(error)
    }
}

fn below(folder: &str, name: &dyn std::fmt::Display) -> String {
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}

/// Whether its owner may run it: the one permission that travels.
#[cfg(unix)]
fn executable(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o100 != 0
}

/// Windows has no such permission.
#[cfg(not(unix))]
fn executable(_: &Metadata) -> bool {
    false
}
