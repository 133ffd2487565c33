//! Where nobody can be asked, what would need asking is found before anything is changed: from the templates alone.

use std::collections::BTreeMap;

use super::approval::{Approval, broadens, destroys};
use super::one::status;
use super::state::State;
use super::{Deployment, Trouble};

impl Deployment<'_> {
    /// Refuses what would need approval that nobody can give.
    pub(super) async fn foresee(&self, templates: &BTreeMap<&str, String>) -> Result<(), Trouble> {
        if self.options.yes || self.options.attended || self.options.approval == Approval::Never {
            return Ok(());
        }
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            let session = self.session(stack);
            let now = session.look(stack.name).await?;
            let standing = now.filter(|now| State::of(status(now)) == State::Settled);
            let deployed = match &standing {
                Some(now) => Some(session.template_kept(now).await?),
                None => None,
            };
            let same = deployed.as_deref().is_some_and(|old| templates.get(stack.path).is_some_and(|new| old == new));
            if same {
                return Ok(Vec::new());
            }
            let (broadens, destroys) = (broadens(stack, deployed.as_deref()), destroys(stack, deployed.as_deref()));
            if !self.options.approval.wanted(!broadens.is_empty(), !destroys.is_empty()) {
                return Ok(Vec::new());
            }
            if broadens.is_empty() && destroys.is_empty() {
                return Ok(vec![format!("{}: it is changed", stack.path)]);
            }
            let reasons = destroys.into_iter().chain(broadens).map(|reason| format!("{}: {reason}", stack.path));
            Ok(reasons.collect())
        });
        let mut reasons: Vec<String> = Vec::new();
        for found in futures_util::future::join_all(stacks).await {
            reasons
                .extend(found.map_err(|fault: super::trouble::Fault| fault.trouble("cannot read what is deployed"))?);
        }
        if reasons.is_empty() {
            return Ok(());
        }
        Err(Trouble::refused(
            "this needs approval, and there is no terminal to ask at; nothing was changed",
            format!(
                "{}\nlook at the changes, then run the command again with `--yes`, or with `--require-approval never`",
                reasons.join("\n")
            ),
        ))
    }
}
