//! Networking.

mod cloudfront;
mod https_redirect;
mod internet_gateway;
mod nat_gateway;
mod prefix_lists;
mod reachability;
mod s3_endpoint;
mod security_group_references;
mod subnets;
mod transit_gateway;
mod vpc;
mod vpc_peering;
