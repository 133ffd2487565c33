//! Databases.

mod aurora_serverless;
mod data_api;
mod dms;
mod dynamodb_autoscaling;
mod encrypt_rds;
mod functions;
mod rds_iam_auth;
mod rds_proxy;
mod rotate_password;
