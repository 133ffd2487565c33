//! A reference to a stack that is defined later.

use formwork::cfn::ec2;
use formwork::{App, Env};

fn main() {
    let mut app = App::new();
    app.stack("web", Env::any(), |s| s.add("Subnet", ec2::Subnet::new(vpc)));
    let vpc = app.stack("network", Env::any(), |s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16")));
}
