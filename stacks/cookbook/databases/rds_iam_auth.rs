//! Sign in to a database as an IAM role, without a password.
//!
//! **Problem.** An application has to sign in to its database, and you do not want it to hold a password that could leak and
//! would have to be changed.
//!
//! **Solution.** A MySQL instance that takes tokens of IAM's. The role of an instance may connect to it, as the database user
//! `db_user` and no other; the tokens are signed with the role's own credentials, and good for 15 minutes. The user is made in
//! SQL, with a file that waits in a bucket.
//!
//! **Costs.** About $65 a month: two thirds of it for the three endpoints of Session Manager.
//!
//! **Today.** MySQL 8.4 instead of 8.0, whose standard support has ended.

use formwork::aws::ec2::{GatewayService, InstanceSpec, VpcSpec};
use formwork::aws::iam::Statement;
use formwork::aws::rds::MySqlSpec;
use formwork::aws::s3::BucketSpec;
use formwork::{Asset, DeletionPolicy, Stack, intrinsics};

use crate::cookbook::host;

/// The database, and an instance whose role may connect to it as `db_user`.
pub fn rds_iam_auth(s: &mut Stack) {
    s.description("A MySQL database, and an instance whose role signs in to it as one user, with tokens of IAM's");
    // Amazon Linux has its packages in S3.
    let gateway_endpoints = vec![("S3".into(), GatewayService::S3)];
    let vpc = s.add("Vpc", VpcSpec { gateway_endpoints, ..host::isolated_vpc("10.10.0.0/23") });
    let instance = s.add("Instance", InstanceSpec::new(&vpc));

    // A recipe leaves nothing behind.
    let bucket = s.add("Bucket", BucketSpec { deletion_policy: DeletionPolicy::Delete, ..BucketSpec::default() });
    s.objects("Sql", bucket.name(), Asset::folder("stacks/cookbook/databases/rds_iam_auth"));
    instance.add_to_policy(s, Statement::allow(["s3:GetObject"], [bucket.arn_for_objects("*")]));

    let database = s.add(
        "Database",
        MySqlSpec {
            instance_class: "db.t4g.micro".into(),
            allocated_storage: 20,
            db_name: Some("cookbook".into()),
            deletion_protection: false,
            deletion_policy: DeletionPolicy::Delete,
            ..MySqlSpec::new(&vpc)
        },
    );
    database.allow_from(s, &instance);
    database.grant_connect(s, &instance, "db_user");

    s.runbook("sign-in", "Make the user, and sign in with a token", include_str!("runbooks/rds-iam-auth.md"));
    let secret = database.secret.expect("a new database has one");
    let subnets = vpc.isolated_subnets().into_iter().map(|subnet| subnet.subnet);
    s.output("InstanceId", instance.instance_id()).description("The instance that signs in");
    s.output("VpcId", vpc.vpc).description("The network of both");
    s.output("RdsSecurityGroup", database.security_group.group_id()).description("The group of the database");
    s.output("RdsDatabaseId", database.identifier()).description("What the database is called in RDS");
    s.output("RdsEndpoint", database.endpoint()).description("The database's host name");
    s.output("RdsPort", database.port()).description("The database's port");
    s.output("BucketName", bucket.name()).description("The bucket with the SQL that makes the user");
    s.output("IsolatedSubnets", intrinsics::join(",", subnets)).description("The subnets of both");
    s.output("InstanceRoleName", instance.role.name()).description("The role that may connect as db_user");
    s.output("RdsSecretArn", secret.arn()).description("The secret of the master user, who makes db_user");
}
