//! Proxies: connections that are kept open and shared, in front of a database.

use super::database::Reach;
use super::{Cluster, Database, network};
use crate::aws::ec2::{Peer, Port, SecurityGroup, Vpc};
use crate::aws::iam::{Grantee, Principal, Role, RoleSpec};
use crate::aws::secretsmanager::Secret;
use crate::cfn::secretsmanager::SecretId;
use crate::cfn::{ec2, rds};
use crate::core::{Construct, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// A proxy in front of a database: TLS and IAM are required, its role reads the secrets given and no others, and the
/// database lets it in.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::{ec2::{SecurityGroupSpec, VpcSpec}, rds::{MySqlSpec, ProxySpec}};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
/// let function = s.add("Function", SecurityGroupSpec::new(&vpc, "function"));
/// let db = s.add("Db", MySqlSpec::new(&vpc));
/// let proxy = s.add("Proxy", ProxySpec::new(&db, &vpc));
/// proxy.allow_from(s, &function);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ProxySpec {
    /// What it is in front of.
    pub target: ProxyTarget,
    /// The VPC it is in.
    pub vpc: Ref<ec2::Vpc>,
    /// The subnets it is in, of two zones at least. Default: the private ones of the VPC, or the isolated ones, or the
    /// public ones.
    pub subnets: Vec<Value<ec2::SubnetId>>,
    /// The secrets of the users it signs in as. Default: the master user's.
    pub secrets: Vec<Secret>,
    /// Its security groups; rules of [`Proxy::allow_from`] go to the first. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// Its name, unique in the region: a letter, then letters, digits and hyphens. A change replaces it. Default: made
    /// from the stack's name and the proxy's (AWS CDK's is the id alone, which two stacks cannot share).
    pub proxy_name: Option<String>,
    /// Whether clients must use TLS. Default: true.
    pub require_tls: bool,
    /// Whether clients must sign in with a token of IAM's. Default: true (AWS CDK's is false).
    pub require_iam: bool,
    /// Seconds until an idle client is disconnected, 1 to 28,800. Default: 1,800, from RDS.
    pub idle_client_timeout: Option<u32>,
    /// The most connections to the database, in percent of what it takes, 1 to 100. Default: 100, from RDS.
    pub max_connections_percent: Option<u8>,
}

/// What a proxy is in front of.
#[derive(Clone, Debug)]
pub enum ProxyTarget {
    /// An instance.
    Database(Database),
    /// A cluster.
    Cluster(Cluster),
}

impl From<&Database> for ProxyTarget {
    fn from(database: &Database) -> Self {
        Self::Database(*database)
    }
}

impl From<&Cluster> for ProxyTarget {
    fn from(cluster: &Cluster) -> Self {
        Self::Cluster(cluster.clone())
    }
}

impl ProxyTarget {
    const fn secret(&self) -> Option<Secret> {
        match self {
            Self::Database(database) => database.secret,
            Self::Cluster(cluster) => cluster.secret,
        }
    }

    const fn reach(&self) -> Reach {
        match self {
            Self::Database(database) => database.reach,
            Self::Cluster(cluster) => cluster.reach,
        }
    }
}

impl ProxySpec {
    /// A proxy in front of a database, with the defaults of every field.
    #[must_use]
    pub fn new(target: impl Into<ProxyTarget>, vpc: &Vpc) -> Self {
        let target = target.into();
        Self {
            secrets: target.secret().into_iter().collect(),
            target,
            vpc: vpc.vpc,
            subnets: network::subnets(vpc),
            security_groups: Vec::new(),
            proxy_name: None,
            require_tls: true,
            require_iam: true,
            idle_client_timeout: None,
            max_connections_percent: None,
        }
    }

    fn check(&self, stack: &mut Stack) {
        if self.secrets.is_empty() {
            let problem = Problem::error("item-count", "a proxy without a secret cannot sign in to its database")
                .help("name the secrets of database users in `secrets`");
            stack.report_at(None, problem);
        }
        if self.idle_client_timeout.is_some_and(|seconds| !(1..=28_800).contains(&seconds)) {
            let message = "a proxy disconnects idle clients after 1 to 28,800 seconds";
            network::range(stack, message.into(), "change `idle_client_timeout`");
        }
        if self.max_connections_percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
            let message = "a proxy takes 1 to 100 percent of the connections";
            network::range(stack, message.into(), "change `max_connections_percent`");
        }
    }

    fn proxy(&self, stack: &mut Stack, role: &Role, groups: &[SecurityGroup]) -> Ref<rds::DbProxy> {
        let iam = if self.require_iam { "REQUIRED" } else { "DISABLED" };
        let auth = |secret: &Secret| {
            rds::db_proxy::AuthFormat::new()
                .auth_scheme("SECRETS")
                .iam_auth(iam)
                .secret_arn(secret.arn().cast::<SecretId>())
        };
        let auth: Vec<_> = self.secrets.iter().map(auth).collect();
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let name = self.proxy_name.clone().unwrap_or_else(|| default_name(stack));
        let mut proxy = rds::DbProxy::new(name, self.target.reach().proxy_family, role.arn(), self.subnets.clone())
            .auth(auth)
            .require_tls(self.require_tls)
            .vpc_security_group_ids(ids);
        if let Some(seconds) = self.idle_client_timeout {
            proxy = proxy.idle_client_timeout(seconds);
        }
        stack.add("Resource", proxy)
    }

    fn target_group(&self, stack: &mut Stack, proxy: Ref<rds::DbProxy>) {
        let mut pool = rds::db_proxy_target_group::ConnectionPoolConfigurationInfoFormat::new();
        if let Some(percent) = self.max_connections_percent {
            pool = pool.max_connections_percent(percent);
        }
        let group = rds::DbProxyTargetGroup::new(proxy, "default").connection_pool_configuration_info(pool);
        match &self.target {
            ProxyTarget::Database(database) => {
                let id: Value<String> = database.instance.get_ref().cast();
                stack.add("ProxyTargetGroup", group.db_instance_identifiers([id]));
            }
            ProxyTarget::Cluster(cluster) => {
                let group = stack.add("ProxyTargetGroup", group.db_cluster_identifiers([cluster.cluster]));
                for instance in &cluster.instances {
                    stack.resource(group).depends_on(*instance);
                }
            }
        }
    }
}

/// The proxy's path with what names may not have taken out.
fn default_name(stack: &Stack) -> String {
    let id = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
    // The end has the hash: where a name is too long, its beginning goes.
    let start = id.len().saturating_sub(60);
    id[start..].trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

/// A proxy that was added.
#[derive(Clone, Copy, Debug)]
pub struct Proxy {
    /// The proxy itself.
    pub proxy: Ref<rds::DbProxy>,
    /// Its role, which reads its secrets.
    pub role: Role,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
    port: u16,
}

impl Construct for ProxySpec {
    type Out = Proxy;

    fn build(self, stack: &mut Stack) -> Proxy {
        self.check(stack);
        let role = stack.add("IAMRole", RoleSpec::new(Principal::service("rds.amazonaws.com")));
        for secret in &self.secrets {
            secret.grant_read(stack, role);
        }
        let (id, description) = ("ProxySecurityGroup", "SecurityGroup for Database Proxy");
        let groups = network::security_groups(stack, self.security_groups.clone(), self.vpc, id, description);
        let proxy = self.proxy(stack, &role, &groups);
        self.target_group(stack, proxy);
        match &self.target {
            ProxyTarget::Database(database) => database.allow_from(stack, groups[0]),
            ProxyTarget::Cluster(cluster) => cluster.allow_from(stack, groups[0]),
        }
        Proxy { proxy, role, security_group: groups[0], port: self.target.reach().port }
    }
}

impl Proxy {
    /// Its host name.
    #[must_use]
    pub fn endpoint(&self) -> Value<String> {
        self.proxy.endpoint()
    }

    /// Lets a peer connect, on the database's port alone.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from(stack, peer, Port::tcp(self.port));
    }

    /// Lets an identity sign in as a database user with a token of IAM's, on this proxy alone.
    #[track_caller]
    pub fn grant_connect(&self, stack: &mut Stack, grantee: impl Into<Grantee>, db_user: &str) {
        let id = intrinsics::select(6, intrinsics::split(":", self.proxy.db_proxy_arn()));
        network::grant_connect(stack, &grantee.into(), id.into(), db_user);
    }
}

impl From<Proxy> for NodeId {
    fn from(proxy: Proxy) -> Self {
        proxy.proxy.node()
    }
}
