//! The database, and the secret with its password.

use formwork::Stack;
use formwork::aws::ec2::Vpc;
use formwork::aws::rds::{Credentials, Database, PostgresSpec};

use super::security_groups::SecurityGroups;
use super::stage::Stage;

/// What the secret with the database's credentials is called: it is found by name, by roles that are made before it.
pub const CREDENTIALS: &str = "db/credentials";

/// PostgreSQL in the private subnets; its password is generated, and in no template.
pub fn rds(s: &mut Stack, stage: &Stage, vpc: &Vpc, groups: &SecurityGroups) -> Database {
    s.description("Database of the financial data API");
    let database = s.add(
        "Db",
        PostgresSpec {
            engine_version: "17.7".into(),
            instance_class: "db.t3.micro".into(),
            allocated_storage: 20,
            security_groups: vec![groups.database],
            credentials: Some(Credentials::generated("postgres").secret_name(CREDENTIALS)),
            parameters: vec![("rds.force_ssl".into(), "1".into())],
            db_name: Some("financial_data".into()),
            multi_az: stage.multi_az,
            ..PostgresSpec::new(vpc)
        },
    );
    s.runbook("delete", "Delete the database", stage.runbook(include_str!("runbooks/delete.md")));
    s.output("Identifier", database.identifier()).description("What the database is called in RDS");
    s.output("Endpoint", database.endpoint()).description("The database's address");
    s.output("Port", database.port()).description("The database's port");
    database
}
