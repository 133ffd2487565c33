//! Moves: resources that are the same under another logical id, and keeping that they had.

use formwork::cfn::{sns, sqs};
use formwork::review::Verb;
use formwork::testing::Template;
use formwork::{Construct as _, Ref, Stack};
use insta::assert_snapshot;

use super::{reviewed, told};

#[test]
fn a_resource_under_another_id_has_moved() {
    let named =
        |id: &str| format!("Resources: {{{id}: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: orders}}}}}}");
    let stack = reviewed(&named("Orders"), &named("Purchases"));
    assert_eq!(stack.resources.len(), 1);
    assert_eq!((stack.resources[0].verb, stack.resources[0].moved_from.as_deref()), (Verb::Move, Some("Orders")));
    assert_snapshot!(told(stack), @"
    shop/web  1 moved
      ! at risk: Purchases (AWS::DynamoDB::Table) has another logical id than
      Orders: a second one is made, and the first deleted
        help: `.moved_from(…)` with its old path keeps the one that there is
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

#[test]
fn of_several_alike_none_is_said_to_have_moved() {
    let two = |one: &str, two: &str| {
        format!("Resources: {{{one}: {{Type: AWS::SNS::Topic}}, {two}: {{Type: AWS::SNS::Topic}}}}")
    };
    let verbs: Vec<Verb> = reviewed(&two("A", "B"), &two("C", "D")).resources.iter().map(|one| one.verb).collect();
    assert_eq!(verbs, [Verb::Remove, Verb::Remove, Verb::Add, Verb::Add]);
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
