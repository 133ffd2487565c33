//! Content delivery.

use formwork::Stack;
use formwork::aws::cloudfront::{
    AllowedMethods, Behavior, CachePolicy, DistributionSpec, ErrorResponse, GeoRestriction, HttpOrigin, HttpVersion,
    Origin, OriginRequestPolicy, PriceClass, ResponseHeadersPolicy, ViewerProtocolPolicy,
};
use formwork::aws::s3::BucketSpec;

use super::Case;

pub const CASES: &[Case] =
    &[("distribution_of_a_bucket", distribution_of_a_bucket), ("distribution_with_options", distribution_with_options)];

fn distribution_of_a_bucket(s: &mut Stack) {
    let bucket = s.add("Bucket", BucketSpec::default());
    let default_root_object = Some("index.html".into());
    s.add("Distribution", DistributionSpec { default_root_object, ..DistributionSpec::new(Origin::bucket(&bucket)) });
}

fn distribution_with_options(s: &mut Stack) {
    let api = || HttpOrigin {
        origin_path: Some("/v1".into()),
        custom_headers: vec![("X-From".into(), "cloudfront".into())],
        ..HttpOrigin::new("api.example.com")
    };
    let calls = Behavior {
        viewer_protocol_policy: ViewerProtocolPolicy::HttpsOnly,
        allowed_methods: AllowedMethods::All,
        cache_policy: CachePolicy::CachingDisabled,
        origin_request_policy: Some(OriginRequestPolicy::AllViewerExceptHostHeader),
        ..Behavior::new(api())
    };
    let health = Behavior { compress: false, ..Behavior::new(api()) };
    let site = Behavior {
        response_headers_policy: Some(ResponseHeadersPolicy::SecurityHeaders),
        ..Behavior::new(Origin::http("www.example.com"))
    };
    let spec = DistributionSpec {
        behaviors: vec![("/api/*".into(), calls), ("/health".into(), health)],
        certificate: Some("arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012".into()),
        domain_names: vec!["www.example.com".into()],
        error_responses: vec![ErrorResponse::page(404, "/404.html")],
        geo_restriction: Some(GeoRestriction::Allow(vec!["CH".into(), "FR".into()])),
        price_class: PriceClass::Class100,
        http_version: HttpVersion::Http2And3,
        comment: Some("the site".into()),
        ..DistributionSpec::new(site)
    };
    s.add("Distribution", spec);
}
