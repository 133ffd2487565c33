//! Who works in the account: groups, and what each may do. The policies are the JSON files in `policies/`.

use formwork::Stack;
use formwork::aws::iam::{GroupSpec, ManagedPolicySpec, PolicyDocument, UserSpec};

/// What the groups are called, and their policies: file and text.
const GROUPS: [(&str, &str, &str, &str); 3] = [
    ("Admin", "admin", "stacks/account/policies/admin.json", include_str!("policies/admin.json")),
    ("Engineer", "engineer", "stacks/account/policies/engineer.json", include_str!("policies/engineer.json")),
    ("Analyst", "analyst", "stacks/account/policies/analyst.json", include_str!("policies/analyst.json")),
];

/// The groups admin, engineer and analyst, each with its policy, and `users` in them: name and group.
pub fn groups(s: &mut Stack, users: &[(&str, &str)]) {
    s.description("Groups of the account, and what each may do");
    for (id, name, file, text) in GROUPS {
        let group = s.add(id, GroupSpec { group_name: Some(name.into()), ..GroupSpec::default() });
        let policy = ManagedPolicySpec {
            managed_policy_name: Some(format!("{name}_access").into()),
            groups: vec![group],
            ..ManagedPolicySpec::new(PolicyDocument::from_json(file, text))
        };
        s.add(format!("{id}Access"), policy);
        for (user, _) in users.iter().filter(|(_, of)| *of == name) {
            let user_name = Some((*user).into());
            s.add(format!("User{user}"), UserSpec { user_name, groups: vec![group], ..UserSpec::default() });
        }
    }
}
