//! S3 without the internet, and one bucket only.
//!
//! **Problem.** Instances without a way to the internet are to read one bucket, must not carry data to any other, and what is in
//! the bucket is to be read by nobody but them.
//!
//! **Solution.** A gateway endpoint for S3 whose policy allows this bucket alone, and a bucket policy that refuses whoever reads
//! objects by another way, the account's own administrators too. Writing, listing and deleting are left to those who may, or
//! nobody could put files there or delete the bucket.
//!
//! **Costs.** The endpoint is free; t3.micro $7.60 a month, each of three interface endpoints $7.30 a zone: $51 in all.

use formwork::aws::ec2::GatewayService;
use formwork::aws::iam::{Principal, Statement};
use formwork::aws::s3::BucketSpec;
use formwork::{Asset, DeletionPolicy, Stack};

use crate::cookbook::host::host;

/// The host, its endpoint for S3, and the bucket it reads.
pub fn s3_endpoint(s: &mut Stack) {
    s.description("A bucket that is read through a VPC's endpoint for S3, which leads to no other");
    let (vpc, instance) = host(s, "10.10.0.0/23");
    // A recipe leaves nothing behind; a bucket is retained otherwise.
    let bucket = s.add("Bucket", BucketSpec { deletion_policy: DeletionPolicy::Delete, ..BucketSpec::default() });
    bucket.grant_read(s, &instance);
    s.objects("TestFile", bucket.bucket, Asset::folder("stacks/cookbook/networking/s3_endpoint"));

    let endpoint = vpc.add_gateway_endpoint(s, "S3", GatewayService::S3);
    let this_bucket = Statement::allow(["s3:GetObject", "s3:ListBucket"], [bucket.arn(), bucket.arn_for_objects("*")]);
    endpoint.add_to_policy(s, this_bucket.principal(Principal::any()));
    let elsewhere = Statement::deny(["s3:GetObject*"], [bucket.arn_for_objects("*")]).principal(Principal::any());
    bucket.add_to_resource_policy(s, elsewhere.when("StringNotEquals", "aws:SourceVpce", endpoint.id()));

    s.output("VpcId", vpc.vpc).description("The VPC");
    s.output("InstanceId", instance.instance_id()).description("The instance that reads the bucket");
    for (subnet, number) in vpc.subnets().iter().zip(1..) {
        s.output(format!("RtId{number}"), subnet.route_table)
            .description(format!("The route table of subnet {number}, which leads to the endpoint"));
    }
    s.output("BucketName", bucket.name()).description("The bucket");
    s.runbook("try", "Read the bucket from the VPC, and from outside", include_str!("runbooks/s3-endpoint.md"));
}
