//! Event sources: queues and streams whose messages a function gets.

use super::Function;
use crate::aws::Nested;
use crate::aws::dynamodb::Table;
use crate::aws::sqs::Queue;
use crate::cfn::lambda;
use crate::core::{Computed, Ref, Stack};

/// Where a stream is read from at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPosition {
    /// From what comes now on.
    Latest,
    /// From the oldest that is there.
    TrimHorizon,
}

impl Function {
    /// Calls it with messages of a queue, up to `batch_size` at once, 1 to 10,000 (10 of a FIFO queue). It may receive and
    /// delete them. The queue's visibility timeout should be six times the function's timeout.
    #[track_caller]
    pub fn add_sqs_event_source(
        &self,
        stack: &mut Stack,
        queue: &Queue,
        batch_size: u32,
    ) -> Ref<lambda::EventSourceMapping> {
        queue.grant_consume_messages(stack, self);
        let mapping = lambda::EventSourceMapping::new(self.function)
            .batch_size(batch_size)
            .event_source_arn(queue.arn().cast::<Computed>());
        let id = format!("SqsEventSource:{}", stack.unique_id(queue.node));
        stack.add_within(self.node, id, Nested(mapping))
    }

    /// Calls it with changes of a table, up to `batch_size` at once, 1 to 10,000. It may read the table's stream.
    #[track_caller]
    pub fn add_dynamodb_event_source(
        &self,
        stack: &mut Stack,
        table: &Table,
        batch_size: u32,
        starting_position: StartingPosition,
    ) -> Ref<lambda::EventSourceMapping> {
        table.grant_stream_read(stack, self);
        let position = match starting_position {
            StartingPosition::Latest => "LATEST",
            StartingPosition::TrimHorizon => "TRIM_HORIZON",
        };
        let mapping = lambda::EventSourceMapping::new(self.function)
            .batch_size(batch_size)
            .event_source_arn(table.stream_arn().cast::<Computed>())
            .starting_position(position);
        let id = format!("DynamoDBEventSource:{}", stack.unique_id(table.node));
        stack.add_within(self.node, id, Nested(mapping))
    }
}
