//! CloudTrail: records of what is done in an account.

mod selector;
mod trail;

pub use selector::{DataEvents, ReadWriteType};
pub use trail::{Trail, TrailSpec};
