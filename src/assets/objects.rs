//! Files that go into a bucket one by one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use md5::Md5;

use super::walk::Kind;
use super::{Trouble, content_type, pack};
use crate::core::{Asset, AssetKind};

/// The longest key, in bytes. Rule: the Amazon S3 user guide, "Naming Amazon S3 objects".
const KEY_BYTES: usize = 1024;

/// A file to be put into a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Where it is read.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// MD5 of its content in hexadecimal: what S3 gives as the ETag of an object that was put in one piece and is not
    /// encrypted with a key of KMS.
    pub md5: String,
    /// Its content type, by its extension.
    pub content_type: &'static str,
}

/// The objects that an asset of the package at `root` becomes, sorted by key: each file of a folder under its path from
/// there, a single file under its name, all behind `prefix`.
///
/// What is trouble for [`pack()`](super::pack()) is trouble here, and a key that S3 refuses.
pub fn objects(root: &Path, asset: &Asset, prefix: &str) -> Result<Vec<Object>, Trouble> {
    let files: Vec<(String, PathBuf)> = match asset.kind {
        AssetKind::File => {
            let path = pack::find(root, asset)?;
            let name = asset.path.rsplit('/').next().unwrap_or_default().to_owned();
            vec![(name, path)]
        }
        AssetKind::Folder => {
            let entries = pack::entries(root, asset)?.into_iter();
            entries.filter(|entry| matches!(entry.kind, Kind::File { .. })).map(|e| (e.name, e.path)).collect()
        }
    };
    files.into_iter().map(|(name, path)| object(asset, prefix, &name, path)).collect()
}

fn object(asset: &Asset, prefix: &str, name: &str, path: PathBuf) -> Result<Object, Trouble> {
    let key = format!("{prefix}{name}");
    if key.len() > KEY_BYTES {
        let what = format!("the key `{key}` has {} bytes, and S3 takes {KEY_BYTES}", key.len());
        return Err(Trouble::new(what, "shorten the prefix or the names of folders", asset.at));
    }
    let shown = match asset.kind {
        AssetKind::File => asset.path.clone(),
        AssetKind::Folder => format!("{}/{name}", asset.path.trim_end_matches('/')),
    };
    let mut hasher = Md5::default();
    let read = File::open(&path).and_then(|mut file| pack::copy(&mut file, &mut io::sink(), &mut hasher));
    let size = read.map_err(Trouble::unreadable(&shown, asset.at))?;
    Ok(Object { content_type: content_type(&key), key, path, size, md5: pack::hex(hasher) })
}
