//! What an image is built from, as one hash.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Trouble;
use super::dockerignore::Rules;
use super::pack::{content_hash, copy, hex, line, there};
use super::walk::{Choice, Kind, Links, walk};
use crate::core::ImageAsset;

/// Begins what is hashed of an image.
const FORMAT: &str = "formwork image 1\n";

/// The tag of an image of the package at `root`: SHA-256, in hexadecimal, of its context, its Dockerfile and its options.
///
/// Of the context counts what `<Dockerfile>.dockerignore` beside the Dockerfile, or else `.dockerignore` in the context,
/// does not leave out, by Docker's own rules: names, executable bits and contents, and where links point. What base
/// images hold does not count.
pub fn image_hash(root: &Path, image: &ImageAsset) -> Result<String, Trouble> {
    let (context, is_folder) = there(root, image)?;
    if !is_folder {
        let what = format!("{} is not a folder", image.path);
        return Err(Trouble::new(what, "an image is built from a folder; name the one with its files", image.at));
    }
    let mut all = Sha256::new();
    all.update(FORMAT);
    all.update(options(image));
    all.update(dockerfile(root, &context, image)?);
    let rules = rules(&context, image)?;
    let left_out = if rules.take_back() { Choice::Open } else { Choice::Skip };
    let choose = |name: &str| if rules.leave_out(name) { left_out } else { Choice::Take };
    let entries = walk(&context, &image.path, image.at, Links::Keep, &choose)?;
    for entry in &entries {
        let what = match &entry.kind {
            Kind::Link { target } => target.clone(),
            Kind::File { .. } => {
                content_hash(entry, &image.path, image.at, |file, hasher| copy(file, &mut io::sink(), hasher))?
            }
        };
        all.update(line(entry, &what));
    }
    Ok(hex(all))
}

/// The options that decide what is built, each with its length before it.
fn options(image: &ImageAsset) -> String {
    let target = image.target.as_deref().unwrap_or_default();
    let args = image.build_args.iter().flat_map(|(name, value)| [name.as_str(), value]);
    let parts = [image.dockerfile.as_str(), target, &image.platform].into_iter().chain(args);
    parts.fold(String::new(), |all, part| all + &format!("{} {part}\n", part.len()))
}

/// The Dockerfile's hash: it counts even where the context leaves it out.
fn dockerfile(root: &Path, context: &Path, image: &ImageAsset) -> Result<String, Trouble> {
    let shown = format!("{}/{}", image.path.trim_end_matches('/'), image.dockerfile);
    let mut hasher = Sha256::new();
    let read =
        File::open(context.join(&image.dockerfile)).and_then(|mut file| copy(&mut file, &mut io::sink(), &mut hasher));
    match read {
        Ok(_) => Ok(hex(hasher)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let what = format!("there is no {shown}: looked for {}", root.join(&shown).display());
            Err(Trouble::new(what, "write it, or name another with `.dockerfile(…)`", image.at))
        }
        Err(error) => Err(Trouble::unreadable(&shown, image.at)(error)),
    }
}

/// What the context leaves out: by the file of the Dockerfile's own, or the context's.
fn rules(context: &Path, image: &ImageAsset) -> Result<Rules, Trouble> {
    for name in [format!("{}.dockerignore", image.dockerfile), ".dockerignore".to_owned()] {
        let shown = format!("{}/{name}", image.path.trim_end_matches('/'));
        let text = match fs::read_to_string(context.join(&name)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Trouble::unreadable(&shown, image.at)(error)),
        };
        return Rules::parse(&text).map_err(|(line, pattern)| {
            let what = format!("line {line} of {shown} is no pattern: {pattern}");
            Trouble::new(what, "a `[` is closed by a `]`; `\\[` is a bracket itself", image.at)
        });
    }
    Ok(Rules::default())
}
