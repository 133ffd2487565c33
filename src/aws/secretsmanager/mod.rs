//! Secrets: generated, never written down, read by reference.

mod generator;
mod rotation;
mod secret;

pub use generator::SecretStringGenerator;
#[cfg(feature = "rds")]
pub(in crate::aws) use rotation::EXCLUDED;
pub use rotation::{HostedRotation, Rotation};
pub use secret::{ReplicaRegion, Secret, SecretSpec, SecretTarget};
