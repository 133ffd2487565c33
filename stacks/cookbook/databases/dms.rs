//! Move a database's tables to another database.
//!
//! **Problem.** You want the tables of a MySQL database in another one, and do not want to write the program that copies them.
//!
//! **Solution.** The Database Migration Service, between two MySQL databases: a replication instance that reaches both, an
//! endpoint for each, and a task that loads all tables of one schema. It reads user and password from Secrets Manager, through
//! a role of its own, and speaks TLS with both. A function fills the source; CloudFormation makes the task, and starting it is
//! a runbook.
//!
//! **Costs.** About $110 a month: half of it for the four endpoints of the VPC, $28 for the databases, $13 for the replication
//! instance.
//!
//! **Today.** MySQL 8.4, whose users sign in over TLS alone (`caching_sha2_password`), instead of 8.0. The authority that signs
//! the databases' certificates differs from region to region: the parameter `RdsCertificate` has that of us-east-1, the function
//! those of the regions in `authorities/rds-ca.pem`. PyMySQL is a layer, which pip makes while deploying: that needs Python 3 on
//! your machine.

use formwork::aws::ec2::{
    GatewayService, InstanceSpec, InterfaceService, SecurityGroup, SecurityGroupSpec, Vpc, VpcSpec,
};
use formwork::aws::iam::{PolicyArn, Principal, Role, RoleSpec};
use formwork::aws::lambda::{Code, Function, FunctionNetwork, FunctionSpec, LayerVersionSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::rds::{Database, MySqlSpec};
use formwork::aws::secretsmanager::Secret;
use formwork::cfn::{Tag, dms};
use formwork::{Asset, Condition, DeletionPolicy, Parameter, Ref, Stack, Value, intrinsics};

use crate::cookbook::host;

const DATABASE: &str = "cookbook";

const VPC_ROLE: &str = "dms-vpc-role";

/// Which tables: all of the schema.
const TABLES: &str = r#"{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"all","object-locator":{"schema-name":"cookbook","table-name":"%"},"rule-action":"include"}]}"#;

/// Two databases, and what moves the tables of the first to the second.
pub fn dms(s: &mut Stack) {
    s.description("Two MySQL databases, and a task that loads the tables of the first into the second");
    // Amazon Linux has its packages in S3.
    let gateway_endpoints = vec![("S3".into(), GatewayService::S3)];
    let vpc = s.add("Vpc", VpcSpec { gateway_endpoints, ..host::isolated_vpc("10.10.0.0/23") });
    vpc.add_interface_endpoint(s, "SecretsManager", InterfaceService::SECRETS_MANAGER);
    let instance = s.add("Instance", InstanceSpec::new(&vpc));
    let [(source, source_secret), (target, target_secret)] = ["Source", "Target"].map(|id| {
        let database = s.add(id, small(&vpc));
        // The one that the endpoints and the function trust.
        s.edit(database.instance, |instance| instance.ca_certificate_identifier("rds-ca-rsa2048-g1"));
        database.allow_from(s, &instance);
        (database, database.secret.expect("a new database has one"))
    });
    let load = load(s, &vpc, &source, &source_secret);

    let replication = s.add("ReplicationSecurityGroup", SecurityGroupSpec::new(&vpc, "replication instance"));
    source.allow_from(s, replication);
    target.allow_from(s, replication);
    let replication = replication_instance(s, &vpc, replication);

    let reader = s.add(
        "EndpointRole",
        RoleSpec::new(Principal::service(intrinsics::sub("dms.${AWS::Region}.amazonaws.com", []))),
    );
    source_secret.grant_read(s, reader);
    target_secret.grant_read(s, reader);
    let authority = s.parameter(
        "RdsCertificate",
        Parameter::string()
            .description(
                "The authority that signs the databases' certificates, as PEM: rds-ca-rsa2048-g1 of the region",
            )
            .default(include_str!("rds_ca_us_east_1.pem")),
    );
    let authority = s.add("RdsAuthority", dms::Certificate::new().certificate_pem(&authority));
    let from = endpoint(s, "SourceEndpoint", "source", &source_secret, &reader, authority);
    let to = endpoint(s, "TargetEndpoint", "target", &target_secret, &reader, authority);
    let task = dms::ReplicationTask::new("full-load", replication, from, TABLES, to);
    let task = s.add("Task", task);

    let isolated = vpc.isolated_subnets().into_iter().map(|subnet| subnet.subnet);
    s.runbook("migrate", "Fill the source, and move its tables", include_str!("runbooks/dms.md"));
    s.output("VpcId", vpc.vpc).description("The network of all");
    s.output("InstanceId", instance.instance_id()).description("An instance that may connect to both databases");
    outputs(s, "Source", &source, &source_secret);
    outputs(s, "Target", &target, &target_secret);
    s.output("IsolatedSubnets", intrinsics::join(",", isolated)).description("The subnets of all");
    s.output("LambdaArn", load.arn()).description("The function that fills the source database");
    s.output("ReplicationInstanceArn", replication).description("The replication instance");
    s.output("SourceEndpointArn", from).description("The endpoint of the source database");
    s.output("TargetEndpointArn", to).description("The endpoint of the target database");
    s.output("ReplicationTaskArn", task).description("The task to start");
}

/// A small database, which goes with its stack without a last snapshot: a recipe leaves nothing behind.
fn small(vpc: &Vpc) -> MySqlSpec {
    MySqlSpec {
        instance_class: "db.t4g.micro".into(),
        allocated_storage: 20,
        db_name: Some(DATABASE.into()),
        deletion_protection: false,
        deletion_policy: DeletionPolicy::Delete,
        ..MySqlSpec::new(vpc)
    }
}

/// The function that fills a database.
fn load(s: &mut Stack, vpc: &Vpc, database: &Database, secret: &Secret) -> Function {
    let pymysql = s.add("PyMySql", LayerVersionSpec::python("stacks/cookbook/databases/pymysql", "3.13"));
    let authorities = Code::asset(Asset::folder("stacks/cookbook/databases/authorities"));
    let authorities = s.add("Authorities", LayerVersionSpec::new(authorities));
    let logs =
        LogGroupSpec { retention_days: Some(7), deletion_policy: DeletionPolicy::Delete, ..LogGroupSpec::default() };
    let logs = s.add("LoadLogs", logs);
    let group = s.add("LoadSecurityGroup", SecurityGroupSpec::new(vpc, "function that fills the source"));
    let function = s.add(
        "Load",
        FunctionSpec {
            description: Some("Fills the source database".into()),
            timeout: Some(30),
            environment: vec![("SECRET_ARN".into(), secret.arn())],
            network: Some(FunctionNetwork { security_groups: vec![group], ..FunctionNetwork::new(vpc) }),
            layers: vec![pymysql, authorities],
            log_group: Some(logs),
            ..FunctionSpec::new("python3.13", "index.handler", Code::inline(include_str!("functions/load.py")))
        },
    );
    database.allow_from(s, group);
    secret.grant_read(s, function);
    function
}

/// The machine that moves the tables, in the isolated subnets.
fn replication_instance(s: &mut Stack, vpc: &Vpc, group: SecurityGroup) -> Ref<dms::ReplicationInstance> {
    let subnets: Vec<Value<_>> = vpc.isolated_subnets().iter().map(Into::into).collect();
    // The role is there first: the tag refers to it.
    let tags = [Tag::new("VpcRole", vpc_role(s))];
    let subnets = dms::ReplicationSubnetGroup::new("replication instance", subnets).tags(tags);
    let subnets = s.add("ReplicationSubnets", subnets);
    let instance = dms::ReplicationInstance::new("dms.t3.micro")
        .allocated_storage(20)
        .multi_az(false)
        .publicly_accessible(false)
        .replication_subnet_group_identifier(subnets.get_ref().cast::<String>())
        .vpc_security_group_ids([group]);
    s.add("Replication", instance)
}

/// The role that the service manages network interfaces with, by its name, which it has in every account: it may be there.
fn vpc_role(s: &mut Stack) -> Value<String> {
    let role = s.parameter(
        "DmsVpcRole",
        Parameter::string()
            .description("Whether the account's role dms-vpc-role is created here, or exists")
            .allowed_values(["create", "exists"])
            .default("create"),
    );
    let creates = s.condition("CreatesDmsVpcRole", Condition::equals(&role, "create"));
    let role = s.add(
        "DmsVpcRole",
        RoleSpec {
            role_name: Some(VPC_ROLE.into()),
            managed_policies: vec![PolicyArn::aws("service-role/AmazonDMSVPCManagementRole")],
            ..RoleSpec::new(Principal::service("dms.amazonaws.com"))
        },
    );
    s.resource(role.role).condition(&creates);
    intrinsics::if_else(&creates, role.name(), VPC_ROLE).into()
}

/// An end of the task: a database, by the secret of its user.
fn endpoint(
    s: &mut Stack,
    id: &str,
    endpoint_type: &str,
    secret: &Secret,
    reader: &Role,
    authority: Ref<dms::Certificate>,
) -> Ref<dms::Endpoint> {
    let settings = dms::endpoint::MySqlSettings::new()
        .secrets_manager_access_role_arn(reader.arn())
        .secrets_manager_secret_id(secret.arn());
    let endpoint = dms::Endpoint::new(endpoint_type, "mysql")
        .certificate_arn(authority.get_ref().cast::<String>())
        .my_sql_settings(settings)
        .ssl_mode("verify-full");
    let endpoint = s.add(id, endpoint);
    // The service tries to read the secret.
    s.resource(endpoint).depends_on(reader);
    endpoint
}

/// What is to be known of one of the two databases.
fn outputs(s: &mut Stack, name: &str, database: &Database, secret: &Secret) {
    let side = name.to_lowercase();
    let mut output = |key: String, value: Value<String>, what: &str| {
        s.output(key, value).description(format!("{what} {side} database"));
    };
    output(format!("{name}RdsDatabaseId"), database.identifier(), "RDS's name of the");
    output(format!("{name}RdsSecurityGroup"), database.security_group.group_id().into(), "The group of the");
    output(format!("{name}DbName"), DATABASE.into(), "The schema in the");
    output(format!("{name}RdsSecretArn"), secret.arn(), "The secret of the");
    output(format!("{name}RdsEndpoint"), database.endpoint(), "The host name of the");
    output(format!("Rds{name}SecretName"), secret.secret_name(), "The name of the secret of the");
}
