//! Ask a database over HTTPS.
//!
//! **Problem.** Something has to ask your database a question now and then, and should need neither a driver nor connections that
//! are kept open, nor a way through the network to it.
//!
//! **Solution.** An Aurora PostgreSQL cluster with the Data API: SQL goes to an endpoint of AWS's, signed as any other call. The
//! role of an instance may use it on this cluster, and read this one secret; the cluster itself lets nobody in.
//!
//! **Costs.** About $70 a month for the instance and its four endpoints, while the database is paused; $0.12 for each capacity
//! unit and hour that it is awake.
//!
//! **Today.** Aurora Serverless v1, which the book uses, is gone. This is v2, which has the Data API, too, and pauses after 300
//! seconds without a question.

use formwork::aws::ec2::InterfaceService;
use formwork::aws::rds::{AuroraPostgresSpec, Capacity};
use formwork::{DeletionPolicy, Stack};

use crate::cookbook::host;

const DATABASE: &str = "cookbook";

/// The cluster, and an instance whose role may send it SQL.
pub fn data_api(s: &mut Stack) {
    s.description("An Aurora PostgreSQL cluster that takes SQL over HTTPS, from the role of an instance");
    let (vpc, instance) = host::host(s, "10.10.0.0/23");
    vpc.add_interface_endpoint(s, "RdsData", InterfaceService::RDS_DATA);
    let database = s.add(
        "Database",
        AuroraPostgresSpec {
            capacity: Capacity { min: 0.0, max: 2.0, seconds_until_auto_pause: Some(300) },
            data_api: true,
            db_name: Some(DATABASE.into()),
            // A recipe leaves nothing behind.
            deletion_protection: false,
            deletion_policy: DeletionPolicy::Delete,
            ..AuroraPostgresSpec::new(&vpc)
        },
    );
    database.grant_data_api(s, &instance);

    s.runbook("ask", "Send SQL", include_str!("runbooks/data-api.md"));
    let secret = database.secret.expect("a new database has one");
    s.output("InstanceId", instance.instance_id()).description("The instance that may send SQL");
    s.output("VpcId", vpc.vpc).description("The network of both");
    s.output("SecretArn", secret.arn()).description("The secret that the Data API signs in with");
    s.output("ClusterArn", database.arn()).description("The cluster");
    s.output("ClusterIdentifier", database.cluster).description("What the cluster is called in RDS");
    s.output("DatabaseName", DATABASE).description("The database in the cluster");
    s.output("InstanceRoleName", instance.role.name()).description("The role that may send SQL");
}
