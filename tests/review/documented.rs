//! What AWS documents of changes, against what is said of them before they are done: `documented.txt`, a line for each.

use std::collections::BTreeSet;

use formwork::diff::{Refusal, Replacement, changes};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{reviewed, told};

const DOCUMENTED: &str = include_str!("documented.txt");

/// Where the schema of CloudFormation's registry, which is what deploys, says something else than the reference's page.
const DISAGREE: &[(&str, &str, Replacement, &str)] = &[
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "MixedInstancesPolicy/InstancesDistribution/OnDemandBaseCapacity",
        Replacement::Conditional,
        CAREFUL,
    ),
    ("AWS::EC2::NetworkInterface", "PrivateIpAddresses", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBCluster", "Engine", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "AutoMinorVersionUpgrade", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "DBParameterGroupName", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "MultiAZ", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "PreferredMaintenanceWindow", Replacement::Conditional, CAREFUL),
    ("AWS::RDS::DBInstance", "StorageType", Replacement::Conditional, CAREFUL),
];

const CAREFUL: &str = "the schema has it among those some of whose changes replace: the careful one is said";

fn template(type_name: &str, property: &str, value: &str) -> Value {
    let value = property.rsplit('/').fold(json!(value), |inner, key| json!({ key: inner }));
    json!({ "Resources": { "Thing": { "Type": type_name, "Properties": value } } })
}

#[test]
fn each_change_is_said_to_be_what_aws_documents() {
    let lines: Vec<&str> = DOCUMENTED.lines().filter(|line| !line.starts_with('#')).collect();
    let (mut wrong, mut types, mut kinds) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for line in &lines {
        let [type_name, property, documented] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        types.insert(type_name);
        kinds.insert(documented);
        let interrupts = documented == "interruption";
        let refusal = (documented == "not-supported").then(|| Refusal::Unsupported(vec![property.to_owned()]));
        let documented = match documented {
            "in-place" | "interruption" | "not-supported" => Replacement::Never,
            "conditional" => Replacement::Conditional,
            "replacement" => Replacement::Always,
            other => panic!("{other} in {line}"),
        };
        let excused = DISAGREE.iter().find(|(name, of, ..)| (*name, *of) == (type_name, property));
        let expected = excused.map_or(documented, |(_, _, said, _)| *said);
        let found = changes(&template(type_name, property, "one"), &template(type_name, property, "two"));
        let thing = &found.resources[0];
        // The services that the catalogue does not use are built with `all-services` only.
        if !thing.known && !cfg!(feature = "all-services") {
            continue;
        }
        if thing.refusal != refusal {
            wrong.push(format!("{line}: {:?}", thing.refusal));
        }
        if thing.replacement != expected {
            wrong.push(format!("{line}: {:?}", thing.replacement));
        }
        if thing.paths[0].interrupts != interrupts && documented == Replacement::Never {
            wrong.push(format!("{line}: {}", if interrupts { "no interruption" } else { "an interruption" }));
        }
        if excused.is_some_and(|(_, _, said, _)| *said == documented) {
            wrong.push(format!("{line}: it is what is documented, and need not be excused"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(lines.len() >= 150 && types.len() >= 40, "{} of {}", lines.len(), types.len());
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn a_change_in_place_that_interrupts_says_so() {
    let cluster = |version: &str, tags: &str| {
        format!(
            "Resources: {{Db: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-mysql, EngineVersion: \
             '{version}', Tags: [{{Key: team, Value: {tags}}}]}}}}}}"
        )
    };
    assert_snapshot!(told(reviewed(&cluster("8.0.39", "shop"), &cluster("8.0.42", "web"))), @r"
    shop/web  1 changed in place
        ~ Db  AWS::RDS::DBCluster
          changed in place, with some interruption: `EngineVersion`
          EngineVersion: 8.0.39 → 8.0.42
          Tags[0].Value: shop → web

    1 stack differs
    compared with the templates in templates
    ");
    let quiet = told(reviewed(&cluster("8.0.39", "shop"), &cluster("8.0.39", "web")));
    assert!(!quiet.contains("interruption"), "{quiet}");
}
