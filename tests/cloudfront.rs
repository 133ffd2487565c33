//! Distributions: what they serve, to whom, and under which names.

use formwork::aws::cloudfront::{
    AllowedMethods, Behavior, BucketOrigin, CachePolicy, DistributionSpec, ErrorResponse, GeoRestriction, HttpOrigin,
    HttpVersion, Origin, OriginProtocolPolicy, OriginRequestPolicy, PriceClass, ResponseHeadersPolicy,
    ViewerProtocolPolicy,
};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::route53::HostedZoneSpec;
use formwork::aws::s3::{Bucket, BucketSpec};
use formwork::testing::{Template, absent, any};
use formwork::{App, Env, Stack, cfn::certificatemanager};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::checks::{found, found_in_app};
use crate::program::snapshot;

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012";

fn bucket(s: &mut Stack) -> Bucket {
    s.add("Bucket", BucketSpec::default())
}

/// The configuration of the distribution that a definition has.
fn config(define: impl FnOnce(&mut Stack)) -> Value {
    let template = Template::of(define);
    template.resources("AWS::CloudFront::Distribution")[0].resource["Properties"]["DistributionConfig"].clone()
}

fn elsewhere() -> Origin {
    Origin::http("api.example.com")
}

#[test]
fn the_smallest_distribution_is_as_its_snapshot_says() {
    let template = Template::of(|s| {
        let bucket = bucket(s);
        s.add("Distribution", DistributionSpec::new(&bucket))
    });
    snapshot("cloudfront_distribution", &template.snapshot());
}

// ---------------------------------------------------------------------------------------------------------- origins

#[test]
fn a_bucket_lets_this_distribution_read_and_nobody_else() {
    let template = Template::of(|s| {
        let bucket = bucket(s);
        s.add("Distribution", DistributionSpec::new(&bucket))
    });
    let statements =
        &template.resources("AWS::S3::BucketPolicy")[0].resource["Properties"]["PolicyDocument"]["Statement"];
    let allowed: Vec<_> = statements.as_array().unwrap().iter().filter(|one| one["Effect"] == "Allow").collect();
    let [read] = allowed[..] else { panic!("{statements:#}") };
    assert_eq!(read["Action"], "s3:GetObject");
    let arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution830FAC52}";
    assert_eq!(read["Condition"], json!({ "StringEquals": { "AWS:SourceArn": { "Fn::Sub": arn } } }));
}

#[test]
fn what_signs_requests_has_a_name_of_its_own_in_every_region() {
    let template = Template::of(|s| {
        let bucket = bucket(s);
        s.add("Distribution", DistributionSpec::new(&bucket))
    });
    let config = json!({
        "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4",
        "Name": { "Fn::Join": ["-", [
            "DistributionOrigin1S3Origin", { "Fn::Select": [2, { "Fn::Split": ["/", { "Ref": "AWS::StackId" }] }] },
        ]] },
    });
    template.has_resource("AWS::CloudFront::OriginAccessControl", json!({ "OriginAccessControlConfig": config }));
}

#[test]
fn a_bucket_with_a_key_lets_the_service_decrypt() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        let bucket = s.add("Bucket", BucketSpec { kms_key: Some(key.arn()), ..BucketSpec::default() });
        s.add("Distribution", DistributionSpec::new(&bucket))
    });
    let statements = template.resources("AWS::KMS::Key")[0].resource["Properties"]["KeyPolicy"]["Statement"].clone();
    let arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*";
    let decrypt = json!({
        "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" }, "Action": "kms:Decrypt", "Resource": "*",
        "Condition": { "ArnLike": { "AWS:SourceArn": { "Fn::Sub": arn } } },
    });
    assert!(statements.as_array().unwrap().contains(&decrypt), "{statements:#}");
}

#[test]
fn a_server_is_spoken_to_as_it_is_said() {
    let plain = config(|s| {
        s.add("Distribution", DistributionSpec::new(elsewhere()));
    });
    assert_eq!(plain["Origins"][0]["DomainName"], "api.example.com");
    let secure = json!({ "OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"] });
    assert_eq!(plain["Origins"][0]["CustomOriginConfig"], secure);
    let all = config(|s| {
        let origin = HttpOrigin {
            origin_path: Some("v1/".into()),
            protocol_policy: OriginProtocolPolicy::MatchViewer,
            http_port: Some(8080),
            https_port: Some(8443),
            read_timeout: Some(10),
            keepalive_timeout: Some(20),
            custom_headers: vec![("X-From".into(), "cloudfront".into())],
            ..HttpOrigin::new("api.example.com")
        };
        s.add("Distribution", DistributionSpec::new(origin));
    });
    let origin = &all["Origins"][0];
    assert_eq!(origin["OriginPath"], "/v1");
    assert_eq!(origin["OriginCustomHeaders"], json!([{ "HeaderName": "X-From", "HeaderValue": "cloudfront" }]));
    let custom = json!({
        "OriginProtocolPolicy": "match-viewer", "OriginSSLProtocols": ["TLSv1.2"], "HTTPPort": 8080, "HTTPSPort": 8443,
        "OriginReadTimeout": 10, "OriginKeepaliveTimeout": 20,
    });
    assert_eq!(origin["CustomOriginConfig"], custom);
}

#[test]
fn behaviours_of_one_origin_share_it() {
    let config = config(|s| {
        let bucket = bucket(s);
        let behaviors = vec![
            ("*.jpg".to_owned(), Behavior::from(&bucket)),
            ("/api/*".to_owned(), elsewhere().into()),
            ("/v2/*".to_owned(), elsewhere().into()),
            (
                "/old/*".to_owned(),
                BucketOrigin { origin_path: Some("/old".into()), ..BucketOrigin::new(&bucket) }.into(),
            ),
        ];
        s.add("Distribution", DistributionSpec { behaviors, ..DistributionSpec::new(&bucket) });
    });
    let ids: Vec<_> = config["Origins"].as_array().unwrap().iter().map(|origin| origin["Id"].clone()).collect();
    assert_eq!(ids.len(), 3);
    let of: Vec<_> =
        config["CacheBehaviors"].as_array().unwrap().iter().map(|one| one["TargetOriginId"].clone()).collect();
    assert_eq!(config["DefaultCacheBehavior"]["TargetOriginId"], ids[0]);
    assert_eq!(of, [&ids[0], &ids[1], &ids[1], &ids[2]].map(Clone::clone));
}

#[test]
fn a_bucket_of_another_stack_is_refused() {
    let problems = found_in_app(|app: &mut App| {
        let bucket = app.stack("data", Env::any(), bucket);
        app.stack("edge", Env::any(), |s| s.add("Distribution", DistributionSpec::new(&bucket)));
    });
    assert!(problems.contains("the policy of a resource of another stack cannot be added to here"), "{problems}");
}

// ------------------------------------------------------------------------------------------------------- behaviours

#[test]
fn a_behaviour_has_every_option() {
    let config = config(|s| {
        let behavior = Behavior {
            viewer_protocol_policy: ViewerProtocolPolicy::HttpsOnly,
            allowed_methods: AllowedMethods::All,
            cache_policy: CachePolicy::CachingDisabled,
            origin_request_policy: Some(OriginRequestPolicy::AllViewerExceptHostHeader),
            response_headers_policy: Some(ResponseHeadersPolicy::SecurityHeaders),
            compress: false,
            viewer_request: Some("arn:aws:cloudfront::111111111111:function/rewrite".into()),
            viewer_response: Some("arn:aws:cloudfront::111111111111:function/headers".into()),
            trusted_key_groups: vec!["12345678-1234-1234-1234-123456789012".into()],
            ..Behavior::new(elsewhere())
        };
        let own = Behavior { cache_policy: CachePolicy::Own("own".into()), ..Behavior::new(elsewhere()) };
        let behaviors = vec![("/own/*".into(), own)];
        s.add("Distribution", DistributionSpec { behaviors, ..DistributionSpec::new(behavior) });
    });
    let own = &config["CacheBehaviors"][0];
    assert_eq!((&own["CachePolicyId"], &own["PathPattern"]), (&json!("own"), &json!("/own/*")));
    let mut default = config["DefaultCacheBehavior"].clone();
    default.as_object_mut().unwrap().remove("TargetOriginId");
    assert_eq!(
        default,
        json!({
            "ViewerProtocolPolicy": "https-only",
            "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            "ResponseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03",
            "Compress": false,
            "FunctionAssociations": [
                { "EventType": "viewer-request", "FunctionARN": "arn:aws:cloudfront::111111111111:function/rewrite" },
                { "EventType": "viewer-response", "FunctionARN": "arn:aws:cloudfront::111111111111:function/headers" },
            ],
            "TrustedKeyGroups": ["12345678-1234-1234-1234-123456789012"],
        })
    );
}

#[test]
fn a_pattern_is_about_some_paths_and_stands_once() {
    assert_snapshot!(found(|s| {
        let behaviors = ["*", "/api/*", "/api/*"].map(|pattern| (pattern.to_owned(), Behavior::from(elsewhere())));
        s.add("Distribution", DistributionSpec { behaviors: behaviors.into(), ..DistributionSpec::new(elsewhere()) })
    }), @"
    error[exclusive-properties] Distribution: a behaviour is about `*`, which is every path
      help: that is `default_behavior`
    error[name-used-twice] Distribution: two behaviours are about `/api/*`
      help: the first counts: leave one out
    ");
}

// --------------------------------------------------------------------------------------------------- distributions

#[test]
fn a_distribution_has_every_option() {
    let config = config(|s| {
        let spec = DistributionSpec {
            default_root_object: Some("index.html".into()),
            domain_names: vec!["www.example.com".into()],
            certificate: Some(CERTIFICATE.into()),
            error_responses: vec![
                ErrorResponse { response_status: Some(200), ttl: Some(60), ..ErrorResponse::page(404, "/index.html") },
                ErrorResponse::page(403, "/errors/403.html"),
            ],
            geo_restriction: Some(GeoRestriction::Deny(vec!["AQ".into()])),
            web_acl: Some(
                "arn:aws:wafv2:us-east-1:111111111111:global/webacl/mine/12345678-1234-1234-1234-123456789012".into(),
            ),
            price_class: PriceClass::Class100,
            http_version: HttpVersion::Http2And3,
            ipv6: false,
            enabled: false,
            comment: Some("the site".into()),
            ..DistributionSpec::new(elsewhere())
        };
        s.add("Distribution", spec);
    });
    let wanted = [
        ("Aliases", json!(["www.example.com"])),
        ("DefaultRootObject", json!("index.html")),
        (
            "ViewerCertificate",
            json!({ "AcmCertificateArn": CERTIFICATE, "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only" }),
        ),
        (
            "CustomErrorResponses",
            json!([
                { "ErrorCode": 404, "ErrorCachingMinTTL": 60, "ResponseCode": 200, "ResponsePagePath": "/index.html" },
                { "ErrorCode": 403, "ResponseCode": 403, "ResponsePagePath": "/errors/403.html" },
            ]),
        ),
        ("Restrictions", json!({ "GeoRestriction": { "RestrictionType": "blacklist", "Locations": ["AQ"] } })),
        ("PriceClass", json!("PriceClass_100")),
        ("HttpVersion", json!("http2and3")),
        ("IPV6Enabled", json!(false)),
        ("Enabled", json!(false)),
        ("Comment", json!("the site")),
    ];
    for (key, value) in wanted {
        assert_eq!(config[key], value, "{key}");
    }
    assert!(config["WebACLId"].as_str().unwrap().contains("webacl/mine"));
}

#[test]
fn a_name_needs_a_certificate_and_one_that_cloudfront_takes() {
    let of = |certificate: Option<&str>| {
        found(|s| {
            let spec = DistributionSpec {
                domain_names: vec!["www.example.com".into()],
                certificate: certificate.map(Into::into),
                ..DistributionSpec::new(elsewhere())
            };
            s.add("Distribution", spec)
        })
    };
    assert_snapshot!(of(None), @"
    error[missing-property] Distribution: the distribution is called `www.example.com`, and has no certificate for that
      help: give it one that is in us-east-1
    ");
    assert_snapshot!(of(Some(&CERTIFICATE.replace("us-east-1", "eu-west-1"))), @"
    error[region] Distribution: the distribution's certificate is in eu-west-1
      help: CloudFront takes certificates of us-east-1 alone, wherever the stack is
    ");
    assert_eq!(of(Some(CERTIFICATE)), "");
}

#[test]
fn a_certificate_of_the_stack_is_in_its_region() {
    let of = |region: &str| {
        found_in_app(|app: &mut App| {
            app.stack("edge", Env::region(region), |s| {
                let certificate = s.add("Certificate", certificatemanager::Certificate::new("www.example.com"));
                let spec = DistributionSpec {
                    domain_names: vec!["www.example.com".into()],
                    certificate: Some(certificate.get_ref().into()),
                    ..DistributionSpec::new(elsewhere())
                };
                s.add("Distribution", spec);
            });
        })
    };
    assert!(of("eu-west-1").contains("the distribution's certificate is in eu-west-1"));
    assert_eq!(of("us-east-1"), "");
}

#[test]
fn paths_are_written_as_cloudfront_takes_them() {
    assert_snapshot!(found(|s| {
        let spec = DistributionSpec {
            default_root_object: Some("/index.html".into()),
            error_responses: vec![ErrorResponse::page(404, "404.html")],
            ..DistributionSpec::new(elsewhere())
        };
        s.add("Distribution", spec)
    }), @"
    error[format] Distribution: the default root object `/index.html` begins with `/`
      help: write `index.html`
    error[format] Distribution: the page for 404, `404.html`, does not begin with `/`
      help: write `/404.html`
    ");
}

#[test]
fn an_identity_may_make_it_forget_and_a_name_may_lead_to_it() {
    let template = Template::of(|s| {
        let distribution = s.add("Distribution", DistributionSpec::new(elsewhere()));
        let role = s.add("Role", RoleSpec::new(Principal::service("codebuild.amazonaws.com")));
        distribution.grant_create_invalidation(s, role);
        let zone = s.add("Zone", HostedZoneSpec::public("example.com"));
        zone.add_alias(s, "www", &distribution);
        s.output("Id", distribution.id());
        s.output("Arn", distribution.arn());
    });
    let arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution830FAC52}";
    let statement =
        json!({ "Effect": "Allow", "Action": "cloudfront:CreateInvalidation", "Resource": { "Fn::Sub": arn } });
    let policy = json!({ "PolicyDocument": { "Statement": [statement] } });
    template.has_resource("AWS::IAM::Policy", policy);
    let alias =
        json!({ "AliasTarget": { "HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": any() }, "ResourceRecords": absent() });
    template.has_resource("AWS::Route53::RecordSet", alias);
}
