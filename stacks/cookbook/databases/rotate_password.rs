//! Exchange a database's password every month, by itself.
//!
//! **Problem.** A password that never changes is as good for whoever found it a year ago as for you.
//!
//! **Solution.** Secrets Manager calls a function in the VPC every 30 days, and once when the stack is deployed. It makes a new
//! password, tells the database, tries it, and makes it the secret's current value; whoever reads the secret gets the one that
//! holds.
//!
//! **Costs.** About $80 a month: three quarters of it for the four endpoints.
//!
//! **Today.** MySQL 8.4 instead of 8.0, and Python 3.13 instead of 3.8, whose support has ended. PyMySQL is a layer, which pip
//! makes while deploying: that needs Python 3 on your machine. Another has the authorities of RDS, which no runtime has for
//! certain; in a region that `authorities/rds-ca.pem` lacks, add its own from AWS's `global-bundle.pem`. AWS has a function for this, too, which CloudFormation adds with a
//! transform (`Rotation::hosted`). The recipe has one of its own: it is in the template, to be read and changed, and may do what it
//! needs.

use formwork::aws::ec2::{GatewayService, InstanceSpec, InterfaceService, SecurityGroupSpec, VpcSpec};
use formwork::aws::iam::Statement;
use formwork::aws::lambda::{Code, FunctionNetwork, FunctionSpec, LayerVersionSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::rds::MySqlSpec;
use formwork::aws::secretsmanager::Rotation;
use formwork::{Asset, DeletionPolicy, Stack, intrinsics};

use crate::cookbook::host;

const DATABASE: &str = "cookbook";

/// The database, the function that exchanges its password, and an instance to sign in from.
pub fn rotate_password(s: &mut Stack) {
    s.description("A MySQL database whose password a function exchanges every 30 days");
    // Amazon Linux has its packages in S3.
    let gateway_endpoints = vec![("S3".into(), GatewayService::S3)];
    let vpc = s.add("Vpc", VpcSpec { gateway_endpoints, ..host::isolated_vpc("10.10.0.0/23") });
    let secrets_manager = vpc.add_interface_endpoint(s, "SecretsManager", InterfaceService::SECRETS_MANAGER);
    let instance = s.add("Instance", InstanceSpec::new(&vpc));
    let database = s.add(
        "Database",
        MySqlSpec {
            instance_class: "db.t4g.micro".into(),
            allocated_storage: 20,
            db_name: Some(DATABASE.into()),
            // A recipe leaves nothing behind: here and below.
            deletion_protection: false,
            deletion_policy: DeletionPolicy::Delete,
            ..MySqlSpec::new(&vpc)
        },
    );
    database.allow_from(s, &instance);

    // The one that the function trusts.
    s.edit(database.instance, |instance| instance.ca_certificate_identifier("rds-ca-rsa2048-g1"));

    let pymysql = s.add("PyMySql", LayerVersionSpec::python("stacks/cookbook/databases/pymysql", "3.13"));
    let authorities = Code::asset(Asset::folder("stacks/cookbook/databases/authorities"));
    let authorities = s.add("Authorities", LayerVersionSpec::new(authorities));
    let logs =
        LogGroupSpec { retention_days: Some(30), deletion_policy: DeletionPolicy::Delete, ..LogGroupSpec::default() };
    let logs = s.add("RotateLogs", logs);
    let rotator = s.add("RotateSecurityGroup", SecurityGroupSpec::new(&vpc, "function that exchanges the password"));
    let rotate = s.add(
        "Rotate",
        FunctionSpec {
            description: Some("Exchanges the password of the database".into()),
            timeout: Some(30),
            network: Some(FunctionNetwork { security_groups: vec![rotator], ..FunctionNetwork::new(&vpc) }),
            layers: vec![pymysql, authorities],
            log_group: Some(logs),
            ..FunctionSpec::new("python3.13", "index.handler", Code::inline(include_str!("functions/rotate.py")))
        },
    );
    database.allow_from(s, rotator);
    let secret = database.secret.expect("a new database has one");
    let subnets = vpc.isolated_subnets().into_iter().map(|subnet| subnet.subnet);
    secret.grant_read(s, rotate);
    secret.grant_write(s, rotate);
    rotate.add_to_policy(s, Statement::allow(["secretsmanager:GetRandomPassword"], ["*"]));
    let schedule = secret.rotate(s, "Rotation", Rotation::function(rotate.arn()).every_days(30));
    // It happens for the first time at once, and then the way must be open.
    s.resource(schedule).depends_on(database.security_group).depends_on(secrets_manager.endpoint);

    s.runbook("rotate", "Exchange the password now, and sign in", include_str!("runbooks/rotate-password.md"));
    s.output("InstanceId", instance.instance_id()).description("An instance that may connect to the database");
    s.output("VpcId", vpc.vpc).description("The network of all three");
    s.output("PyMysqlLambdaLayerArn", pymysql.arn()).description("The layer with PyMySQL");
    s.output("RdsDatabaseId", database.identifier()).description("What the database is called in RDS");
    s.output("RdsSecurityGroup", database.security_group.group_id()).description("The group of the database");
    s.output("RdsEndpoint", database.endpoint()).description("The database's host name");
    s.output("IsolatedSubnets", intrinsics::join(",", subnets)).description("The subnets of all three");
    s.output("DbName", DATABASE).description("The database in the database instance");
    s.output("RdsSecretArn", secret.arn()).description("The secret whose password is exchanged");
    s.output("LogGroupName", logs.name()).description("Where the function says what it did");
}
