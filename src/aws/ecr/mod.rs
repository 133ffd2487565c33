//! Elastic Container Registry: private repositories of images.

mod lifecycle;
mod repository;

pub use lifecycle::{LifecycleRule, TagStatus};
pub use repository::{Repository, RepositorySpec, TagMutability};
