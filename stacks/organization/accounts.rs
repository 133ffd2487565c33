//! The organization, a unit for each stage, and an account in each.

use formwork::Stack;
use formwork::aws::organizations::{
    AccountSpec, Organization, OrganizationSpec, OrganizationalUnit, OrganizationalUnitSpec,
};

/// What others need: where policies are attached.
pub struct Accounts {
    pub organization: Organization,
    pub development: OrganizationalUnit,
    pub production: OrganizationalUnit,
}

/// All is retained when the stack is deleted: the runbook `accounts` says how to close an account.
pub fn accounts(s: &mut Stack) -> Accounts {
    s.description("The organization: development and production, an account in each");
    let organization = s.add("Organization", OrganizationSpec::default());
    let [development, production] =
        [("Development", "development", "dev"), ("Production", "production", "prod")].map(|(id, unit_name, stage)| {
            let unit = s.add(id, OrganizationalUnitSpec::new(organization, unit_name));
            let (name, email) = (format!("financial-data-api-{stage}"), format!("aws-{stage}@example.com"));
            let account = s.add(format!("{id}Account"), AccountSpec::new(unit, name, email));
            s.output(format!("{id}AccountId"), account.id())
                .description("The account's id, for `Stage::ALL` in the definitions and for `formwork.toml`");
            unit
        });
    s.output("RootId", organization.root_id()).description("The root of the organization");
    super::policy_types(s);
    s.runbook("accounts", "Sign up, invite, leave, remove, close", include_str!("runbooks/accounts.md"));
    Accounts { organization, development, production }
}
