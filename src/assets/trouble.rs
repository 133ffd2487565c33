//! What the disk refused, and what to do about it.

use std::fmt;
use std::path::Path;

use crate::core::{Asset, At, ImageAsset, Problem};

/// An asset that cannot be packed: what is wrong, and the line that asked for it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do next.
    pub help: String,
    /// The line that names the asset.
    pub at: At,
}

impl Trouble {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>, at: At) -> Self {
        Self { what: what.into(), help: help.into(), at }
    }

    /// A file or folder that cannot be read, by its path from the package.
    pub(super) fn unreadable(path: &str, at: At) -> impl Fn(std::io::Error) -> Self {
        move |error| {
            Self::new(format!("cannot read {path}: {error}"), "let it be read, or leave it out of the asset", at)
        }
    }

    /// A path where nothing is.
    pub(super) fn missing(root: &Path, path: &str, at: At) -> Self {
        let looked = root.join(path);
        Self::new(
            format!("there is no {path}: looked for {}", looked.display()),
            "build it first, or mend the path",
            at,
        )
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  at {} (asked for here)\n  help: {}", self.what, self.at, self.help)
    }
}

impl std::error::Error for Trouble {}

/// To be shown as the problems of definitions are, with the line that asked.
impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        Self::error("asset", trouble.what).help(trouble.help).at(trouble.at, "asked for here")
    }
}

/// Where an asset is said to be, and by which line.
pub(super) trait Named {
    fn path(&self) -> &str;
    fn at(&self) -> At;
}

impl Named for Asset {
    fn path(&self) -> &str {
        &self.path
    }

    fn at(&self) -> At {
        self.at
    }
}

impl Named for ImageAsset {
    fn path(&self) -> &str {
        &self.path
    }

    fn at(&self) -> At {
        self.at
    }
}
