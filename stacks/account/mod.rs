//! `account`: what a new account needs first.

mod groups;

use formwork::{App, Env};

/// The account that these examples are about.
const ACCOUNT: &str = "333333333333";

/// Every stack of the account.
pub fn define(app: &mut App) {
    app.stack("account/groups", Env::new(ACCOUNT, "ap-southeast-2"), |s| groups::groups(s, &[]));
}
