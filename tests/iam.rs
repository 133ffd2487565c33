//! Identities, policies and grants.

mod grants;
mod roles;
