//! Instances: each option, what is wrong with one, what it starts with.

use formwork::aws::ec2::SecurityGroupSpec;
use formwork::aws::kms::KeySpec;
use formwork::aws::rds::{Credentials, MySqlSpec, ParameterGroupSpec, Postgres, PostgresSpec, Source, SubnetGroupSpec};
use formwork::aws::secretsmanager::{SecretSpec, SecretStringGenerator};
use formwork::testing::{Template, absent, any, exactly, json};
use formwork::{DeletionPolicy, Stack};

use super::{INSTANCE, vpc};
use crate::checks::found;
use crate::program::snapshot;

/// A PostgreSQL instance with some of the options, and the rest as they are.
fn postgres(s: &mut Stack, change: impl FnOnce(&mut PostgresSpec)) -> formwork::aws::rds::Database {
    let vpc = vpc(s);
    let mut spec = PostgresSpec::new(&vpc);
    change(&mut spec);
    s.add("Db", spec)
}

#[test]
fn the_smallest_instances_are_as_their_snapshots_say() {
    snapshot("rds_postgres", &without_network(&Template::of(|s| postgres(s, |_| {}))));
    snapshot(
        "rds_mysql",
        &without_network(&Template::of(|s| {
            let vpc = vpc(s);
            s.add("Db", MySqlSpec::new(&vpc))
        })),
    );
}

/// The template from the first resource of the database on: the VPC has a snapshot of its own.
pub fn without_network(template: &Template) -> String {
    let text = template.snapshot();
    text[text.find("\n  Db").unwrap() + 1..].to_owned()
}

#[test]
fn an_instance_has_every_option() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        postgres(s, |spec| {
            spec.engine_version = "16.10".into();
            spec.instance_class = "db.t4g.micro".into();
            spec.allocated_storage = 20;
            spec.max_allocated_storage = Some(100);
            spec.storage_type = "io2".into();
            spec.kms_key = Some(key);
            spec.deletion_protection = false;
            spec.backup_retention_days = Some(7);
            spec.iam_authentication = true;
            spec.multi_az = true;
            spec.publicly_accessible = true;
            spec.auto_minor_version_upgrade = false;
            spec.log_exports = vec!["postgresql".into(), "upgrade".into()];
            spec.monitoring_interval = Some(30);
            spec.db_name = Some("shop".into());
            spec.instance_identifier = Some("Shop".into());
            spec.port = Some(5433);
        })
    });
    let wanted = json!({
        "Engine": "postgres", "EngineVersion": "16.10", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20",
        "MaxAllocatedStorage": 100, "StorageType": "io2", "StorageEncrypted": true,
        "KmsKeyId": { "Fn::GetAtt": ["Key961B73FD", "Arn"] }, "DeletionProtection": false, "BackupRetentionPeriod": 7,
        "EnableIAMDatabaseAuthentication": true, "MultiAZ": true, "PubliclyAccessible": true,
        "AutoMinorVersionUpgrade": false, "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
        "MonitoringInterval": 30, "MonitoringRoleArn": { "Fn::GetAtt": ["DbMonitoringRole0A2030F1", "Arn"] },
        "DBName": "shop", "DBInstanceIdentifier": "shop", "Port": "5433", "CopyTagsToSnapshot": true,
        "DBSubnetGroupName": { "Ref": "DbSubnetGroup6F6C177A" },
        "VPCSecurityGroups": [{ "Fn::GetAtt": ["DbSecurityGroupC34ABFAB", "GroupId"] }],
        "MasterUsername": any(), "MasterUserPassword": any(),
    });
    template.has_resource(INSTANCE, exactly(wanted));
    let enhanced = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole";
    let role = &template.resource("DbMonitoringRole0A2030F1")["Properties"];
    assert_eq!(role["ManagedPolicyArns"], json!([{ "Fn::Sub": enhanced }]));
    assert_eq!(
        role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
        json!({ "Service": "monitoring.rds.amazonaws.com" })
    );
}

#[test]
fn parameters_make_a_group_of_the_engines_family() {
    let template = Template::of(|s| postgres(s, |spec| spec.parameters = vec![("rds.force_ssl".into(), "1".into())]));
    let group = json!({ "Family": "postgres17", "Parameters": { "rds.force_ssl": "1" } });
    let group = template.has_resource("AWS::RDS::DBParameterGroup", group);
    template.has_resource(INSTANCE, json!({ "DBParameterGroupName": { "Ref": group.id } }));
}

#[test]
fn groups_and_a_secret_that_are_there_are_used() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let security = s.add("Own", SecurityGroupSpec::new(&vpc, "own"));
        let subnets = s.add("Subnets", SubnetGroupSpec::new("own", vpc.isolated_subnets()));
        let settings = s.add("Settings", ParameterGroupSpec::new(Postgres, "17"));
        let generate = SecretStringGenerator::json_key("{\"username\":\"shop\"}", "password");
        let secret = s.add("Login", SecretSpec { generate, ..SecretSpec::new() });
        let spec = PostgresSpec {
            security_groups: vec![security],
            subnet_group: Some(subnets),
            parameter_group: Some(settings),
            credentials: Some(Credentials::secret(&secret)),
            ..PostgresSpec::new(&vpc)
        };
        s.add("Db", spec)
    });
    for (type_name, count) in [
        ("AWS::EC2::SecurityGroup", 1),
        ("AWS::RDS::DBSubnetGroup", 1),
        ("AWS::RDS::DBParameterGroup", 1),
        ("AWS::SecretsManager::Secret", 1),
        ("AWS::SecretsManager::SecretTargetAttachment", 1),
    ] {
        template.resource_count(type_name, count);
    }
    let wanted = json!({
        "VPCSecurityGroups": [{ "Fn::GetAtt": ["Own30425842", "GroupId"] }],
        "DBSubnetGroupName": { "Ref": "Subnets" },
        "DBParameterGroupName": { "Ref": any() },
    });
    let found = template.has_resource(INSTANCE, wanted);
    let password = found.resource["Properties"]["MasterUserPassword"]["Fn::Sub"].as_str().unwrap();
    assert!(password.starts_with("{{resolve:secretsmanager:${Login"), "{password}");
}

#[test]
fn an_instance_can_be_placed_in_given_subnets() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        s.add("Db", PostgresSpec::in_subnets(&vpc, vpc.public_subnets()));
        s.add("My", MySqlSpec::in_subnets(&vpc, vpc.public_subnets()));
    });
    let subnets: Vec<_> = template.resources("AWS::RDS::DBSubnetGroup");
    for group in subnets {
        let ids = group.resource["Properties"]["SubnetIds"].to_string();
        assert!(ids.contains("VpcPublicSubnet1") && ids.contains("VpcPublicSubnet2"), "{ids}");
    }
}

#[test]
fn a_password_is_generated_with_what_databases_take_and_is_in_no_template() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        postgres(s, |spec| {
            spec.credentials = Some(Credentials::Generated {
                username: "shop_app".into(),
                secret_name: Some("db/credentials".into()),
                encryption_key: Some(key),
                exclude_characters: "%".into(),
            });
        })
    });
    let wanted = json!({
        "Name": "db/credentials",
        "KmsKeyId": any(),
        "SecretString": absent(),
        "GenerateSecretString": exactly(json!({
            "SecretStringTemplate": "{\"username\":\"shop_app\"}", "GenerateStringKey": "password",
            "PasswordLength": 30, "ExcludeCharacters": "%/@\" ",
        })),
    });
    template.has_resource("AWS::SecretsManager::Secret", wanted);
    let wanted = json!({
        "MasterUsername": { "Fn::Sub": "{{resolve:secretsmanager:${DbSecretCF6D79B0}:SecretString:username::}}" },
        "MasterUserPassword": { "Fn::Sub": "{{resolve:secretsmanager:${DbSecretCF6D79B0}:SecretString:password::}}" },
    });
    template.has_resource(INSTANCE, wanted);
}

#[test]
fn what_becomes_of_it_is_a_snapshot_unless_said_otherwise() {
    for (policy, wanted, replaced) in [
        (DeletionPolicy::Snapshot, "Snapshot", "Snapshot"),
        (DeletionPolicy::Retain, "Retain", "Retain"),
        (DeletionPolicy::RetainExceptOnCreate, "RetainExceptOnCreate", "Retain"),
        (DeletionPolicy::Delete, "Delete", "Delete"),
    ] {
        let template = Template::of(|s| postgres(s, |spec| spec.deletion_policy = policy));
        let policies = json!({ "DeletionPolicy": wanted, "UpdateReplacePolicy": replaced });
        template.has_resource_with(INSTANCE, policies.clone());
        // A database that is kept keeps its subnets.
        let kept = if replaced == "Retain" { policies } else { json!({ "DeletionPolicy": absent() }) };
        template.has_resource_with("AWS::RDS::DBSubnetGroup", kept);
    }
}

#[test]
fn a_restored_instance_has_what_the_snapshot_has() {
    let restored = |credentials: Option<Credentials>| {
        Template::of(|s| {
            postgres(s, |spec| {
                spec.source = Source::Snapshot("before".into());
                spec.credentials = credentials;
            })
        })
    };
    let template = restored(None);
    let wanted = json!({
        "DBSnapshotIdentifier": "before", "Engine": "postgres", "StorageEncrypted": absent(), "MasterUsername": absent(),
        "MasterUserPassword": absent(),
    });
    template.has_resource(INSTANCE, wanted);
    template.resource_count("AWS::SecretsManager::Secret", 0);
    let template = restored(Some(Credentials::generated("postgres")));
    template.has_resource(INSTANCE, json!({ "MasterUsername": absent(), "MasterUserPassword": { "Fn::Sub": any() } }));
    template.resource_count("AWS::SecretsManager::SecretTargetAttachment", 1);
}

#[test]
fn a_replica_follows_another() {
    let template = Template::of(|s| {
        let db = postgres(s, |_| {});
        let vpc = s.add(
            "Other",
            formwork::aws::ec2::VpcSpec { nat_gateways: 0, ..formwork::aws::ec2::VpcSpec::new("10.1.0.0/16") },
        );
        let replica = s.add("Replica", PostgresSpec { source: Source::replica_of(&db), ..PostgresSpec::new(&vpc) });
        assert!(replica.secret.is_none());
    });
    let wanted = json!({
        "SourceDBInstanceIdentifier": { "Fn::GetAtt": ["Db5D02A0A9", "DBInstanceArn"] },
        "Engine": absent(), "AllocatedStorage": absent(), "MasterUserPassword": absent(), "StorageEncrypted": absent(),
    });
    template.has_resource(INSTANCE, wanted);
    template.resource_count("AWS::SecretsManager::Secret", 1);
}

/// What synth finds in a PostgreSQL instance with some of the options.
#[track_caller]
fn told(change: impl FnOnce(&mut PostgresSpec), wanted: &str) {
    assert_eq!(found(|s| postgres(s, change)), wanted);
}

#[test]
fn what_cannot_be_is_told() {
    told(
        |spec| spec.max_allocated_storage = Some(100),
        "error[range] Db: storage of 100 GiB cannot grow to what is no more\n  \
         help: make `max_allocated_storage` greater, or leave it out\n",
    );
    told(
        |spec| spec.backup_retention_days = Some(36),
        "error[range] Db: backups are kept 35 days at most\n  help: make `backup_retention_days` smaller\n",
    );
    told(
        |spec| spec.monitoring_interval = Some(20),
        "error[allowed-values] Db: the machine is not measured at this interval\n  \
         help: `monitoring_interval` is 1, 5, 10, 15, 30 or 60 seconds\n",
    );
    told(
        |spec| spec.log_exports = vec!["slowquery".into()],
        "error[allowed-values] Db: postgres has no log `slowquery`\n  \
         help: it has `postgresql`, `upgrade` and `iam-db-auth-error`\n",
    );
    told(
        |spec| spec.credentials = Some(Credentials::generated("9app")),
        "error[pattern] Db: `9app` cannot be the name of a master user\n  \
         help: write a letter, then letters, digits and `_`\n",
    );
}

#[test]
fn options_that_do_not_go_together_are_told() {
    let found = found(|s| {
        let key = s.add("Key", KeySpec::new());
        let group = s.add("Settings", ParameterGroupSpec::new(Postgres, "17"));
        postgres(s, |spec| {
            spec.kms_key = Some(key);
            spec.storage_encrypted = false;
            spec.parameter_group = Some(group);
            spec.parameters = vec![("rds.force_ssl".into(), "1".into())];
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
    told(
        |spec| {
            spec.source = Source::Snapshot("before".into());
            spec.db_name = Some("shop".into());
        },
        "error[exclusive-properties] Db: what is restored or follows another has its databases and its encryption\n  \
         help: leave `db_name` and `kms_key` out\n",
    );
    told(
        |spec| {
            spec.source = Source::ReadReplica("arn:aws:rds:eu-west-1:111111111111:db:shop".into());
            spec.credentials = Some(Credentials::generated("app"));
        },
        "error[exclusive-properties] Db: a read replica has the users of what it follows\n  \
         help: leave `credentials` out\n",
    );
}

#[test]
fn a_version_that_does_not_exist_or_is_retired_is_told() {
    told(
        |spec| spec.engine_version = "17.99".into(),
        "error[engine-version] Db/Resource EngineVersion: there is no postgres 17.99\n  help: of 17 there is `17.5`, `17.6`, \
         `17.7`, `17.8`, `17.9`, `17.10` or `17.11`; if it is newer than formwork, allow `engine-version` here\n",
    );
    told(
        |spec| spec.engine_version = "16.1".into(),
        "warning[engine-version] Db/Resource EngineVersion: postgres 16.1 is retired: RDS makes no new databases of it\n  \
         help: use `16.15`, the latest of 16\n",
    );
}
