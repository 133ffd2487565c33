//! Networking.

mod https_redirect;
mod vpc;
