//! Diff: template against template, and what the difference means, without AWS.
//!
//! * [`read`] — a template's text, JSON or YAML, whoever wrote it
//! * [`canonical`] — its meaning: what two spellings of the same share
//! * [`changes`] — what is added, removed, changed, replaced, and what becomes of the data
//! * [`access`] — what somebody may do or reach that they could not before
//!
//! ```
//! use formwork::diff;
//!
//! let deployed = diff::read("Resources: {Jobs: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}}").unwrap();
//! let ours = diff::read(r#"{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}"#).unwrap();
//! let changes = diff::changes(&deployed, &ours);
//! assert_eq!(changes.resources[0].replacement, diff::Replacement::Always);
//! assert!(changes.destructive());
//! ```

pub mod canonical;
pub mod changes;
mod expression;
pub mod read;

pub use canonical::canonical;
pub use changes::{Changes, EntryChange, ExportChange, Fate, Kind, PathChange, Replacement, ResourceChange, changes};
pub use read::{Unreadable, read};
