//! Text where a truth is wanted, and one where a list is.

use formwork::cfn::ec2;

fn main() {
    let _ = ec2::Vpc::new().enable_dns_support("true");
    let _ = ec2::VpcEndpoint::new("vpc-12345678").subnet_ids("subnet-12345678");
}
