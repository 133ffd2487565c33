//! What has an ARN can be granted, action by action.

use super::{Grantee, Statement};
use crate::core::{Stack, Value};

/// Something that policies name by its ARN.
pub trait HasArn {
    /// What it is, with its article, for errors: `an alarm`.
    const CALLED: &'static str;

    /// The ARN that policies name it by.
    fn policy_arn(&self) -> Value<String>;

    /// Lets the grantee do these actions to it, and to nothing else. Where a `grant_…` of its own says what is meant,
    /// that is better: it knows which actions belong together, and under which conditions.
    ///
    /// The grantee is a role, user or group; a principal is a problem, since this writes the grantee's policy.
    ///
    /// ```
    /// use formwork::aws::cloudwatch::{AlarmSpec, Metric};
    /// use formwork::aws::iam::{HasArn, Principal, RoleSpec};
    /// # let mut app = formwork::App::new();
    /// # app.stack("shop", formwork::Env::any(), |s| {
    /// let errors = Metric::new("Shop", "Errors");
    /// let alarm = s.add("Errors", AlarmSpec::of(errors, 1.0));
    /// let deployer = s.add("Deployer", RoleSpec::new(Principal::service("codebuild.amazonaws.com")));
    /// alarm.grant_actions(s, &deployer, ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"]);
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    fn grant_actions<A: Into<String>>(
        &self,
        stack: &mut Stack,
        grantee: impl Into<Grantee>,
        actions: impl IntoIterator<Item = A>,
    ) {
        let statement = Statement::allow(actions, [self.policy_arn()]);
        let message = format!(
            "actions on {} are written in the policy of who may do them, and a principal has none here",
            Self::CALLED
        );
        grantee.into().grant_to_identity(stack, statement, message, "them");
    }
}

/// Says that handles have an ARN, by their `arn()`.
macro_rules! has_arn {
    ($($handle:ty, $called:literal;)*) => {$(
        impl $crate::aws::iam::HasArn for $handle {
            const CALLED: &'static str = $called;

            fn policy_arn(&self) -> $crate::core::Value<String> {
                self.arn().into()
            }
        }
    )*};
}
pub(in crate::aws) use has_arn;

has_arn! {
    super::Group, "a group";
    super::Role, "a role";
    super::User, "a user";
}
