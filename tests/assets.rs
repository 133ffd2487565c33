//! Assets: declared without a look at the disk, packed the same way everywhere, named after their content.

mod bootstrap;
mod definition;
mod image;
mod objects;
mod packing;

use std::fs;
use std::path::Path;

use formwork::assets::Trouble;

use super::program::snapshot;

/// A package with these files: path and content.
fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        write(root.path(), path, content);
    }
    root
}

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Trouble as a person reads it, whatever folder and line it was in.
fn told(trouble: &Trouble, root: &Path) -> String {
    let text = trouble.to_string().replace(&*root.to_string_lossy(), "<package>");
    let at = trouble.at.to_string();
    assert!(at.starts_with("tests/assets"), "{at}");
    text.replace(&at, "<line>") + "\n"
}
