//! Systems Manager.

mod parameter;

pub use parameter::{Parameter, ParameterSpec, ParameterTier};
