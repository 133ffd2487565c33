//! Where data comes in, and where it is worked on.

use formwork::Stack;
use formwork::aws::s3::BucketSpec;

/// What the buckets are called after.
const NAME: &str = "formwork-demo";

/// Two private, versioned buckets that are reached over TLS only.
pub fn data_buckets(s: &mut Stack) {
    s.description("Buckets for data: where it lands, and where it is analysed");
    for (id, suffix) in [("LandingZone", "landing-zone"), ("Analysis", "analysis")] {
        let name = format!("{NAME}-{suffix}");
        let bucket = s.add(id, BucketSpec { bucket_name: Some(name.into()), versioned: true, ..BucketSpec::default() });
        s.output(format!("{id}Bucket"), bucket.name()).description("The bucket's name");
    }
}
