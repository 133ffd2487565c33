//! What a template declares beside its resources, and what a resource says beside its properties.

use formwork::cfn::{autoscaling, ec2, lambda, rds, s3, sns, sqs};
use formwork::core::CodeDeployLambdaAliasUpdate;
use formwork::intrinsics::{join_list, region, sub};
use formwork::testing::{Template, absent};
use formwork::{
    App, Condition, CreationPolicy, DeletionPolicy, Env, Parameter, RawResource, Resource as _, RollingUpdate, Rule,
    Stack, UpdatePolicy, UpdateReplacePolicy,
};
use serde_json::{Value, json};

/// The template of a definition, with a resource that it needs not care about.
fn of<T>(define: impl FnOnce(&mut Stack) -> T) -> Template {
    Template::of(|s| {
        define(s);
        s.add("Last", sqs::Queue::new());
    })
}

fn problems<T>(define: impl FnOnce(&mut Stack) -> T) -> String {
    Template::problems_of(Env::any(), |s| {
        define(s);
        s.add("Last", sqs::Queue::new());
    })
}

// ------------------------------------------------------------------------------------------------------ parameters

#[test]
fn a_parameter_says_all_that_it_was_told() {
    let template = of(|s| {
        s.parameter(
            "Stage",
            Parameter::string()
                .description("Where it runs")
                .default("dev")
                .allowed_values(["dev", "prod"])
                .allowed_pattern("[a-z]+")
                .constraint_description("dev or prod")
                .length(3, 4),
        );
        s.parameter("Size", Parameter::<i64>::number().default(2).range(1, 10));
        s.parameter("Zones", Parameter::list().default("a,b"));
        s.parameter("Password", Parameter::string().no_echo());
        s.parameter("Vpc", Parameter::<ec2::VpcId>::of_type("AWS::EC2::VPC::Id"));
    });
    assert_eq!(
        template.json()["Parameters"],
        json!({
            "Stage": {
                "Type": "String",
                "Description": "Where it runs",
                "AllowedPattern": "[a-z]+",
                "ConstraintDescription": "dev or prod",
                "Default": "dev",
                "AllowedValues": ["dev", "prod"],
                "MinLength": 3,
                "MaxLength": 4,
            },
            "Size": { "Type": "Number", "Default": 2, "MinValue": 1, "MaxValue": 10 },
            "Zones": { "Type": "CommaDelimitedList", "Default": "a,b" },
            "Password": { "Type": "String", "NoEcho": true },
            "Vpc": { "Type": "AWS::EC2::VPC::Id" },
        })
    );
}

#[test]
fn a_parameter_stands_where_its_type_does() {
    let template = Template::of(|s| {
        let vpc = s.parameter("Vpc", Parameter::<ec2::VpcId>::of_type("AWS::EC2::VPC::Id"));
        s.add("Group", ec2::SecurityGroup::new("web").vpc_id(&vpc));
    });
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "VpcId": { "Ref": "Vpc" } }));
}

#[test]
fn a_parameter_of_another_stack_is_a_problem() {
    let mut app = App::new();
    let stage = app.stack("one", Env::any(), |s| {
        s.add("Jobs", sqs::Queue::new());
        s.parameter("Stage", Parameter::string())
    });
    app.stack("two", Env::any(), |s| s.add("Jobs", sqs::Queue::new().queue_name(&stage)));
    let problems = app.synth().unwrap_err().to_string();
    super::has_problem(&problems, "unknown-reference", "the parameter `Stage` belongs to another stack");
}

#[test]
fn a_name_that_is_declared_twice_is_a_problem_with_both_lines() {
    let twice = problems(|s| {
        s.parameter("Stage", Parameter::string());
        s.parameter("Stage", Parameter::string());
    });
    super::has_problem(&twice, "name-used-twice", "the parameter `Stage` is declared twice");
    assert_eq!(twice.matches("tests/core/declared.rs").count(), 2, "{twice}");
    let twice = problems(|s| {
        s.output("Region", region());
        s.output("Region", region());
    });
    super::has_problem(&twice, "name-used-twice", "the output `Region` is declared twice");
}

#[test]
fn a_mapping_that_is_declared_twice_is_a_problem() {
    let twice = problems(|s| {
        s.mapping("Sizes", [("dev", vec![("min", 1)])]);
        s.mapping("Sizes", [("prod", vec![("min", 3)])]);
    });
    super::has_problem(&twice, "name-used-twice", "the mapping `Sizes` is declared twice");
}

// ------------------------------------------------------------------------------------- mappings, conditions, rules

#[test]
fn a_mapping_has_two_levels_of_keys() {
    let template =
        of(|s| s.mapping("Sizes", [("dev", vec![("min", 1), ("max", 2)]), ("prod", vec![("min", 3), ("max", 9)])]));
    let expected = json!({ "Sizes": { "dev": { "min": 1, "max": 2 }, "prod": { "min": 3, "max": 9 } } });
    assert_eq!(template.json()["Mappings"], expected);
}

#[test]
fn a_key_that_a_mapping_does_not_have_is_a_problem() {
    let problems = problems(|s| {
        let sizes = s.mapping("Sizes", [("dev", vec![("min", 1)])]);
        s.output("Min", sizes.find("prod", "min"));
    });
    super::has_problem(&problems, "unknown-reference", "the mapping `Sizes` has no key `prod`");
}

#[test]
fn conditions_combine() {
    let template = of(|s| {
        let stage = s.parameter("Stage", Parameter::string());
        let prod = s.condition("IsProd", Condition::equals(&stage, "prod"));
        let here = s.condition("IsHere", Condition::equals(region(), "eu-west-1"));
        s.condition("Both", Condition::all([&prod, &here]));
        s.condition("Either", Condition::any([Condition::from(&prod), Condition::negate(&here)]));
    });
    assert_eq!(
        template.json()["Conditions"],
        json!({
            "IsProd": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] },
            "IsHere": { "Fn::Equals": [{ "Ref": "AWS::Region" }, "eu-west-1"] },
            "Both": { "Fn::And": [{ "Condition": "IsProd" }, { "Condition": "IsHere" }] },
            "Either": { "Fn::Or": [{ "Condition": "IsProd" }, { "Fn::Not": [{ "Condition": "IsHere" }] }] },
        })
    );
    let yaml = "  Either: !Or\n    - !Condition IsProd\n    - !Not\n      - !Condition IsHere\n";
    assert!(template.yaml().contains(yaml), "{}", template.yaml());
}

#[test]
fn a_rule_asserts_before_anything_is_created() {
    let template = of(|s| {
        let stage = s.parameter("Stage", Parameter::string());
        let zones = s.parameter("Zones", Parameter::list());
        s.rule(
            "Prod",
            Rule::new()
                .when(Condition::equals(&stage, "prod"))
                .assert(Condition::contains(["eu-west-1"], region()), "prod is in Ireland")
                .assert(Condition::each_member_in(&zones, formwork::json!(["a", "b"])), "zones a and b"),
        );
        s.rule("Zones", Rule::new().assert(Condition::each_member_equals(&zones, "a"), "zone a only"));
    });
    assert_eq!(
        template.json()["Rules"],
        json!({
            "Prod": {
                "RuleCondition": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] },
                "Assertions": [
                    {
                        "Assert": { "Fn::Contains": [["eu-west-1"], { "Ref": "AWS::Region" }] },
                        "AssertDescription": "prod is in Ireland",
                    },
                    {
                        "Assert": { "Fn::EachMemberIn": [{ "Ref": "Zones" }, ["a", "b"]] },
                        "AssertDescription": "zones a and b",
                    },
                ],
            },
            "Zones": { "Assertions": [{
                "Assert": { "Fn::EachMemberEquals": [{ "Ref": "Zones" }, "a"] },
                "AssertDescription": "zone a only",
            }] },
        })
    );
}

// --------------------------------------------------------------------------------------------- outputs and metadata

#[test]
fn an_output_says_what_it_is_and_may_be_exported() {
    let template = of(|s| {
        let prod = s.condition("IsProd", Condition::equals(region(), "eu-west-1"));
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.output("Plain", "text");
        s.output("Queue", jobs).description("The queue").export("shop-queue").condition(&prod);
        s.output("Named", jobs.arn()).export(sub("${AWS::StackName}-arn", []));
    });
    assert_eq!(
        template.json()["Outputs"],
        json!({
            "Plain": { "Value": "text" },
            "Queue": {
                "Description": "The queue",
                "Condition": "IsProd",
                "Value": { "Ref": "Jobs" },
                "Export": { "Name": "shop-queue" },
            },
            "Named": {
                "Value": { "Fn::GetAtt": ["Jobs", "Arn"] },
                "Export": { "Name": { "Fn::Sub": "${AWS::StackName}-arn" } },
            },
        })
    );
}

#[test]
fn an_output_of_a_list_is_a_problem_and_of_a_joined_one_is_not() {
    let blocks = |s: &mut Stack| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16")).ipv6_cidr_blocks();
    let list = problems(|s| {
        let blocks = blocks(s);
        s.output("Blocks", blocks);
    });
    super::has_problem(&list, "wrong-type", "the output `Blocks` is not text");
    let joined = problems(|s| {
        let blocks = blocks(s);
        s.output("Blocks", join_list(",", blocks));
    });
    assert_eq!(joined, "");
}

#[test]
fn metadata_belongs_to_the_template_or_to_a_resource() {
    let template = of(|s| {
        s.metadata("Owner", "shop team");
        s.metadata("Built", formwork::json!({ "by": ["formwork"] }));
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).metadata("Why", "jobs wait here").metadata("For", region());
    });
    assert_eq!(template.json()["Metadata"], json!({ "Owner": "shop team", "Built": { "by": ["formwork"] } }));
    let metadata = json!({ "Metadata": { "Why": "jobs wait here", "For": { "Ref": "AWS::Region" } } });
    template.has_resource_with("AWS::SQS::Queue", metadata);
}

// ------------------------------------------------------------------------------------------------- resource options

#[test]
fn depends_on_is_one_id_or_a_list_and_repeats_nothing() {
    let template = of(|s| {
        let [a, b] = ["A", "B"].map(|id| s.add(id, sqs::Queue::new()));
        let c = s.add("C", sqs::Queue::new());
        s.resource(b).depends_on(a).depends_on(a);
        s.resource(c).depends_on(a).depends_on(b);
    });
    assert_eq!(template.resource("A")["DependsOn"], Value::Null);
    assert_eq!(template.resource("B")["DependsOn"], "A");
    assert_eq!(template.resource("C")["DependsOn"], json!(["A", "B"]));
}

#[test]
fn a_condition_decides_whether_a_resource_is_made() {
    let template = of(|s| {
        let prod = s.condition("IsProd", Condition::equals(region(), "eu-west-1"));
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).condition(&prod);
    });
    assert_eq!(template.resource("Jobs")["Condition"], "IsProd");
}

#[test]
fn a_resource_can_have_another_logical_id_than_its_path_gives() {
    let template = of(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).logical_id("Legacy");
        s.output("Jobs", jobs.arn());
    });
    assert_eq!(template.resource("Legacy")["Type"], "AWS::SQS::Queue");
    template.has_output("Jobs", json!({ "Value": { "Fn::GetAtt": ["Legacy", "Arn"] } }));
}

#[test]
fn what_happens_to_data_is_said_by_policies() {
    let template = of(|s| {
        let files = s.add("Files", s3::Bucket::new());
        let retained = s.resource(files).deletion_policy(DeletionPolicy::Retain);
        retained.update_replace_policy(UpdateReplacePolicy::Retain);
        let db = s.add("Db", rds::DbInstance::new().db_instance_class("db.t4g.micro"));
        let kept = s.resource(db).deletion_policy(DeletionPolicy::Snapshot);
        kept.update_replace_policy(UpdateReplacePolicy::Snapshot);
        let topic = s.add("Topic", sns::Topic::new());
        let plain = s.resource(topic).deletion_policy(DeletionPolicy::RetainExceptOnCreate);
        plain.update_replace_policy(UpdateReplacePolicy::Delete);
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).deletion_policy(DeletionPolicy::Delete);
    });
    let both = |id: &str| {
        (template.resource(id)["DeletionPolicy"].clone(), template.resource(id)["UpdateReplacePolicy"].clone())
    };
    assert_eq!(both("Files"), (json!("Retain"), json!("Retain")));
    assert_eq!(both("Db"), (json!("Snapshot"), json!("Snapshot")));
    assert_eq!(both("Topic"), (json!("RetainExceptOnCreate"), json!("Delete")));
    assert_eq!(both("Jobs"), (json!("Delete"), Value::Null));
}

#[test]
fn a_snapshot_of_what_has_none_is_a_problem() {
    let problems = problems(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).deletion_policy(DeletionPolicy::Snapshot);
    });
    super::has_problem(&problems, "allowed-values", "AWS::SQS::Queue has no snapshots, so no policy can make one");
}

#[test]
fn a_group_of_instances_is_created_and_updated_by_signals() {
    let template = of(|s| {
        let group = autoscaling::AutoScalingGroup::new("2", "1").launch_configuration_name("web");
        let group = s.add("Group", group.availability_zones(["eu-west-1a"]));
        let signals = CreationPolicy::resource_signal(2, "PT15M").min_successful_instances_percent(50);
        let update = RollingUpdate {
            max_batch_size: Some(1),
            min_instances_in_service: Some(1),
            pause_time: Some("PT10M".into()),
            suspend_processes: vec!["AlarmNotification".into()],
            wait_on_resource_signals: Some(true),
            ..RollingUpdate::default()
        };
        let update = UpdatePolicy::new().auto_scaling_rolling_update(update).auto_scaling_scheduled_action(true);
        s.resource(group).creation_policy(signals).update_policy(update);
    });
    let group = template.resource("Group");
    assert_eq!(
        group["CreationPolicy"],
        json!({
            "ResourceSignal": { "Count": 2, "Timeout": "PT15M" },
            "AutoScalingCreationPolicy": { "MinSuccessfulInstancesPercent": 50 },
        })
    );
    assert_eq!(
        group["UpdatePolicy"],
        json!({
            "AutoScalingRollingUpdate": {
                "MaxBatchSize": 1,
                "MinInstancesInService": 1,
                "PauseTime": "PT10M",
                "SuspendProcesses": ["AlarmNotification"],
                "WaitOnResourceSignals": true,
            },
            "AutoScalingScheduledAction": { "IgnoreUnmodifiedGroupSizeProperties": true },
        })
    );
}

#[test]
fn an_alias_moves_through_codedeploy() {
    let template = of(|s| {
        let alias = s.add("Live", lambda::Alias::new("shop", "1", "live"));
        let update = CodeDeployLambdaAliasUpdate {
            application_name: "shop".into(),
            deployment_group_name: "live".into(),
            before_allow_traffic_hook: Some("check".into()),
            after_allow_traffic_hook: None,
        };
        s.resource(alias).update_policy(UpdatePolicy::new().code_deploy_lambda_alias_update(update));
    });
    assert_eq!(
        template.resource("Live")["UpdatePolicy"],
        json!({ "CodeDeployLambdaAliasUpdate": {
        "ApplicationName": "shop", "DeploymentGroupName": "live", "BeforeAllowTrafficHook": "check",
    } })
    );
}

#[test]
fn the_rarer_policies_are_there_too() {
    let template = of(|s| {
        let own = |s: &mut Stack, id: &str| s.add(id, RawResource::new("My::Own::Type").raw("A", 1));
        let fleet = own(s, "Fleet");
        s.resource(fleet).creation_policy(CreationPolicy::start_fleet());
        let cache = own(s, "Cache");
        s.resource(cache).update_policy(UpdatePolicy::new().use_online_resharding(true));
        let domain = own(s, "Domain");
        s.resource(domain).update_policy(UpdatePolicy::new().enable_version_upgrade(true));
        let group = own(s, "Group");
        s.resource(group).update_policy(UpdatePolicy::new().auto_scaling_replacing_update(true));
    });
    assert_eq!(template.resource("Fleet")["CreationPolicy"], json!({ "StartFleet": true }));
    assert_eq!(template.resource("Cache")["UpdatePolicy"], json!({ "UseOnlineResharding": true }));
    assert_eq!(template.resource("Domain")["UpdatePolicy"], json!({ "EnableVersionUpgrade": true }));
    let replacing = json!({ "AutoScalingReplacingUpdate": { "WillReplace": true } });
    assert_eq!(template.resource("Group")["UpdatePolicy"], replacing);
}

// ------------------------------------------------------------------------------------------------- the stack itself

#[test]
fn a_stack_has_a_description_tags_topics_and_protection_and_only_the_first_is_in_its_template() {
    let mut app = App::new();
    app.stack("shop/jobs", super::env(), |s| {
        s.description("What waits");
        s.tag("team", "shop");
        s.tag("stage", "dev");
        s.notify("arn:aws:sns:eu-west-1:111111111111:events");
        s.termination_protection(true);
        s.add("Jobs", sqs::Queue::new());
    });
    app.stack("shop/plain", super::env(), |s| s.add("Jobs", sqs::Queue::new()));
    let assembly = app.synth().unwrap();
    let stack = assembly.stack("shop/jobs").unwrap();
    assert!(stack.termination_protection);
    let tags: Vec<_> = stack.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(tags, [("team", "shop"), ("stage", "dev")]);
    assert_eq!(stack.notification_arns, ["arn:aws:sns:eu-west-1:111111111111:events"]);
    let template = stack.to_value();
    let keys: Vec<_> = template.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["AWSTemplateFormatVersion", "Description", "Resources"]);
    assert_eq!(template["Description"], "What waits");
    assert!(!assembly.stack("shop/plain").unwrap().termination_protection);
}

#[test]
fn a_stacks_name_is_its_path_unless_it_has_another() {
    let mut app = App::new();
    app.stack("shop/dev/jobs", super::env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("shop/dev/old", super::env(), |s| {
        s.set_name("ShopOld");
        s.add("Jobs", sqs::Queue::new());
    });
    let names: Vec<_> = app.synth().unwrap().stacks.iter().map(|stack| stack.name.to_owned()).collect();
    assert_eq!(names, ["shop-dev-jobs", "ShopOld"]);
}

#[test]
fn a_section_without_entries_is_left_out() {
    let template = of(|_| ());
    let keys: Vec<_> = template.json().as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["AWSTemplateFormatVersion", "Resources"]);
    template.has_resource_with("AWS::SQS::Queue", json!({ "Properties": absent(), "Metadata": absent() }));
}
