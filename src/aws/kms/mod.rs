//! Encryption keys, and who may use them.

mod alias;
mod key;

pub use alias::AliasSpec;
pub use key::{Key, KeySpec};
