//! A table whose capacity follows its load.
//!
//! **Problem.** The load of a table goes up and down. Paying for its peaks all day is too much, and paying by the request is
//! more than steady load has to cost.
//!
//! **Solution.** Reading and writing scale by themselves between 5 and 10 units, so that half of them are used; after a change
//! there is none for 60 seconds. Items are encrypted with the account's key in KMS.
//!
//! **Costs.** About $4 a month at the lower bound, $7 at the upper; alarms that scaling makes for itself are in it.

use formwork::aws::dynamodb::{Attribute, Billing, TableEncryption, TableSpec, Utilization};
use formwork::{DeletionPolicy, Stack};

/// The table, and what scales it.
pub fn dynamodb_autoscaling(s: &mut Stack) {
    s.description("A DynamoDB table whose capacity follows its load");
    let table = s.add(
        "Table",
        TableSpec {
            billing: Billing::Provisioned { read: 1, write: 1 },
            encryption: TableEncryption::AwsManaged,
            // A recipe leaves nothing behind; a table that can be restored leaves a backup.
            point_in_time_recovery: false,
            deletion_policy: DeletionPolicy::Delete,
            ..TableSpec::new(Attribute::string("UserID"))
        },
    );
    let half = Utilization::percent(50).cooldown(60);
    table.auto_scale_read_capacity(s, 5, 10).scale_on_utilization(s, half);
    table.auto_scale_write_capacity(s, 5, 10).scale_on_utilization(s, half);

    s.runbook("load", "Put load on the table, and watch it scale", include_str!("runbooks/dynamodb-autoscaling.md"));
    s.output("TableName", table.name()).description("What the table is called");
}
