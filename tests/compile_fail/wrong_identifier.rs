//! A security group's id where a VPC's is wanted.

use formwork::cfn::ec2;
use formwork::{App, Env};

fn main() {
    App::new().stack("demo", Env::any(), |s| {
        let group = s.add("Group", ec2::SecurityGroup::new("web"));
        s.add("Subnet", ec2::Subnet::new(group));
    });
}
