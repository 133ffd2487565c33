//! Behaviours: how a distribution answers requests for some paths.

use super::Origin;
use crate::cfn::cloudfront;
use crate::cfn::cloudfront::distribution::{CacheBehavior, DefaultCacheBehavior, FunctionAssociation};
use crate::core::{Expr, PropertyType as _, Value};

/// What a distribution does with requests that are not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerProtocolPolicy {
    /// It answers them.
    AllowAll,
    /// It refuses them, with 403.
    HttpsOnly,
    /// It sends the sender to the same address with HTTPS.
    RedirectToHttps,
}

impl ViewerProtocolPolicy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AllowAll => "allow-all",
            Self::HttpsOnly => "https-only",
            Self::RedirectToHttps => "redirect-to-https",
        }
    }
}

/// The methods of HTTP that a distribution passes on to an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedMethods {
    /// GET and HEAD: what reads.
    GetHead,
    /// Those and OPTIONS, which browsers ask before they ask another site.
    GetHeadOptions,
    /// All: those that change something, too.
    All,
}

impl AllowedMethods {
    const fn list(self) -> &'static [&'static str] {
        match self {
            Self::GetHead => &["GET", "HEAD"],
            Self::GetHeadOptions => &["GET", "HEAD", "OPTIONS"],
            Self::All => &["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        }
    }
}

/// Policies that CloudFront has, by their ids, and one's own. Source: the CloudFront developer guide, "Use managed cache
/// policies", "Use managed origin request policies" and "Use managed response headers policies".
macro_rules! policies {
    ($(#[$doc:meta])* $name:ident of $id:ident { $($(#[$of:meta])* $variant:ident = $managed:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub enum $name {
            $($(#[$of])* $variant,)*
            /// One of your own, by its id.
            Own(Value<cloudfront::$id>),
        }

        impl $name {
            fn id(self) -> Value<cloudfront::$id> {
                match self {
                    $(Self::$variant => $managed.into(),)*
                    Self::Own(id) => id,
                }
            }
        }
    };
}

policies! {
    /// What of a request tells two answers apart, and for how long an answer is kept.
    CachePolicy of CachePolicyId {
        /// By the path alone, compressed; a day, unless the origin says otherwise. For files.
        CachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6",
        /// The same, and never compressed.
        CachingOptimizedForUncompressedObjects = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        /// Nothing is kept.
        CachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        /// As long as the origin says, by host, cookies and some headers.
        UseOriginCacheControlHeaders = "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        /// The same, and by the query.
        UseOriginCacheControlHeadersQueryStrings = "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    }
}

policies! {
    /// What of a request the origin gets to see, beside what tells answers apart.
    OriginRequestPolicy of OriginRequestPolicyId {
        /// All of it.
        AllViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3",
        /// All but the host, for origins that go by their own.
        AllViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        /// What CORS needs, of an origin that is no bucket.
        CorsCustomOrigin = "59781a5b-3903-41f3-afcb-af62929ccde1",
        /// What CORS needs, of a bucket.
        CorsS3Origin = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        /// The host.
        HostHeaderOnly = "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        /// The browser, and the page before.
        UserAgentRefererHeaders = "acba4595-bd28-49b8-b9fe-13317c0390fa",
    }
}

policies! {
    /// Headers that are put into answers.
    ResponseHeadersPolicy of ResponseHeadersPolicyId {
        /// Those that tell browsers to be careful: HSTS, no frames of other sites, no guessing of types.
        SecurityHeaders = "67f7725c-6f97-4210-82d7-5512b31e9d03",
        /// Those that let pages of every site read the answer.
        CorsAllowAllOrigins = "60669652-455b-4ae9-85a4-c4c02393f86c",
        /// The same, with the answers to what browsers ask before.
        CorsAllowAllOriginsWithPreflight = "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        /// Those that let every site read, and tell browsers to be careful.
        CorsAllowAllOriginsAndSecurityHeaders = "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        /// Both, with the answers to what browsers ask before.
        CorsAllowAllOriginsWithPreflightAndSecurityHeaders = "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
    }
}

/// How a distribution answers requests for some paths: from which origin, to whom, and what it keeps.
#[derive(Clone, Debug)]
pub struct Behavior {
    /// Where it gets what it does not have.
    pub origin: Origin,
    /// What it does with requests that are not encrypted. Default: sends them to HTTPS (AWS CDK answers them).
    pub viewer_protocol_policy: ViewerProtocolPolicy,
    /// The methods it passes on. Default: GET and HEAD.
    pub allowed_methods: AllowedMethods,
    /// What tells answers apart, and how long they are kept. Default: the path, a day.
    pub cache_policy: CachePolicy,
    /// What of a request the origin gets to see, beside what tells answers apart. Default: nothing.
    pub origin_request_policy: Option<OriginRequestPolicy>,
    /// Headers that are put into answers. Default: none.
    pub response_headers_policy: Option<ResponseHeadersPolicy>,
    /// Whether answers are compressed for those who can read them. Default: true.
    pub compress: bool,
    /// A function of CloudFront's that sees each request first, by its ARN. Default: none.
    pub viewer_request: Option<Value<cloudfront::FunctionArn>>,
    /// A function of CloudFront's that sees each answer last, by its ARN. Default: none.
    pub viewer_response: Option<Value<cloudfront::FunctionArn>>,
    /// The groups of keys that links or cookies must be signed with. Default: none, everybody is answered.
    pub trusted_key_groups: Vec<Value<cloudfront::KeyGroupId>>,
}

impl Behavior {
    /// Answers from an origin, with the defaults of every field.
    #[must_use]
    pub fn new(origin: impl Into<Origin>) -> Self {
        Self {
            origin: origin.into(),
            viewer_protocol_policy: ViewerProtocolPolicy::RedirectToHttps,
            allowed_methods: AllowedMethods::GetHead,
            cache_policy: CachePolicy::CachingOptimized,
            origin_request_policy: None,
            response_headers_policy: None,
            compress: true,
            viewer_request: None,
            viewer_response: None,
            trusted_key_groups: Vec::new(),
        }
    }

    /// As the property takes it that is about all paths which no other is about.
    pub(super) fn default(self, origin_id: &str) -> DefaultCacheBehavior {
        let mut out = DefaultCacheBehavior::new(origin_id, self.viewer_protocol_policy.as_str())
            .cache_policy_id(self.cache_policy.id())
            .compress(self.compress);
        // CloudFront's own methods are GET and HEAD.
        if self.allowed_methods != AllowedMethods::GetHead {
            out = out.allowed_methods(self.allowed_methods.list());
        }
        if let Some(policy) = self.origin_request_policy {
            out = out.origin_request_policy_id(policy.id());
        }
        if let Some(policy) = self.response_headers_policy {
            out = out.response_headers_policy_id(policy.id());
        }
        let functions = [("viewer-request", self.viewer_request), ("viewer-response", self.viewer_response)];
        let function = |(event, arn)| Some(FunctionAssociation::new().event_type(event).function_arn(arn?));
        let functions: Vec<_> = functions.into_iter().filter_map(function).collect();
        if !functions.is_empty() {
            out = out.function_associations(functions);
        }
        if !self.trusted_key_groups.is_empty() {
            out = out.trusted_key_groups(self.trusted_key_groups);
        }
        out
    }

    /// As the property takes it that is about the paths of a pattern: the same, with the pattern.
    pub(super) fn of_paths(self, pattern: &str, origin_id: &str) -> CacheBehavior {
        let mut props = self.default(origin_id).into_props();
        props.put("PathPattern", Expr::from(pattern));
        CacheBehavior::from_props(props)
    }
}

impl<O: Into<Origin>> From<O> for Behavior {
    fn from(origin: O) -> Self {
        Self::new(origin)
    }
}
