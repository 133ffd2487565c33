//! L1: every CloudFormation resource type of the enabled services, one to one, generated from the specification.
//!
//! A service's types are in the module of its name: [`ec2::Vpc`], with its property types in `ec2::vpc`. Each has
//! `new` with the required properties, and one setter per property; what `Fn::GetAtt` answers are methods on
//! [`Ref`](crate::Ref). Each service is a cargo feature of the same name; `all-services` enables all of them.
//!
//! ```
//! use formwork::{App, Env, cfn::{Tag, ec2}};
//!
//! let mut app = App::new();
//! app.stack("demo", Env::any(), |s| {
//!     let vpc = s.add(
//!         "Vpc",
//!         ec2::Vpc::new()
//!             .cidr_block("10.0.0.0/16")
//!             .instance_tenancy(ec2::vpc::InstanceTenancy::DEFAULT)
//!             .tags([Tag::new("Name", "demo")]),
//!     );
//!     s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24"));
//!     s.output("Range", vpc.cidr_block());
//! });
//! # app.synth().unwrap();
//! ```

#[macro_use]
mod macros;
mod tag;

pub use tag::Tag;

/// What the generated code is written with: names that none of CloudFormation's clash with.
#[allow(unused_imports, reason = "which are used depends on the enabled services")]
mod short {
    pub(super) use crate::cfn::{Tag as T_, id};
    pub(super) use crate::core::{Allowed as A_, Json as J_, Map as M_, Props as P_, Ref as R_, Value as V_};
    pub(super) use std::string::String as S_;
    pub(super) use std::vec::Vec as L_;
}

include!(concat!(env!("OUT_DIR"), "/cfn.rs"));
