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

/// The management account.
const MANAGEMENT: &str = "444444444444";

/// The accounts of the stages, which exist once `organization/accounts` is deployed.
const STAGES: [(&str, &str); 2] = [("dev", "111111111111"), ("prod", "222222222222")];

/// Every stack of the organization.
pub fn define(app: &mut App) {
    // Organizations is in us-east-1.
    let management = || Env::new(MANAGEMENT, "us-east-1");
    let accounts = app.stack("organization/accounts", management(), accounts::accounts);
    app.stack("organization/guards", management(), |s| guards::guards(s, &accounts));
    for (stage, account) in STAGES {
        let path = format!("organization/{stage}/state");
        app.stack(path, Env::new(account, "us-east-1"), |s| state::state(s, stage, &accounts));
    }
    let custom = app.stack("organization/core-custom", management(), |s| core_custom::core_custom(s, &accounts));
    app.stack("organization/scp", management(), |s| scp::scp(s, custom));
    app.stack("organization/tag-policy", management(), |s| tag_policy::tag_policy(s, &accounts));
    app.stack("organization/backup-policy", management(), |s| backup_policy::backup_policy(s, &accounts));
}

/// What has to be done by hand before policies can be attached.
fn policy_types(s: &mut Stack) {
    s.runbook("policy-types", "Enable the types of policies", include_str!("runbooks/policy-types.md"));
}
