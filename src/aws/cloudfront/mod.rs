//! Content delivery: distributions, and where they get what they serve.

mod behavior;
mod distribution;
mod origin;

pub use behavior::{
    AllowedMethods, Behavior, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy, ViewerProtocolPolicy,
};
pub use distribution::{Distribution, DistributionSpec, ErrorResponse, GeoRestriction, HttpVersion, PriceClass};
pub use origin::{BucketOrigin, HttpOrigin, Origin, OriginProtocolPolicy};
