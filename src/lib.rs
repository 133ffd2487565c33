//! Infrastructure as code for AWS: stack definitions in Rust become CloudFormation templates.
//!
//! The modules, in the order of the data:
//!
//! * [`core`] — the construct tree: [`App`], [`Stack`], [`Construct`], [`Ref`], [`Value`]; no AWS service is named there
//! * [`cfn`] — L1: every CloudFormation type, generated from the specification
//! * [`aws`] — L2: constructs with good defaults
//! * [`spec`] — CloudFormation's resource specification at run time
//! * [`synth`] — resolve, check, render, assemble
//! * [`assets`] — files that travel beside a template, packed
//! * [`diff`] — template against template: what a change would do
//! * [`graph`] — pictures of stacks and resources
//! * [`reach`] — who can reach what, by the definitions alone
//! * [`deploy`] — plan, change sets, events, outcome: all that talks to AWS
//! * [`testing`] — tests of stacks
//! * [`recipe`] — stacks that others begin with
//! * [`cli`] — the command line of an app
//!
//! An app is a small binary that lists its stacks and hands over to the command line:
//!
//! ```no_run
//! use formwork::{Env, aws::ec2};
//!
//! fn main() -> std::process::ExitCode {
//!     formwork::cli::main(|app| {
//!         let env = Env::new("111111111111", "us-east-1");
//!         app.stack("shop/network", env, |s| {
//!             let vpc = s.add("Vpc", ec2::VpcSpec::new("10.0.0.0/16"));
//!             s.output("VpcId", vpc.vpc);
//!         });
//!     })
//! }
//! ```

pub mod core;

#[allow(clippy::all, clippy::pedantic, reason = "generated; its shape is `build/`'s business")]
pub mod cfn;

pub mod aws;

pub mod spec;

pub mod synth;

pub mod assets;

pub mod diff;

pub mod graph;

pub mod reach;
pub mod review;

#[cfg(feature = "deploy")]
pub mod deploy;

pub mod testing;

pub mod recipe;

pub mod cli;

mod side_by_side;

pub use crate::core::intrinsics;
pub use crate::core::{
    App, Asset, CodeDeployLambdaAliasUpdate, Computed, Condition, ConditionRef, Construct, CreationPolicy,
    DeletionPolicy, Env, Expr, ImageAsset, IntoExpr, Json, Map, Mapping, Moved, NodeId, Output, Param, Parameter,
    Problem, PropertyType, RawResource, Ref, Resource, RollingUpdate, Rule, Runbook, Severity, Stack, StackRef,
    UpdatePolicy, UpdateReplacePolicy, Value,
};
pub use crate::synth::{Assembly, Format, Problems, Synthesized};

/// The examples of README.md compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
