//! Units by purpose: `Core` for what all accounts share, `Custom` for what is built.

use formwork::Stack;
use formwork::aws::organizations::{OrganizationalUnit, OrganizationalUnitSpec};

use super::accounts::Accounts;

/// Core with Central Logging and Audit, Custom with Development, Staging and Production. Returns Custom, for policies.
pub fn core_custom(s: &mut Stack, accounts: &Accounts) -> OrganizationalUnit {
    s.description("Organizational units by purpose");
    let core = s.add("Core", OrganizationalUnitSpec::new(accounts.organization, "Core"));
    let custom = s.add("Custom", OrganizationalUnitSpec::new(accounts.organization, "Custom"));
    for (parent, id, name) in [
        (core, "CentralLogging", "Central Logging"),
        (core, "Audit", "Audit"),
        (custom, "Development", "Development"),
        (custom, "Staging", "Staging"),
        (custom, "Production", "Production"),
    ] {
        let unit = s.add(id, OrganizationalUnitSpec::new(parent, name));
        s.output(format!("{id}Id"), unit.id()).description("The unit's id");
    }
    s.output("CoreId", core.id()).description("The unit's id");
    s.output("CustomId", custom.id()).description("The unit's id");
    custom
}
