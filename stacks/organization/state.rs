//! Where the state of other tools is kept, in each account: a bucket, and a table of locks.

use formwork::cfn::{dynamodb, s3};
use formwork::{DeletionPolicy, Stack, UpdateReplacePolicy, json};

use super::accounts::Accounts;

const SYSTEM: &str = "financial-data-api-demo";

/// A versioned, encrypted, private bucket and a table, which both stay when the stack is deleted.
pub fn state(s: &mut Stack, stage: &str, accounts: &Accounts) {
    s.description("State and locks");
    // The account must be there; nothing else of its stack is needed.
    s.depends_on(accounts.organization.organization);
    let encryption = s3::bucket::BucketEncryption::new([s3::bucket::ServerSideEncryptionRule::new()
        .server_side_encryption_by_default(s3::bucket::ServerSideEncryptionByDefault::new("AES256"))]);
    let private = s3::bucket::PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    let bucket = s3::Bucket::new()
        .bucket_name(format!("{stage}-{SYSTEM}-state"))
        .bucket_encryption(encryption)
        .public_access_block_configuration(private)
        .versioning_configuration(s3::bucket::VersioningConfiguration::new("Enabled"));
    let bucket = s.add("State", bucket);
    let table = dynamodb::Table::new(json!([{ "AttributeName": "LockID", "KeyType": "HASH" }]))
        .attribute_definitions([dynamodb::table::AttributeDefinition::new("LockID", "S")])
        .billing_mode("PAY_PER_REQUEST")
        .table_name(format!("{SYSTEM}-locks"));
    let table = s.add("Locks", table);
    s.resource(bucket).deletion_policy(DeletionPolicy::Retain).update_replace_policy(UpdateReplacePolicy::Retain);
    s.resource(table).deletion_policy(DeletionPolicy::Retain).update_replace_policy(UpdateReplacePolicy::Retain);
    s.output("StateBucket", bucket).description("The bucket's name");
    s.output("LockTable", table).description("The table's name");
    s.runbook("password-policy", "Set the password policy", include_str!("runbooks/password-policy.md"));
    let alias = include_str!("runbooks/account-alias.md").replace("STAGE", stage);
    s.runbook("account-alias", "Name the account", alias);
}
