//! Keys as what they encrypt knows them: by their ARN. Whoever may use that needs the key too.

use super::Key;
#[cfg(any(feature = "s3", feature = "sns"))]
use crate::aws::iam::Grantee;
use crate::aws::iam::Statement;
use crate::cfn::kms;
use crate::core::{Expr, Ref, Stack, Value};

impl Key {
    /// The key with an ARN, where it is one of this app's.
    pub(in crate::aws) fn of(stack: &Stack, arn: &Value<kms::KeyArn>) -> Option<Self> {
        let Expr::Att(att) = arn.expr() else { return None };
        let is_key = stack.resource_of(att.node).is_some_and(|resource| resource.type_name == "AWS::KMS::Key");
        is_key.then(|| Self { key: Ref::new(att.node), alias: None })
    }

    /// Lets somebody use what is encrypted with it: an identity by its own policy, anybody else by the key's, where that
    /// is one that [`KeySpec`](super::KeySpec) made in this stack.
    #[cfg(any(feature = "s3", feature = "sns"))]
    #[track_caller]
    pub(in crate::aws) fn grant_use<const N: usize>(&self, stack: &mut Stack, grantee: Grantee, actions: [&str; N]) {
        if matches!(grantee, Grantee::Identity(_)) || self.has_own_policy(stack) {
            self.grant(stack, grantee, Statement::allow(actions, [self.arn()]));
        }
    }

    /// Lets a service use it by the key's policy, where that is one that [`KeySpec`](super::KeySpec) made in this stack.
    #[cfg(any(feature = "logs", all(feature = "cloudfront", feature = "s3")))]
    pub(in crate::aws) fn let_service(&self, stack: &mut Stack, statement: Statement) {
        if self.has_own_policy(stack) {
            self.add_to_policy(stack, statement);
        }
    }

    /// Whether its policy is one to add to: what a resource's definition says is its author's, and the default of KMS is
    /// gone as soon as there is another.
    fn has_own_policy(&self, stack: &Stack) -> bool {
        stack.owns(self.key) && stack.path_of(self.key.node()).last() == Some(&"Resource")
    }
}
