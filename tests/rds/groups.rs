//! Subnet groups and parameter groups.

use formwork::aws::rds::{
    AuroraMySql, AuroraPostgres, ClusterParameterGroupSpec, EngineVersion, MySql, ParameterGroupSpec, Postgres,
    SubnetGroupSpec,
};
use formwork::testing::{Template, exactly, json};

use super::vpc;
use crate::checks::found;
use crate::program::snapshot;

#[test]
fn the_smallest_groups_are_as_their_snapshot_says() {
    let text = Template::of(|s| {
        let vpc = vpc(s);
        s.add("DbSubnets", SubnetGroupSpec::new("databases", vpc.isolated_subnets()));
        s.add("DbSettings", ParameterGroupSpec::new(Postgres, "17"));
        s.add("DbClusterSettings", ClusterParameterGroupSpec::new(AuroraPostgres, "17.7"));
    });
    snapshot("rds_groups", &super::instance::without_network(&text));
}

#[test]
fn a_subnet_groups_name_is_in_lower_case() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        let spec = SubnetGroupSpec::new("databases", vpc.isolated_subnets());
        s.add("Group", SubnetGroupSpec { subnet_group_name: Some("Databases".into()), ..spec });
    });
    template.has_resource("AWS::RDS::DBSubnetGroup", json!({ "DBSubnetGroupName": "databases" }));
}

#[test]
fn a_group_is_of_the_family_of_its_engines_version() {
    let template = Template::of(|s| {
        s.add("A", ParameterGroupSpec::new(Postgres, EngineVersion::POSTGRES_16));
        s.add("B", ParameterGroupSpec::new(Postgres, "16.10"));
        s.add("C", ParameterGroupSpec::new(MySql, EngineVersion::MYSQL_8_4));
        s.add("D", ParameterGroupSpec::new(Postgres, "9.6.24"));
        s.add("E", ClusterParameterGroupSpec::new(AuroraMySql, EngineVersion::AURORA_MYSQL_3));
        s.add("F", ClusterParameterGroupSpec::new(AuroraPostgres, EngineVersion::AURORA_POSTGRES_17));
    });
    let families = |type_name| {
        let groups = template.resources(type_name);
        groups
            .iter()
            .map(|group| group.resource["Properties"]["Family"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(families("AWS::RDS::DBParameterGroup"), ["postgres16", "postgres16", "mysql8.4", "postgres9.6"]);
    assert_eq!(families("AWS::RDS::DBClusterParameterGroup"), ["aurora-mysql8.0", "aurora-postgresql17"]);
}

#[test]
fn a_parameter_group_has_every_option() {
    let template = Template::of(|s| {
        let spec = ParameterGroupSpec::new(Postgres, "17");
        let parameters = vec![("rds.force_ssl".into(), "1".into()), ("log_statement".into(), "ddl".into())];
        s.add("Group", ParameterGroupSpec { description: Some("shop".into()), parameters, ..spec });
    });
    let wanted = json!({
        "Description": "shop", "Family": "postgres17", "Parameters": { "rds.force_ssl": "1", "log_statement": "ddl" },
    });
    template.has_resource("AWS::RDS::DBParameterGroup", exactly(wanted));
}

#[test]
fn a_subnet_group_of_one_subnet_is_told() {
    let found = found(|s| {
        let vpc = vpc(s);
        s.add("Group", SubnetGroupSpec::new("databases", vpc.isolated_subnets().into_iter().take(1)));
    });
    let wanted =
        "error[item-count] Group: a subnet group of 1 subnets\n  help: RDS wants subnets in two zones at least\n";
    assert_eq!(found, wanted);
}
