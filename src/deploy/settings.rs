//! `formwork.toml`: which credentials belong to which account.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Trouble;

/// What `formwork.toml` says; it stands beside Cargo.toml, and need not be there.
///
/// ```toml
/// [accounts.111111111111]
/// profile = "dev"                                      # a profile of ~/.aws/config
///
/// [accounts.222222222222]
/// role = "arn:aws:iam::222222222222:role/Deploy"       # assumed, with the profile's credentials or the usual ones
/// external-id = "formwork"
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// By 12-digit account id.
    #[serde(default)]
    pub accounts: BTreeMap<String, Account>,
}

/// The credentials for one account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Account {
    /// A profile of the AWS configuration files. Default: the credentials that the SDK finds.
    pub profile: Option<String>,
    /// A role to assume, by ARN. Default: none.
    pub role: Option<String>,
    /// What the role's trust policy wants to hear. Default: nothing.
    pub external_id: Option<String>,
}

impl Settings {
    /// Reads the file's text; `name` is what the file is called in errors.
    pub fn parse(text: &str, name: &str) -> Result<Self, Trouble> {
        const KNOWN: &str = "it holds tables such as [accounts.111111111111] with `profile`, `role`, `external-id`";
        let settings: Self = toml::from_str(text)
            .map_err(|error| Trouble::refused(format!("{name}: {}", error.to_string().trim_end()), KNOWN))?;
        for (account, about) in &settings.accounts {
            if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
                let what = format!("{name}: `{account}` is not an account id");
                return Err(Trouble::refused(what, "an account id has 12 digits"));
            }
            if about.profile.is_none() && about.role.is_none() {
                let what = format!("{name}: [accounts.{account}] names neither `profile` nor `role`");
                return Err(Trouble::refused(what, KNOWN));
            }
            if about.external_id.is_some() && about.role.is_none() {
                let what =
                    format!("{name}: [accounts.{account}] has an `external-id`, and no `role` to assume with it");
                return Err(Trouble::refused(what, KNOWN));
            }
        }
        Ok(settings)
    }
}
