//! Folders that a command makes of others.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::super::Trouble;
use super::super::failure::Failure;
use super::Sender;
use super::program::{Asked, run};
use super::read::blocking;
use crate::assets::{self, Packed};
use crate::core::{Asset, OUT, Problem};

/// Refuses where the program that builds an asset is not there.
pub(super) fn can_build(root: &Path, asset: &Asset) -> Result<(), Trouble> {
    let name = asset.build.first().map(String::as_str).unwrap_or_default();
    let is_there = if name.contains('/') {
        assets::folder(root, asset).is_ok_and(|folder| folder.join(name).is_file())
    } else {
        let suffixed = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file() || folder.join(&suffixed).is_file())
    };
    if is_there {
        return Ok(());
    }
    let what = format!("{} is built by `{name}`, which is not there", asset.path);
    let help = "install it, or deploy from where the asset was sent before";
    let problem = Problem::error("asset", what.clone()).help(help).at(asset.at, "asked for here");
    Err(Trouble { problems: vec![problem], ..Trouble::refused(what, help) })
}

/// Runs the command of an asset, and packs what it made.
pub(super) async fn build(root: &Path, asset: &Asset, sender: Sender<'_>) -> Result<Packed, Failure> {
    let made = tempfile::Builder::new().prefix("formwork-").tempdir().map_err(|error| {
        let what = format!("cannot make a folder to build {} in: {error}", asset.path);
        Trouble::failed(what, "the folder for temporary files (TMPDIR) must have room for it")
    })?;
    let out = made.path().to_string_lossy();
    let mut words = asset.build.iter().map(|word| word.replace(OUT, &out));
    let name = words.next().unwrap_or_default();
    let folder = assets::folder(root, asset)?;
    let mut program = Command::new(&name);
    program.args(words).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let command = asset.build.join(" ");
    let asked = Asked { name: &command, check: "asset", asset: &asset.path, at: asset.at };
    let done = run(asked, program, |error| {
        let what = format!("{} is built by `{name}`, which cannot be run: {error}", asset.path);
        Trouble::failed(what, "look at its file, and deploy again")
    });
    // Ctrl-C reaches the program too: then it is no failure of its own.
    done.await.map_err(|failure| if sender.stop.told() { Failure::interrupted() } else { failure })?;
    let (root, asset) = (root.to_owned(), asset.clone());
    Ok(blocking(move || assets::pack_built(&root, &asset, made.path())).await?)
}
