//! The modules themselves, as the catalogue has them.

#![allow(dead_code, reason = "a history takes what it edits")]

#[path = "../../../stacks/financial_data_api/iam.rs"]
pub mod iam;
#[path = "../../../stacks/financial_data_api/rds.rs"]
pub mod rds;
#[path = "../../../stacks/financial_data_api/security_groups.rs"]
pub mod security_groups;
#[path = "../../../stacks/financial_data_api/stage.rs"]
pub mod stage;
#[path = "../../../stacks/financial_data_api/vpc.rs"]
pub mod vpc;
