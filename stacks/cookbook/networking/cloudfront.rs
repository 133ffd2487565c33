//! A private bucket, served to the world by CloudFront.
//!
//! **Problem.** Files in a bucket are to be read by everybody, fast and everywhere, and the bucket is not to be public.
//!
//! **Solution.** A CloudFront distribution that signs its requests to the bucket, whose policy lets this distribution alone read.
//! Who asks without encryption is sent to HTTPS, and what was read once is kept near to those who ask.
//!
//! **Costs.** Nothing at first: 1 TB and 10 million requests a month are free, then from $0.085 a GB. The bucket costs what it
//! holds, $0.023 a GB.
//!
//! **Today.** The original had an origin access identity, which AWS calls legacy. Origin access control is its successor: it signs
//! each request (SigV4), reads objects that keys of KMS encrypt, and works in every region.

use formwork::aws::cloudfront::{DistributionSpec, Origin};
use formwork::aws::s3::BucketSpec;
use formwork::{Asset, DeletionPolicy, Stack, intrinsics};

/// The bucket, its page, and the distribution.
pub fn cloudfront(s: &mut Stack) {
    s.description("A private bucket that is served by CloudFront, and by nothing else");
    // A recipe leaves nothing behind; a bucket is retained otherwise.
    let bucket = s.add("Bucket", BucketSpec { deletion_policy: DeletionPolicy::Delete, ..BucketSpec::default() });
    s.objects("Pages", bucket.bucket, Asset::folder("stacks/cookbook/networking/cloudfront"));
    let distribution = s.add(
        "Distribution",
        DistributionSpec {
            default_root_object: Some("index.html".into()),
            comment: Some("Serves a private bucket".into()),
            ..DistributionSpec::new(Origin::bucket(&bucket))
        },
    );
    s.output("BucketName", bucket.name()).description("The bucket");
    s.output("DistributionId", distribution.id()).description("The distribution");
    let url = intrinsics::sub("https://${Name}/", [("Name", distribution.domain_name())]);
    s.output("Url", url).description("The page, as everybody reads it");
    s.runbook("try", "Read the page, and not the bucket", include_str!("runbooks/cloudfront.md"));
}
