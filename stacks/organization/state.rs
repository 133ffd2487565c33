//! Where the state of other tools is kept, in each account: a bucket, and a table of locks.

use formwork::Stack;
use formwork::aws::dynamodb::{Attribute, TableSpec};
use formwork::aws::s3::BucketSpec;

use super::accounts::Accounts;

const SYSTEM: &str = "financial-data-api-demo";

/// A versioned, encrypted, private bucket and a table, which both stay when the stack is deleted.
pub fn state(s: &mut Stack, stage: &str, accounts: &Accounts) {
    s.description("State and locks");
    // The account must be there; nothing else of its stack is needed.
    s.depends_on(accounts.organization.organization);
    let bucket = s.add(
        "State",
        BucketSpec {
            bucket_name: Some(format!("{stage}-{SYSTEM}-state").into()),
            versioned: true,
            ..BucketSpec::default()
        },
    );
    let table_name = Some(format!("{SYSTEM}-locks").into());
    let table = s.add("Locks", TableSpec { table_name, ..TableSpec::new(Attribute::string("LockID")) });
    s.output("StateBucket", bucket.name()).description("The bucket's name");
    s.output("LockTable", table.name()).description("The table's name");
    s.runbook("password-policy", "Set the password policy", include_str!("runbooks/password-policy.md"));
    let alias = include_str!("runbooks/account-alias.md").replace("STAGE", stage);
    s.runbook("account-alias", "Name the account", alias);
}
