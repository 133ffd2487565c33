//! What no account of a stage may do: leave the region, or change the role that the organization enters it with.

use formwork::Stack;
use formwork::aws::iam::PolicyDocument;
use formwork::aws::organizations::{PolicySpec, Target};

use super::accounts::Accounts;

/// Two service control policies on both stages' units.
pub fn guards(s: &mut Stack, accounts: &Accounts) {
    s.description("Service control policies of development and production");
    let targets = [&accounts.development, &accounts.production].map(Target::from);
    let region = PolicyDocument::from_json(
        "stacks/organization/policies/one-region.json",
        include_str!("policies/one-region.json"),
    );
    let role = PolicyDocument::from_json(
        "stacks/organization/policies/access-role.json",
        include_str!("policies/access-role.json"),
    );
    for (id, name, description, document) in [
        ("OneRegion", "one-region", "Denies every region but us-east-1; global services are exempt", region),
        ("AccessRole", "access-role", "Denies changing the role that the organization enters an account with", role),
    ] {
        let policy = PolicySpec {
            description: Some(description.into()),
            targets: targets.to_vec(),
            ..PolicySpec::service_control(name, document)
        };
        s.add(id, policy);
    }
    super::policy_types(s);
}
