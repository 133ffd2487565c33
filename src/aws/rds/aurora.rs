//! Aurora: clusters of a writer and readers over one storage.

use super::engine::{AuroraMySql, AuroraPostgres, Engine, EngineVersion, Facts};
use super::groups::{ClusterParameterGroupSpec, SubnetGroupSpec};
use super::instance::Reach;
use super::{Credentials, network};
use crate::aws::ec2::{Peer, Port, SecurityGroup, Vpc};
use crate::aws::iam::{Grantee, Statement};
use crate::aws::kms::Key;
use crate::aws::secretsmanager::{Secret, SecretTarget};
use crate::cfn::{ec2, rds};
use crate::core::{
    Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, UpdateReplacePolicy, Value, intrinsics,
};

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

/// What serverless instances scale between, in Aurora capacity units: 2 GiB of memory each. Rule: the Amazon Aurora user
/// guide, "Using Aurora Serverless v2".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// The least, 0 to 256 in halves. With 0 it pauses while nobody is connected.
    pub min: f64,
    /// The most, 1 to 256 in halves.
    pub max: f64,
    /// Seconds without a connection until it pauses, 300 to 86,400; only where the least is 0. Default: 300, from RDS.
    pub seconds_until_auto_pause: Option<u32>,
}

/// An instance of a cluster.
#[derive(Clone, Debug)]
pub struct ClusterInstance {
    /// Its id below the cluster.
    pub id: String,
    /// The class of the machine. None: serverless.
    pub instance_class: Option<String>,
    /// Whether a reader is as large as the writer, and the first to take over. Default: false.
    pub scale_with_writer: bool,
}

impl ClusterInstance {
    /// A serverless instance.
    #[must_use]
    pub fn serverless_v2(id: impl Into<String>) -> Self {
        Self { id: id.into(), instance_class: None, scale_with_writer: false }
    }

    /// An instance on a machine of a class.
    #[must_use]
    pub fn provisioned(id: impl Into<String>, instance_class: impl Into<String>) -> Self {
        Self { id: id.into(), instance_class: Some(instance_class.into()), scale_with_writer: false }
    }
}

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
        facts.check_version(stack, &self.engine_version);
        facts.check_logs(stack, &self.log_exports);
        if self.readers.len() > 15 {
            let problem = Problem::error("item-count", format!("a cluster with {} readers", self.readers.len()))
                .help("Aurora takes 15 at most");
            stack.report_at(None, problem);
        }
        if self.serverless() {
            self.capacity.check(stack);
        }
        if self.backup_retention_days.is_some_and(|days| !(1..=35).contains(&days)) {
            network::range(stack, "a cluster's backups are kept 1 to 35 days".into(), "change `backup_retention_days`");
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

    fn instances(&self, stack: &mut Stack, cluster: Ref<rds::DbCluster>, engine: &str) -> Vec<Ref<rds::DbInstance>> {
        let mut out: Vec<Ref<rds::DbInstance>> = Vec::new();
        for spec in [&self.writer].into_iter().chain(&self.readers) {
            let writer = out.first().copied();
            let tier = match (writer, spec.scale_with_writer) {
                (None, _) => 0,
                (Some(_), true) => 1,
                (Some(_), false) => 2,
            };
            let class = spec.instance_class.as_deref().unwrap_or("db.serverless");
            let member = Member(
                rds::DbInstance::new()
                    .db_cluster_identifier(cluster)
                    .db_instance_class(class)
                    .engine(engine)
                    .promotion_tier(tier)
                    .publicly_accessible(false),
            );
            let instance = stack.add(&spec.id, member);
            // What they store is the cluster's, which is kept or not.
            let options = stack.resource(instance);
            let options = options.deletion_policy(DeletionPolicy::Delete);
            let options = options.update_replace_policy(UpdateReplacePolicy::Delete);
            if let Some(writer) = writer {
                options.depends_on(writer);
            }
            out.push(instance);
        }
        out
    }
}

/// An instance of a cluster, under its own id.
struct Member(rds::DbInstance);

impl Construct for Member {
    type Out = Ref<rds::DbInstance>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        stack.add("Resource", self.0)
    }
}

impl Capacity {
    fn check(self, stack: &mut Stack) {
        let halves = |units: f64| (units * 2.0).fract() == 0.0;
        if !(0.0..=256.0).contains(&self.min) || !(1.0..=256.0).contains(&self.max) || self.min > self.max {
            let message = format!("serverless capacity of {} to {} units", self.min, self.max);
            network::range(stack, message, "the least is 0 to 256, the most 1 to 256 and not below the least");
        } else if !halves(self.min) || !halves(self.max) {
            let message = format!("serverless capacity of {} to {} units", self.min, self.max);
            network::range(stack, message, "capacity is given in halves: 0.5, 1, 1.5, …");
        }
        let Some(seconds) = self.seconds_until_auto_pause else { return };
        if self.min > 0.0 {
            network::exclusive(stack, "a cluster pauses only where its least capacity is 0", "set `min` to 0.0");
        }
        if !(300..=86_400).contains(&seconds) {
            let message = format!("a cluster cannot pause after {seconds} seconds");
            network::range(stack, message, "write 300 to 86,400 seconds");
        }
    }

    fn build(self) -> rds::db_cluster::ServerlessV2ScalingConfiguration {
        let capacity =
            rds::db_cluster::ServerlessV2ScalingConfiguration::new().max_capacity(self.max).min_capacity(self.min);
        match self.seconds_until_auto_pause {
            Some(seconds) => capacity.seconds_until_auto_pause(seconds),
            None => capacity,
        }
    }
}

/// An Aurora cluster that was added.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The cluster itself.
    pub cluster: Ref<rds::DbCluster>,
    /// Its instances, the writer first.
    pub instances: Vec<Ref<rds::DbInstance>>,
    /// The secret of the master user, attached to the cluster. None where it is restored without one.
    pub secret: Option<Secret>,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
    /// Its subnet group.
    pub subnet_group: Ref<rds::DbSubnetGroup>,
    pub(super) reach: Reach,
    iam_authentication: bool,
    data_api: bool,
}

impl<E: Engine> Construct for AuroraSpec<E> {
    type Out = Cluster;

    fn build(self, stack: &mut Stack) -> Cluster {
        let facts = self.engine.facts();
        self.check(stack, &facts);
        let name = network::own_id(stack);
        let subnet_group = self.subnet_group.unwrap_or_else(|| {
            let description = format!("Subnets for {name} database");
            stack.add("Subnets", SubnetGroupSpec::new(description, self.subnets.clone()))
        });
        let given = self.security_groups.clone();
        let groups = network::security_groups(stack, given, self.vpc, "SecurityGroup", "RDS security group");
        let cluster = self.cluster(stack, &facts);
        let (cluster, secret) = self.started(stack, cluster, facts.username);
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let cluster = stack.add("Resource", cluster.db_subnet_group_name(subnet_group).vpc_security_group_ids(ids));
        let replaced = network::replaced(self.deletion_policy);
        stack.resource(cluster).deletion_policy(self.deletion_policy).update_replace_policy(replaced);
        let target = SecretTarget { id: cluster.get_ref().cast(), target_type: "AWS::RDS::DBCluster" };
        let secret = secret.map(|secret| network::attached(stack, secret, target));
        let instances = self.instances(stack, cluster, facts.name);
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

impl Cluster {
    /// The host name of the writer.
    #[must_use]
    pub fn endpoint(&self) -> Value<String> {
        self.cluster.endpoint_address()
    }

    /// The host name of the readers.
    #[must_use]
    pub fn read_endpoint(&self) -> Value<String> {
        self.cluster.read_endpoint_address()
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> Value<String> {
        self.cluster.endpoint_port()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Cluster}";
        intrinsics::sub(arn, [("Cluster", self.cluster.get_ref().cast())]).into()
    }

    /// Lets a peer connect, on the cluster's port alone.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from_own_port(stack, &peer.into(), Port::tcp(self.reach.port));
    }

    /// Lets an identity sign in as a database user with a token of IAM's, on this cluster alone. Turns IAM
    /// authentication on.
    #[track_caller]
    pub fn grant_connect(&self, stack: &mut Stack, grantee: impl Into<Grantee>, db_user: &str) {
        if !self.iam_authentication {
            stack.edit(self.cluster, |cluster| cluster.enable_iam_database_authentication(true));
        }
        network::grant_connect(stack, &grantee.into(), self.cluster.db_cluster_resource_id(), db_user);
    }

    /// Lets an identity send SQL over the Data API, which this turns on, and read the master user's secret.
    #[track_caller]
    pub fn grant_data_api(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        if !self.data_api {
            stack.edit(self.cluster, |cluster| cluster.enable_http_endpoint(true));
        }
        let actions = [
            "rds-data:BatchExecuteStatement",
            "rds-data:BeginTransaction",
            "rds-data:CommitTransaction",
            "rds-data:ExecuteStatement",
            "rds-data:RollbackTransaction",
        ];
        grantee.grant_identity(stack, Statement::allow(actions, [self.arn()]), "a cluster");
        if let Some(secret) = self.secret {
            secret.grant_read(stack, grantee);
        }
    }
}

impl From<&Cluster> for NodeId {
    fn from(cluster: &Cluster) -> Self {
        cluster.cluster.node()
    }
}

impl From<&Cluster> for StackRef {
    fn from(cluster: &Cluster) -> Self {
        cluster.cluster.into()
    }
}

impl From<&Cluster> for SecretTarget {
    fn from(cluster: &Cluster) -> Self {
        Self { id: cluster.cluster.get_ref().cast(), target_type: "AWS::RDS::DBCluster" }
    }
}
