//! Principals: who a statement is about.

use super::statement::{items, one_or_more};
use crate::core::{Expr, IntoExpr, Props, Value, intrinsics};

/// Who a statement of a trust or resource policy is about. Rule: the AWS IAM user guide, "IAM JSON policy elements:
/// Principal".
///
/// ```
/// use formwork::aws::iam::Principal;
///
/// let tasks = Principal::service("ecs-tasks.amazonaws.com");
/// let vendor = Principal::account("333333333333").when("StringEquals", "sts:ExternalId", "shop-7");
/// ```
#[derive(Clone, Debug)]
pub struct Principal {
    kind: Kind,
    value: Expr,
    conditions: Vec<(String, String, Expr)>,
    /// What a trust policy lets it do.
    pub(super) trust: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Aws,
    CanonicalUser,
    Federated,
    Service,
}

impl Kind {
    const fn key(self) -> &'static str {
        match self {
            Self::Any | Self::Aws => "AWS",
            Self::CanonicalUser => "CanonicalUser",
            Self::Federated => "Federated",
            Self::Service => "Service",
        }
    }
}

impl Principal {
    fn new(kind: Kind, value: Expr) -> Self {
        Self { kind, value, conditions: Vec::new(), trust: &["sts:AssumeRole"] }
    }

    /// An AWS service, by its name: `ec2.amazonaws.com`.
    #[must_use]
    pub fn service(name: impl Into<Value<String>>) -> Self {
        Self::new(Kind::Service, name.into().into_expr())
    }

    /// Everybody in an account whom that account lets.
    #[must_use]
    pub fn account(id: impl Into<Value<String>>) -> Self {
        let arn = match id.into().into_expr() {
            Expr::String(id) => intrinsics::sub(format!("arn:${{AWS::Partition}}:iam::{id}:root"), []),
            id => intrinsics::sub("arn:${AWS::Partition}:iam::${Account}:root", [("Account", Value::from_expr(id))]),
        };
        Self::new(Kind::Aws, arn.into_expr())
    }

    /// Everybody in the stack's own account whom that account lets.
    #[must_use]
    pub fn this_account() -> Self {
        let arn = intrinsics::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root", []);
        Self::new(Kind::Aws, arn.into_expr())
    }

    /// One identity, by its ARN.
    #[must_use]
    pub fn arn(arn: impl Into<Value<String>>) -> Self {
        Self::new(Kind::Aws, arn.into().into_expr())
    }

    /// Everybody in an organization, by its id (`o-…`).
    #[must_use]
    pub fn organization(id: impl Into<Value<String>>) -> Self {
        Self::any().when("StringEquals", "aws:PrincipalOrgID", id.into())
    }

    /// Everybody.
    #[must_use]
    pub fn any() -> Self {
        Self::new(Kind::Any, "*".into())
    }

    /// Who signed in with an OpenID Connect provider, by the provider's ARN. Say with [`Principal::when`] whose tokens
    /// count.
    #[must_use]
    pub fn web_identity(provider_arn: impl Into<Value<String>>) -> Self {
        let principal = Self::new(Kind::Federated, provider_arn.into().into_expr());
        Self { trust: &["sts:AssumeRoleWithWebIdentity"], ..principal }
    }

    /// Who signed in with a SAML provider, by the provider's ARN, to the console or to AWS's API.
    #[must_use]
    pub fn saml(provider_arn: impl Into<Value<String>>) -> Self {
        let principal = Self::new(Kind::Federated, provider_arn.into().into_expr());
        let principal = Self { trust: &["sts:AssumeRoleWithSAML"], ..principal };
        principal.when("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml")
    }

    /// The canonical user of an account, as CloudFront's origin access identities are in bucket policies.
    #[must_use]
    pub fn canonical_user(id: impl Into<Value<String>>) -> Self {
        Self::new(Kind::CanonicalUser, id.into().into_expr())
    }

    /// Only while a condition holds: operator, key, value, as in [`Statement::when`](super::Statement::when).
    #[must_use]
    pub fn when(mut self, operator: impl Into<String>, key: impl Into<String>, value: impl IntoExpr) -> Self {
        self.conditions.push((operator.into(), key.into(), value.into_expr()));
        self
    }

    /// Whether another is one under the same conditions.
    pub(super) fn holds_when(&self, other: &Self) -> bool {
        self.conditions == other.conditions
    }

    pub(super) fn is_unconditional(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The principals as a statement has them; their conditions go to `conditions`.
    pub(super) fn all(principals: &[Self], conditions: &mut Vec<(String, String, Expr)>) -> Option<Expr> {
        let mut out = Props::new();
        for principal in principals {
            conditions.extend(principal.conditions.iter().cloned());
            if principal.kind == Kind::Any && principals.len() == 1 {
                return Some(Expr::Map(single("AWS", "*".into())));
            }
            let key = principal.kind.key();
            let before = out.get(key).map(|entry| items(entry.value.clone())).unwrap_or_default();
            out.put(key, one_or_more([before, vec![principal.value.clone()]].concat()));
        }
        (!out.is_empty()).then_some(Expr::Map(out))
    }
}

fn single(key: &'static str, value: Expr) -> Props {
    let mut props = Props::new();
    props.put(key, value);
    props
}
