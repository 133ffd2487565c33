//! Every intrinsic function, in JSON with its long form and in YAML with its short one.

use formwork::cfn::{ec2, rds, s3, secretsmanager, sqs};
use formwork::intrinsics::{
    account_id, base64, by_stack_output, cidr, get_azs, get_stack_output, if_else, import_value, join, join_list,
    length, no_value, notification_arns, partition, region, secretsmanager, secretsmanager_version, select, split, ssm,
    ssm_secure, stack_id, stack_name, sub, to_json_string, transform, url_suffix,
};
use formwork::testing::Template;
use formwork::{App, Condition, Env, Json, Parameter, RawResource, Resource as _, Stack, Value};
use serde_json::json;

/// The template of a resource whose property `X` is the value.
fn with<V: Into<Value<Json>>>(value: impl FnOnce(&mut Stack) -> V) -> Template {
    Template::of(|s| {
        let value = value(s);
        s.add("It", RawResource::new("My::Own::Type").raw("X", value));
    })
}

/// Asserts what a value becomes in JSON, and in YAML below its key.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "calls read better without a `&` before each `json!`")]
fn renders<V: Into<Value<Json>>>(value: impl FnOnce(&mut Stack) -> V, json: serde_json::Value, yaml: &str) {
    let template = with(value);
    assert_eq!(template.resource("It")["Properties"]["X"], json);
    let (_, there) = template.yaml().split_once("\n  It:\n").unwrap();
    let (_, there) = there.split_once("      X:").unwrap();
    let there: Vec<&str> =
        there.lines().map(|line| line.strip_prefix("        ").unwrap_or(line.trim_start())).collect();
    assert_eq!(there.join("\n"), yaml);
}

#[test]
fn a_reference_is_ref() {
    renders(|s| s.add("Jobs", sqs::Queue::new()).get_ref().cast::<String>(), json!({ "Ref": "Jobs" }), "!Ref Jobs");
}

#[test]
fn an_attribute_is_get_att_with_its_dots() {
    let attribute =
        |s: &mut Stack| s.add("Db", rds::DbInstance::new().db_instance_class("db.t4g.micro")).endpoint_address();
    renders(attribute, json!({ "Fn::GetAtt": ["Db", "Endpoint.Address"] }), "!GetAtt Db.Endpoint.Address");
}

#[test]
fn an_attribute_that_has_no_method_is_taken_by_name() {
    let attribute = |s: &mut Stack| s.add("Jobs", sqs::Queue::new()).get_att::<String>("QueueName");
    renders(attribute, json!({ "Fn::GetAtt": ["Jobs", "QueueName"] }), "!GetAtt Jobs.QueueName");
}

// ------------------------------------------------------------------------------------------------------------ Sub

#[test]
fn plain_references_are_written_into_the_text_of_sub() {
    let text = |s: &mut Stack| {
        let stage = s.parameter("Stage", Parameter::string());
        let jobs = s.add("Jobs", sqs::Queue::new());
        sub(
            "${Q}/${Arn}/${Stage}/${R}/${AWS::Partition}",
            [("Q", jobs.get_ref().into()), ("Arn", jobs.arn().into()), ("Stage", stage.into()), ("R", region())],
        )
    };
    let expected = "${Jobs}/${Jobs.Arn}/${Stage}/${AWS::Region}/${AWS::Partition}";
    renders(text, json!({ "Fn::Sub": expected }), &format!("!Sub {expected}"));
}

#[test]
fn other_variables_of_sub_stay_beside_the_text() {
    let text = |s: &mut Stack| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        sub(
            "${First}, ${First} of ${Vpc}",
            [
                ("First", select(0, vpc.cidr_block_associations()).into()),
                ("Vpc", vpc.get_ref().into()),
                ("Unused", "never".into()),
            ],
        )
    };
    let first = json!({ "Fn::Select": [0, { "Fn::GetAtt": ["Vpc", "CidrBlockAssociations"] }] });
    let yaml =
        "!Sub\n- ${First}, ${First} of ${Vpc}\n- First: !Select\n    - 0\n    - !GetAtt Vpc.CidrBlockAssociations";
    renders(text, json!({ "Fn::Sub": ["${First}, ${First} of ${Vpc}", { "First": first }] }), yaml);
}

#[test]
fn a_reference_in_a_sub_is_not_mistaken_for_a_variable_of_its_logical_ids_name() {
    let template = with(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        let names = join("-", ["x", "y"]);
        sub("${Queue} ${Jobs}", [("Queue", jobs.get_ref().into()), ("Jobs", names.into())])
    });
    let text = &template.resource("It")["Properties"]["X"]["Fn::Sub"];
    assert_ne!(text[0], "${Jobs} ${Jobs}", "{text}");
}

#[test]
fn a_literal_name_in_sub_is_kept() {
    let text = |_: &mut Stack| sub("${!Literal} in ${AWS::Region}", []);
    renders(text, json!({ "Fn::Sub": "${!Literal} in ${AWS::Region}" }), "!Sub ${!Literal} in ${AWS::Region}");
}

#[test]
fn a_policy_variable_in_a_plain_string_never_becomes_a_sub() {
    let arn = "arn:aws:iam::*:user/${aws:username}";
    renders(|_| Value::<String>::from(arn), json!(arn), arn);
}

#[test]
fn a_name_that_nothing_stands_for_is_a_problem() {
    let problems = Template::problems_of(Env::any(), |s| {
        let arn = sub("arn:aws:iam::*:user/${aws:username}", []);
        s.add("It", RawResource::new("My::Own::Type").raw("X", arn));
    });
    super::has_problem(&problems, "unknown-reference", "nothing stands for `${aws:username}` in this text");
    assert!(problems.contains("write `${!aws:username}` to keep it as it is"), "{problems}");
}

#[test]
fn sub_may_name_a_parameter_or_a_resource_itself() {
    let text = |s: &mut Stack| {
        s.parameter("Stage", Parameter::string());
        s.add("Jobs", sqs::Queue::new());
        sub("${Stage}-${Jobs.QueueName}", [])
    };
    renders(text, json!({ "Fn::Sub": "${Stage}-${Jobs.QueueName}" }), "!Sub ${Stage}-${Jobs.QueueName}");
}

// ------------------------------------------------------------------------------------------------- lists and text

#[test]
fn join_puts_a_separator_between_items() {
    let joined = |s: &mut Stack| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        join("-", [Value::<String>::from("a"), jobs.queue_name()])
    };
    let json = json!({ "Fn::Join": ["-", ["a", { "Fn::GetAtt": ["Jobs", "QueueName"] }]] });
    renders(joined, json, "!Join\n- '-'\n- - a\n  - !GetAtt Jobs.QueueName");
}

#[test]
fn join_takes_a_list_that_is_a_value() {
    let joined = |s: &mut Stack| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        join_list(",", vpc.ipv6_cidr_blocks())
    };
    let json = json!({ "Fn::Join": [",", { "Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"] }] });
    renders(joined, json, "!Join\n- \",\"\n- !GetAtt Vpc.Ipv6CidrBlocks");
}

#[test]
fn select_takes_the_item_at_an_index() {
    let json = json!({ "Fn::Select": [1, { "Fn::GetAZs": "" }] });
    renders(|_| select(1, get_azs("")), json, "!Select\n- 1\n- !GetAZs \"\"");
}

#[test]
fn split_cuts_at_a_separator() {
    let cut = |s: &mut Stack| split(":", s.add("Jobs", sqs::Queue::new()).arn());
    let json = json!({ "Fn::Split": [":", { "Fn::GetAtt": ["Jobs", "Arn"] }] });
    renders(cut, json, "!Split\n- \":\"\n- !GetAtt Jobs.Arn");
}

#[test]
fn base64_of_a_text_is_short_and_of_a_function_has_no_tag_behind_a_tag() {
    renders(|_| base64("echo"), json!({ "Fn::Base64": "echo" }), "!Base64 echo");
    let of_a_function = |_: &mut Stack| base64(sub("echo ${AWS::Region}", []));
    let yaml = "\n\"Fn::Base64\": !Sub echo ${AWS::Region}";
    renders(of_a_function, json!({ "Fn::Base64": { "Fn::Sub": "echo ${AWS::Region}" } }), yaml);
}

#[test]
fn cidr_carves_blocks() {
    let carved = |_: &mut Stack| cidr("10.0.0.0/16", 4, 8);
    renders(carved, json!({ "Fn::Cidr": ["10.0.0.0/16", 4, 8] }), "!Cidr\n- 10.0.0.0/16\n- 4\n- 8");
}

#[test]
fn get_azs_of_a_function_has_no_tag_behind_a_tag() {
    renders(|_| get_azs("eu-west-1"), json!({ "Fn::GetAZs": "eu-west-1" }), "!GetAZs eu-west-1");
    let json = json!({ "Fn::GetAZs": { "Ref": "AWS::Region" } });
    renders(|_| get_azs(region()), json, "\n\"Fn::GetAZs\": !Ref AWS::Region");
}

#[test]
fn length_and_to_json_string_are_long_everywhere_and_bring_their_transform() {
    let zones = |_: &mut Stack| length(get_azs(""));
    renders(zones, json!({ "Fn::Length": { "Fn::GetAZs": "" } }), "\n\"Fn::Length\": !GetAZs \"\"");
    let text = |_: &mut Stack| to_json_string(formwork::json!({ "region": region(), "size": 3 }));
    let json = json!({ "Fn::ToJsonString": { "region": { "Ref": "AWS::Region" }, "size": 3 } });
    renders(text, json, "\n\"Fn::ToJsonString\":\n  region: !Ref AWS::Region\n  size: 3");
    assert_eq!(with(zones).json()["Transform"], "AWS::LanguageExtensions");
    assert_eq!(with(text).json()["Transform"], "AWS::LanguageExtensions");
    assert_eq!(with(|_| region()).json()["Transform"], serde_json::Value::Null);
}

// ------------------------------------------------------------------------------------------- choices and look-ups

#[test]
fn if_chooses_by_a_condition() {
    let chosen = |s: &mut Stack| {
        let stage = s.parameter("Stage", Parameter::string());
        let prod = s.condition("IsProd", Condition::equals(&stage, "prod"));
        if_else(&prod, 3, no_value())
    };
    let json = json!({ "Fn::If": ["IsProd", 3, { "Ref": "AWS::NoValue" }] });
    renders(chosen, json, "!If\n- IsProd\n- 3\n- !Ref AWS::NoValue");
}

#[test]
fn find_in_map_looks_up_two_keys() {
    let found = |s: &mut Stack| {
        let images = s.mapping("Images", [("eu-west-1", vec![("arm", "ami-1"), ("intel", "ami-2")])]);
        images.find(region(), "arm")
    };
    let json = json!({ "Fn::FindInMap": ["Images", { "Ref": "AWS::Region" }, "arm"] });
    renders(found, json, "!FindInMap\n- Images\n- !Ref AWS::Region\n- arm");
    assert_eq!(with(found).json()["Transform"], serde_json::Value::Null);
}

#[test]
fn find_in_map_with_a_default_brings_its_transform() {
    let found = |s: &mut Stack| {
        let images = s.mapping("Images", [("eu-west-1", vec![("arm", "ami-1")])]);
        images.find_or(region(), "arm", "ami-3")
    };
    let json = json!({ "Fn::FindInMap": ["Images", { "Ref": "AWS::Region" }, "arm", { "DefaultValue": "ami-3" }] });
    renders(found, json, "!FindInMap\n- Images\n- !Ref AWS::Region\n- arm\n- DefaultValue: ami-3");
    assert_eq!(with(found).json()["Transform"], "AWS::LanguageExtensions");
}

#[test]
fn an_exports_name_brings_its_transform_too() {
    let template = Template::of(|s| {
        s.add("Jobs", sqs::Queue::new());
        let names = s.mapping("Names", [("eu-west-1", vec![("jobs", "shop-jobs")])]);
        s.output("Jobs", "text").export(names.find_or(region(), "jobs", "jobs"));
    });
    assert_eq!(template.json()["Transform"], "AWS::LanguageExtensions");
}

#[test]
fn a_transform_that_is_needed_stands_first_and_once() {
    let several = Template::of(|s| {
        s.transform("My::Macro");
        s.add("It", RawResource::new("My::Own::Type").raw("X", length(get_azs(""))));
    });
    assert_eq!(several.json()["Transform"], json!(["AWS::LanguageExtensions", "My::Macro"]));
    let once = Template::of(|s| {
        s.transform("AWS::LanguageExtensions");
        s.add("It", RawResource::new("My::Own::Type").raw("X", length(get_azs(""))));
    });
    assert_eq!(once.json()["Transform"], "AWS::LanguageExtensions");
}

// -------------------------------------------------------------------------------------------------- other stacks

#[test]
fn import_value_reads_an_export() {
    let json = json!({ "Fn::ImportValue": "net:VpcId" });
    renders(|_| import_value("net:VpcId"), json, "!ImportValue net:VpcId");
    let of_a_function = |_: &mut Stack| import_value(sub("${AWS::Region}-vpc", []));
    let json = json!({ "Fn::ImportValue": { "Fn::Sub": "${AWS::Region}-vpc" } });
    renders(of_a_function, json, "\n\"Fn::ImportValue\": !Sub ${AWS::Region}-vpc");
}

#[test]
fn get_stack_output_reads_an_output_anywhere() {
    let role = "arn:aws:iam::222222222222:role/read";
    let json = json!({ "Fn::GetStackOutput": { "StackName": "net", "OutputName": "VpcId" } });
    let yaml = "\n\"Fn::GetStackOutput\":\n  StackName: net\n  OutputName: VpcId";
    renders(|_| get_stack_output("net", "VpcId", None, None), json, yaml);
    let json = json!({ "Fn::GetStackOutput": {
        "StackName": "net", "OutputName": "VpcId", "Region": "eu-west-1", "RoleArn": role,
    } });
    let yaml = format!("{yaml}\n  Region: eu-west-1\n  RoleArn: {role}");
    renders(|_| get_stack_output("net", "VpcId", Some("eu-west-1"), Some(role)), json, &yaml);
}

#[test]
fn a_reference_of_this_stack_by_stack_output_is_a_plain_one() {
    let jobs = |s: &mut Stack| by_stack_output::<String>(s.add("Jobs", sqs::Queue::new()).arn(), None);
    renders(jobs, json!({ "Fn::GetAtt": ["Jobs", "Arn"] }), "!GetAtt Jobs.Arn");
}

#[test]
fn transform_calls_a_macro() {
    let called = |_: &mut Stack| transform("Upper", [("Input", "abc")]);
    let json = json!({ "Fn::Transform": { "Name": "Upper", "Parameters": { "Input": "abc" } } });
    renders(called, json, "\n\"Fn::Transform\":\n  Name: Upper\n  Parameters:\n    Input: abc");
}

// ------------------------------------------------------------------------------------------- what CloudFormation knows

#[test]
fn pseudo_parameters_are_references() {
    let texts = [
        (account_id(), "AccountId"),
        (no_value().into(), "NoValue"),
        (partition(), "Partition"),
        (region(), "Region"),
        (stack_id(), "StackId"),
        (stack_name(), "StackName"),
        (url_suffix(), "URLSuffix"),
    ];
    for (value, name) in texts {
        renders(|_| value, json!({ "Ref": format!("AWS::{name}") }), &format!("!Ref AWS::{name}"));
    }
    renders(|_| notification_arns(), json!({ "Ref": "AWS::NotificationARNs" }), "!Ref AWS::NotificationARNs");
}

#[test]
fn a_parameter_is_a_reference() {
    let stage = |s: &mut Stack| s.parameter("Stage", Parameter::string()).value();
    renders(stage, json!({ "Ref": "Stage" }), "!Ref Stage");
}

// ---------------------------------------------------------------------------------------------- dynamic references

/// What a text reads like in quotes: a dynamic reference begins with `{`, which YAML would take for an object.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[test]
fn ssm_reads_a_parameter_at_deployment() {
    let text = "{{resolve:ssm:/shop/image}}";
    renders(|_| ssm("/shop/image", None), json!(text), &quoted(text));
    let text = "{{resolve:ssm:/shop/image:3}}";
    renders(|_| ssm("/shop/image", Some(3)), json!(text), &quoted(text));
}

#[test]
fn ssm_of_a_reference_is_a_sub() {
    let read = |s: &mut Stack| ssm(s.parameter("Name", Parameter::string()), None);
    let text = "{{resolve:ssm:${Name}}}";
    renders(read, json!({ "Fn::Sub": text }), &format!("!Sub {}", quoted(text)));
}

#[test]
fn ssm_secure_reads_a_secure_string_where_one_may_stand() {
    let template = Template::of(|s| {
        let db = rds::DbInstance::new().db_instance_class("db.t4g.micro").master_username("shop");
        s.add("Db", db.master_user_password(ssm_secure("/shop/password", Some(2))));
    });
    let password = json!({ "MasterUserPassword": "{{resolve:ssm-secure:/shop/password:2}}" });
    template.has_resource("AWS::RDS::DBInstance", password);
    let elsewhere = Template::problems_of(Env::any(), |s| {
        s.add("Jobs", sqs::Queue::new().queue_name(ssm_secure("/shop/password", None)));
    });
    super::has_problem(&elsewhere, "secret", "a secure string of Systems Manager is not read here");
}

#[test]
fn secretsmanager_reads_a_secret_by_its_name() {
    let text = "{{resolve:secretsmanager:shop/db:SecretString:::}}";
    renders(|_| secretsmanager("shop/db", None), json!(text), &quoted(text));
    let text = "{{resolve:secretsmanager:shop/db:SecretString:password::}}";
    renders(|_| secretsmanager("shop/db", Some("password")), json!(text), &quoted(text));
    let text = "{{resolve:secretsmanager:shop/db:SecretString:password:AWSPREVIOUS:}}";
    let previous = secretsmanager_version("shop/db", Some("password"), Some("AWSPREVIOUS"), None);
    renders(|_| previous, json!(text), &quoted(text));
    let text = "{{resolve:secretsmanager:shop/db:SecretString:::0a1b}}";
    renders(|_| secretsmanager_version("shop/db", None, None, Some("0a1b")), json!(text), &quoted(text));
}

#[test]
fn secretsmanager_reads_a_secret_by_reference() {
    let read = |s: &mut Stack| {
        let secret = s.add("Secret", secretsmanager::Secret::new());
        secretsmanager(secret, Some("password"))
    };
    let text = "{{resolve:secretsmanager:${Secret}:SecretString:password::}}";
    renders(read, json!({ "Fn::Sub": text }), &format!("!Sub {}", quoted(text)));
}

#[test]
fn secretsmanager_reads_a_secret_of_another_stack() {
    let mut app = App::new();
    let secret = app.stack("secrets", super::env(), |s| s.add("Secret", secretsmanager::Secret::new()));
    app.stack("data", super::env(), |s| {
        let password = secretsmanager(secret, Some("password"));
        s.add("It", RawResource::new("My::Own::Type").raw("X", password));
    });
    let template = super::template(&app.synth().unwrap(), "data");
    let x = &template.resource("It")["Properties"]["X"]["Fn::Join"];
    assert_eq!(x[0], "");
    assert_eq!(x[1][0], "{{resolve:secretsmanager:");
    assert!(x[1][1]["Fn::ImportValue"].as_str().unwrap().starts_with("secrets:ExportsOutputRefSecret"), "{x}");
    assert_eq!(x[1][2], ":SecretString:password::}}");
}

// -------------------------------------------------------------------------------------------------------- literals

#[test]
fn literals_are_what_they_are() {
    renders(|_| Value::<String>::from("yes"), json!("yes"), "\"yes\"");
    renders(|_| Value::<i64>::from(-3), json!(-3), "-3");
    renders(|_| Value::<f64>::from(0.5), json!(0.5), "0.5");
    renders(|_| Value::<bool>::from(true), json!(true), "true");
    renders(|_| Value::<Vec<String>>::from(["a", "b"]), json!(["a", "b"]), "\n- a\n- b");
    renders(
        |_| formwork::json!({ "a": { "b": [1, null] } }),
        json!({ "a": { "b": [1, { "Ref": "AWS::NoValue" }] } }),
        "\na:\n  b:\n    - 1\n    - !Ref AWS::NoValue",
    );
}

#[test]
fn an_enumerated_value_is_its_text() {
    let template = Template::of(|s| {
        let configuration =
            s3::bucket::VersioningConfiguration::new(s3::bucket::VersioningConfigurationStatus::ENABLED);
        s.add("Files", s3::Bucket::new().versioning_configuration(configuration));
    });
    template.has_resource("AWS::S3::Bucket", json!({ "VersioningConfiguration": { "Status": "Enabled" } }));
}
