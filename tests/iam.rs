//! Identities, policies and grants.

mod grants;
mod policy_files;
mod roles;
