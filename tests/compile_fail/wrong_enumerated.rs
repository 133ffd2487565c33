//! A value of one enumerated property for another.

use formwork::cfn::{ec2, s3};

fn main() {
    let _ = ec2::Vpc::new().instance_tenancy(s3::bucket::VersioningConfigurationStatus::ENABLED);
}
