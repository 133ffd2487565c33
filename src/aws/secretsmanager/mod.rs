//! Secrets: generated, never written down, read by reference.

mod rotation;
mod secret;

#[cfg(feature = "rds")]
pub(in crate::aws) use rotation::EXCLUDED;
pub use rotation::{HostedRotation, Rotation};
pub use secret::{ReplicaRegion, Secret, SecretSpec, SecretStringGenerator, SecretTarget};
