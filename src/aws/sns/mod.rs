//! Amazon SNS.

mod topic;

pub use topic::{Topic, TopicSpec};
