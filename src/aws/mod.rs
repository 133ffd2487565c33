//! L2: constructs with good defaults, one module per service. A spec goes in, a handle comes out:
//! `let vpc = s.add("Vpc", ec2::VpcSpec { nat_gateways: 1, ..ec2::VpcSpec::new("10.0.0.0/16") });`
//!
//! Ids of children and defaults are AWS CDK's, so that a stack moved over from CDK keeps its resources; where a
//! default is safer, its documentation says so.

#[cfg(feature = "ec2")]
pub mod ec2;

#[cfg(feature = "iam")]
pub mod iam;

#[cfg(all(feature = "iam", feature = "organizations"))]
pub mod organizations;
