//! Database instances, clusters, proxies, groups.

use formwork::aws::ec2::{SecurityGroupSpec, Vpc, VpcSpec};
use formwork::aws::iam::UserSpec;
use formwork::aws::kms::KeySpec;
use formwork::aws::rds::{
    AuroraMySql, AuroraMySqlSpec, AuroraPostgresSpec, Capacity, ClusterInstance, ClusterParameterGroupSpec,
    Credentials, EngineVersion, MySqlSpec, ParameterGroupSpec, Postgres, PostgresSpec, ProxySpec, Source,
    SubnetGroupSpec,
};
use formwork::{DeletionPolicy, Stack};

use super::Case;

pub const CASES: &[Case] = &[
    ("aurora_mysql_with_options", aurora_mysql_with_options),
    ("aurora_postgres", aurora_postgres),
    ("groups", groups),
    ("mysql_behind_a_proxy", mysql_behind_a_proxy),
    ("postgres", postgres),
    ("postgres_with_options", postgres_with_options),
    ("replica_and_restored", replica_and_restored),
];

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") })
}

fn postgres(s: &mut Stack) {
    let vpc = network(s);
    let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
    let db = s.add("Db", PostgresSpec::new(&vpc));
    db.allow_from(s, web);
}

fn postgres_with_options(s: &mut Stack) {
    let vpc = network(s);
    let key = s.add("Key", KeySpec::new());
    let spec = PostgresSpec {
        subnets: vpc.public_subnets().into_iter().map(Into::into).collect(),
        instance_class: "db.t4g.micro".into(),
        allocated_storage: 20,
        max_allocated_storage: Some(100),
        kms_key: Some(key),
        deletion_protection: false,
        backup_retention_days: Some(7),
        iam_authentication: true,
        parameters: vec![("rds.force_ssl".into(), "1".into())],
        credentials: Some(Credentials::generated("app").secret_name("db/credentials")),
        multi_az: true,
        publicly_accessible: true,
        auto_minor_version_upgrade: false,
        log_exports: vec!["postgresql".into()],
        monitoring_interval: Some(60),
        db_name: Some("shop".into()),
        instance_identifier: Some("shop".into()),
        port: Some(5433),
        deletion_policy: DeletionPolicy::Retain,
        ..PostgresSpec::new(&vpc)
    };
    let db = s.add("Db", spec);
    let user = s.add("User", UserSpec::default());
    db.grant_connect(s, user, "app");
}

fn mysql_behind_a_proxy(s: &mut Stack) {
    let vpc = network(s);
    let db = s.add("Db", MySqlSpec::new(&vpc));
    let spec = ProxySpec {
        proxy_name: Some("shop".into()),
        idle_client_timeout: Some(600),
        max_connections_percent: Some(50),
        ..ProxySpec::new(&db, &vpc)
    };
    let proxy = s.add("Proxy", spec);
    let user = s.add("User", UserSpec::default());
    proxy.grant_connect(s, user, "app");
}

fn replica_and_restored(s: &mut Stack) {
    let vpc = network(s);
    let db = s.add("Db", PostgresSpec::new(&vpc));
    s.add("Replica", PostgresSpec { source: Source::replica_of(&db), ..PostgresSpec::new(&vpc) });
    s.add("Restored", PostgresSpec { source: Source::Snapshot("before".into()), ..PostgresSpec::new(&vpc) });
}

fn aurora_postgres(s: &mut Stack) {
    let vpc = network(s);
    let reader = ClusterInstance { scale_with_writer: true, ..ClusterInstance::serverless_v2("reader") };
    let spec = AuroraPostgresSpec {
        readers: vec![reader],
        capacity: Capacity { min: 0.0, max: 8.0, seconds_until_auto_pause: Some(300) },
        data_api: true,
        ..AuroraPostgresSpec::new(&vpc)
    };
    let cluster = s.add("Db", spec);
    let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
    cluster.allow_from(s, web);
    let user = s.add("User", UserSpec::default());
    cluster.grant_data_api(s, user);
}

fn aurora_mysql_with_options(s: &mut Stack) {
    let vpc = network(s);
    let key = s.add("Key", KeySpec::new());
    let spec = AuroraMySqlSpec {
        kms_key: Some(key),
        deletion_protection: false,
        backup_retention_days: Some(7),
        cluster_identifier: Some("shop".into()),
        db_name: Some("shop".into()),
        credentials: Some(Credentials::generated("app")),
        iam_authentication: true,
        parameters: vec![("require_secure_transport".into(), "ON".into())],
        log_exports: vec!["error".into()],
        port: Some(3307),
        writer: ClusterInstance::provisioned("writer", "db.r6g.large"),
        deletion_policy: DeletionPolicy::Delete,
        ..AuroraMySqlSpec::new(&vpc)
    };
    let cluster = s.add("Db", spec);
    let user = s.add("User", UserSpec::default());
    cluster.grant_connect(s, user, "app");
}

fn groups(s: &mut Stack) {
    let vpc = network(s);
    let spec = SubnetGroupSpec::new("databases", vpc.private_subnets());
    s.add("Subnets", SubnetGroupSpec { subnet_group_name: Some("Databases".into()), ..spec });
    let spec = ParameterGroupSpec::new(Postgres, EngineVersion::POSTGRES_17);
    s.add("Instances", ParameterGroupSpec { parameters: vec![("rds.force_ssl".into(), "1".into())], ..spec });
    let spec = ClusterParameterGroupSpec::new(AuroraMySql, EngineVersion::AURORA_MYSQL_3);
    let parameters = vec![("require_secure_transport".into(), "ON".into())];
    s.add("Clusters", ClusterParameterGroupSpec { parameters, ..spec });
}
