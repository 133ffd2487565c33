//! A network of your own, with room to grow.
//!
//! **Problem.** You need a private network in a region, and expect that its addresses will not be enough for ever.
//!
//! **Solution.** A VPC with a first block of IPv4 addresses and a second one, which a VPC can get at any time. A second VPC has
//! Amazon's IPv6 addresses as well: a /56, of which each subnet can have a /64.
//!
//! **Costs.** Nothing: VPCs and their blocks are free.

use formwork::Stack;
use formwork::cfn::{Tag, ec2};

/// Two VPCs: one with two IPv4 blocks, one with IPv6 addresses.
pub fn vpc(s: &mut Stack) {
    s.description("A VPC with a second block of IPv4 addresses, and one with IPv6 addresses");
    let named = |block: &str, name: &str| {
        ec2::Vpc::new().cidr_block(block).enable_dns_hostnames(true).tags([Tag::new("Name", name)])
    };
    let vpc = s.add("Vpc", named("10.10.0.0/16", "cookbook-vpc"));
    s.add("SecondBlock", ec2::VpcCidrBlock::new(vpc).cidr_block("10.11.0.0/16"));
    let ipv6 = s.add("Ipv6Vpc", named("10.12.0.0/16", "cookbook-vpc-ipv6"));
    s.add("Ipv6Block", ec2::VpcCidrBlock::new(ipv6).amazon_provided_ipv6_cidr_block(true));
    s.output("VpcId", vpc).description("The VPC with two IPv4 blocks");
    s.output("Ipv6VpcId", ipv6).description("The VPC with IPv6 addresses");
}
