//! Blocks of addresses: sizes, subnets in their VPC, beside each other.

use formwork::cfn::ec2;
use formwork::{App, Env, Stack};
use insta::assert_snapshot;

use super::{found, problems, told};

fn vpc(s: &mut Stack, block: &str) -> formwork::Ref<ec2::Vpc> {
    s.add("Vpc", ec2::Vpc::new().cidr_block(block))
}

/// A VPC with subnets of these blocks.
fn subnets(block: &str, subnets: &[&str]) -> String {
    found(|s| {
        let vpc = vpc(s, block);
        for (index, block) in subnets.iter().enumerate() {
            s.add(format!("Subnet{index}"), ec2::Subnet::new(vpc).cidr_block(*block));
        }
    })
}

#[test]
fn subnets_of_a_vpc_share_no_addresses() {
    assert_snapshot!(subnets("10.0.0.0/16", &["10.0.0.0/24", "10.0.0.128/25"]), @"
    error[address-block] Subnet1: the subnet's block 10.0.0.128/25 shares addresses with 10.0.0.0/24, that of `Subnet0`
      help: give one of the two another block of the VPC
    ");
    assert_snapshot!(subnets("10.0.0.0/16", &["10.0.1.0/24", "10.0.1.0/24"]), @"
    error[address-block] Subnet1: the subnet's block 10.0.1.0/24 shares addresses with 10.0.1.0/24, that of `Subnet0`
      help: give one of the two another block of the VPC
    ");
    assert_eq!(subnets("10.0.0.0/16", &["10.0.1.0/24", "10.0.0.0/24", "10.0.2.0/23"]), "");
}

#[test]
fn subnets_are_in_their_vpc() {
    assert_snapshot!(subnets("10.0.0.0/16", &["10.1.0.0/24"]), @"
    error[address-block] Subnet0: the subnet's block 10.1.0.0/24 is not in its VPC's, 10.0.0.0/16
      help: take one from there, or give the VPC another block
    ");
    assert_eq!(subnets("10.0.0.0/24", &["10.0.0.0/24"]), "");
}

#[test]
fn a_second_block_counts_and_one_that_is_not_known_passes() {
    let with = |more: fn(ec2::VpcCidrBlock) -> ec2::VpcCidrBlock| {
        found(|s| {
            let vpc = vpc(s, "10.0.0.0/16");
            s.add("More", more(ec2::VpcCidrBlock::new(vpc)));
            s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.1.0.0/24"));
        })
    };
    assert_eq!(with(|block| block.cidr_block("10.1.0.0/16")), "");
    assert_eq!(with(|block| block.ipv4_ipam_pool_id("ipam-pool-0123456789abcdef0").ipv4_netmask_length(16)), "");
    assert!(with(|block| block.amazon_provided_ipv6_cidr_block(true)).contains("is not in its VPC's, 10.0.0.0/16"));
}

#[test]
fn blocks_have_sizes_that_aws_takes() {
    assert_snapshot!(found(|s| vpc(s, "10.0.0.0/8")), @"
    error[address-block] Vpc: a VPC cannot have the block 10.0.0.0/8
      help: AWS takes /16 to /28: 65,536 to 16 addresses
    ");
    assert_snapshot!(subnets("10.0.0.0/24", &["10.0.0.0/29"]), @"
    error[address-block] Subnet0: a subnet cannot have the block 10.0.0.0/29
      help: AWS takes /16 to /28: 65,536 to 16 addresses
    ");
    assert_eq!(subnets("10.0.0.0/16", &["10.0.0.0/28"]), "");
}

#[test]
fn subnets_of_two_stacks_share_no_addresses_either() {
    let found = problems(|app: &mut App| {
        let vpc = app.stack("network", Env::any(), |s| vpc(s, "10.0.0.0/16"));
        for path in ["one", "two"] {
            app.stack(path, Env::any(), |s| s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24")));
        }
    });
    assert_snapshot!(told(&found), @"
    error[address-block] Subnet: the subnet's block 10.0.0.0/24 shares addresses with 10.0.0.0/24, that of `one/Subnet`
      help: give one of the two another block of the VPC
    ");
    assert_eq!(found[0].stack.as_deref(), Some("two"));
    assert_eq!(found[0].places.len(), 2, "the two lines");
}
