//! Where nobody can be asked, what would need asking is found before anything is changed: from the templates alone.

use std::collections::BTreeMap;

use super::approval::{Approval, broadens, destroys};
use super::failure::APPROVE;
use super::one::status;
use super::state::State;
use super::trouble::Fault;
use super::upload::Assets;
use super::{Deployment, Trouble};

impl Deployment<'_> {
    /// Refuses what would need approval that nobody can give.
    pub(super) async fn foresee(&self, templates: &BTreeMap<&str, String>, assets: &Assets<'_>) -> Result<(), Trouble> {
        if self.options.yes || self.options.attended || self.options.approval == Approval::Never {
            return Ok(());
        }
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            let session = self.session(stack);
            let doing = |fault: Fault| fault.trouble("cannot read what is deployed");
            let now = session.look(stack.name).await.map_err(doing)?;
            let standing = now.filter(|now| State::of(status(now)) == State::Settled);
            let deployed = match &standing {
                Some(now) => Some(session.template_kept(now).await.map_err(doing)?),
                None => None,
            };
            let same = deployed.as_deref().is_some_and(|old| templates.get(stack.path).is_some_and(|new| old == new));
            let (mut same, mut pruned) = (same, Vec::new());
            if let (Some(now), Some(load)) = (&standing, assets.of(stack.path)) {
                same = same && load.stands(&session, now).await?;
                pruned = load.doomed(&session, stack.name).await?;
            }
            let reverts = standing.is_some() && self.options.revert_drift;
            if same && pruned.is_empty() && !reverts {
                return Ok(Vec::new());
            }
            let (broadens, mut destroys) = (broadens(stack, deployed.as_deref()), destroys(stack, deployed.as_deref()));
            destroys.extend(pruned);
            if reverts {
                destroys.push("what somebody changed outside of CloudFormation is taken back".to_owned());
            } else if !self.options.approval.wanted(!broadens.is_empty(), !destroys.is_empty()) {
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
            reasons.extend(found?);
        }
        if reasons.is_empty() {
            return Ok(());
        }
        let what = "this needs approval, and there is no terminal to ask at; nothing was changed";
        Err(Trouble { details: reasons, ..Trouble::refused(what, APPROVE) })
    }
}
