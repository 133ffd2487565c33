//! Origins: where a distribution gets what it serves.

use crate::aws::iam::{Principal, Statement};
use crate::aws::s3::Bucket;
use crate::cfn::cloudfront;
use crate::cfn::cloudfront::distribution::{
    CustomOriginConfig, Origin as Property, OriginCustomHeader, S3OriginConfig,
};
use crate::cfn::cloudfront::origin_access_control::OriginAccessControlConfig;
use crate::core::{Computed, Construct, Expr, Ref, Stack, Value, intrinsics};

/// Where a distribution gets what it serves.
#[derive(Clone, Debug)]
pub enum Origin {
    /// From a private bucket.
    Bucket(BucketOrigin),
    /// From a server that speaks HTTP.
    Http(HttpOrigin),
}

/// A private bucket. The distribution signs its requests (origin access control), and the bucket's policy lets this
/// distribution read, and nobody else because of it.
#[derive(Clone, Debug)]
pub struct BucketOrigin {
    /// The bucket, of the same stack.
    pub bucket: Bucket,
    /// The folder that paths begin in: `/site`. Default: the bucket itself.
    pub origin_path: Option<String>,
}

impl BucketOrigin {
    /// A bucket, with the defaults of every field.
    #[must_use]
    pub const fn new(bucket: &Bucket) -> Self {
        Self { bucket: *bucket, origin_path: None }
    }
}

/// How a distribution speaks with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginProtocolPolicy {
    /// Without encryption.
    HttpOnly,
    /// Encrypted.
    HttpsOnly,
    /// As the request came.
    MatchViewer,
}

impl OriginProtocolPolicy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::HttpOnly => "http-only",
            Self::HttpsOnly => "https-only",
            Self::MatchViewer => "match-viewer",
        }
    }
}

/// A server that speaks HTTP: a load balancer, an API, a website somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpOrigin {
    /// Its name.
    pub domain_name: Value<String>,
    /// The folder that paths begin in: `/v1`. Default: the top.
    pub origin_path: Option<String>,
    /// How the distribution speaks with it. Default: encrypted, TLS 1.2.
    pub protocol_policy: OriginProtocolPolicy,
    /// Its port for HTTP. Default: 80.
    pub http_port: Option<u16>,
    /// Its port for HTTPS. Default: 443.
    pub https_port: Option<u16>,
    /// How long an answer is waited for, 1 to 120 seconds. Default: 30.
    pub read_timeout: Option<u32>,
    /// How long a connection is kept for the next request, 1 to 120 seconds. Default: 5.
    pub keepalive_timeout: Option<u32>,
    /// Headers that it gets with each request. They are in the template: none is a secret. Default: none.
    pub custom_headers: Vec<(String, Value<String>)>,
}

impl HttpOrigin {
    /// A server, with the defaults of every field.
    #[must_use]
    pub fn new(domain_name: impl Into<Value<String>>) -> Self {
        Self {
            domain_name: domain_name.into(),
            origin_path: None,
            protocol_policy: OriginProtocolPolicy::HttpsOnly,
            http_port: None,
            https_port: None,
            read_timeout: None,
            keepalive_timeout: None,
            custom_headers: Vec::new(),
        }
    }

    fn config(&self) -> CustomOriginConfig {
        let mut config = CustomOriginConfig::new(self.protocol_policy.as_str()).origin_ssl_protocols(["TLSv1.2"]);
        if let Some(port) = self.http_port {
            config = config.http_port(port);
        }
        if let Some(port) = self.https_port {
            config = config.https_port(port);
        }
        if let Some(seconds) = self.read_timeout {
            config = config.origin_read_timeout(seconds);
        }
        if let Some(seconds) = self.keepalive_timeout {
            config = config.origin_keepalive_timeout(seconds);
        }
        config
    }
}

impl Origin {
    /// A private bucket of the same stack.
    #[must_use]
    pub const fn bucket(bucket: &Bucket) -> Self {
        Self::Bucket(BucketOrigin::new(bucket))
    }

    /// A server that speaks HTTPS, by its name.
    #[must_use]
    pub fn http(domain_name: impl Into<Value<String>>) -> Self {
        Self::Http(HttpOrigin::new(domain_name))
    }

    /// Whether two are one.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bucket(one), Self::Bucket(other)) => {
                one.bucket.bucket == other.bucket.bucket && one.origin_path == other.origin_path
            }
            (Self::Http(one), Self::Http(other)) => one == other,
            _ => false,
        }
    }

    fn path(&self) -> Option<&str> {
        let (Self::Bucket(BucketOrigin { origin_path, .. }) | Self::Http(HttpOrigin { origin_path, .. })) = self;
        origin_path.as_deref()
    }

    /// Lets the distribution read what it serves.
    #[track_caller]
    pub(super) fn let_in(&self, stack: &mut Stack, distribution: Ref<cloudfront::Distribution>) {
        const ALL: &str = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/";
        let Self::Bucket(BucketOrigin { bucket, .. }) = self else { return };
        let this = intrinsics::sub(format!("{ALL}${{Id}}"), [("Id", distribution.get_ref().into())]);
        let service = || Principal::service("cloudfront.amazonaws.com");
        let only_this = service().when("StringEquals", "AWS:SourceArn", this);
        let read = Statement::allow(["s3:GetObject"], [bucket.arn_for_objects("*")]);
        bucket.add_to_resource_policy(stack, read.principal(only_this));
        if let Some(key) = bucket.key() {
            // The key's policy cannot name the distribution: it names the bucket, and the bucket the key.
            let any = service().when("ArnLike", "AWS:SourceArn", intrinsics::sub(format!("{ALL}*"), []));
            key.let_service(stack, Statement::allow(["kms:Decrypt"], ["*"]).principal(any));
        }
    }
}

impl From<BucketOrigin> for Origin {
    fn from(origin: BucketOrigin) -> Self {
        Self::Bucket(origin)
    }
}

impl From<&Bucket> for Origin {
    fn from(bucket: &Bucket) -> Self {
        Self::bucket(bucket)
    }
}

impl From<HttpOrigin> for Origin {
    fn from(origin: HttpOrigin) -> Self {
        Self::Http(origin)
    }
}

/// An origin of a distribution, and what signs its requests. It is added under AWS CDK's name for it, such as `Origin1`.
pub(super) struct Added<'o>(pub(super) &'o Origin);

impl Construct for Added<'_> {
    /// The property, and the id it goes by.
    type Out = (Property, String);

    fn build(self, stack: &mut Stack) -> Self::Out {
        let id = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        // Of long ids the end differs. Rule: the CloudFront API reference, "Origin": 128 characters.
        let id: String = id.chars().skip(id.chars().count().saturating_sub(128)).collect();
        let mut property = match self.0 {
            Origin::Bucket(BucketOrigin { bucket, .. }) => {
                let control = stack.add("S3OriginAccessControl", AccessControl);
                Property::new(bucket.bucket.regional_domain_name(), id.as_str())
                    .s3_origin_config(S3OriginConfig::new().origin_access_identity(""))
                    .origin_access_control_id(control.id())
            }
            Origin::Http(origin) => {
                let name = origin.domain_name.clone().cast::<Computed>();
                let property = Property::new(name, id.as_str()).custom_origin_config(origin.config());
                let header = |(name, value): &(String, Value<String>)| OriginCustomHeader::new(name, value);
                let headers: Vec<_> = origin.custom_headers.iter().map(header).collect();
                if headers.is_empty() { property } else { property.origin_custom_headers(headers) }
            }
        };
        if let Some(path) = self.0.path() {
            property = property.origin_path(format!("/{}", path.trim_matches('/')));
        }
        (property, id)
    }
}

/// What signs the requests to a bucket.
struct AccessControl;

impl Construct for AccessControl {
    type Out = Ref<cloudfront::OriginAccessControl>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        // Names are the account's, in all regions at once: a part of the stack's own id tells them apart.
        let path = stack.current().map(|node| stack.path_of(node).concat()).unwrap_or_default();
        let path: String = path.chars().filter(char::is_ascii_alphanumeric).take(27).collect();
        let unique = intrinsics::select(2, intrinsics::split("/", intrinsics::stack_id()));
        let name = intrinsics::join::<Expr>("-", [path.as_str().into(), Value::<String>::from(unique).into_expr()]);
        let config = OriginAccessControlConfig::new(name, "s3", "always", "sigv4");
        stack.add("Resource", cloudfront::OriginAccessControl::new(config))
    }
}
