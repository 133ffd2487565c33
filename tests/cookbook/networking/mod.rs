//! Networking.

mod vpc;
