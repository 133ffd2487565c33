//! VPCs, what connects them, machines in them, and security groups.

mod connected;
mod endpoint;
mod instance;
mod machines;
mod prefix_list;
mod routes;
mod security_group;
mod vpc;

use formwork::Stack;
use formwork::aws::ec2::{SecurityGroupSpec, VpcSpec};
use formwork::cfn::ec2;
use formwork::testing::Template;

fn snapshot<T>(name: &str, define: impl FnOnce(&mut Stack) -> T) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, Template::of(define).snapshot());
    });
}

#[test]
fn the_smallest_vpc_is_as_its_snapshot_says() {
    snapshot("ec2_vpc", |s| s.add("Vpc", VpcSpec::new("10.0.0.0/16")));
}

#[test]
fn the_smallest_security_group_is_as_its_snapshot_says() {
    snapshot("ec2_security_group", |s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        s.add("Web", SecurityGroupSpec::new(vpc, "web servers"))
    });
}
