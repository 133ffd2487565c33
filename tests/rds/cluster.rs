//! Clusters: each option, their instances, what is wrong with one.

use formwork::aws::kms::KeySpec;
use formwork::aws::rds::{
    AuroraMySql, AuroraMySqlSpec, AuroraPostgresSpec, Capacity, Cluster, ClusterInstance, ClusterParameterGroupSpec,
    Credentials,
};
use formwork::testing::{Template, absent, any, exactly, json};
use formwork::{DeletionPolicy, Stack};

use super::instance::without_network;
use super::{CLUSTER, INSTANCE, vpc};
use crate::checks::found;
use crate::program::snapshot;

/// An Aurora PostgreSQL cluster with some of the options, and the rest as they are.
fn postgres(s: &mut Stack, change: impl FnOnce(&mut AuroraPostgresSpec)) -> Cluster {
    let vpc = vpc(s);
    let mut spec = AuroraPostgresSpec::new(&vpc);
    change(&mut spec);
    s.add("Db", spec)
}

fn mysql(s: &mut Stack, change: impl FnOnce(&mut AuroraMySqlSpec)) -> Cluster {
    let vpc = vpc(s);
    let mut spec = AuroraMySqlSpec::new(&vpc);
    change(&mut spec);
    s.add("Db", spec)
}

#[test]
fn the_smallest_clusters_are_as_their_snapshots_say() {
    snapshot("rds_aurora_postgres", &without_network(&Template::of(|s| postgres(s, |_| {}))));
    snapshot("rds_aurora_mysql", &without_network(&Template::of(|s| mysql(s, |_| {}))));
}

#[test]
fn a_cluster_has_every_option() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        mysql(s, |spec| {
            spec.engine_version = "8.0.mysql_aurora.3.10.4".into();
            spec.writer = ClusterInstance::provisioned("writer", "db.r6g.large");
            spec.data_api = true;
            spec.db_name = Some("shop".into());
            spec.cluster_identifier = Some("Shop".into());
            spec.credentials = Some(Credentials::generated("app").secret_name("shop"));
            spec.kms_key = Some(key);
            spec.deletion_protection = false;
            spec.backup_retention_days = Some(7);
            spec.iam_authentication = true;
            spec.parameters = vec![("require_secure_transport".into(), "ON".into())];
            spec.log_exports = vec!["error".into()];
            spec.port = Some(3307);
            spec.deletion_policy = DeletionPolicy::Retain;
        })
    });
    let wanted = json!({
        "Engine": "aurora-mysql", "EngineVersion": "8.0.mysql_aurora.3.10.4", "EnableHttpEndpoint": true,
        "DatabaseName": "shop", "DBClusterIdentifier": "shop", "KmsKeyId": { "Fn::GetAtt": ["Key961B73FD", "Arn"] },
        "StorageEncrypted": true, "DeletionProtection": false, "BackupRetentionPeriod": 7,
        "EnableIAMDatabaseAuthentication": true, "DBClusterParameterGroupName": any(),
        "EnableCloudwatchLogsExports": ["error"], "Port": 3307, "CopyTagsToSnapshot": true,
        "DBSubnetGroupName": any(), "VpcSecurityGroupIds": [any()], "MasterUsername": any(), "MasterUserPassword": any(),
    });
    template.has_resource(CLUSTER, exactly(wanted));
    let kept = json!({ "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain" });
    template.has_resource_with(CLUSTER, kept.clone());
    template.has_resource_with("AWS::RDS::DBSubnetGroup", kept);
    let group = json!({ "Family": "aurora-mysql8.0", "Parameters": { "require_secure_transport": "ON" } });
    template.has_resource("AWS::RDS::DBClusterParameterGroup", group);
    template.has_resource("AWS::SecretsManager::Secret", json!({ "Name": "shop" }));
}

#[test]
fn serverless_instances_scale_between_two_capacities() {
    let template = Template::of(|s| {
        postgres(s, |spec| {
            spec.capacity = Capacity { min: 0.0, max: 8.5, seconds_until_auto_pause: Some(600) };
        })
    });
    let capacity = json!({ "MinCapacity": 0, "MaxCapacity": 8.5, "SecondsUntilAutoPause": 600 });
    template.has_resource(CLUSTER, json!({ "ServerlessV2ScalingConfiguration": capacity }));
    template.has_resource(INSTANCE, json!({ "DBInstanceClass": "db.serverless" }));
}

#[test]
fn instances_follow_the_writer_in_order_of_who_takes_over() {
    let template = Template::of(|s| {
        postgres(s, |spec| {
            spec.readers = vec![
                ClusterInstance { scale_with_writer: true, ..ClusterInstance::serverless_v2("near") },
                ClusterInstance::provisioned("far", "db.r6g.large"),
            ];
        })
    });
    let instances = template.resources(INSTANCE);
    let tiers: Vec<_> = instances.iter().map(|found| &found.resource["Properties"]["PromotionTier"]).collect();
    assert_eq!(tiers, [&json!(0), &json!(1), &json!(2)]);
    for reader in &instances[1..] {
        assert_eq!(reader.resource["DependsOn"], json!([instances[0].id]).as_array().unwrap()[0], "{reader:?}");
    }
    // What they store is the cluster's.
    for instance in instances {
        assert_eq!(instance.resource["DeletionPolicy"], "Delete");
        assert_eq!(instance.resource["Properties"]["PubliclyAccessible"], false);
    }
}

#[test]
fn a_cluster_is_restored_from_a_snapshot() {
    let template = Template::of(|s| postgres(s, |spec| spec.snapshot_identifier = Some("before".into())));
    let wanted = json!({
        "SnapshotIdentifier": "before", "MasterUsername": absent(), "MasterUserPassword": absent(),
        "StorageEncrypted": absent(),
    });
    template.has_resource(CLUSTER, wanted);
    template.resource_count("AWS::SecretsManager::Secret", 0);
    let template = Template::of(|s| {
        postgres(s, |spec| {
            spec.snapshot_identifier = Some("before".into());
            spec.credentials = Some(Credentials::generated("postgres"));
        })
    });
    template.has_resource(CLUSTER, json!({ "MasterUsername": absent(), "MasterUserPassword": { "Fn::Sub": any() } }));
}

#[test]
fn its_addresses_are_attributes() {
    let template = Template::of(|s| {
        let cluster = postgres(s, |_| {});
        s.output("Writer", cluster.endpoint());
        s.output("Readers", cluster.read_endpoint());
        s.output("Port", cluster.port());
        s.output("Arn", cluster.arn());
    });
    for (output, attribute) in
        [("Writer", "Endpoint.Address"), ("Readers", "ReadEndpoint.Address"), ("Port", "Endpoint.Port")]
    {
        template.has_output(output, json!({ "Value": { "Fn::GetAtt": ["Db5D02A0A9", attribute] } }));
    }
    let arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Db5D02A0A9}";
    template.has_output("Arn", json!({ "Value": { "Fn::Sub": arn } }));
}

#[track_caller]
fn told(change: impl FnOnce(&mut AuroraPostgresSpec), wanted: &str) {
    assert_eq!(found(|s| postgres(s, change)), wanted);
}

#[test]
fn what_cannot_be_is_told() {
    told(
        |spec| spec.readers = (0..16).map(|n| ClusterInstance::serverless_v2(format!("reader{n}"))).collect(),
        "error[item-count] Db: a cluster with 16 readers\n  help: Aurora takes 15 at most\n",
    );
    told(
        |spec| spec.backup_retention_days = Some(0),
        "error[range] Db/Resource BackupRetentionPeriod: `BackupRetentionPeriod` cannot be `0`
  \
         help: it must be between 1 and 35
",
    );
    told(
        |spec| spec.log_exports = vec!["upgrade".into()],
        "error[allowed-values] Db: aurora-postgresql has no log `upgrade`\n  \
         help: it has `postgresql`, `instance` and `iam-db-auth-error`\n",
    );
    told(
        |spec| spec.engine_version = "17.8".into(),
        "error[engine-version] Db/Resource EngineVersion: there is no aurora-postgresql 17.8\n  help: of 17 there is `17.4`, \
         `17.5`, `17.6`, `17.7`, `17.9`, `17.10` or `17.11`; if it is newer than formwork, allow `engine-version` here\n",
    );
}

#[test]
fn a_capacity_that_cannot_be_is_told() {
    let capacity = |min, max, seconds_until_auto_pause| {
        move |spec: &mut AuroraPostgresSpec| spec.capacity = Capacity { min, max, seconds_until_auto_pause }
    };
    told(
        capacity(4.0, 2.0, None),
        "error[range] Db: serverless capacity of 4 to 2 units\n  \
         help: the least is 0 to 256, the most 1 to 256 and not below the least\n",
    );
    told(
        capacity(0.5, 1.3, None),
        "error[range] Db: serverless capacity of 0.5 to 1.3 units\n  help: capacity is given in halves: 0.5, 1, 1.5, …\n",
    );
    told(
        capacity(0.5, 2.0, Some(300)),
        "error[exclusive-properties] Db: a cluster pauses only where its least capacity is 0\n  help: set `min` to 0.0\n",
    );
    told(
        capacity(0.0, 2.0, Some(299)),
        "error[range] Db: a cluster cannot pause after 299 seconds\n  help: write 300 to 86,400 seconds\n",
    );
}

#[test]
fn options_that_do_not_go_together_are_told() {
    let found = found(|s| {
        let key = s.add("Key", KeySpec::new());
        let group = ClusterParameterGroupSpec::new(AuroraMySql, "8.0");
        let parameters = vec![("require_secure_transport".into(), "ON".into())];
        let group = s.add("Settings", ClusterParameterGroupSpec { parameters: parameters.clone(), ..group });
        mysql(s, |spec| {
            spec.kms_key = Some(key);
            spec.storage_encrypted = false;
            spec.parameter_group = Some(group);
            spec.parameters = parameters;
        })
    });
    for wanted in [
        "error[exclusive-properties] Db: `parameters` and `parameter_group` are both set\n  \
         help: put the parameters into the group\n",
        "error[exclusive-properties] Db: there is a `kms_key`, and storage is not encrypted\n  \
         help: leave `storage_encrypted` as it is\n",
    ] {
        assert!(found.contains(wanted), "{found}");
    }
}
