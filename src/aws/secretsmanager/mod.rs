//! Secrets: generated, never written down, read by reference.

mod rotation;
mod secret;

pub use rotation::{HostedRotation, Rotation};
pub use secret::{Secret, SecretSpec, SecretStringGenerator, SecretTarget};
