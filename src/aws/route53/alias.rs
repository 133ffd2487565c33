//! Alias targets: what of AWS a name can stand for.

use crate::core::Value;

/// Something of AWS that a name can stand for, even at the top of a zone, without a question more and at no price.
///
/// It is implemented for application load balancers, for distributions of CloudFront, for custom domain names of API
/// Gateway (L1), and for an [`Alias`] itself, which any other target can be written as.
pub trait AliasTarget {
    /// Where its own name is.
    fn alias(&self) -> Alias;
}

/// The name that an alias record stands for.
///
/// ```
/// use formwork::aws::route53::Alias;
///
/// let website = Alias::new("s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF");
/// ```
#[derive(Clone, Debug)]
pub struct Alias {
    /// The name.
    pub dns_name: Value<String>,
    /// The zone that the name is in.
    pub hosted_zone_id: Value<String>,
    /// Whether the answer depends on the target's health. Default: it does not.
    pub evaluate_target_health: Option<bool>,
}

impl Alias {
    /// A name in a zone.
    #[must_use]
    pub fn new(dns_name: impl Into<Value<String>>, hosted_zone_id: impl Into<Value<String>>) -> Self {
        Self { dns_name: dns_name.into(), hosted_zone_id: hosted_zone_id.into(), evaluate_target_health: None }
    }
}

impl AliasTarget for Alias {
    fn alias(&self) -> Alias {
        self.clone()
    }
}

#[cfg(feature = "elasticloadbalancingv2")]
impl AliasTarget for crate::aws::elasticloadbalancingv2::ApplicationLoadBalancer {
    fn alias(&self) -> Alias {
        use crate::core::{Expr, intrinsics};

        // The name with this beginning has IPv6 addresses too, where the load balancer has some.
        let name: [Expr; 2] = ["dualstack.".into(), self.dns_name().into_expr()];
        Alias::new(intrinsics::join("", name), self.canonical_hosted_zone_id())
    }
}

#[cfg(feature = "cloudfront")]
impl AliasTarget for crate::core::Ref<crate::cfn::cloudfront::Distribution> {
    fn alias(&self) -> Alias {
        // One zone for all distributions. Rule: the AWS CloudFormation reference, `AWS::Route53::RecordSet AliasTarget`.
        Alias::new(self.domain_name(), "Z2FDTNDATAQYW2")
    }
}

#[cfg(all(feature = "cloudfront", feature = "iam", feature = "kms", feature = "s3"))]
impl AliasTarget for crate::aws::cloudfront::Distribution {
    fn alias(&self) -> Alias {
        self.distribution.alias()
    }
}

#[cfg(feature = "apigatewayv2")]
impl AliasTarget for crate::core::Ref<crate::cfn::apigatewayv2::DomainName> {
    fn alias(&self) -> Alias {
        Alias::new(self.regional_domain_name(), self.regional_hosted_zone_id())
    }
}
