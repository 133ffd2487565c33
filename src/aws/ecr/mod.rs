//! Elastic Container Registry: private repositories of images.

mod lifecycle;
mod repository;

pub use lifecycle::{Keep, LifecycleRule, TagStatus};
pub use repository::{Repository, RepositorySpec, TagMutability};
