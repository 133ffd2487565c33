//! Versions of database engines: those that do not exist are problems, those that are retired warnings.

use formwork::aws::rds::EngineVersion;
use formwork::cfn::rds;
use formwork::{Parameter, Resource as _, Stack};
use serde_json::json;

use super::{found, found_in_resource, passes, resource_passes};

const TYPES: [&str; 3] = ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster"];

fn told(engine: &str, version: &str) -> String {
    found_in_resource("AWS::RDS::DBCluster", json!({ "Engine": engine, "EngineVersion": version }))
}

#[test]
fn a_version_that_does_not_exist_is_a_problem_of_whatever_names_it() {
    for type_name in TYPES {
        let properties = json!({ "Engine": "aurora-postgresql", "EngineVersion": "17.8" });
        assert_eq!(
            found_in_resource(type_name, properties),
            "error[engine-version] It EngineVersion: there is no aurora-postgresql 17.8\n  help: of 17 there is `17.4`, `17.5`, \
             `17.6`, `17.7`, `17.9`, `17.10` or `17.11`; if it is newer than formwork, allow `engine-version` here\n"
        );
    }
}

#[test]
fn where_there_is_nothing_of_its_major_version_the_major_versions_are_named() {
    assert_eq!(
        told("mysql", "9.9.9"),
        "error[engine-version] It EngineVersion: there is no mysql 9.9.9\n  \
         help: there is `8.4`; if it is newer than formwork, allow `engine-version` here\n"
    );
    assert!(told("postgres", "99").contains("help: there is `14`, `15`, `16`, `17` or `18`;"));
    assert!(told("mysql", "8").starts_with("error[engine-version] It EngineVersion: there is no mysql 8\n"));
}

#[test]
fn a_retired_version_is_a_warning_with_what_to_use() {
    assert_eq!(
        told("postgres", "16.1"),
        "warning[engine-version] It EngineVersion: postgres 16.1 is retired: RDS makes no new databases of it\n  \
         help: use `16.15`, the latest of 16\n"
    );
    assert_eq!(
        told("postgres", "9.6.24"),
        "warning[engine-version] It EngineVersion: postgres 9.6.24 is retired: RDS makes no new databases of it\n  \
         help: use `14`, `15`, `16`, `17` or `18`\n"
    );
    assert!(told("postgres", "10").starts_with("warning[engine-version] It EngineVersion: postgres 10 is retired"));
}

#[test]
fn a_version_that_costs_extra_is_a_warning() {
    for version in ["8.0", "8.0.46"] {
        assert_eq!(
            told("mysql", version),
            "warning[engine-version] It EngineVersion: mysql 8.0 is out of standard support\n  \
             help: AWS charges extra for it; use `8.4`\n"
        );
    }
}

#[test]
fn an_engine_that_does_not_exist_is_a_problem() {
    assert_eq!(
        found_in_resource("AWS::RDS::DBInstance", json!({ "Engine": "postgress" })),
        "error[engine-version] It Engine: there is no database engine `postgress`\n  help: did you mean `postgres`?\n"
    );
    let found = found_in_resource("AWS::RDS::DBInstance", json!({ "Engine": "access" }));
    assert!(found.contains("help: there are `aurora-mysql`, `aurora-postgresql`, "), "{found}");
}

#[test]
fn versions_that_are_there_pass_whole_or_major_whatever_the_engines_capitals() {
    for (engine, version) in [
        ("postgres", "17"),
        ("postgres", "17.11"),
        ("Postgres", "17.11"),
        ("mysql", "8.4"),
        ("mysql", "8.4.8"),
        ("mariadb", "11.8"),
        ("mariadb", "11.8.9"),
        ("aurora-postgresql", "16.11-limitless"),
        ("aurora-mysql", "8.0.mysql_aurora.3.10.3"),
        ("aurora-mysql", "8.0"),
        ("sqlserver-ex", "16.00"),
        // Nothing is known of Oracle's.
        ("oracle-ee", "19.0.0.0.ru-2025-01.rur-2025-01.r1"),
    ] {
        resource_passes("AWS::RDS::DBInstance", json!({ "Engine": engine, "EngineVersion": version }));
    }
}

#[test]
fn the_versions_that_have_a_name_are_current() {
    for (engine, versions) in [
        (
            "postgres",
            &[
                EngineVersion::POSTGRES_15,
                EngineVersion::POSTGRES_16,
                EngineVersion::POSTGRES_17,
                EngineVersion::POSTGRES_18,
            ][..],
        ),
        ("mysql", &[EngineVersion::MYSQL_8_4]),
        ("aurora-postgresql", &[EngineVersion::AURORA_POSTGRES_16, EngineVersion::AURORA_POSTGRES_17]),
        ("aurora-mysql", &[EngineVersion::AURORA_MYSQL_3]),
    ] {
        for version in versions {
            assert_eq!(told(engine, version.as_str()), "");
        }
    }
}

#[test]
fn what_is_no_literal_passes() {
    passes(|s| {
        let version = s.parameter("Version", Parameter::string().default("99"));
        s.add("Db", rds::DbInstance::new().engine("postgres").engine_version(version));
        s.add("Other", rds::DbInstance::new().engine("postgres").raw("EngineVersion", "{{resolve:ssm:/version}}"));
        s.add("Replica", rds::DbInstance::new().engine_version("99"));
    });
}

#[test]
fn a_version_that_is_newer_can_be_allowed() {
    let define = |s: &mut Stack| {
        let db = s.add("Db", rds::DbInstance::new().engine("postgres").engine_version("19.1"));
        s.allow("announced this week", "engine-version", db);
    };
    assert_eq!(found(define), "");
}
