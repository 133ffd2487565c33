//! Instances: databases on one machine, with a second one to take over if wanted.

use super::database::Reach;
use super::engine::{Engine, EngineVersion, Facts, MySql, Postgres};
use super::groups::{ParameterGroupSpec, SubnetGroupSpec};
use super::{Credentials, Database, Source, network};
use crate::aws::ec2::{SecurityGroup, Vpc};
use crate::aws::iam::{PolicyArn, Principal, RoleSpec};
use crate::aws::kms::Key;
use crate::aws::secretsmanager::SecretTarget;
use crate::cfn::{ec2, rds};
use crate::core::{Construct, DeletionPolicy, Problem, Ref, Stack, Value};

/// A database instance: encrypted, not public, protected against deletion, with a last snapshot when it goes, its
/// password in a secret.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::{ec2::{SecurityGroupSpec, VpcSpec}, rds::PostgresSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
/// let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
/// let db = s.add("Db", PostgresSpec { multi_az: true, ..PostgresSpec::new(&vpc) });
/// db.allow_from(s, &web);
/// s.output("Endpoint", db.endpoint());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct InstanceSpec<E> {
    /// The engine.
    pub engine: E,
    /// The VPC it is in.
    pub vpc: Ref<ec2::Vpc>,
    /// The subnets it may be in, of two zones at least. Default: the private ones of the VPC, or the isolated ones, or
    /// the public ones.
    pub subnets: Vec<Value<ec2::SubnetId>>,
    /// A subnet group that is there, instead of one of its own. Default: none.
    pub subnet_group: Option<Ref<rds::DbSubnetGroup>>,
    /// Its security groups; rules of [`Database::allow_from`] go to the first. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// The engine's version. Default: PostgreSQL 17, MySQL 8.4.
    pub engine_version: EngineVersion,
    /// The class of the machine. Default: `db.m5.large`.
    pub instance_class: String,
    /// Storage in GiB. Default: 100.
    pub allocated_storage: u32,
    /// The most that storage grows to by itself, in GiB. Default: it does not grow.
    pub max_allocated_storage: Option<u32>,
    /// The type of storage. Default: `gp3` (AWS CDK's is `gp2`, which is slower and costs more).
    pub storage_type: String,
    /// Whether storage is encrypted. A change replaces the database. Default: true (AWS CDK's is false).
    pub storage_encrypted: bool,
    /// The key that encrypts storage. A change replaces the database. Default: `aws/rds`.
    pub kms_key: Option<Key>,
    /// Whether it refuses to be deleted. Default: true (AWS CDK's is false).
    pub deletion_protection: bool,
    /// Days that backups are kept, 0 to 35; 0 for no backups. Default: 1, from RDS; a replica's is 0.
    pub backup_retention_days: Option<u8>,
    /// Whether IAM identities can sign in. Default: false; [`Database::grant_connect`] turns it on.
    pub iam_authentication: bool,
    /// Settings of the engine, in a parameter group of its own. Default: the engine's.
    pub parameters: Vec<(String, String)>,
    /// A parameter group that is there. Default: none.
    pub parameter_group: Option<Ref<rds::DbParameterGroup>>,
    /// Who the master user is. Default: a generated password for `postgres`, or `admin` in MySQL; none for what is
    /// restored or follows another.
    pub credentials: Option<Credentials>,
    /// Whether a second one in another zone takes over. Default: false.
    pub multi_az: bool,
    /// Whether it has a public address. Default: false.
    pub publicly_accessible: bool,
    /// Whether minor versions are installed by themselves. Default: true, from RDS.
    pub auto_minor_version_upgrade: bool,
    /// Logs that go to CloudWatch: `postgresql`, `upgrade`; in MySQL `audit`, `error`, `general`, `slowquery`. Default:
    /// none.
    pub log_exports: Vec<String>,
    /// Seconds between measurements of the machine: 1, 5, 10, 15, 30 or 60. Default: none.
    pub monitoring_interval: Option<u8>,
    /// The name of a database to create. Default: none.
    pub db_name: Option<String>,
    /// The instance's identifier, unique in the region. A change replaces the database. Default: CloudFormation makes
    /// one.
    pub instance_identifier: Option<String>,
    /// The port. Default: 5432; MySQL's is 3306.
    pub port: Option<u16>,
    /// What it starts with. Default: nothing.
    pub source: Source,
    /// What becomes of it when it leaves the stack, or is replaced. Default: a last snapshot is taken.
    pub deletion_policy: DeletionPolicy,
}

/// A PostgreSQL instance.
pub type PostgresSpec = InstanceSpec<Postgres>;
/// A MySQL instance.
pub type MySqlSpec = InstanceSpec<MySql>;

impl PostgresSpec {
    /// A PostgreSQL instance in a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self::of(Postgres, vpc.vpc, network::subnets(vpc))
    }

    /// The same in given subnets.
    #[must_use]
    pub fn in_subnets<S: Into<Value<ec2::SubnetId>>>(
        vpc: impl Into<Ref<ec2::Vpc>>,
        subnets: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::of(Postgres, vpc.into(), subnets.into_iter().map(Into::into).collect())
    }
}

impl MySqlSpec {
    /// A MySQL instance in a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self::of(MySql, vpc.vpc, network::subnets(vpc))
    }

    /// The same in given subnets.
    #[must_use]
    pub fn in_subnets<S: Into<Value<ec2::SubnetId>>>(
        vpc: impl Into<Ref<ec2::Vpc>>,
        subnets: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::of(MySql, vpc.into(), subnets.into_iter().map(Into::into).collect())
    }
}

impl<E: Engine> InstanceSpec<E> {
    fn of(engine: E, vpc: Ref<ec2::Vpc>, subnets: Vec<Value<ec2::SubnetId>>) -> Self {
        Self {
            engine,
            vpc,
            subnets,
            subnet_group: None,
            security_groups: Vec::new(),
            engine_version: engine.facts().default_version(),
            instance_class: "db.m5.large".into(),
            allocated_storage: 100,
            max_allocated_storage: None,
            storage_type: "gp3".into(),
            storage_encrypted: true,
            kms_key: None,
            deletion_protection: true,
            backup_retention_days: None,
            iam_authentication: false,
            parameters: Vec::new(),
            parameter_group: None,
            credentials: None,
            multi_az: false,
            publicly_accessible: false,
            auto_minor_version_upgrade: true,
            log_exports: Vec::new(),
            monitoring_interval: None,
            db_name: None,
            instance_identifier: None,
            port: None,
            source: Source::New,
            deletion_policy: DeletionPolicy::Snapshot,
        }
    }

    fn check(&self, stack: &mut Stack, facts: &Facts) {
        facts.check_logs(stack, &self.log_exports);
        if self.max_allocated_storage.is_some_and(|most| most <= self.allocated_storage) {
            let message = format!("storage of {} GiB cannot grow to what is no more", self.allocated_storage);
            network::range(stack, message, "make `max_allocated_storage` greater, or leave it out");
        }
        if self.backup_retention_days.is_some_and(|days| days > 35) {
            network::range(stack, "backups are kept 35 days at most".into(), "make `backup_retention_days` smaller");
        }
        if self.monitoring_interval.is_some_and(|seconds| ![0, 1, 5, 10, 15, 30, 60].contains(&seconds)) {
            let problem = Problem::error("allowed-values", "the machine is not measured at this interval")
                .help("`monitoring_interval` is 1, 5, 10, 15, 30 or 60 seconds");
            stack.report_at(None, problem);
        }
        if self.parameter_group.is_some() && !self.parameters.is_empty() {
            let help = "put the parameters into the group";
            network::exclusive(stack, "`parameters` and `parameter_group` are both set", help);
        }
        if self.kms_key.is_some() && !self.storage_encrypted {
            let help = "leave `storage_encrypted` as it is";
            network::exclusive(stack, "there is a `kms_key`, and storage is not encrypted", help);
        }
        self.check_source(stack);
    }

    fn subnet_group(&self, stack: &mut Stack, name: &str) -> Ref<rds::DbSubnetGroup> {
        self.subnet_group.unwrap_or_else(|| {
            let description = format!("Subnet group for {name} database");
            let group = stack.add("SubnetGroup", SubnetGroupSpec::new(description, self.subnets.clone()));
            network::kept_with(stack, group, self.deletion_policy);
            group
        })
    }

    /// What the instance is, without where it is from and who it lets in.
    fn instance(&self, stack: &mut Stack) -> rds::DbInstance {
        let mut db = rds::DbInstance::new()
            .copy_tags_to_snapshot(true)
            .db_instance_class(&self.instance_class)
            .deletion_protection(self.deletion_protection)
            .publicly_accessible(self.publicly_accessible)
            .storage_type(&self.storage_type);
        if !self.parameters.is_empty() && self.parameter_group.is_none() {
            let spec = ParameterGroupSpec::new(self.engine, self.engine_version.clone());
            let group = stack.add("ParameterGroup", ParameterGroupSpec { parameters: self.parameters.clone(), ..spec });
            db = db.db_parameter_group_name(group);
        } else if let Some(group) = self.parameter_group {
            db = db.db_parameter_group_name(group);
        }
        if let Some(most) = self.max_allocated_storage {
            db = db.max_allocated_storage(most);
        }
        if let Some(days) = self.backup_retention_days {
            db = db.backup_retention_period(days);
        }
        if self.iam_authentication {
            db = db.enable_iam_database_authentication(true);
        }
        if self.multi_az {
            db = db.multi_az(true);
        }
        if !self.auto_minor_version_upgrade {
            db = db.auto_minor_version_upgrade(false);
        }
        if !self.log_exports.is_empty() {
            db = db.enable_cloudwatch_logs_exports(self.log_exports.clone());
        }
        if let Some(identifier) = &self.instance_identifier {
            db = db.db_instance_identifier(identifier.to_lowercase());
        }
        if let Some(port) = self.port {
            db = db.port(port.to_string());
        }
        self.monitored(stack, db)
    }

    /// Measures the machine, with a role that may write what is measured.
    fn monitored(&self, stack: &mut Stack, db: rds::DbInstance) -> rds::DbInstance {
        let Some(seconds) = self.monitoring_interval.filter(|seconds| *seconds > 0) else { return db };
        let role = RoleSpec {
            managed_policies: vec![PolicyArn::aws("service-role/AmazonRDSEnhancedMonitoringRole")],
            ..RoleSpec::new(Principal::service("monitoring.rds.amazonaws.com"))
        };
        let role = stack.add("MonitoringRole", role);
        db.monitoring_interval(seconds).monitoring_role_arn(role.arn())
    }
}

impl<E: Engine> Construct for InstanceSpec<E> {
    type Out = Database;

    fn build(self, stack: &mut Stack) -> Database {
        let facts = self.engine.facts();
        self.check(stack, &facts);
        let name = network::own_id(stack);
        let subnet_group = self.subnet_group(stack, &name);
        let description = format!("Security group for {name} database");
        let groups =
            network::security_groups(stack, self.security_groups.clone(), self.vpc, "SecurityGroup", &description);
        let db = self.instance(stack);
        let (db, secret) = self.started(stack, db, &facts);
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let instance = stack.add("Resource", db.db_subnet_group_name(subnet_group).vpc_security_groups(ids));
        stack.resource(instance).removal_policy(self.deletion_policy);
        let target = SecretTarget { id: instance.get_ref().cast(), target_type: "AWS::RDS::DBInstance" };
        let secret = secret.map(|secret| network::attached(stack, secret, target));
        let reach = Reach { port: self.port.unwrap_or(facts.port), proxy_family: facts.proxy_family };
        let iam_authentication = self.iam_authentication;
        Database { instance, secret, security_group: groups[0], subnet_group, reach, iam_authentication }
    }
}
