//! What differs, and what a deployment would do about it.

use formwork::diff::{Changes, Fate, Kind, Replacement, changes};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any_template, one, read};

/// What becomes of the one resource of which a property changes.
fn replaced(type_name: &str, before: &Value, after: &Value) -> Replacement {
    changes(&one(type_name, before), &one(type_name, after)).resources[0].replacement
}

#[track_caller]
fn change<'a>(changes: &'a Changes, id: &str) -> &'a formwork::diff::ResourceChange {
    let found = changes.resources.iter().find(|change| change.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {changes:#?}"))
}

#[test]
fn a_property_replaces_never_perhaps_or_always_as_the_specification_says() {
    for (type_name, before, after, expected) in [
        (
            "AWS::EC2::Subnet",
            json!({ "CidrBlock": "10.0.0.0/24" }),
            json!({ "CidrBlock": "10.0.1.0/24" }),
            Replacement::Always,
        ),
        ("AWS::EC2::Subnet", json!({ "VpcId": "a" }), json!({}), Replacement::Always),
        ("AWS::EC2::Subnet", json!({ "MapPublicIpOnLaunch": true }), json!({}), Replacement::Never),
        (
            "AWS::EC2::Instance",
            json!({ "InstanceType": "t3.nano" }),
            json!({ "InstanceType": "t3.micro" }),
            Replacement::Conditional,
        ),
        (
            "AWS::ECS::TaskDefinition",
            json!({ "ContainerDefinitions": [{ "Image": "a" }] }),
            json!({ "ContainerDefinitions": [{ "Image": "b" }] }),
            Replacement::Always,
        ),
        (
            "AWS::EC2::VPCEndpoint",
            json!({}),
            json!({ "DnsOptions": { "PrivateDnsPreference": "a" } }),
            Replacement::Always,
        ),
        (
            "AWS::EC2::VPCEndpoint",
            json!({}),
            json!({ "DnsOptions": { "DnsRecordIpType": "ipv4" } }),
            Replacement::Never,
        ),
        (
            "AWS::EC2::VPCEndpoint",
            json!({}),
            json!({ "DnsOptions": { "Fn::If": ["C", {}, {}] } }),
            Replacement::Conditional,
        ),
        ("Custom::Thing", json!({ "A": 1 }), json!({ "A": 2 }), Replacement::Conditional),
        ("AWS::No::Such", json!({ "A": 1 }), json!({ "A": 2 }), Replacement::Conditional),
    ] {
        assert_eq!(replaced(type_name, &before, &after), expected, "{type_name} {before} {after}");
    }
}

#[test]
fn a_changed_type_replaces() {
    let found = changes(&one("AWS::SQS::Queue", &json!({})), &one("AWS::SNS::Topic", &json!({})));
    let thing = change(&found, "Thing");
    assert_eq!((thing.type_name.as_str(), thing.old_type.as_deref()), ("AWS::SNS::Topic", Some("AWS::SQS::Queue")));
    assert_eq!((thing.replacement, thing.fate), (Replacement::Always, Some(Fate::Deleted)));
}

#[test]
fn places_are_named_as_small_as_they_can_be() {
    let queue =
        |tags: Value| one("AWS::SQS::Queue", &json!({ "Tags": tags, "RedrivePolicy": { "a/b": { "Ref": "A" } } }));
    let mut after = queue(json!([{ "Key": "a", "Value": "2" }, { "Key": "b", "Value": "3" }]));
    after["Resources"]["Thing"]["Properties"]["RedrivePolicy"]["a/b"] = json!({ "Ref": "B" });
    after["Resources"]["Thing"]["DependsOn"] = json!("B");
    let found = changes(&queue(json!([{ "Key": "a", "Value": "1" }])), &after);
    let paths: Vec<_> = found.resources[0].paths.iter().map(|path| (path.path.as_str(), path.kind)).collect();
    assert_eq!(
        paths,
        [
            ("/DependsOn", Kind::Added),
            ("/Properties/RedrivePolicy/a~1b", Kind::Changed),
            ("/Properties/Tags/0/Value", Kind::Changed),
            ("/Properties/Tags/1", Kind::Added),
        ]
    );
}

#[test]
fn what_refers_to_the_replaced_may_be_replaced_itself_and_so_on() {
    let template = |cidr: &str| {
        read(&format!(
            "
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: {cidr}}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  Instance: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !GetAtt Subnet.SubnetId}}}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {{Dimensions: [{{Name: InstanceId, Value: !Sub '${{Instance}}'}}]}}
  Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Ref Alarm}}}}
Outputs:
  Subnet: {{Value: !Ref Subnet, Export: {{Name: !Sub '${{AWS::StackName}}-subnet'}}}}
  Topic: {{Value: !Ref Topic, Export: {{Name: topic}}}}
"
        ))
    };
    let found = changes(&template("10.0.0.0/16"), &template("10.0.0.0/20"));
    let summary: Vec<_> = found
        .resources
        .iter()
        .map(|change| {
            (
                change.id.as_str(),
                change.replacement,
                change.paths[0].path.as_str(),
                change.paths[0].because_of.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        summary,
        [
            ("Alarm", Replacement::Never, "/Properties/Dimensions/0/Value", Some("Instance")),
            ("Instance", Replacement::Conditional, "/Properties/SubnetId", Some("Subnet")),
            ("Subnet", Replacement::Conditional, "/Properties/VpcId", Some("Vpc")),
            ("Vpc", Replacement::Always, "/Properties/CidrBlock", None),
        ]
    );
    assert_eq!(found.exports.len(), 1);
    assert_eq!(
        (found.exports[0].name.as_str(), found.exports[0].because_of.as_deref()),
        ("${AWS::StackName}-subnet", Some("Subnet"))
    );
}

#[test]
fn a_changed_parameter_mapping_or_condition_reaches_what_uses_it() {
    let template = |value: &str| {
        read(&format!(
            "
Parameters: {{P: {{Type: String, Default: {value}}}}}
Mappings: {{M: {{a: {{b: {value}}}}}}}
Conditions:
  C: !Equals [!Ref P, x]
  D: !Not [!Condition C]
Resources:
  A: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !FindInMap [M, a, b]}}}}
  B: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !If [D, x, z]}}}}
  E: {{Type: AWS::SNS::Topic, Condition: D}}
  F: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: z}}}}
"
        ))
    };
    let found = changes(&template("x"), &template("y"));
    assert_eq!(found.resources.iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["A", "B", "E"]);
    assert_eq!(change(&found, "A").replacement, Replacement::Conditional);
    assert_eq!(change(&found, "B").paths[0].because_of.as_deref(), Some("D"));
    assert!(change(&found, "E").condition_changed && change(&found, "E").deletes());
    let described = changes(
        &json!({ "Parameters": { "P": { "Type": "String" } }, "Resources": { "A": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "P" } } } } }),
        &json!({ "Parameters": { "P": { "Type": "String", "Description": "d" } }, "Resources": { "A": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "P" } } } } }),
    );
    assert!(described.resources.is_empty() && described.entries.len() == 1);
}

#[test]
fn what_a_parameter_takes_reaches_nothing() {
    let template = |more: &str| {
        read(&format!(
            "{{Parameters: {{Name: {{Type: String, Default: a{more}}}}}, Resources: {{A: {{Type: AWS::SQS::Queue, \
             Properties: {{QueueName: !Ref Name}}}}}}}}"
        ))
    };
    for more in [", AllowedPattern: '.*'", ", MaxLength: 5", ", AllowedValues: [a]", ", Description: b"] {
        assert_eq!(changes(&template(""), &template(more)).resources, [], "{more}");
    }
    let other = read(&template("").to_string().replace("\"a\"", "\"b\""));
    assert_eq!(changes(&template(""), &other).resources[0].replacement, Replacement::Conditional);
}

/// Where the one resource differs, of which a property changes.
fn paths(type_name: &str, before: &Value, after: &Value) -> Vec<(String, Kind)> {
    let found = changes(&one(type_name, before), &one(type_name, after));
    found.resources.iter().flat_map(|change| &change.paths).map(|path| (path.path.clone(), path.kind)).collect()
}

#[test]
fn the_order_of_tags_and_rules_means_nothing() {
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let tags = |tags: Value| json!({ "Tags": tags });
    let (a, b, c) = (tag("a", "1"), tag("b", "2"), tag("c", "3"));
    let old = tags(json!([a, b]));
    let queue = |new: Value| paths("AWS::SQS::Queue", &old, &tags(new));
    assert_eq!(queue(json!([b, a])), []);
    assert_eq!(queue(json!([c, a, b])), [("/Properties/Tags/2".into(), Kind::Added)]);
    assert_eq!(queue(json!([b])), [("/Properties/Tags/0".into(), Kind::Removed)]);
    assert_eq!(queue(json!([b, tag("a", "9")])), [("/Properties/Tags/0/Value".into(), Kind::Changed)]);
    let rule = |port: u32, from: &str| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": from });
    let group = |old: Value, new: Value| {
        paths(
            "AWS::EC2::SecurityGroup",
            &json!({ "SecurityGroupIngress": old }),
            &json!({ "SecurityGroupIngress": new }),
        )
    };
    let (web, ssh) = (rule(443, "10.0.0.0/8"), rule(22, "10.0.0.1/32"));
    assert_eq!(group(json!([web, ssh]), json!([ssh, web])), []);
    assert_eq!(
        group(json!([web, ssh]), json!([rule(22, "10.0.0.2/32"), web])),
        [("/Properties/SecurityGroupIngress/1/CidrIp".into(), Kind::Changed)]
    );
}

#[test]
fn the_order_of_what_replaces_is_compared() {
    let of = |items: Value| json!({ "ContainerDefinitions": items });
    let (a, b) = (json!({ "Name": "a" }), json!({ "Name": "b" }));
    let found = changes(
        &one("AWS::ECS::TaskDefinition", &of(json!([a, b]))),
        &one("AWS::ECS::TaskDefinition", &of(json!([b, a]))),
    );
    assert_eq!(found.resources[0].replacement, Replacement::Always);
}

#[test]
fn policies_decide_what_becomes_of_what_leaves() {
    let removed = |type_name: &str, properties: Value, policies: Value| {
        let mut resource = json!({ "Type": type_name, "Properties": properties });
        resource.as_object_mut().unwrap().extend(policies.as_object().unwrap().clone());
        let found = changes(&json!({ "Resources": { "A": resource } }), &json!({ "Resources": {} }));
        (found.resources[0].fate.unwrap(), found.destructive(), found.loses_data())
    };
    let none = json!({});
    for (type_name, properties, policies, expected) in [
        ("AWS::SNS::Topic", json!({}), none.clone(), (Fate::Deleted, true, false)),
        ("AWS::S3::Bucket", json!({}), none.clone(), (Fate::Deleted, true, true)),
        ("AWS::S3::Bucket", json!({}), json!({ "DeletionPolicy": "Retain" }), (Fate::Retained, false, false)),
        (
            "AWS::S3::Bucket",
            json!({}),
            json!({ "DeletionPolicy": "RetainExceptOnCreate" }),
            (Fate::Retained, false, false),
        ),
        ("AWS::S3::Bucket", json!({}), json!({ "DeletionPolicy": { "Ref": "P" } }), (Fate::Deleted, true, true)),
        ("AWS::S3::Bucket", json!({}), json!({ "UpdateReplacePolicy": "Retain" }), (Fate::Deleted, true, true)),
        ("AWS::EC2::Volume", json!({}), json!({ "DeletionPolicy": "Snapshot" }), (Fate::Snapshotted, true, false)),
        ("AWS::RDS::DBCluster", json!({}), none.clone(), (Fate::Snapshotted, true, false)),
        ("AWS::RDS::DBInstance", json!({}), none.clone(), (Fate::Snapshotted, true, false)),
        ("AWS::RDS::DBInstance", json!({ "DBClusterIdentifier": "c" }), none.clone(), (Fate::Deleted, true, false)),
        ("AWS::RDS::DBInstance", json!({}), json!({ "DeletionPolicy": "Delete" }), (Fate::Deleted, true, true)),
    ] {
        assert_eq!(removed(type_name, properties, policies.clone()), expected, "{type_name} {policies}");
    }
}

#[test]
fn a_replacement_keeps_the_old_resource_only_where_both_templates_say_so() {
    let bucket = |name: &str, policy: Value| {
        json!({ "Resources": { "A": {
        "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": policy, "Properties": { "BucketName": name },
    } } })
    };
    for (before, after, fate) in [
        ("Retain", "Retain", Fate::Retained),
        ("Retain", "Delete", Fate::Deleted),
        ("Delete", "Retain", Fate::Deleted),
        ("Retain", "Snapshot", Fate::Snapshotted),
    ] {
        let found = changes(&bucket("a", json!(before)), &bucket("b", json!(after)));
        assert_eq!(found.resources[0].fate, Some(fate), "{before} {after}");
    }
    let in_place = changes(&bucket("a", json!("Retain")), &bucket("a", json!("Delete")));
    assert_eq!((in_place.resources[0].fate, in_place.destructive()), (None, false));
}

#[test]
fn every_other_section_has_its_changes() {
    let old = read(
        "
Description: a
Parameters: {P: {Type: String, Default: a}, Q: {Type: String}}
Conditions: {C: !Equals [a, b]}
Metadata: {m: 1}
Outputs: {O: {Value: a, Export: {Name: e}}, N: {Value: a, Export: {Name: f}}}
",
    );
    let new = read(
        "
AWSTemplateFormatVersion: '2010-09-09'
Description: b
Parameters: {P: {Type: Number, Default: b}}
Conditions: {C: !Equals [a, c]}
Mappings: {M: {a: {b: c}}}
Metadata: {m: 2}
Outputs: {O: {Value: b, Export: {Name: e}}, N: {Value: a, Export: {Name: g}}}
",
    );
    let found = changes(&old, &new);
    let entries: Vec<_> = found
        .entries
        .iter()
        .map(|entry| format!("{} {} {:?} {}", entry.section, entry.name, entry.kind, entry.paths.join(" ")))
        .collect();
    assert_eq!(
        entries,
        [
            "Conditions C Changed ",
            "Description  Changed ",
            "Mappings M Added ",
            "Metadata m Changed ",
            "Outputs N Changed /Export/Name",
            "Outputs O Changed /Value",
            "Parameters P Changed /Default /Type",
            "Parameters Q Removed ",
        ]
    );
    let exports: Vec<_> =
        found.exports.iter().map(|export| (export.name.as_str(), export.output.as_str(), export.kind)).collect();
    assert_eq!(exports, [("e", "O", Kind::Changed), ("f", "N", Kind::Removed), ("g", "N", Kind::Added)]);
}

#[test]
fn changes_are_written_as_json_without_a_value_in_them() {
    let secret = |text: &str| {
        json!({
            "Parameters": { "Password": { "Type": "String", "NoEcho": true, "Default": text } },
            "Resources": { "A": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": text } } },
        })
    };
    let text = serde_json::to_string(&changes(&secret("hunter2"), &secret("hunter3"))).unwrap();
    assert!(!text.contains("hunter") && text.contains(r#""replacement":"always""#), "{text}");
}

/// The paths of all leaves of a JSON value.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{path}/{index}"), out));
        }
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, item)| leaves(item, &format!("{path}/{key}"), out));
        }
        _ => out.push(path.to_owned()),
    }
}

/// The outermost list on the way to a leaf in which the item on the way stands twice.
fn list_with_its_like<'p>(template: &Value, path: &'p str) -> Option<&'p str> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    ends.filter_map(|end| path[..end].rsplit_once('/').map(|(list, _)| (list, &path[..end]))).find_map(
        |(list, item)| {
            let (items, item) = (template.pointer(list)?.as_array()?, template.pointer(item)?);
            (items.iter().filter(|other| *other == item).count() > 1).then_some(list)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_template_does_not_differ_from_itself(template in any_template()) {
        prop_assert!(changes(&template, &template).is_empty());
    }

    #[test]
    fn every_changed_leaf_is_mentioned(template in any_template(), pick in any::<prop::sample::Index>()) {
        let mut paths = Vec::new();
        leaves(&template, "", &mut paths);
        let path = &paths[pick.index(paths.len())];
        let mut after = template.clone();
        *after.pointer_mut(path).unwrap() = "another-text-entirely".into();
        prop_assume!(path.matches('/').count() > 2);
        // A different text for a function's own words need not mean anything different: `Fn::Join` of nothing by anything.
        prop_assume!(!path.contains("Fn::"));
        let found = changes(&template, &after);
        let inner = format!("/{}", path.split('/').skip(3).collect::<Vec<_>>().join("/"));
        // Of items that are the same, none can tell which of them has changed.
        let list = list_with_its_like(&template, path).map(|list| list.split('/').skip(3).collect::<Vec<_>>().join("/"));
        let says = |change: &str| inner.starts_with(change) || list.as_ref().is_some_and(|list| change.starts_with(&format!("/{list}/")));
        let mentioned = found.resources.iter().flat_map(|change| &change.paths).any(|change| says(&change.path));
        prop_assert!(mentioned, "{} in {:#?}", inner, found);
    }
}

#[test]
fn what_is_written_differently_and_may_be_the_same_replaces_perhaps() {
    let rule = |group: &str| {
        read(&format!(
            "Resources:\n  Web: {{Type: AWS::EC2::SecurityGroup}}\n  Db: {{Type: AWS::EC2::SecurityGroup}}\n  Rule:\n    Type: \
             AWS::EC2::SecurityGroupIngress\n    Properties: {{IpProtocol: tcp, SourceSecurityGroupId: {group}}}\n"
        ))
    };
    let of = |before: &str, after: &str| change(&changes(&rule(before), &rule(after)), "Rule").replacement;
    assert_eq!(of("!GetAtt Web.GroupId", "!Ref Web"), Replacement::Conditional);
    assert_eq!(of("!ImportValue one", "!ImportValue two"), Replacement::Conditional);
    assert_eq!(of("sg-1", "!Ref Web"), Replacement::Conditional);
    assert_eq!(of("!Ref Web", "!Ref Db"), Replacement::Always);
    assert_eq!(of("sg-1", "sg-2"), Replacement::Always);
}

#[test]
fn an_edited_attribute_replaces_a_table_and_a_new_one_does_not() {
    let table = |attributes: &[(&str, &str)]| {
        let each = attributes.iter().map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind }));
        one("AWS::DynamoDB::Table", &json!({ "AttributeDefinitions": each.collect::<Vec<_>>() }))
    };
    let of = |before: &[(&str, &str)], after: &[(&str, &str)]| changes(&table(before), &table(after)).resources;
    let edited = of(&[("id", "S"), ("day", "S")], &[("day", "S"), ("id", "N")]);
    assert_eq!((edited[0].replacement, edited[0].paths.len()), (Replacement::Always, 1), "{edited:#?}");
    let added = of(&[("id", "S")], &[("day", "N"), ("id", "S")]);
    assert_eq!((added[0].replacement, added[0].paths.len()), (Replacement::Never, 1), "{added:#?}");
    assert!(of(&[("id", "S"), ("day", "N")], &[("day", "N"), ("id", "S")]).is_empty(), "they are known by name");
}

#[test]
fn what_is_protected_from_deletion_stays() {
    let database = |protected: bool, name: &str| {
        one("AWS::RDS::DBInstance", &json!({ "DeletionProtection": protected, "DBName": name }))
    };
    let fate = |protected, after: &Value| changes(&database(protected, "one"), after).resources[0].fate;
    for after in [database(false, "two"), json!({ "Resources": {} })] {
        assert_eq!(fate(true, &after), Some(Fate::Retained));
        assert_ne!(fate(false, &after), Some(Fate::Retained));
    }
}

#[test]
fn the_data_is_the_clusters_and_not_its_instances() {
    let nothing = json!({ "Resources": {} });
    let gone = |type_name: &str, properties: &Value| changes(&one(type_name, properties), &nothing).loses_data();
    assert!(gone("AWS::DynamoDB::Table", &json!({})));
    assert!(!gone("AWS::RDS::DBInstance", &json!({ "DBClusterIdentifier": "shop" })));
    assert!(!gone("AWS::Neptune::DBInstance", &json!({})));
    assert!(changes(&one("AWS::RDS::DBInstance", &json!({})), &nothing).resources[0].stateful);
}

#[test]
fn what_a_resource_waits_for_is_told_one_by_one() {
    let waits = |names: &[&str]| json!({ "Resources": { "Own": { "Type": "AWS::SQS::Queue", "DependsOn": names } } });
    let found = changes(&waits(&["B", "C"]), &waits(&["A", "B", "C"]));
    let paths: Vec<_> = found.resources[0].paths.iter().map(|path| (path.path.as_str(), path.kind)).collect();
    assert_eq!(paths, [("/DependsOn/2", Kind::Added)]);
}
