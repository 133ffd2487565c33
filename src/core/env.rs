//! The account and region that a stack is deployed to.

use std::fmt;

/// An environment: the account and region of a stack.
///
/// A stack without an account or region ([`Env::any`]) can be deployed anywhere, and is checked less: whether its
/// region offers a type is then unknown.
///
/// ```
/// use formwork::Env;
/// let dev = Env::new("111111111111", "us-east-1");
/// assert_eq!(dev.to_string(), "111111111111/us-east-1");
/// assert_eq!(Env::region("eu-west-1").to_string(), "any account/eu-west-1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Env {
    account: Option<String>,
    region: Option<String>,
}

impl Env {
    /// One account, by its 12-digit id, and one region, by its code (`us-east-1`).
    #[must_use]
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Self { account: Some(account.into()), region: Some(region.into()) }
    }

    /// One region of whatever account the credentials belong to.
    #[must_use]
    pub fn region(region: impl Into<String>) -> Self {
        Self { account: None, region: Some(region.into()) }
    }

    /// Whatever account and region the credentials and settings name.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// The account id, where the environment names one.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The region's code, where the environment names one.
    #[must_use]
    pub fn region_code(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl fmt::Display for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.account.as_deref().unwrap_or("any account");
        let region = self.region.as_deref().unwrap_or("any region");
        write!(f, "{account}/{region}")
    }
}
