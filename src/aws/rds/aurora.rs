//! Aurora: clusters of a writer and readers over one storage.

use super::database::Reach;
use super::engine::{AuroraMySql, AuroraPostgres, Engine, EngineVersion, Facts};
use super::groups::{ClusterParameterGroupSpec, SubnetGroupSpec};
use super::{Capacity, Cluster, ClusterInstance, Credentials, members, network};
use crate::aws::ec2::{SecurityGroup, Vpc};
use crate::aws::kms::Key;
use crate::aws::secretsmanager::{Secret, SecretTarget};
use crate::cfn::{ec2, rds};
use crate::core::{Construct, DeletionPolicy, Problem, Ref, Stack, Value};

/// An Aurora cluster: serverless unless instances have a class, encrypted, protected against deletion, with a last
/// snapshot when it goes, its password in a secret.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::{ec2::VpcSpec, rds::{AuroraPostgresSpec, Capacity, ClusterInstance}};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
/// s.add("Db", AuroraPostgresSpec {
///     capacity: Capacity { min: 0.0, max: 8.0, seconds_until_auto_pause: Some(300) },
///     readers: vec![ClusterInstance::serverless_v2("reader")],
///     data_api: true,
///     ..AuroraPostgresSpec::new(&vpc)
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct AuroraSpec<E> {
    /// The engine.
    pub engine: E,
    /// The VPC it is in.
    pub vpc: Ref<ec2::Vpc>,
    /// The subnets it may be in, of two zones at least. Default: the private ones of the VPC, or the isolated ones, or
    /// the public ones.
    pub subnets: Vec<Value<ec2::SubnetId>>,
    /// A subnet group that is there, instead of one of its own. Default: none.
    pub subnet_group: Option<Ref<rds::DbSubnetGroup>>,
    /// Its security groups; rules of [`Cluster::allow_from`] go to the first. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// The engine's version. Default: Aurora PostgreSQL 17, Aurora MySQL 3.
    pub engine_version: EngineVersion,
    /// The instance that writes. Default: serverless, called `writer`.
    pub writer: ClusterInstance,
    /// The instances that read, up to 15. Default: none.
    pub readers: Vec<ClusterInstance>,
    /// What serverless instances scale between. Default: 0.5 to 2, as in AWS CDK.
    pub capacity: Capacity,
    /// Whether SQL is taken over HTTPS: the Data API. Default: false.
    pub data_api: bool,
    /// The name of a database to create. Default: none.
    pub db_name: Option<String>,
    /// The cluster's identifier, unique in the region. A change replaces the cluster. Default: CloudFormation makes one.
    pub cluster_identifier: Option<String>,
    /// Who the master user is. Default: a generated password for `postgres`, or `admin` in MySQL; none for what is
    /// restored.
    pub credentials: Option<Credentials>,
    /// Whether storage is encrypted. A change replaces the cluster. Default: true (AWS CDK's is false).
    pub storage_encrypted: bool,
    /// The key that encrypts storage. A change replaces the cluster. Default: `aws/rds`.
    pub kms_key: Option<Key>,
    /// Whether it refuses to be deleted. Default: true (AWS CDK's is false).
    pub deletion_protection: bool,
    /// Days that backups are kept, 1 to 35. Default: 1, from RDS.
    pub backup_retention_days: Option<u8>,
    /// Whether IAM identities can sign in. Default: false; [`Cluster::grant_connect`] turns it on.
    pub iam_authentication: bool,
    /// Settings of the engine, in a cluster parameter group of its own. Default: the engine's.
    pub parameters: Vec<(String, String)>,
    /// A cluster parameter group that is there. Default: none.
    pub parameter_group: Option<Ref<rds::DbClusterParameterGroup>>,
    /// Logs that go to CloudWatch: `postgresql`; in MySQL `audit`, `error`, `general`, `slowquery`. Default: none.
    pub log_exports: Vec<String>,
    /// The port. Default: 5432; MySQL's is 3306.
    pub port: Option<u16>,
    /// A snapshot to restore, by its identifier. Default: none.
    pub snapshot_identifier: Option<Value<String>>,
    /// What becomes of it when it leaves the stack, or is replaced. Default: a last snapshot is taken.
    pub deletion_policy: DeletionPolicy,
}

/// An Aurora PostgreSQL cluster.
pub type AuroraPostgresSpec = AuroraSpec<AuroraPostgres>;
/// An Aurora MySQL cluster.
pub type AuroraMySqlSpec = AuroraSpec<AuroraMySql>;

impl AuroraPostgresSpec {
    /// An Aurora PostgreSQL cluster in a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self::of(AuroraPostgres, vpc)
    }
}

impl AuroraMySqlSpec {
    /// An Aurora MySQL cluster in a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self::of(AuroraMySql, vpc)
    }
}

impl<E: Engine> AuroraSpec<E> {
    fn of(engine: E, vpc: &Vpc) -> Self {
        Self {
            engine,
            vpc: vpc.vpc,
            subnets: network::subnets(vpc),
            subnet_group: None,
            security_groups: Vec::new(),
            engine_version: engine.facts().default_version(),
            writer: ClusterInstance::serverless_v2("writer"),
            readers: Vec::new(),
            capacity: Capacity { min: 0.5, max: 2.0, seconds_until_auto_pause: None },
            data_api: false,
            db_name: None,
            cluster_identifier: None,
            credentials: None,
            storage_encrypted: true,
            kms_key: None,
            deletion_protection: true,
            backup_retention_days: None,
            iam_authentication: false,
            parameters: Vec::new(),
            parameter_group: None,
            log_exports: Vec::new(),
            port: None,
            snapshot_identifier: None,
            deletion_policy: DeletionPolicy::Snapshot,
        }
    }

    fn serverless(&self) -> bool {
        self.readers.iter().chain([&self.writer]).any(|instance| instance.instance_class.is_none())
    }

    fn check(&self, stack: &mut Stack, facts: &Facts) {
        facts.check_logs(stack, &self.log_exports);
        if self.readers.len() > 15 {
            let problem = Problem::error("item-count", format!("a cluster with {} readers", self.readers.len()))
                .help("Aurora takes 15 at most");
            stack.report_at(None, problem);
        }
        if self.serverless() {
            self.capacity.check(stack);
        }
        if self.parameter_group.is_some() && !self.parameters.is_empty() {
            let help = "put the parameters into the group";
            network::exclusive(stack, "`parameters` and `parameter_group` are both set", help);
        }
        if self.kms_key.is_some() && !self.storage_encrypted {
            let help = "leave `storage_encrypted` as it is";
            network::exclusive(stack, "there is a `kms_key`, and storage is not encrypted", help);
        }
    }

    fn cluster(&self, stack: &mut Stack, facts: &Facts) -> rds::DbCluster {
        let mut cluster = rds::DbCluster::new()
            .copy_tags_to_snapshot(true)
            .deletion_protection(self.deletion_protection)
            .engine(facts.name)
            .engine_version(self.engine_version.as_str())
            .port(self.port.unwrap_or(facts.port));
        if let Some(group) = self.parameter_group {
            cluster = cluster.db_cluster_parameter_group_name(group);
        } else if !self.parameters.is_empty() {
            let spec = ClusterParameterGroupSpec::new(self.engine, self.engine_version.clone());
            let spec = ClusterParameterGroupSpec { parameters: self.parameters.clone(), ..spec };
            cluster = cluster.db_cluster_parameter_group_name(stack.add("ParameterGroup", spec));
        }
        if let Some(days) = self.backup_retention_days {
            cluster = cluster.backup_retention_period(days);
        }
        if let Some(identifier) = &self.cluster_identifier {
            cluster = cluster.db_cluster_identifier(identifier.to_lowercase());
        }
        if let Some(name) = &self.db_name {
            cluster = cluster.database_name(name);
        }
        if !self.log_exports.is_empty() {
            cluster = cluster.enable_cloudwatch_logs_exports(self.log_exports.clone());
        }
        if self.data_api {
            cluster = cluster.enable_http_endpoint(true);
        }
        if self.iam_authentication {
            cluster = cluster.enable_iam_database_authentication(true);
        }
        if let Some(key) = self.kms_key {
            cluster = cluster.kms_key_id(key.arn());
        }
        if self.serverless() {
            cluster = cluster.serverless_v2_scaling_configuration(self.capacity.build());
        }
        cluster
    }

    /// What it starts with, and its master user.
    fn started(&self, stack: &mut Stack, cluster: rds::DbCluster, username: &str) -> (rds::DbCluster, Option<Secret>) {
        let Some(snapshot) = &self.snapshot_identifier else {
            let credentials = self.credentials.clone().unwrap_or_else(|| Credentials::generated(username));
            let secret = credentials.build(stack);
            let cluster = cluster
                .master_username(secret.field("username"))
                .master_user_password(secret.field("password"))
                .storage_encrypted(self.storage_encrypted);
            return (cluster, Some(secret));
        };
        let cluster = cluster.snapshot_identifier(snapshot);
        let Some(secret) = self.credentials.clone().map(|credentials| credentials.build(stack)) else {
            return (cluster, None);
        };
        (cluster.master_user_password(secret.field("password")), Some(secret))
    }
}

impl<E: Engine> Construct for AuroraSpec<E> {
    type Out = Cluster;

    fn build(self, stack: &mut Stack) -> Cluster {
        let facts = self.engine.facts();
        self.check(stack, &facts);
        let name = network::own_id(stack);
        let subnet_group = self.subnet_group.unwrap_or_else(|| {
            let description = format!("Subnets for {name} database");
            let group = stack.add("Subnets", SubnetGroupSpec::new(description, self.subnets.clone()));
            network::kept_with(stack, group, self.deletion_policy);
            group
        });
        let given = self.security_groups.clone();
        let groups = network::security_groups(stack, given, self.vpc, "SecurityGroup", "RDS security group");
        let cluster = self.cluster(stack, &facts);
        let (cluster, secret) = self.started(stack, cluster, facts.username);
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let cluster = stack.add("Resource", cluster.db_subnet_group_name(subnet_group).vpc_security_group_ids(ids));
        stack.resource(cluster).removal_policy(self.deletion_policy);
        let target = SecretTarget { id: cluster.get_ref().cast(), target_type: "AWS::RDS::DBCluster" };
        let secret = secret.map(|secret| network::attached(stack, secret, target));
        let specs: Vec<_> = [&self.writer].into_iter().chain(&self.readers).collect();
        let instances = members::add(stack, &specs, cluster, facts.name);
        Cluster {
            cluster,
            instances,
            secret,
            security_group: groups[0],
            subnet_group,
            reach: Reach { port: self.port.unwrap_or(facts.port), proxy_family: facts.proxy_family },
            iam_authentication: self.iam_authentication,
            data_api: self.data_api,
        }
    }
}
