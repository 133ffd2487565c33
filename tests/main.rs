//! The integration tests, one binary. Test names are sentences.
//!
//! * `assets` — files that travel beside a template: declared, packed, named after their content
//! * `catalogue` — the stacks of this project: what they promise
//! * `checks` — every check: a case that it finds, and one that just passes
//! * `command_line` — the program as a person uses it: output, exit codes, files
//! * `compile_fail` — what must not compile, with the compiler's words
//! * `core` — apps, stacks, references, values
//! * `diff` — template against template: what differs, what it means, who may do what
//! * `deploy` — deployments, against doubles of AWS
//! * `ec2` — VPCs and security groups
//! * `generator` — the names and corrections of the generated types
//! * `iam` — roles, users, groups, policies, grants
//! * `logical_ids` — ids equal AWS CDK's
//! * `organizations` — units, accounts, policies and their quotas
//! * `program` — no tests: the program as tests run it
//! * `render` — YAML and JSON hold the same, whoever reads them
//! * `specification` — the generated types: all there, and each can be used
//! * `stability` — the same definitions give the same bytes

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[cfg(feature = "deploy")]
mod assets;
mod catalogue;
mod checks;
mod command_line;
mod compile_fail;
mod core;
#[cfg(feature = "deploy")]
mod deploy;
mod diff;
mod ec2;
mod generator;
mod iam;
mod logical_ids;
mod organizations;
mod program;
mod render;
mod specification;
mod stability;
