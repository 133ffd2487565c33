//! What an instance starts with: nothing, a snapshot, or what another has.

use super::engine::{Engine, Facts};
use super::{Credentials, Database, InstanceSpec, network};
use crate::aws::secretsmanager::Secret;
use crate::cfn::rds;
use crate::core::{Stack, Value};

/// What a database starts with.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// Nothing.
    #[default]
    New,
    /// What a snapshot has, by its identifier. It has the snapshot's encryption, user and databases.
    Snapshot(Value<String>),
    /// What another instance has, and follows it: a read replica, by the other's ARN.
    ReadReplica(Value<String>),
}

impl Source {
    /// A read replica of a database.
    #[must_use]
    pub fn replica_of(database: &Database) -> Self {
        Self::ReadReplica(database.instance.db_instance_arn())
    }
}

impl<E: Engine> InstanceSpec<E> {
    pub(super) fn check_source(&self, stack: &mut Stack) {
        if matches!(self.source, Source::New) {
            return;
        }
        if self.db_name.is_some() || self.kms_key.is_some() {
            let message = "what is restored or follows another has its databases and its encryption";
            network::exclusive(stack, message, "leave `db_name` and `kms_key` out");
        }
        if matches!(self.source, Source::ReadReplica(_)) && self.credentials.is_some() {
            let message = "a read replica has the users of what it follows";
            network::exclusive(stack, message, "leave `credentials` out");
        }
    }

    /// What it starts with, and its master user.
    pub(super) fn started(
        &self,
        stack: &mut Stack,
        mut db: rds::DbInstance,
        facts: &Facts,
    ) -> (rds::DbInstance, Option<Secret>) {
        if let Source::ReadReplica(of) = &self.source {
            return (db.source_db_instance_identifier(of), None);
        }
        db = db
            .allocated_storage(self.allocated_storage.to_string())
            .engine(facts.name)
            .engine_version(self.engine_version.as_str());
        if let Source::Snapshot(snapshot) = &self.source {
            let secret = self.credentials.clone().map(|credentials| credentials.build(stack));
            db = db.db_snapshot_identifier(snapshot);
            // The user of a snapshot stays; the password can be another.
            let db = match secret {
                Some(secret) => db.master_user_password(secret.field("password")),
                None => db,
            };
            return (db, secret);
        }
        let credentials = self.credentials.clone().unwrap_or_else(|| Credentials::generated(facts.username));
        let secret = credentials.build(stack);
        db = db
            .master_username(secret.field("username"))
            .master_user_password(secret.field("password"))
            .storage_encrypted(self.storage_encrypted);
        if let Some(key) = self.kms_key {
            db = db.kms_key_id(key.arn());
        }
        if let Some(name) = &self.db_name {
            db = db.db_name(name);
        }
        (db, Some(secret))
    }
}
