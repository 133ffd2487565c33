//! Simple Queue Service.

mod queue;

pub use queue::{DeadLetterQueue, Queue, QueueSpec};
