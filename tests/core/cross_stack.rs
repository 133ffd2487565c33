//! References from stack to stack, and edges that are only about order.

use formwork::cfn::{ec2, sns, sqs};
use formwork::intrinsics::{by_stack_output, join_list, sub};
use formwork::testing::Template;
use formwork::{App, Condition, Env, Expr, Ref, Stack};
use serde_json::{Value, json};

use super::{env, has_problem, template};

fn vpc(s: &mut Stack) -> Ref<ec2::Vpc> {
    s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"))
}

fn problems(app: &App) -> String {
    app.synth().unwrap_err().to_string()
}

#[test]
fn in_the_same_environment_a_reference_is_an_export_and_an_import_with_aws_cdks_names() {
    let mut app = App::new();
    let vpc = app.stack("shop/network", env(), |s| {
        s.add("Vpc", formwork::aws::ec2::VpcSpec { nat_gateways: 0, ..formwork::aws::ec2::VpcSpec::new("10.0.0.0/16") })
    });
    app.stack("shop/web", env(), |s| s.add("Group", ec2::SecurityGroup::new("web").vpc_id(&vpc)));
    let assembly = app.synth().unwrap();
    let key = "ExportsOutputRefVpc8378EB38272D6E3A";
    let export = format!("shop-network:{key}");
    template(&assembly, "shop/network")
        .has_output(key, json!({ "Value": { "Ref": "Vpc8378EB38" }, "Export": { "Name": export } }));
    let web = template(&assembly, "shop/web");
    web.has_resource("AWS::EC2::SecurityGroup", json!({ "VpcId": { "Fn::ImportValue": export } }));
    assert!(web.yaml().contains(&format!("VpcId: !ImportValue {export}")), "{}", web.yaml());
    assert_eq!(assembly.stack("shop/web").unwrap().needs, ["shop/network"]);
    assert!(assembly.stack("shop/network").unwrap().needs.is_empty());
}

#[test]
fn two_references_to_one_thing_make_one_export_and_an_attribute_makes_its_own() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("a", env(), |s| {
        s.add("Topic", sns::Topic::new().display_name(jobs.arn()).topic_name(jobs.queue_name()));
        s.output("Arn", jobs.arn());
    });
    app.stack("b", env(), |s| s.add("Topic", sns::Topic::new().display_name(jobs.arn())));
    let jobs = template(&app.synth().unwrap(), "jobs");
    let outputs = jobs.json()["Outputs"].as_object().unwrap();
    let values: Vec<_> = outputs.values().map(|output| output["Value"]["Fn::GetAtt"][1].as_str().unwrap()).collect();
    assert_eq!(values, ["Arn", "QueueName"]);
}

#[test]
fn a_stacks_own_name_is_in_its_exports() {
    let mut app = App::new();
    let jobs = app.stack("shop/jobs", env(), |s| {
        s.set_name("ShopJobs");
        s.add("Jobs", sqs::Queue::new())
    });
    app.stack("web", env(), |s| s.add("Topic", sns::Topic::new().display_name(jobs.arn())));
    let web = template(&app.synth().unwrap(), "web");
    let import = web.resource("Topic")["Properties"]["DisplayName"]["Fn::ImportValue"].as_str().unwrap().to_owned();
    assert!(import.starts_with("ShopJobs:ExportsOutputFnGetAttJobsArn"), "{import}");
}

#[test]
fn a_list_travels_as_one_text() {
    let mut app = App::new();
    let vpc = app.stack("network", env(), vpc);
    app.stack("web", env(), |s| {
        s.add("Topic", sns::Topic::new().display_name(join_list(",", vpc.ipv6_cidr_blocks())));
    });
    let assembly = app.synth().unwrap();
    let network = template(&assembly, "network");
    let (key, output) = network.json()["Outputs"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(output["Value"], json!({ "Fn::Join": ["||", { "Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"] }] }));
    let list = json!({ "Fn::Split": ["||", { "Fn::ImportValue": format!("network:{key}") }] });
    let topic = json!({ "DisplayName": { "Fn::Join": [",", list] } });
    template(&assembly, "web").has_resource("AWS::SNS::Topic", topic);
}

#[test]
fn a_reference_in_a_sub_stays_beside_the_text() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("web", env(), |s| {
        s.add("Topic", sns::Topic::new().display_name(sub("for ${Jobs}", [("Jobs", jobs.queue_name())])));
    });
    let web = template(&app.synth().unwrap(), "web");
    let text = &web.resource("Topic")["Properties"]["DisplayName"]["Fn::Sub"];
    assert_eq!(text[0], "for ${Jobs}");
    assert!(text[1]["Jobs"]["Fn::ImportValue"].is_string(), "{text}");
}

#[test]
fn references_are_found_in_metadata_outputs_and_export_names_too() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("metadata", env(), |s| {
        let topic = s.add("Topic", sns::Topic::new());
        s.resource(topic).metadata("Queue", jobs.arn());
        s.metadata("Queue", jobs.queue_name());
    });
    app.stack("outputs", env(), |s| {
        s.add("Topic", sns::Topic::new());
        s.output("Queue", jobs.arn()).export(jobs.queue_name());
    });
    let assembly = app.synth().unwrap();
    let metadata = template(&assembly, "metadata");
    assert!(metadata.json()["Metadata"]["Queue"]["Fn::ImportValue"].is_string());
    assert!(metadata.resource("Topic")["Metadata"]["Queue"]["Fn::ImportValue"].is_string());
    let output = &template(&assembly, "outputs").json()["Outputs"]["Queue"].clone();
    assert!(output["Value"]["Fn::ImportValue"].is_string() && output["Export"]["Name"]["Fn::ImportValue"].is_string());
}

// ------------------------------------------------------------------------------------------------ other environments

/// An app whose second stack, in `other`, refers to the first, in a way of its own.
fn referring(other: Env, name: impl FnOnce(Ref<sqs::Queue>) -> formwork::Value<String>) -> App {
    let mut app = App::new();
    let jobs = app.stack("shop/jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("shop/web", other, |s| s.add("Topic", sns::Topic::new().display_name(name(jobs))));
    app
}

#[test]
fn a_reference_to_another_account_or_region_is_a_problem_that_names_the_way_out() {
    for other in [Env::new("111111111111", "us-east-1"), Env::new("222222222222", "eu-west-1"), Env::any()] {
        let problems = problems(&referring(other.clone(), |jobs| jobs.arn().into()));
        let message =
            format!("this refers to stack `shop/jobs` in 111111111111/eu-west-1, and this stack is in {other}");
        has_problem(&problems, "other-environment", &message);
        assert!(problems.contains("wrap the reference in `by_stack_output(…)`"), "{problems}");
        assert!(problems.contains("tests/core/cross_stack.rs"), "{problems}");
    }
}

#[test]
fn by_stack_output_reads_across_regions() {
    let app = referring(Env::new("111111111111", "us-east-1"), |jobs| by_stack_output(jobs.arn(), None));
    let assembly = app.synth().unwrap();
    let jobs = template(&assembly, "shop/jobs");
    let (key, output) = jobs.json()["Outputs"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(*output, json!({ "Value": { "Fn::GetAtt": ["Jobs", "Arn"] } }), "a plain output, not exported");
    let read = json!({ "Fn::GetStackOutput": { "StackName": "shop-jobs", "OutputName": key, "Region": "eu-west-1" } });
    template(&assembly, "shop/web").has_resource("AWS::SNS::Topic", json!({ "DisplayName": read }));
    assert_eq!(assembly.stack("shop/web").unwrap().needs, ["shop/jobs"]);
}

#[test]
fn by_stack_output_reads_across_accounts_with_a_role() {
    let role = "arn:aws:iam::111111111111:role/read-outputs";
    let app = referring(Env::new("222222222222", "eu-west-1"), |jobs| by_stack_output(jobs.arn(), Some(role)));
    let web = template(&app.synth().unwrap(), "shop/web");
    let read = &web.resource("Topic")["Properties"]["DisplayName"]["Fn::GetStackOutput"];
    assert_eq!(read["RoleArn"], role);
    assert_eq!(read["Region"], Value::Null, "the region is the reader's own");
}

#[test]
fn by_stack_output_leaves_the_producer_free_in_the_same_environment() {
    let app = referring(env(), |jobs| by_stack_output(jobs.arn(), None));
    let assembly = app.synth().unwrap();
    let outputs = template(&assembly, "shop/jobs").json()["Outputs"].clone();
    assert!(outputs.as_object().unwrap().values().all(|output| output["Export"] == Value::Null), "{outputs}");
}

// ------------------------------------------------------------------------------------------------------------ order

#[test]
fn an_edge_of_order_alone_makes_no_export() {
    let mut app = App::new();
    let (jobs, handle) = app.stack("jobs", env(), |s| (s.add("Jobs", sqs::Queue::new()), s.handle()));
    app.stack("by-resource", Env::new("222222222222", "us-east-1"), |s| {
        s.depends_on(jobs);
        s.add("Topic", sns::Topic::new());
    });
    app.stack("by-handle", env(), |s| {
        s.depends_on(handle);
        s.depends_on(handle);
        s.add("Topic", sns::Topic::new());
    });
    let assembly = app.synth().unwrap();
    assert_eq!(template(&assembly, "jobs").json()["Outputs"], Value::Null);
    assert_eq!(assembly.stack("by-resource").unwrap().needs, ["jobs"]);
    assert_eq!(assembly.stack("by-handle").unwrap().needs, ["jobs"]);
}

#[test]
fn depends_on_a_resource_of_another_stack_makes_the_whole_stack_wait() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("web", env(), |s| {
        let topic = s.add("Topic", sns::Topic::new());
        s.resource(topic).depends_on(jobs);
    });
    let assembly = app.synth().unwrap();
    assert_eq!(template(&assembly, "web").resource("Topic")["DependsOn"], Value::Null);
    assert_eq!(assembly.stack("web").unwrap().needs, ["jobs"]);
}

#[test]
fn a_stack_does_not_wait_for_itself() {
    let mut app = App::new();
    app.stack("jobs", env(), |s| {
        s.depends_on(s.handle());
        s.add("Jobs", sqs::Queue::new());
    });
    assert!(app.synth().unwrap().stack("jobs").unwrap().needs.is_empty());
}

#[test]
fn needs_reach_a_stack_that_is_needed_by_one_that_is_wanted() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    let topic = app.stack("topic", env(), |s| s.add("Topic", sns::Topic::new().display_name(jobs.arn())));
    app.stack("web", env(), |s| s.add("Topic", sns::Topic::new().display_name(topic.topic_arn())));
    app.stack("broken", env(), |_| ());
    let assembly = app.synth_only(|path| path == "web").unwrap();
    let paths: Vec<_> = assembly.stacks.iter().map(|stack| stack.path).collect();
    assert_eq!(paths, ["jobs", "topic", "web"]);
}

// ------------------------------------------------------------------------------------------------------- other apps

#[test]
fn a_reference_of_another_app_is_a_problem_and_not_a_panic() {
    let mut other = App::new();
    other.stack("first", env(), vpc);
    let foreign = other.stack("second", env(), vpc);
    let mut app = App::new();
    app.stack("web", env(), |s| {
        s.add("Group", ec2::SecurityGroup::new("web").vpc_id(foreign));
        s.output("Block", foreign.cidr_block());
    });
    let problems = problems(&app);
    has_problem(&problems, "unknown-reference", "this refers to a resource of another app");
    assert_eq!(problems.matches("of another app").count(), 2, "{problems}");
}

#[test]
fn an_edge_of_order_to_another_app_is_a_problem_and_not_a_panic() {
    let mut other = App::new();
    other.stack("first", env(), vpc);
    let foreign = other.stack("second", env(), vpc);
    for by_resource in [true, false] {
        let mut app = App::new();
        app.stack("web", env(), |s| {
            let topic = s.add("Topic", sns::Topic::new());
            if by_resource {
                s.resource(topic).depends_on(foreign);
            } else {
                s.depends_on(foreign);
            }
        });
        let problems = problems(&app);
        assert!(problems.starts_with("error[unknown-reference]: ") && problems.contains("another app"), "{problems}");
    }
}

#[test]
fn what_a_stack_says_of_a_construct_of_another_app_is_nothing() {
    let mut other = App::new();
    let foreign = other.stack("first", env(), vpc);
    let mut app = App::new();
    app.stack("web", env(), |s| {
        s.add("Jobs", sqs::Queue::new());
        assert!(!s.owns(foreign));
        assert_eq!(s.unique_id(foreign), "");
        assert_eq!(s.logical_id(foreign), "");
        assert!(s.path_of(foreign).is_empty());
        s.edit(foreign, |vpc| vpc.cidr_block("10.1.0.0/16"));
    });
    has_problem(&problems(&app), "not-this-stack", "a resource of `another app` cannot be edited here");
}

#[test]
fn a_condition_of_another_stack_is_a_problem() {
    let mut app = App::new();
    let prod = app.stack("jobs", env(), |s| {
        s.add("Jobs", sqs::Queue::new());
        s.condition("IsProd", Condition::equals("a", "b"))
    });
    app.stack("web", env(), |s| {
        let topic = s.add("Topic", sns::Topic::new());
        s.resource(topic).condition(&prod);
    });
    has_problem(&problems(&app), "unknown-reference", "the condition `IsProd` belongs to another stack");
}

#[test]
fn a_reference_in_a_condition_is_a_problem() {
    let problems = Template::problems_of(env(), |s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.condition("IsProd", Condition::equals(Expr::from("a"), jobs.queue_name()));
    });
    has_problem(&problems, "condition", "the condition `IsProd` refers to a resource");
}
