//! The tree: constructs of one's own, ids, paths, and the ways past a default.

use formwork::cfn::{ec2, sns, sqs};
use formwork::testing::{Template, absent};
use formwork::{App, Construct, Env, NodeId, RawResource, Ref, Resource as _, Stack, json};

use super::{env, has_problem};

/// A queue with another for what could not be handled, as another crate would write it.
struct Inbox {
    tries: i64,
}

/// What `Stack::add` gives for an [`Inbox`].
#[derive(Clone, Copy)]
struct InboxHandle {
    queue: Ref<sqs::Queue>,
    node: NodeId,
}

impl Construct for Inbox {
    type Out = InboxHandle;

    fn build(self, stack: &mut Stack) -> InboxHandle {
        let dead = stack.add("DeadLetters", sqs::Queue::new());
        let policy = json!({ "deadLetterTargetArn": dead.arn(), "maxReceiveCount": self.tries });
        let queue = stack.add("Resource", sqs::Queue::new().redrive_policy(policy));
        InboxHandle { queue, node: stack.current().unwrap_or(queue.node()) }
    }
}

impl InboxHandle {
    fn announce(self, stack: &mut Stack) -> Ref<sns::Topic> {
        stack.within(self.node, |stack| stack.add("Topic", sns::Topic::new()))
    }
}

#[test]
fn a_construct_of_another_crate_is_added_like_any_other() {
    let template = Template::of(|s| {
        let orders = s.add("Orders", Inbox { tries: 3 });
        s.output("Orders", orders.queue);
    });
    let dead = formwork::core::logical_id(["Orders", "DeadLetters"]);
    let redrive = serde_json::json!({ "RedrivePolicy": { "deadLetterTargetArn": { "Fn::GetAtt": [dead, "Arn"] }, "maxReceiveCount": 3 } });
    let queue = template.has_resource("AWS::SQS::Queue", redrive);
    assert_eq!(queue.id, formwork::core::logical_id(["Orders", "Resource"]));
    template.has_output("Orders", serde_json::json!({ "Value": { "Ref": queue.id } }));
}

#[test]
fn a_method_of_a_handle_adds_inside_its_construct() {
    let template = Template::of(|s| {
        let orders = s.add("Orders", Inbox { tries: 3 });
        s.add("Other", sqs::Queue::new());
        let topic = orders.announce(s);
        assert_eq!(s.path_of(topic), ["Orders", "Topic"]);
        s.add("After", sqs::Queue::new());
    });
    assert_eq!(template.resources("AWS::SNS::Topic")[0].id, formwork::core::logical_id(["Orders", "Topic"]));
    assert_eq!(template.resource("After")["Type"], "AWS::SQS::Queue");
}

#[test]
fn within_a_construct_of_another_stack_nothing_is_nested() {
    let mut app = App::new();
    let orders = app.stack("orders", env(), |s| s.add("Orders", Inbox { tries: 3 }));
    app.stack("web", env(), |s| {
        let topic = orders.announce(s);
        assert_eq!(s.path_of(topic), ["Topic"]);
    });
    assert!(app.synth().is_ok());
}

#[test]
fn a_slash_in_an_id_does_not_make_two() {
    let template = Template::of(|s| {
        let jobs = s.add("a/b", sqs::Queue::new());
        assert_eq!(s.path_of(jobs), ["a--b"]);
    });
    assert_eq!(template.resource("ab")["Type"], "AWS::SQS::Queue");
}

#[test]
fn a_child_is_found_by_the_id_it_was_added_under() {
    let template = Template::of(|s| {
        s.add("a/b", sqs::Queue::new());
        assert!(s.child("a/b").is_some());
    });
    template.resource_count("AWS::SQS::Queue", 1);
}

#[test]
fn a_unique_id_tells_constructs_of_all_stacks_apart() {
    let mut app = App::new();
    let web = app.stack("ShopNetwork", env(), |s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        s.add("WebSg", formwork::aws::ec2::SecurityGroupSpec::new(vpc, "web"))
    });
    app.stack("ShopApp", env(), |s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        assert_eq!(s.unique_id(web), "ShopNetworkWebSg7C422F7F", "of an earlier stack, as AWS CDK makes it");
        assert!(s.unique_id(jobs).starts_with("ShopAppJobs"));
        assert!(!s.owns(web) && s.owns(jobs));
        assert!(s.child("Jobs").is_some() && s.child("Vpc").is_none());
    });
    assert!(app.synth().is_ok());
}

// -------------------------------------------------------------------------------------------------- past a default

#[test]
fn edit_changes_a_property_and_leaves_the_others() {
    let template = Template::of(|s| {
        let orders = s.add("Orders", Inbox { tries: 3 });
        s.edit(orders.queue, |queue| queue.visibility_timeout(60));
        s.edit(orders.queue, |queue| queue.visibility_timeout(90));
    });
    let found = template.has_resource("AWS::SQS::Queue", serde_json::json!({ "VisibilityTimeout": 90 }));
    assert_eq!(found.resource["Properties"]["RedrivePolicy"]["maxReceiveCount"], 3);
}

#[test]
fn edit_of_another_stacks_resource_is_a_problem() {
    let mut app = App::new();
    let jobs = app.stack("jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("web", env(), |s| {
        s.add("Topic", sns::Topic::new());
        s.edit(jobs, |queue| queue.visibility_timeout(60));
        s.resource(jobs).logical_id("Other");
        s.allow("no reason", "range", jobs);
    });
    let problems = app.synth().unwrap_err().to_string();
    for done in ["edited", "changed", "allowed anything"] {
        has_problem(&problems, "not-this-stack", &format!("a resource of `jobs` cannot be {done} here"));
    }
    assert_eq!(problems.matches("tests/core/tree.rs").count(), 3, "{problems}");
}

#[test]
fn raw_takes_the_place_of_what_a_setter_said() {
    let template = Template::of(|s| {
        s.add("Jobs", sqs::Queue::new().visibility_timeout(60).fifo_queue(true).raw("VisibilityTimeout", 90));
        s.add("Own", RawResource::new("My::Own::Type").raw("A", 1).raw("B", true).raw("A", "two"));
    });
    let keys = template.resource("Jobs")["Properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys, ["VisibilityTimeout", "FifoQueue"], "it keeps its place");
    assert_eq!(template.resource("Jobs")["Properties"]["VisibilityTimeout"], 90);
    assert_eq!(template.resource("Own")["Properties"], serde_json::json!({ "A": "two", "B": true }));
}

#[test]
fn raw_is_checked_like_a_setter() {
    let problems = Template::problems_of(Env::any(), |s| {
        s.add("Jobs", sqs::Queue::new().raw("VisibilityTimeout", 50_000).raw("VisibilityTimeoutt", 1));
    });
    for said in ["error[range]: `VisibilityTimeout` cannot be ", "error[unknown-property]: "] {
        assert!(problems.contains(said), "{problems}");
    }
}

#[test]
fn an_allowance_silences_one_check_and_keeps_its_reason() {
    let template = Template::of(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new().visibility_timeout(50_000));
        s.allow("announced this week", "range", jobs);
    });
    let allowed = serde_json::json!({ "Metadata": { "formwork:allow": [{ "Check": "range", "Reason": "announced this week" }] } });
    template.has_resource_with("AWS::SQS::Queue", allowed);
}

// ------------------------------------------------------------------------------------------------------------ names

#[test]
fn two_constructs_of_one_name_are_a_problem_with_both_lines() {
    let problems = Template::problems_of(Env::any(), |s| {
        s.add("Jobs", sqs::Queue::new());
        s.add("Jobs", sqs::Queue::new());
    });
    has_problem(&problems, "name-used-twice", "two constructs are called `Jobs` here");
    assert_eq!(problems.matches("tests/core/tree.rs").count(), 2, "{problems}");
    assert_eq!(problems.matches("error[").count(), 1, "{problems}");
}

#[test]
fn two_paths_of_one_logical_id_are_a_problem() {
    let problems = Template::problems_of(Env::any(), |s| {
        s.add("Jobs-1", sqs::Queue::new());
        s.add("Jobs1", sqs::Queue::new());
    });
    has_problem(&problems, "duplicate-logical-id", "`Jobs-1` and `Jobs1` both have the logical id `Jobs1`");
}

#[test]
fn two_stacks_of_one_path_are_a_problem_whatever_their_capitals() {
    let mut app = App::new();
    app.stack("shop/jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    app.stack("Shop/Jobs", env(), |s| s.add("Jobs", sqs::Queue::new()));
    has_problem(&app.synth().unwrap_err().to_string(), "name-used-twice", "two stacks have the path `Shop/Jobs`");
}

#[test]
fn a_construct_without_an_id_is_a_problem() {
    let problems = Template::problems_of(Env::any(), |s| s.add("", sqs::Queue::new()));
    has_problem(&problems, "empty-name", "a construct's id is empty");
}

#[test]
fn a_stack_without_resources_is_a_problem() {
    has_problem(&Template::problems_of(Env::any(), |_| ()), "empty-stack", "the stack has no resources");
}

#[test]
fn a_resource_without_properties_has_no_properties() {
    let template = Template::of(|s| s.add("Jobs", sqs::Queue::new()));
    template.has_resource_with("AWS::SQS::Queue", serde_json::json!({ "Properties": absent() }));
}
