//! Apps, stacks, references, values.
