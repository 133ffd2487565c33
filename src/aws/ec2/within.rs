//! Ids of what is added to a construct after it was built, by its own stack or another.

use crate::core::{NodeId, Stack};

/// An id inside a construct. What another stack adds to it is not nested there, and has its name before the id.
pub(super) fn id_within(stack: &Stack, construct: NodeId, id: &str) -> String {
    if stack.owns(construct) { id.to_owned() } else { format!("{} {id}", stack.unique_id(construct)) }
}
