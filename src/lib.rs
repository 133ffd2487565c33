//! Infrastructure as code for AWS.


pub mod cfn;
pub mod core;
pub use crate::core::*;
