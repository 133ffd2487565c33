//! `organization`: the accounts that the other systems run in, and what holds for all of them.
//!
//! `organization/accounts` comes first. The types of policies are then enabled by hand
//! (`stacks runbook 'organization/accounts#policy-types'`), for the stacks with policies to be deployed after it. What else
//! CloudFormation cannot do is in `runbooks/`, too.

mod accounts;
mod backup_policy;
mod core_custom;
mod guards;
mod scp;
mod state;
mod tag_policy;

use formwork::{App, Env, Stack};

use crate::financial_data_api::stage::Stage;

/// The management account.
const MANAGEMENT: &str = "444444444444";

/// Every stack of the organization.
pub fn define(app: &mut App) {
    // Organizations is in us-east-1.
    let management = || Env::new(MANAGEMENT, "us-east-1");
    let accounts = app.stack("organization/accounts", management(), accounts::accounts);
    // Organizations refuses changes side by side: the stacks of the management account come one after the other.
    let guards = app.stack("organization/guards", management(), |s| {
        guards::guards(s, &accounts);
        s.handle()
    });
    for stage in Stage::ALL {
        let path = format!("organization/{}/state", stage.name);
        app.stack(path, stage.env(), |s| state::state(s, stage.name, &accounts));
    }
    let (custom, units) = app.stack("organization/core-custom", management(), |s| {
        s.depends_on(guards);
        (core_custom::core_custom(s, &accounts), s.handle())
    });
    let scp = app.stack("organization/scp", management(), |s| {
        s.depends_on(units);
        scp::scp(s, custom);
        s.handle()
    });
    let tag_policy = app.stack("organization/tag-policy", management(), |s| {
        s.depends_on(scp);
        tag_policy::tag_policy(s, &accounts);
        s.handle()
    });
    app.stack("organization/backup-policy", management(), |s| {
        s.depends_on(tag_policy);
        backup_policy::backup_policy(s, &accounts);
    });
}

/// What has to be done by hand before policies can be attached.
fn policy_types(s: &mut Stack) {
    s.runbook("policy-types", "Enable the types of policies", include_str!("runbooks/policy-types.md"));
}
