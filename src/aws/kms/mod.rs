//! Encryption keys, and who may use them.

mod alias;
mod key;
#[cfg(any(feature = "logs", feature = "s3", feature = "sns"))]
mod used;

pub use alias::AliasSpec;
pub use key::{Key, KeySpec};
