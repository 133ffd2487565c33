//! Grants: who may read and write a table.

use super::Table;
use crate::aws::iam::{Grantee, Statement};
use crate::core::{Problem, Stack, Value, intrinsics};

/// What reading is.
const READ: [&str; 8] = [
    "dynamodb:BatchGetItem",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:Query",
    "dynamodb:GetItem",
    "dynamodb:Scan",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
];
/// What writing is.
const WRITE: [&str; 5] = [
    "dynamodb:BatchWriteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
];

impl Table {
    /// The table, and its indexes where it has some.
    fn resources(self) -> Vec<Value<String>> {
        let indexes = || intrinsics::sub("${Table}/index/*", [("Table", self.arn())]).into();
        [self.arn()].into_iter().chain(self.has_index.then(indexes)).collect()
    }

    #[track_caller]
    fn grant(self, stack: &mut Stack, grantee: &Grantee, actions: &[&str]) {
        let statement = Statement::allow(actions.iter().copied(), self.resources());
        grantee.grant_identity(stack, statement, "a table");
    }

    /// Lets somebody read items, and decrypt them with the table's key.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        self.grant(stack, &grantee, &READ);
        if let Some(key) = self.key {
            key.grant_decrypt(stack, grantee);
        }
    }

    /// Lets somebody write and delete items, and encrypt them with the table's key.
    #[track_caller]
    pub fn grant_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        self.grant(stack, &grantee, &WRITE);
        if let Some(key) = self.key {
            key.grant_encrypt_decrypt(stack, grantee);
        }
    }

    /// Lets somebody read and write items.
    #[track_caller]
    pub fn grant_read_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let both: Vec<&str> = READ[..7].iter().chain(&WRITE).copied().collect();
        self.grant(stack, &grantee, &both);
        if let Some(key) = self.key {
            key.grant_encrypt_decrypt(stack, grantee);
        }
    }

    /// Lets somebody read the table's stream.
    #[track_caller]
    pub fn grant_stream_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        if !self.has_stream {
            let problem = Problem::error("grant", "the table has no stream that could be read")
                .help("set `stream`, and what it says of changes");
            stack.report_at(Some(self.node), problem);
        }
        grantee.grant_identity(stack, Statement::allow(["dynamodb:ListStreams"], ["*"]), "a table");
        let actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
        grantee.grant_identity(stack, Statement::allow(actions, [self.stream_arn()]), "a table");
        if let Some(key) = self.key {
            key.grant_decrypt(stack, grantee);
        }
    }
}
