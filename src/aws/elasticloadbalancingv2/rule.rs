//! Rules: what a listener does with some requests rather than others.

use super::{Action, RuleCondition};
use crate::cfn::elasticloadbalancingv2 as elbv2;
use crate::cfn::elasticloadbalancingv2::listener_rule;
use crate::core::{Construct, Ref, Stack, Value};

/// A rule of a listener: what happens to the requests that all of its conditions fit. Rules are tried by priority, the
/// lowest number first. Two rules of one listener with one priority are a problem.
///
/// ```
/// use formwork::aws::elasticloadbalancingv2::{Action, RuleCondition, RuleSpec};
///
/// let conditions = [RuleCondition::path_patterns(["/old/*"])];
/// let gone = RuleSpec::new(10, conditions, Action::fixed_response(410, "text/plain", "gone"));
/// ```
#[derive(Clone, Debug)]
pub struct RuleSpec {
    /// 1 to 50000, unique in the listener.
    pub priority: u32,
    /// What a request must be like: 1 to 5 values and up to 5 wildcards in all; one condition at most on each of host,
    /// method, path and address.
    pub conditions: Vec<RuleCondition>,
    /// What happens to it.
    pub action: Action,
}

impl RuleSpec {
    /// A rule.
    #[must_use]
    pub fn new(priority: u32, conditions: impl IntoIterator<Item = RuleCondition>, action: impl Into<Action>) -> Self {
        Self { priority, conditions: conditions.into_iter().collect(), action: action.into() }
    }

    /// The rule of a listener.
    pub(super) fn of(self, listener: Value<elbv2::ListenerArn>) -> impl Construct<Out = Ref<elbv2::ListenerRule>> {
        Rule { rule: self, listener }
    }
}

struct Rule {
    rule: RuleSpec,
    listener: Value<elbv2::ListenerArn>,
}

impl Construct for Rule {
    type Out = Ref<elbv2::ListenerRule>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let Self { rule, listener } = self;
        for problem in RuleCondition::problems(&rule.conditions) {
            stack.report_at(None, problem);
        }
        let actions: Value<Vec<listener_rule::Action>> = rule.action.list(stack);
        let conditions: Vec<_> = rule.conditions.into_iter().map(|condition| condition.condition).collect();
        let rule = elbv2::ListenerRule::new(actions, conditions, rule.priority).listener_arn(listener);
        stack.add("Resource", rule)
    }
}
