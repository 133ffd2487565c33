//! Assets, as deploying needs them: packed the same way on every machine, named after their content.
//!
//! An object of the bucket for assets is named after what it was made from, so that what is there already is never sent
//! again, and nothing is ever overwritten: [`object_key`], [`template_key`]. An image's tag is [`image_hash`]. Nothing
//! here talks to AWS.

pub mod bootstrap;
#[cfg(feature = "deploy")]
mod content_type;
#[cfg(feature = "deploy")]
mod dockerignore;
#[cfg(feature = "deploy")]
mod image;
#[cfg(feature = "deploy")]
mod objects;
#[cfg(feature = "deploy")]
mod pack;
#[cfg(feature = "deploy")]
mod trouble;
#[cfg(feature = "deploy")]
mod walk;

#[cfg(feature = "deploy")]
pub(crate) use self::pack::{copy, find as folder, hex};
#[cfg(feature = "deploy")]
pub use self::{
    content_type::content_type,
    image::image_hash,
    objects::{Object, objects},
    pack::{Fingerprint, Packed, fingerprint, pack, pack_built},
    trouble::Trouble,
};

/// The key of an asset with this hash, in the bucket for assets: `assets/<hash>.<extension>`, or without the dot where
/// there is no extension.
#[must_use]
pub fn object_key(hash: &str, extension: &str) -> String {
    let dot = if extension.is_empty() { "" } else { "." };
    format!("assets/{hash}{dot}{extension}")
}

/// The key of a template with this hash, in the bucket for assets: `templates/<hash>.yaml`.
#[must_use]
pub fn template_key(hash: &str) -> String {
    format!("templates/{hash}.yaml")
}
