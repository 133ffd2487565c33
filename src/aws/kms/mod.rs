//! Encryption keys, and who may use them.

mod alias;
mod key;
mod used;

pub use alias::AliasSpec;
pub use key::{Key, KeySpec};
