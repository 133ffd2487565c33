//! Packing: a folder becomes one zip file, byte for byte the same on every machine; a file stays as it is.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use zip::write::SimpleFileOptions;
use zip::{DateTime, System, ZipWriter};

use super::trouble::Named;
use super::walk::{Choice, Entry, Kind, Links, walk};
use super::{Trouble, object_key};
use crate::core::{Asset, AssetKind, At, OUT};

/// Begins what is hashed of a folder. A new way of packing gets a new number, and so new keys.
const FORMAT: &str = "formwork folder 1\n";
/// The same, of a folder that something is built from.
const BUILT: &str = "formwork built folder 1\n";
/// From this size on a file's entry has the 64-bit sizes of zip's extension. Less than 4 GiB, for what does not compress
/// grows a little.
const LARGE: u64 = 4_000_000_000;
/// A path of the asset matches as a shell's would: `*` stops at `/`.
const MATCH: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// What an asset is called in the bucket for assets: its content's hash and its extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 in hexadecimal: of a file's content; of a folder's names, executable bits and contents, so that it does
    /// not depend on how well they are compressed.
    pub hash: String,
    /// `zip` for a folder, a file's own extension for a file; empty where there is none.
    pub extension: String,
}

impl Fingerprint {
    /// Its key in the bucket for assets.
    #[must_use]
    pub fn key(&self) -> String {
        object_key(&self.hash, &self.extension)
    }
}

/// An asset, ready to be sent. A zip file is temporary: it goes when this is dropped.
#[derive(Debug)]
pub struct Packed {
    /// What it is called.
    pub fingerprint: Fingerprint,
    /// How many bytes are sent.
    pub size: u64,
    file: Sent,
}

#[derive(Debug)]
enum Sent {
    Zip(TempPath),
    AsItIs(PathBuf),
}

impl Packed {
    /// The file to send.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.file {
            Sent::Zip(path) => path,
            Sent::AsItIs(path) => path,
        }
    }
}

/// What an asset of the package at `root` is called, without packing it.
///
/// What cannot be read, and a folder without files, is trouble.
pub fn fingerprint(root: &Path, asset: &Asset) -> Result<Fingerprint, Trouble> {
    match asset.kind {
        AssetKind::File => Ok(whole_file(&find(root, asset)?, asset)?.0),
        AssetKind::Folder => {
            let entries = entries(root, asset)?;
            hash(&entries, asset, |_, file, hasher| copy(file, &mut io::sink(), hasher))
        }
    }
}

/// Packs an asset of the package at `root`, into a temporary file where it is a folder.
///
/// What cannot be read, a folder without files, and links out of it or to nothing are trouble. The asset's own path may
/// be a link to anywhere.
pub fn pack(root: &Path, asset: &Asset) -> Result<Packed, Trouble> {
    if asset.kind == AssetKind::File {
        let path = find(root, asset)?;
        let (fingerprint, size) = whole_file(&path, asset)?;
        return Ok(Packed { fingerprint, size, file: Sent::AsItIs(path) });
    }
    if !asset.build.is_empty() {
        let what = format!("{} is not sent itself, but what `{}` makes of it", asset.path, asset.build.join(" "));
        return Err(Trouble::new(what, "run the command, and pack what it made with `pack_built`", asset.at));
    }
    zip(&entries(root, asset)?, asset)
}

/// Packs what a command has made of an asset, from the folder `made`. It is called after what it was made of, as that is now.
pub fn pack_built(root: &Path, asset: &Asset, made: &Path) -> Result<Packed, Trouble> {
    let entries = walk(made, &asset.path, asset.at, Links::Follow, &|_| Choice::Take)?;
    if entries.is_empty() {
        let what = format!("`{}` has made nothing of {}", asset.build.join(" "), asset.path);
        return Err(Trouble::new(what, format!("it puts what it makes into the folder `{OUT}`"), asset.at));
    }
    let packed = zip(&entries, asset)?;
    Ok(Packed { fingerprint: fingerprint(root, asset)?, ..packed })
}

/// A zip file of the entries.
fn zip(entries: &[Entry], asset: &Asset) -> Result<Packed, Trouble> {
    let cannot = |error: io::Error| {
        let what = format!("cannot write the zip file of {}: {error}", asset.path);
        Trouble::new(what, "the folder for temporary files (TMPDIR) must have room for it", asset.at)
    };
    let temporary = NamedTempFile::new().map_err(cannot)?;
    let (file, path) = temporary.into_parts();
    let mut zip = ZipWriter::new(file);
    let fingerprint = hash(entries, asset, |entry, file, hasher| add(&mut zip, entry, file, hasher))?;
    let file = zip.finish().map_err(|error| cannot(error.into()))?;
    let size = file.metadata().map_err(cannot)?.len();
    Ok(Packed { fingerprint, size, file: Sent::Zip(path) })
}

/// The files of a folder that are sent, sorted by name.
pub(super) fn entries(root: &Path, asset: &Asset) -> Result<Vec<Entry>, Trouble> {
    let folder = find(root, asset)?;
    let mut patterns = Vec::with_capacity(asset.exclude.len());
    for text in &asset.exclude {
        let pattern = Pattern::new(text.trim_end_matches('/')).map_err(|error| {
            Trouble::new(format!("`{text}` is no pattern: {}", error.msg), "patterns are like `**/*.pyc`", asset.at)
        })?;
        patterns.push(pattern);
    }
    let excluded = |name: &str| patterns.iter().any(|pattern| pattern.matches_with(name, MATCH));
    let choose = |name: &str| if excluded(name) { Choice::Skip } else { Choice::Take };
    let entries = walk(&folder, &asset.path, asset.at, Links::Follow, &choose)?;
    if entries.is_empty() {
        let what = format!("{} has no files to send", asset.path);
        return Err(Trouble::new(what, "build it first, or look at what is excluded", asset.at));
    }
    Ok(entries)
}

/// Where an asset is, if what is there is of its kind.
pub(crate) fn find(root: &Path, asset: &Asset) -> Result<PathBuf, Trouble> {
    let (path, is_folder) = there(root, asset)?;
    let trouble = |what: &str, help: &str| Err(Trouble::new(format!("{} is {what}", asset.path), help, asset.at));
    match (asset.kind, is_folder) {
        (AssetKind::Folder, false) => trouble("not a folder", "send one file with `Asset::file`"),
        (AssetKind::File, true) => trouble("a folder", "send it with `Asset::folder`"),
        _ => Ok(path),
    }
}

/// Where an asset is, and whether that is a folder.
pub(super) fn there(root: &Path, asset: &impl Named) -> Result<(PathBuf, bool), Trouble> {
    let path = root.join(asset.path());
    match fs::metadata(&path) {
        Ok(about) => Ok((path, about.is_dir())),
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            Err(Trouble::missing(root, asset.path(), asset.at()))
        }
        Err(error) => Err(Trouble::unreadable(asset.path(), asset.at())(error)),
    }
}

fn whole_file(path: &Path, asset: &Asset) -> Result<(Fingerprint, u64), Trouble> {
    let cannot = Trouble::unreadable(&asset.path, asset.at);
    let mut hasher = Sha256::new();
    let size = File::open(path).and_then(|mut file| copy(&mut file, &mut io::sink(), &mut hasher)).map_err(cannot)?;
    Ok((Fingerprint { hash: hex(hasher), extension: extension(&asset.path) }, size))
}

/// A file's extension, where it is one that can stand in a key without further thought.
fn extension(path: &str) -> String {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let plain = extension.len() <= 16 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { extension.to_owned() } else { String::new() }
}

/// Hashes a folder's entries in their order: of each its name, whether it can be run, and its content's hash. `read`
/// reads a file to its end and passes what it reads to the hasher.
fn hash(
    entries: &[Entry],
    asset: &Asset,
    mut read: impl FnMut(&Entry, &mut File, &mut Sha256) -> io::Result<u64>,
) -> Result<Fingerprint, Trouble> {
    let mut all = Sha256::new();
    if asset.build.is_empty() {
        all.update(FORMAT);
    } else {
        all.update(BUILT);
        for part in &asset.build {
            all.update(format!("{} {part}\n", part.len()));
        }
    }
    for entry in entries {
        let content = content_hash(entry, &asset.path, asset.at, |file, hasher| read(entry, file, hasher))?;
        all.update(line(entry, &content));
    }
    Ok(Fingerprint { hash: hex(all), extension: "zip".into() })
}

/// What is hashed of a file beside its content. A name may hold anything, a new line too: its length goes first.
pub(super) fn line(entry: &Entry, content: &str) -> String {
    let kind = match entry.kind {
        Kind::File { executable: true, .. } => "755",
        Kind::File { executable: false, .. } => "644",
        Kind::Link { .. } => "link",
    };
    format!("{} {} {kind} {content}\n", entry.name.len(), entry.name)
}

/// The hash of a file's content, as `read` reads it.
pub(super) fn content_hash(
    entry: &Entry,
    folder: &str,
    at: At,
    read: impl FnOnce(&mut File, &mut Sha256) -> io::Result<u64>,
) -> Result<String, Trouble> {
    let mut hasher = Sha256::new();
    let shown = format!("{}/{}", folder.trim_end_matches('/'), entry.name);
    let done = File::open(&entry.path).and_then(|mut file| read(&mut file, &mut hasher));
    done.map_err(Trouble::unreadable(&shown, at))?;
    Ok(hex(hasher))
}

/// Adds a file to a zip file: no time, no owner, no extra fields.
fn add<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    entry: &Entry,
    file: &mut File,
    hasher: &mut Sha256,
) -> io::Result<u64> {
    let (executable, size) = match entry.kind {
        Kind::File { executable, size } => (executable, size),
        Kind::Link { .. } => (false, 0),
    };
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(if executable { 0o755 } else { 0o644 })
        .large_file(size >= LARGE);
    zip.start_file(&entry.name, options)?;
    copy(file, zip, hasher)
}

/// Copies a file's content, past a hasher, in pieces.
pub(crate) fn copy<D: sha2::digest::Update>(
    from: &mut impl Read,
    to: &mut impl Write,
    hasher: &mut D,
) -> io::Result<u64> {
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        size += read as u64;
    }
}

/// A hash in hexadecimal digits.
pub(crate) fn hex(hasher: impl sha2::digest::FixedOutput) -> String {
    hasher.finalize_fixed().iter().fold(String::new(), |all, byte| all + &format!("{byte:02x}"))
}
