//! Encrypt a database that is not.
//!
//! **Problem.** A database was made without encryption, which cannot be turned on afterwards.
//!
//! **Solution.** A replica of it, a snapshot of the replica, a copy of the snapshot that is encrypted with a key of yours, and a
//! new database from the copy. Replica, key and the new database are in the stack; taking and copying the snapshot is a
//! runbook, which ends with deploying the stack once more, with the copy's name.
//!
//! **Costs.** About $30 a month for the two databases, $45 with the third, and $1 for the key.
//!
//! **Today.** MySQL 8.4 instead of 8.0, whose standard support has ended.

use formwork::aws::ec2::{Tier, Vpc, VpcSpec};
use formwork::aws::kms::KeySpec;
use formwork::aws::rds::{MySqlSpec, Source};
use formwork::{Condition, DeletionPolicy, Parameter, Stack};

/// The database, its replica, the key, and what is restored from the encrypted snapshot.
pub fn encrypt_rds(s: &mut Stack) {
    s.description("A MySQL database without encryption, its replica, and the encrypted database made of a snapshot");
    let snapshot = s.parameter(
        "EncryptedSnapshot",
        Parameter::string()
            .description("The encrypted snapshot to restore; nothing is restored where it is empty")
            .allowed_pattern("|[A-Za-z][A-Za-z0-9:-]*")
            .default(""),
    );
    let restores = s.condition("Restores", Condition::negate(Condition::equals(&snapshot, "")));

    let vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::isolated("Isolated")], ..VpcSpec::new("10.10.0.0/23") });
    let database = MySqlSpec {
        db_name: Some("cookbook".into()),
        // What is to be mended.
        storage_encrypted: false,
        // There are no replicas of what has no backups.
        backup_retention_days: Some(1),
        ..small(&vpc)
    };
    let database = s.add("Database", database);
    let beside = MySqlSpec {
        subnet_group: Some(database.subnet_group),
        security_groups: vec![database.security_group],
        ..small(&vpc)
    };
    let replica = s.add("Replica", MySqlSpec { source: Source::replica_of(&database), ..beside.clone() });
    let key = KeySpec {
        alias: Some("cookbook/encrypt-rds".into()),
        description: Some("Encrypts a copied snapshot, and the database made of it".into()),
        pending_window_in_days: Some(7),
        deletion_policy: DeletionPolicy::Delete,
        ..KeySpec::new()
    };
    s.add("Key", key);
    let encrypted = s.add("Encrypted", MySqlSpec { source: Source::Snapshot(snapshot.value()), ..beside });
    s.resource(encrypted.instance).condition(&restores);

    s.runbook("encrypt", "Copy a snapshot encrypted, and restore it", include_str!("runbooks/encrypt-rds.md"));
    s.output("RdsSubnetGroup", database.subnet_group).description("The subnets of the databases");
    s.output("RdsDatabaseId", database.identifier())
        .description("What the database without encryption is called in RDS");
    s.output("RdsReplicaId", replica.identifier()).description("What its replica is called in RDS");
    s.output("EncryptedRdsDatabaseId", encrypted.identifier())
        .description("What the encrypted database is called in RDS")
        .condition(&restores);
}

/// A small instance, which goes with its stack without a last snapshot: a recipe leaves nothing behind.
fn small(vpc: &Vpc) -> MySqlSpec {
    MySqlSpec {
        instance_class: "db.t4g.micro".into(),
        allocated_storage: 20,
        deletion_protection: false,
        deletion_policy: DeletionPolicy::Delete,
        ..MySqlSpec::new(vpc)
    }
}
