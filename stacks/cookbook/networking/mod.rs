//! `cookbook/networking`: networks, what connects them, and what keeps them apart.

pub mod cloudfront;
pub mod https_redirect;
pub mod internet_gateway;
pub mod nat_gateway;
pub mod prefix_lists;
pub mod reachability;
pub mod s3_endpoint;
pub mod security_group_references;
pub mod subnets;
pub mod transit_gateway;
pub mod vpc;
pub mod vpc_peering;

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[
    recipe!("networking", "vpc", vpc),
    recipe!("networking", "subnets", subnets),
    recipe!("networking", "internet-gateway", internet_gateway, "../host.rs", "runbooks/internet-gateway.md"),
    recipe!("networking", "nat-gateway", nat_gateway, "../host.rs", "runbooks/nat-gateway.md"),
    recipe!(
        "networking",
        "security-group-references",
        security_group_references,
        "../host.rs",
        "runbooks/security-group-references.md",
    ),
    recipe!("networking", "reachability", reachability, "../host.rs", "runbooks/reachability.md"),
    recipe!("networking", "https-redirect", https_redirect, "runbooks/certificate.md", "runbooks/https-redirect.md"),
    recipe!("networking", "prefix-lists", prefix_lists, "../host.rs", "runbooks/prefix-lists.md"),
    recipe!(
        "networking",
        "s3-endpoint",
        s3_endpoint,
        "../host.rs",
        "runbooks/s3-endpoint.md",
        "s3_endpoint/test-file.txt",
    ),
    recipe!("networking", "transit-gateway", transit_gateway, "../host.rs", "runbooks/transit-gateway.md"),
    recipe!("networking", "vpc-peering", vpc_peering, "../host.rs", "runbooks/vpc-peering.md"),
    recipe!("networking", "cloudfront", cloudfront, "runbooks/cloudfront.md", "cloudfront/index.html"),
];
