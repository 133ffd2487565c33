//! A database that grows and shrinks with its load, and pauses without any.
//!
//! **Problem.** Your database is busy for some hours and idle for most, and you do not want to choose a machine for it, nor to
//! pay for one that waits.
//!
//! **Solution.** An Aurora PostgreSQL cluster whose instance is serverless: it has up to 16 capacity units, as many as its load
//! needs, and none once nobody was connected for 300 seconds. Its password is generated in Secrets Manager, without punctuation;
//! an instance, and nobody else, may connect to it.
//!
//! **Costs.** About $55 a month for the instance and its three endpoints, while the database is paused; $0.12 for each capacity
//! unit and hour that it is awake.
//!
//! **Today.** Aurora Serverless v1, which the book uses with 8 to 16 units, is gone. In v2 a cluster pauses only if its least
//! capacity is 0, so this one has 0 to 16: it pauses as the book's did, has the same upper bound, and when it is awake may go
//! below 8 units. Where 8 must be there at once, write `min: 8.0` and leave the pause out; that costs about $700 a month.

use formwork::aws::ec2::{GatewayService, InstanceSpec, VpcSpec};
use formwork::aws::rds::{AuroraPostgresSpec, Capacity, Credentials};
use formwork::aws::secretsmanager::{SecretSpec, SecretStringGenerator};
use formwork::{DeletionPolicy, Stack};

use crate::cookbook::host;

/// The cluster, and an instance that may connect to it.
pub fn aurora_serverless(s: &mut Stack) {
    s.description(
        "An Aurora PostgreSQL cluster that grows, shrinks and pauses by itself, and an instance that may connect to it",
    );
    // Amazon Linux has its packages in S3.
    let gateway_endpoints = vec![("S3".into(), GatewayService::S3)];
    let vpc = s.add("Vpc", VpcSpec { gateway_endpoints, ..host::isolated_vpc("10.10.0.0/23") });
    let instance = s.add("Instance", InstanceSpec::new(&vpc));

    let generate = SecretStringGenerator {
        password_length: Some(30),
        exclude_punctuation: true,
        ..SecretStringGenerator::json_key(r#"{"username":"cookbook"}"#, "password")
    };
    let login = s.add("Login", SecretSpec { generate, ..SecretSpec::new() });
    let database = s.add(
        "Database",
        AuroraPostgresSpec {
            capacity: Capacity { min: 0.0, max: 16.0, seconds_until_auto_pause: Some(300) },
            credentials: Some(Credentials::secret(&login)),
            db_name: Some("cookbook".into()),
            parameters: vec![("rds.force_ssl".into(), "1".into())],
            // A recipe leaves nothing behind.
            deletion_protection: false,
            deletion_policy: DeletionPolicy::Delete,
            ..AuroraPostgresSpec::new(&vpc)
        },
    );
    database.allow_from(s, &instance);

    s.runbook("connect", "Connect, and watch it pause", include_str!("runbooks/aurora-serverless.md"));
    let subnets = vpc.isolated_subnets();
    s.output("InstanceId", instance.instance_id()).description("The instance that may connect");
    s.output("VpcId", vpc.vpc).description("The network of both");
    s.output("SubnetId1", subnets[0].subnet).description("The first subnet of the cluster");
    s.output("SubnetId2", subnets[1].subnet).description("The second subnet of the cluster");
    s.output("InstanceSg", instance.security_group.group_id()).description("The group that may connect to the cluster");
    s.output("ClusterEndpoint", database.endpoint()).description("The cluster's host name");
    s.output("ClusterIdentifier", database.cluster).description("What the cluster is called in RDS");
    s.output("SecretArn", login.arn()).description("The secret with user and password");
}
