//! What an account and region need before assets can be deployed there: a bucket and an image repository.
//!
//! ```
//! # #[cfg(all(feature = "s3", feature = "ecr"))] {
//! let mut app = formwork::App::new();
//! let env = formwork::Env::new("111111111111", "eu-west-1");
//! app.stack(formwork::assets::bootstrap::STACK, env, formwork::assets::bootstrap::define);
//! assert!(app.synth().is_ok());
//! # }
//! ```

#[cfg(all(feature = "s3", feature = "ecr"))]
mod stack;

#[cfg(all(feature = "s3", feature = "ecr"))]
pub use stack::define;

/// The stack's name, and its path in an app.
pub const STACK: &str = "formwork-bootstrap";
/// What the output [`VERSION_OUTPUT`] says. A new one is made when what deploying relies on changes.
pub const VERSION: &str = "1";
/// The output that names the bucket for assets.
pub const BUCKET_OUTPUT: &str = "BucketName";
/// The output that gives the URI of the repository for images.
pub const REPOSITORY_OUTPUT: &str = "RepositoryUri";
/// The output that tells which of these definitions was deployed.
pub const VERSION_OUTPUT: &str = "Version";
