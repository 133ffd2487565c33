//! Share a database's connections among many functions.
//!
//! **Problem.** Functions come and go by the hundred, and each opens a connection of its own: your database runs out of them.
//!
//! **Solution.** An RDS Proxy between a function and a MySQL database keeps connections open, and shares them. It takes TLS and
//! tokens of IAM's alone, so that the function knows no password; the password is the proxy's, whose role reads this one secret.
//! The function reaches the proxy, and the proxy alone reaches the database.
//!
//! **Costs.** About $40 a month: $22 for the proxy, $15 for the database.
//!
//! **Today.** MySQL 8.4 instead of 8.0, and Python 3.13 instead of 3.8, whose support has ended. PyMySQL is a layer, which pip
//! makes while deploying: that needs Python 3 on your machine.

use formwork::aws::ec2::{GatewayService, SecurityGroupSpec, Tier, VpcSpec};
use formwork::aws::iam::Statement;
use formwork::aws::lambda::{Code, FunctionNetwork, FunctionSpec, LayerVersionSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::rds::{MySqlSpec, Proxy, ProxySpec};
use formwork::aws::s3::{Bucket, BucketSpec};
use formwork::{Asset, DeletionPolicy, Stack, intrinsics};

/// The database user that the function signs in as: the one whose secret the proxy has.
const USER: &str = "admin";
const DATABASE: &str = "cookbook";

/// A function, the proxy that it signs in to, the database behind that.
pub fn rds_proxy(s: &mut Stack) {
    s.description("A function that reaches a MySQL database through a proxy, with tokens of IAM's");
    let vpc = s.add(
        "Vpc",
        VpcSpec {
            tiers: vec![Tier::isolated("Isolated")],
            gateway_endpoints: vec![("S3".into(), GatewayService::S3)],
            ..VpcSpec::new("10.10.0.0/23")
        },
    );
    // A recipe leaves nothing behind: here and below.
    let bucket = s.add("Bucket", BucketSpec { deletion_policy: DeletionPolicy::Delete, ..BucketSpec::default() });
    s.objects("Sql", bucket.name(), Asset::folder("stacks/cookbook/databases/rds_proxy"));
    let database = s.add(
        "Database",
        MySqlSpec {
            instance_class: "db.t4g.micro".into(),
            allocated_storage: 20,
            db_name: Some(DATABASE.into()),
            deletion_protection: false,
            deletion_policy: DeletionPolicy::Delete,
            ..MySqlSpec::new(&vpc)
        },
    );
    // RDS makes this group, if nobody does, and leaves it.
    let name = s.name().to_owned();
    let proxy_logs = s.add("ProxyLogs", log_group(Some(format!("/aws/rds/proxy/{name}"))));
    let proxy = s.add("Proxy", ProxySpec { proxy_name: Some(name), ..ProxySpec::new(&database, &vpc) });
    s.resource(proxy.proxy).depends_on(proxy_logs.log_group);

    let pymysql = s.add("PyMySql", LayerVersionSpec::python("stacks/cookbook/databases/pymysql", "3.13"));
    let app_group = s.add("DbAppSecurityGroup", SecurityGroupSpec::new(&vpc, "function behind the proxy"));
    let app = FunctionSpec {
        network: Some(FunctionNetwork { security_groups: vec![app_group], ..FunctionNetwork::new(&vpc) }),
        layers: vec![pymysql],
        log_group: Some(s.add("DbAppLogs", log_group(None))),
        ..db_app(&proxy, &bucket)
    };
    let app = s.add("DbApp", app);
    app.add_to_policy(s, Statement::allow(["s3:GetObject"], [bucket.arn_for_objects("*")]));
    proxy.allow_from(s, app_group);
    proxy.grant_connect(s, app, USER);

    s.runbook("try", "Call the function", include_str!("runbooks/rds-proxy.md"));
    let secret = database.secret.expect("a new database has one");
    let subnets = vpc.isolated_subnets().into_iter().map(|subnet| subnet.subnet);
    s.output("VpcId", vpc.vpc).description("The network of all three");
    s.output("PyMysqlLambdaLayerArn", pymysql.arn()).description("The layer with PyMySQL");
    s.output("RdsDatabaseId", database.identifier()).description("What the database is called in RDS");
    s.output("RdsSecurityGroup", database.security_group.group_id()).description("The group of the database");
    s.output("DbName", DATABASE).description("The database in the database instance");
    s.output("RdsSecretArn", secret.arn()).description("The secret that the proxy signs in with");
    s.output("RdsEndpoint", database.endpoint()).description("The database's host name");
    s.output("RdsPort", database.port()).description("The database's port");
    s.output("IsolatedSubnets", intrinsics::join(",", subnets)).description("The subnets of all three");
    s.output("DbAppFunctionRoleName", app.role.name()).description("The role that may connect to the proxy");
    s.output("DbAppFunctionArn", app.arn()).description("The function");
    s.output("DbAppFunctionName", app.name()).description("What the function is called");
    s.output("BucketName", bucket.name()).description("The bucket with SQL for the function");
    s.output("DbAppFunctionSgId", app_group.group_id()).description("The group that reaches the proxy");
    s.output("DbProxyName", proxy.proxy).description("What the proxy is called in RDS");
}

/// Logs that are kept for a week, and go with the stack.
fn log_group(name: Option<String>) -> LogGroupSpec {
    LogGroupSpec {
        log_group_name: name.map(Into::into),
        retention_days: Some(7),
        deletion_policy: DeletionPolicy::Delete,
        ..LogGroupSpec::default()
    }
}

/// What the function runs, and knows of its surroundings.
fn db_app(proxy: &Proxy, bucket: &Bucket) -> FunctionSpec {
    let environment = [
        ("DB_HOST", proxy.endpoint()),
        ("DB_PORT", "3306".into()),
        ("DB_USER", USER.into()),
        ("DB_NAME", DATABASE.into()),
        ("BUCKET", bucket.name().into()),
    ];
    FunctionSpec {
        description: Some("Runs SQL through the proxy".into()),
        timeout: Some(30),
        environment: environment.map(|(key, value)| (key.to_owned(), value)).into(),
        ..FunctionSpec::new("python3.13", "index.handler", Code::inline(include_str!("functions/db_app.py")))
    }
}
