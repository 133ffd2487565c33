//! Moves: resources that are the same under another logical id, and keeping that they had.

use std::collections::BTreeSet;

use formwork::cfn::{sns, sqs};
use formwork::diff::canonical;
use formwork::review::{Move, Moves, ResourceLocation, Verb, Versions, moves};
use formwork::testing::Template;
use formwork::{Construct as _, Ref, Stack};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{reviewed, told};

#[test]
fn a_resource_under_another_id_has_moved() {
    let named = |id: &str| {
        format!("Resources: {{{id}: {{Type: AWS::DynamoDB::Table, Properties: {{BillingMode: PAY_PER_REQUEST}}}}}}")
    };
    let stack = reviewed(&named("Orders"), &named("Purchases"));
    assert_eq!(stack.resources.len(), 1);
    assert_eq!((stack.resources[0].verb, stack.resources[0].moved_from.as_deref()), (Verb::Move, Some("Orders")));
    assert_snapshot!(told(stack), @"
    shop/web  1 moved
      ! at risk: Purchases (AWS::DynamoDB::Table) has another logical id than
      Orders: a second one is made, and the first deleted
        help: `refactor` gives it the new id, `.moved_from(…)` with its old path
        keeps the old one
       -> Purchases  AWS::DynamoDB::Table
          was Orders: the same resource under another logical id

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn what_refers_to_it_has_moved_with_it() {
    let stack = |topic: &str, policy: &str| {
        format!(
            "Resources:\n  {topic}: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: news}}}}\n  {policy}:\n    \
             Type: AWS::SNS::Subscription\n    Properties: {{TopicArn: !Ref {topic}, Protocol: sqs, Endpoint: !GetAtt {topic}.TopicName}}\n"
        )
    };
    let review = reviewed(&stack("News", "ToAll"), &stack("Mail", "ToMany"));
    assert_eq!(review.resources.iter().map(|resource| resource.verb).collect::<Vec<_>>(), [Verb::Move, Verb::Move]);
}

/// Two topics that nothing tells apart but their ids.
fn two(one: &str, two: &str) -> String {
    format!("Resources: {{{one}: {{Type: AWS::SNS::Topic}}, {two}: {{Type: AWS::SNS::Topic}}}}")
}

#[test]
fn of_several_alike_none_is_said_to_have_moved() {
    let verbs: Vec<Verb> = reviewed(&two("A", "B"), &two("C", "D")).resources.iter().map(|one| one.verb).collect();
    assert_eq!(verbs, [Verb::Remove, Verb::Remove, Verb::Add, Verb::Add]);
}

#[test]
fn of_several_alike_it_is_said_that_they_may_have_moved() {
    assert_snapshot!(told(reviewed(&two("A", "B"), &two("C", "D"))), @"
    shop/web  2 removed, 2 added
      A, B (AWS::SNS::Topic) leave and C, D are new and alike: if one has become the
      other, `.moved_from(…)` with its old path keeps it
        - A  AWS::SNS::Topic
          deleted
        - B  AWS::SNS::Topic
          deleted
        + C  AWS::SNS::Topic
        + D  AWS::SNS::Topic

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn what_is_kept_when_it_is_deleted_has_moved_all_the_same() {
    let orders = |id: &str, policy: &str| {
        format!(
            "Resources: {{{id}: {{Type: AWS::DynamoDB::Table, Properties: {{BillingMode: PAY_PER_REQUEST}}{policy}}}}}"
        )
    };
    assert_snapshot!(told(reviewed(&orders("Orders", ""), &orders("Purchases", ", DeletionPolicy: Retain"))), @"
    shop/web  1 moved
      ! at risk: Purchases (AWS::DynamoDB::Table) has another logical id than
      Orders: a second one is made, and the first deleted
        help: `refactor` gives it the new id, `.moved_from(…)` with its old path
        keeps the old one
       -> Purchases  AWS::DynamoDB::Table
          was Orders: the same resource under another logical id
          @DeletionPolicy: Retain

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn what_is_kept_tells_those_apart_that_are_alike() {
    let topic = |policy: &str| json!({ "Type": "AWS::SNS::Topic", "DeletionPolicy": policy });
    let before = json!({ "a": { "Resources": { "One": topic("Retain"), "Two": topic("Delete") } } });
    let after = json!({ "a": { "Resources": { "First": topic("Retain"), "Second": topic("Delete") } } });
    assert_eq!(told_moves(&between(&before, &after)), ["a/One -> a/First", "a/Two -> a/Second"]);
}

/// A queue with its dead letters, which is a construct of two resources.
struct Inbox;

impl formwork::Construct for Inbox {
    type Out = Ref<sqs::Queue>;

    fn build(self, stack: &mut Stack) -> Ref<sqs::Queue> {
        stack.add("DeadLetters", sqs::Queue::new());
        stack.add("Resource", sqs::Queue::new())
    }
}

#[test]
fn what_was_moved_keeps_its_logical_ids_with_all_that_is_in_it() {
    let before = Template::of(|s| {
        s.add("Jobs", Inbox);
    });
    let after = Template::of(|s| {
        s.add("Orders", Inbox.moved_from("Jobs"));
    });
    assert_eq!(before.yaml(), after.yaml());
}

#[test]
fn a_move_within_a_move_is_the_inner_one() {
    struct Outer;
    impl formwork::Construct for Outer {
        type Out = ();
        fn build(self, stack: &mut Stack) {
            stack.add("Topic", sns::Topic::new().moved_from("Old/Deep"));
            stack.add("Other", sns::Topic::new());
        }
    }
    let ids = |s: &mut Stack| {
        s.add("New", Outer.moved_from("Before"));
    };
    let template = Template::of(ids);
    let ids: Vec<&String> = template.json()["Resources"].as_object().unwrap().keys().collect();
    assert_eq!(ids, [&formwork::core::logical_id(["Old", "Deep"]), &formwork::core::logical_id(["Before", "Other"])]);
}

#[test]
fn a_path_that_is_still_there_cannot_be_moved_from() {
    let mut app = formwork::App::new();
    app.stack("shop", formwork::Env::any(), |s| {
        s.add("Jobs", sqs::Queue::new());
        s.add("Orders", sqs::Queue::new().moved_from("Jobs"));
    });
    let problems = app.synth().unwrap_err().to_string();
    assert!(problems.contains("`Jobs` and `Orders` both have the logical id `Jobs`"), "{problems}");
}

// ----------------------------------------------------------------------------------------------------- between stacks

/// What moves between versions of stacks: `before` and `after` are templates by path.
fn between(before: &Value, after: &Value) -> Moves {
    let paths: BTreeSet<&String> = [before, after].iter().flat_map(|side| side.as_object().unwrap().keys()).collect();
    let of = |side: &Value, path: &str| canonical(side.get(path).unwrap_or(&json!({})));
    let sides: Vec<_> = paths.iter().map(|path| (path.as_str(), of(before, path), of(after, path))).collect();
    let versions = sides.iter().map(|(stack, before, after)| Versions { stack, before, after });
    moves(&versions.collect::<Vec<_>>())
}

fn told_moves(moves: &Moves) -> Vec<String> {
    let told = |moved: &Move| format!("{}/{} -> {}/{}", moved.from.stack, moved.from.id, moved.to.stack, moved.to.id);
    moves.moved.iter().map(told).collect()
}

fn table() -> Value {
    json!({ "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": "orders" } })
}

#[test]
fn what_leaves_one_stack_and_is_new_in_another_has_moved() {
    let topic = json!({ "Type": "AWS::SNS::Topic" });
    let before = json!({ "app": { "Resources": { "Orders": table(), "News": topic } } });
    let after = json!({ "app": { "Resources": { "News": topic } }, "data": { "Resources": { "Table": table() } } });
    let moves = between(&before, &after);
    assert_eq!(told_moves(&moves), ["app/Orders -> data/Table"]);
    assert_eq!(moves.moved[0].type_name, "AWS::DynamoDB::Table");
}

#[test]
fn a_reference_that_became_an_import_refers_to_the_same() {
    let reader = |of: Value| json!({ "Type": "AWS::SSM::Parameter", "Properties": { "Type": "String", "Value": of } });
    let export = |name: &str, of: Value| json!({ "Outputs": { "O": { "Value": of, "Export": { "Name": name } } } });
    let before = json!({ "app": { "Resources": { "Orders": table(), "Reader": reader(json!({ "Fn::GetAtt": ["Orders", "Arn"] })) } } });
    let mut after = json!({
        "app": { "Resources": { "Lector": reader(json!({ "Fn::ImportValue": "arn" })) } },
        "data": export("arn", json!({ "Fn::GetAtt": "Orders.Arn" })),
    });
    after["data"]["Resources"] = json!({ "Orders": table() });
    assert_eq!(told_moves(&between(&before, &after)), ["app/Orders -> data/Orders", "app/Reader -> app/Lector"]);
}

#[test]
fn a_list_that_is_joined_for_an_export_is_the_list() {
    let zone = json!({ "Type": "AWS::Route53::HostedZone", "Properties": { "Name": "example.com" } });
    let servers = |of: Value| json!({ "Type": "AWS::Route53::RecordSet", "Properties": { "Name": "a", "Type": "NS", "ResourceRecords": of } });
    let list = json!({ "Fn::GetAtt": ["Zone", "NameServers"] });
    let before = json!({ "app": { "Resources": { "Zone": zone, "Names": servers(list.clone()) } } });
    let after = json!({
        "app": { "Resources": { "Zone": zone },
                 "Outputs": { "O": { "Value": { "Fn::Join": ["||", list] }, "Export": { "Name": "servers" } } } },
        "dns": { "Resources": { "Names": servers(json!({ "Fn::Split": ["||", { "Fn::ImportValue": "servers" }] })) } },
    });
    assert_eq!(told_moves(&between(&before, &after)), ["app/Names -> dns/Names"]);
}

#[test]
fn what_it_waits_for_and_the_path_that_cdk_noted_say_nothing_of_what_it_is() {
    let mut there = table();
    there["DependsOn"] = json!("Other");
    there["Metadata"] = json!({ "aws:cdk:path": "app/Orders/Resource" });
    let other = json!({ "Type": "AWS::SNS::Topic" });
    let before = json!({ "app": { "Resources": { "Orders": there, "Other": other } } });
    let after = json!({ "app": { "Resources": { "Other": other } }, "data": { "Resources": { "Orders": table() } } });
    assert_eq!(told_moves(&between(&before, &after)), ["app/Orders -> data/Orders"]);
}

#[test]
fn a_move_within_a_stack_is_nearer_than_one_to_another() {
    let topic = json!({ "Type": "AWS::SNS::Topic" });
    let before = json!({ "a": { "Resources": { "One": topic } }, "b": { "Resources": { "Two": topic } } });
    let after = json!({ "a": { "Resources": { "First": topic } }, "b": { "Resources": { "Second": topic } } });
    assert_eq!(told_moves(&between(&before, &after)), ["a/One -> a/First", "b/Two -> b/Second"]);
}

#[test]
fn those_that_are_alike_are_told_and_said_to_have_moved_nowhere() {
    let topic = json!({ "Type": "AWS::SNS::Topic" });
    let before = json!({ "a": { "Resources": { "One": topic, "Two": topic } } });
    let after = json!({ "a": { "Resources": { "First": topic } }, "b": { "Resources": { "Second": topic } } });
    let moves = between(&before, &after);
    assert!(moves.moved.is_empty());
    let ids = |places: &[ResourceLocation]| places.iter().map(|place| place.id.clone()).collect::<Vec<_>>();
    assert_eq!(
        (ids(&moves.alike[0].gone), ids(&moves.alike[0].new)),
        (vec!["One".into(), "Two".into()], vec!["First".into(), "Second".into()])
    );
}

#[test]
fn another_property_is_another_resource() {
    let mut changed = table();
    changed["Properties"]["BillingMode"] = json!("PAY_PER_REQUEST");
    let before = json!({ "app": { "Resources": { "Orders": table() } } });
    assert!(between(&before, &json!({ "app": { "Resources": { "Table": changed } } })).moved.is_empty());
}

#[test]
fn what_is_new_in_another_stack_under_a_name_that_is_taken_says_so() {
    let of = |properties: Value| {
        let there =
            canonical(&json!({ "Resources": { "T": { "Type": "AWS::SQS::Queue", "Properties": properties } } }));
        let none = canonical(&json!({ "Resources": {} }));
        let versions = [
            Versions { stack: "shop", before: &there, after: &none },
            Versions { stack: "data", before: &none, after: &there },
        ];
        moves(&versions).moved[0].clone()
    };
    let told = |moved: Move| {
        let gone = "Resources: {T: {Type: AWS::SQS::Queue}}";
        let mut stack = reviewed(gone, "Resources: {}");
        stack.stack = "shop".into();
        super::review(vec![stack]).with_moves(&[moved]).stacks[0].risks[0].what.clone()
    };
    assert_eq!(
        told(of(json!({ "QueueName": "jobs" }))),
        "T (AWS::SQS::Queue) is new in data, and no two can have its name: it cannot be made there before this one is gone"
    );
    assert_eq!(
        told(of(json!({ "DelaySeconds": "5" }))),
        "T (AWS::SQS::Queue) is new in data: a second one is made there, and this one deleted"
    );
}
