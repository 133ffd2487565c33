//! What accounts in `Custom` may not do: open ways to the internet, or change a role that others rely on.

use formwork::Stack;
use formwork::aws::iam::PolicyDocument;
use formwork::aws::organizations::{OrganizationalUnit, PolicySpec, Target};

/// Two service control policies on `Custom`.
pub fn scp(s: &mut Stack, custom: OrganizationalUnit) {
    s.description("Service control policies of the unit Custom");
    let internet = PolicyDocument::from_json(
        "stacks/organization/policies/no-internet.json",
        include_str!("policies/no-internet.json"),
    );
    let role = PolicyDocument::from_json(
        "stacks/organization/policies/protected-role.json",
        include_str!("policies/protected-role.json"),
    );
    for (id, name, description, document) in [
        ("NoInternet", "no-internet", "Denies new ways between a VPC and what is outside", internet),
        ("ProtectedRole", "protected-role", "Denies changing one role to all but one principal", role),
    ] {
        let policy = PolicySpec {
            description: Some(description.into()),
            targets: vec![Target::from(custom)],
            ..PolicySpec::service_control(name, document)
        };
        s.add(id, policy);
    }
    super::policy_types(s);
}
