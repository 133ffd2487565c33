//! Distributions.

use super::origin::Added;
use super::{Behavior, Origin};
use crate::aws::iam::{Grantee, Statement};
use crate::cfn::cloudfront;
use crate::cfn::cloudfront::distribution::{
    CustomErrorResponse, DistributionConfig, GeoRestriction as Geo, Origin as OriginProperty, Restrictions,
    ViewerCertificate,
};
use crate::core::{Computed, Construct, Expr, NodeId, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// The region that CloudFront takes certificates from. Rule: the CloudFront developer guide, "Requirements for using SSL/TLS
/// certificates with CloudFront".
const CERTIFICATES: &str = "us-east-1";

/// Where in the world a distribution answers; elsewhere people are answered from the nearest of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceClass {
    /// North America, Europe, Israel: the cheapest.
    Class100,
    /// Those, South Africa, Kenya, the Middle East, Japan, Singapore, South Korea, Taiwan, Hong Kong, the Philippines.
    Class200,
    /// Everywhere.
    All,
}

/// The versions of HTTP that a distribution speaks, beside 1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// None.
    Http1,
    /// HTTP/2.
    Http2,
    /// HTTP/2 and HTTP/3.
    Http2And3,
    /// HTTP/3.
    Http3,
}

impl HttpVersion {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Http1 => "http1.1",
            Self::Http2 => "http2",
            Self::Http2And3 => "http2and3",
            Self::Http3 => "http3",
        }
    }
}

/// Who is answered, by the country they are in: two letters each, as ISO 3166-1 has them.
#[derive(Clone, Debug)]
pub enum GeoRestriction {
    /// Those of these countries alone.
    Allow(Vec<String>),
    /// All but those of these countries.
    Deny(Vec<String>),
}

/// What is answered instead of an error.
#[derive(Clone, Debug)]
pub struct ErrorResponse {
    /// The status that the origin answered: 403, 404, 500, …
    pub status: u16,
    /// The page that is sent instead, by its path: `/errors/404.html`. Default: the origin's own.
    pub page_path: Option<String>,
    /// The status that is sent instead. Default: the same.
    pub response_status: Option<u16>,
    /// How long the error is kept, in seconds. Default: 10.
    pub ttl: Option<u32>,
}

impl ErrorResponse {
    /// Sends a page with a status.
    #[must_use]
    pub fn page(status: u16, path: impl Into<String>) -> Self {
        Self { status, page_path: Some(path.into()), response_status: None, ttl: None }
    }

    fn property(&self) -> CustomErrorResponse {
        let mut out = CustomErrorResponse::new(self.status);
        if let Some(seconds) = self.ttl {
            out = out.error_caching_min_ttl(f64::from(seconds));
        }
        if let Some(status) = self.response_status.or(self.page_path.as_ref().map(|_| self.status)) {
            out = out.response_code(status);
        }
        if let Some(path) = &self.page_path {
            out = out.response_page_path(path);
        }
        out
    }
}

/// A distribution: CloudFront answers for its origins, near to whoever asks, and keeps answers for the next.
///
/// What is not encrypted is sent to HTTPS, which AWS CDK leaves to you. With the name that AWS gives it, the oldest TLS it speaks
/// is AWS's choice; with names and a certificate of your own, it is TLS 1.2.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::Asset;
/// use formwork::aws::cloudfront::{DistributionSpec, ErrorResponse, Origin};
/// use formwork::aws::s3::BucketSpec;
///
/// let bucket = s.add("Site", BucketSpec::default());
/// s.objects("Pages", bucket.bucket, Asset::folder("site"));
/// let site = s.add("Distribution", DistributionSpec {
///     default_root_object: Some("index.html".into()),
///     error_responses: vec![ErrorResponse::page(404, "/404.html")],
///     ..DistributionSpec::new(Origin::bucket(&bucket))
/// });
/// s.output("Address", site.domain_name());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct DistributionSpec {
    /// How it answers requests that no other behaviour is about.
    pub default_behavior: Behavior,
    /// How it answers requests for other paths, by their pattern: `/api/*`, `*.jpg`. The first that fits counts. Default: none.
    pub behaviors: Vec<(String, Behavior)>,
    /// The file that stands for the top, without a `/` before it: `index.html`. Default: none.
    pub default_root_object: Option<String>,
    /// Its names, beside the one that AWS gives it. They need a certificate, and records that lead here. Default: none.
    pub domain_names: Vec<String>,
    /// The certificate for its names, by its ARN; it is in us-east-1. Default: that of AWS's name.
    pub certificate: Option<Value<String>>,
    /// What is answered instead of errors. Default: what the origin answers.
    pub error_responses: Vec<ErrorResponse>,
    /// Who is answered. Default: everybody.
    pub geo_restriction: Option<GeoRestriction>,
    /// The web ACL of AWS WAF that requests pass first, by its ARN. Default: none.
    pub web_acl: Option<Value<String>>,
    /// Where it answers. Default: everywhere.
    pub price_class: PriceClass,
    /// The versions of HTTP that it speaks. Default: HTTP/2.
    pub http_version: HttpVersion,
    /// Whether it has IPv6 addresses. Default: true.
    pub ipv6: bool,
    /// Whether it answers at all. Default: true.
    pub enabled: bool,
    /// What it is for, up to 128 characters. Default: nothing is said.
    pub comment: Option<String>,
}

impl DistributionSpec {
    /// A distribution of an origin, or of a behaviour with one, with the defaults of every field.
    #[must_use]
    pub fn new(default_behavior: impl Into<Behavior>) -> Self {
        Self {
            default_behavior: default_behavior.into(),
            behaviors: Vec::new(),
            default_root_object: None,
            domain_names: Vec::new(),
            certificate: None,
            error_responses: Vec::new(),
            geo_restriction: None,
            web_acl: None,
            price_class: PriceClass::All,
            http_version: HttpVersion::Http2,
            ipv6: true,
            enabled: true,
            comment: None,
        }
    }

    fn check(&self, stack: &mut Stack) {
        let region = self.certificate.as_ref().and_then(|arn| region_of(stack, arn));
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if let (Some(name), None) = (self.domain_names.first(), &self.certificate) {
            let message = format!("the distribution is called `{name}`, and has no certificate for that");
            report("missing-property", message, "give it one that is in us-east-1");
        }
        if let Some(region) = region.filter(|region| region != CERTIFICATES) {
            let message = format!("the distribution's certificate is in {region}");
            report("region", message, "CloudFront takes certificates of us-east-1 alone, wherever the stack is");
        }
        for (index, (pattern, _)) in self.behaviors.iter().enumerate() {
            if matches!(pattern.as_str(), "*" | "/*") {
                let message = format!("a behaviour is about `{pattern}`, which is every path");
                report("exclusive-properties", message, "that is `default_behavior`");
            } else if self.behaviors[..index].iter().any(|(before, _)| before == pattern) {
                report(
                    "name-used-twice",
                    format!("two behaviours are about `{pattern}`"),
                    "the first counts: leave one out",
                );
            }
        }
        if let Some(object) = self.default_root_object.as_ref().filter(|object| object.starts_with('/')) {
            let help = format!("write `{}`", object.trim_start_matches('/'));
            report("format", format!("the default root object `{object}` begins with `/`"), &help);
        }
        for response in &self.error_responses {
            let status = response.status;
            if let Some(path) = response.page_path.as_ref().filter(|path| !path.starts_with('/')) {
                let help = format!("write `/{path}`");
                report("format", format!("the page for {status}, `{path}`, does not begin with `/`"), &help);
            }
        }
    }

    /// Each origin once, and for each behaviour, the default one first, which it has.
    fn origins(&self) -> (Vec<Origin>, Vec<usize>) {
        let (mut origins, mut of) = (Vec::<Origin>::new(), Vec::new());
        let all = std::iter::once(&self.default_behavior).chain(self.behaviors.iter().map(|(_, behavior)| behavior));
        for behavior in all {
            let known = origins.iter().position(|origin| origin.is(&behavior.origin));
            of.push(known.unwrap_or(origins.len()));
            if known.is_none() {
                origins.push(behavior.origin.clone());
            }
        }
        (origins, of)
    }

    fn config(self, properties: Vec<OriginProperty>, ids: &[&str]) -> DistributionConfig {
        let default = self.default_behavior.default(ids[0]);
        let mut config = DistributionConfig::new(default, self.enabled)
            .origins(properties)
            .http_version(self.http_version.as_str())
            .ipv6_enabled(self.ipv6);
        let others = self.behaviors.into_iter().zip(&ids[1..]);
        let others: Vec<_> = others.map(|((pattern, behavior), id)| behavior.of_paths(&pattern, id)).collect();
        if !others.is_empty() {
            config = config.cache_behaviors(others);
        }
        if !self.domain_names.is_empty() {
            config = config.aliases(self.domain_names);
        }
        if let Some(text) = self.comment {
            config = config.comment(text);
        }
        if !self.error_responses.is_empty() {
            let responses: Vec<_> = self.error_responses.iter().map(ErrorResponse::property).collect();
            config = config.custom_error_responses(responses);
        }
        if let Some(object) = self.default_root_object {
            config = config.default_root_object(object);
        }
        // Everywhere is CloudFront's own.
        config = match self.price_class {
            PriceClass::Class100 => config.price_class("PriceClass_100"),
            PriceClass::Class200 => config.price_class("PriceClass_200"),
            PriceClass::All => config,
        };
        if let Some(restriction) = self.geo_restriction {
            let (kind, countries) = match restriction {
                GeoRestriction::Allow(countries) => ("whitelist", countries),
                GeoRestriction::Deny(countries) => ("blacklist", countries),
            };
            let countries: Vec<Value<String>> = countries.into_iter().map(Into::into).collect();
            config = config.restrictions(Restrictions::new(Geo::new(kind).locations(countries)));
        }
        if let Some(certificate) = self.certificate {
            let certificate = ViewerCertificate::new()
                .acm_certificate_arn(certificate.cast::<Computed>())
                .minimum_protocol_version("TLSv1.2_2021")
                .ssl_support_method("sni-only");
            config = config.viewer_certificate(certificate);
        }
        if let Some(acl) = self.web_acl {
            config = config.web_acl_id(acl.cast::<Computed>());
        }
        config
    }
}

/// The region of a certificate, where that is known: by its ARN, or by the stack that makes it.
fn region_of(stack: &Stack, arn: &Value<String>) -> Option<String> {
    match arn.expr() {
        Expr::String(arn) => arn.split(':').nth(3).map(str::to_owned),
        Expr::Ref(node) if stack.owns(*node) => stack.env().region_code().map(str::to_owned),
        _ => None,
    }
}

/// A distribution that was added.
#[derive(Clone, Copy, Debug)]
pub struct Distribution {
    /// The distribution itself.
    pub distribution: Ref<cloudfront::Distribution>,
}

impl Construct for DistributionSpec {
    type Out = Distribution;

    fn build(self, stack: &mut Stack) -> Distribution {
        self.check(stack);
        let (origins, of) = self.origins();
        let added = origins.iter().enumerate();
        let added = added.map(|(index, origin)| stack.add(format!("Origin{}", index + 1), Added(origin)));
        let (properties, names): (Vec<_>, Vec<_>) = added.collect::<Vec<_>>().into_iter().unzip();
        let ids: Vec<&str> = of.iter().map(|index: &usize| String::as_str(&names[*index])).collect();
        let distribution = stack.add("Resource", cloudfront::Distribution::new(self.config(properties, &ids)));
        for origin in &origins {
            origin.let_in(stack, distribution);
        }
        Distribution { distribution }
    }
}

impl Distribution {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<cloudfront::DistributionId> {
        self.distribution.get_ref()
    }

    /// The name that AWS gives it: `d111111abcdef8.cloudfront.net`.
    #[must_use]
    pub fn domain_name(&self) -> Value<String> {
        self.distribution.domain_name()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}";
        intrinsics::sub(arn, [("Id", self.id().into())]).into()
    }

    /// Lets an identity tell it to forget what it keeps.
    #[track_caller]
    pub fn grant_create_invalidation(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let statement = Statement::allow(["cloudfront:CreateInvalidation"], [self.arn()]);
        grantee.into().grant_identity(stack, statement, "a distribution");
    }
}

impl From<&Distribution> for StackRef {
    fn from(distribution: &Distribution) -> Self {
        distribution.distribution.into()
    }
}

impl From<Distribution> for NodeId {
    fn from(distribution: Distribution) -> Self {
        distribution.distribution.node()
    }
}

crate::aws::iam::has_arn! { Distribution, "a distribution"; }
