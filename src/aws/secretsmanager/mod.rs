//! AWS Secrets Manager.

mod secret;

pub use secret::{Generate, Secret, SecretSpec};
