//! Diff: template against template, and what the difference means, without AWS.
//!
//! * [`mod@read`] — a template's text, JSON or YAML, whoever wrote it
//! * [`mod@canonical`] — its meaning: what two spellings of the same share
//! * [`mod@changes`] — what is added, removed, changed, replaced, and what becomes of the data
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

pub mod access;
pub mod canonical;
pub mod changes;
mod expression;
pub(crate) mod pointer;
pub mod read;

pub(crate) use access::security_between;
pub use access::{AccessChange, Security, security, widened};
pub use canonical::canonical;
pub(crate) use canonical::{is_policy, policy_text};
pub use changes::{
    Changes, EntryChange, ExportChange, Fate, Kind, PathChange, Refusal, Replacement, ResourceChange, changes,
};
pub(crate) use changes::{changes_between, following, keys, name};
#[cfg(feature = "deploy")]
pub(crate) use expression::{Reference, references};
pub(crate) use expression::{function, is_no_value, readable};
#[cfg(feature = "deploy")]
pub(crate) use read::read_data;
pub use read::{Unreadable, read};

/// What is shown where a secret is.
pub(crate) const SECRET: &str = "(secret)";
