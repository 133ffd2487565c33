//! What a stack has beside its template: tags, parameters, topics, protection, policy.

use aws_sdk_cloudformation::types::Stack;
use indexmap::IndexMap;
use serde_json::Value;

use super::event::Outcome;
use super::failure::Failure;
use super::one::One;
use super::parameters;
use super::trouble::Fault;

impl One<'_> {
    /// Whether the stack is as it is defined, so that CloudFormation need not be asked.
    pub(super) async fn unchanged(&self, now: &Stack) -> Result<bool, Failure> {
        if !self.same_beside_template(now) || parameters::resolved_by_cloudformation(self.stack, self.template) {
            return Ok(false);
        }
        Ok(self.deployed_template(now).await? == self.template && self.same_policy().await?)
    }

    /// Whether tags, parameters and topics are as they are defined.
    fn same_beside_template(&self, now: &Stack) -> bool {
        let tags: IndexMap<&str, &str> = now.tags().iter().filter_map(|tag| Some((tag.key()?, tag.value()?))).collect();
        let wanted = self.tags();
        let same_tags = tags.len() == wanted.len()
            && wanted.iter().all(|(key, value)| tags.get(key.as_str()).is_some_and(|there| there == value));
        let mut topics: Vec<&String> = now.notification_arns().iter().collect();
        let mut wanted_topics: Vec<&String> = self.stack.notification_arns.iter().collect();
        topics.sort();
        wanted_topics.sort();
        same_tags && topics == wanted_topics && parameters::same(self.stack, self.options, &self.assets, now)
    }

    pub(super) async fn same_policy(&self) -> Result<bool, Failure> {
        let Some(wanted) = self.stack.policy() else { return Ok(true) };
        Ok(self
            .deployed_policy()
            .await?
            .is_some_and(|there| serde_json::from_str::<Value>(&there).is_ok_and(|there| there == wanted)))
    }

    pub(super) async fn deployed_policy(&self) -> Result<Option<String>, Failure> {
        let policy = self.session.policy(self.stack.name).await;
        policy.map_err(|fault| fault.failure("cannot read the stack policy"))
    }

    /// Brings termination protection to what is defined: it is no part of the template.
    pub(super) async fn settings(&self, now: &Stack, outcome: Outcome) -> Result<Outcome, Failure> {
        let wanted = self.stack.termination_protection;
        if now.enable_termination_protection().unwrap_or(false) == wanted {
            return Ok(outcome);
        }
        self.protect(wanted).await?;
        Ok(if outcome == Outcome::Unchanged { Outcome::Updated } else { outcome })
    }

    async fn protect(&self, on: bool) -> Result<(), Failure> {
        let call = self
            .session
            .call("UpdateTerminationProtection")
            .await
            .update_termination_protection()
            .stack_name(self.stack.name);
        let done = call.enable_termination_protection(on).send().await;
        done.map(drop).map_err(|error| Fault::from(error).failure("cannot change termination protection"))
    }

    pub(super) async fn set_policy(&self, policy: &Value) -> Result<(), Failure> {
        let call = self.session.call("SetStackPolicy").await.set_stack_policy().stack_name(self.stack.name);
        let done = call.stack_policy_body(policy.to_string()).send().await;
        done.map(drop).map_err(|error| Fault::from(error).failure("cannot set the stack policy"))
    }
}
