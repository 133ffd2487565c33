//! A required property left out.

use formwork::cfn::ec2;
use formwork::{App, Env};

fn main() {
    App::new().stack("demo", Env::any(), |s| {
        s.add("Subnet", ec2::Subnet::new());
    });
}
