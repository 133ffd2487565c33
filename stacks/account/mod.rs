//! `account`: what a new account needs first.

mod billing;
mod data_buckets;
mod groups;

use formwork::{App, Env};

/// The account that these examples are about.
const ACCOUNT: &str = "333333333333";

/// Every stack of the account.
pub fn define(app: &mut App) {
    // The metrics of all regions' charges are in us-east-1 alone.
    app.stack("account/billing", Env::new(ACCOUNT, "us-east-1"), billing::billing);
    app.stack("account/data-buckets", Env::new(ACCOUNT, "ap-southeast-2"), data_buckets::data_buckets);
    app.stack("account/groups", Env::new(ACCOUNT, "ap-southeast-2"), |s| groups::groups(s, &[]));
}
