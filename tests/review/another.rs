//! A stack whose account, region or name is another: CloudFormation makes a second one.

use formwork::review::{Compared, StackReview};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{read, told};

/// A change of a stack, with what the manifests say of it.
fn of(template: [&str; 2], settings: &[Value; 2]) -> StackReview {
    let [before, after] = template.map(read);
    formwork::review::stack(&Compared {
        path: "shop/web",
        before: Some(&before),
        after: Some(&after),
        settings: [Some(&settings[0]), Some(&settings[1])],
        origin: &|_| None,
        importers: &|_| Vec::new(),
    })
}

const TABLE: &str = "Resources: {Orders: {Type: AWS::DynamoDB::Table}}";

#[test]
fn a_stack_of_another_account_or_region_is_made_anew() {
    let here = json!({ "account": "111111111111", "region": "us-east-1", "name": "shop" });
    let there = json!({ "account": "222222222222", "region": "eu-central-1", "name": "shop" });
    let stack = of([TABLE, TABLE], &[here, there]);
    assert!(stack.risks.iter().all(|risk| !risk.refused));
    assert_snapshot!(told(stack), @"
    shop/web  another account and region: a second stack is made
      ! at risk: it is another stack afterwards (account 111111111111 →
      222222222222, region us-east-1 → eu-central-1): a second one is made, with all
      its resources, and the one that there is stays, with its data
        help: leave its account, region and name as they are; or move what it holds,
        and `destroy` the old one from a revision that defines it
        ~ Stack account
          111111111111 → 222222222222
        ~ Stack region
          us-east-1 → eu-central-1

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn a_stack_of_another_name_cannot_have_what_the_first_one_has() {
    let template = "
Resources:
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::StackName}-jobs'}}
Outputs: {Table: {Value: !Ref Orders, Export: {Name: orders-table}}}
";
    let stack = of([template, template], &[json!({ "name": "shop" }), json!({ "name": "store" })]);
    assert!(stack.risks[0].refused);
    assert_snapshot!(told(stack), @"
    shop/web  another name: a second stack is made
      ! refused: the stack that there is has these, and a second one cannot:
      AWS::DynamoDB::Table orders, the export orders-table
        help: leave the stack's name as it is, or give them other names
      ! at risk: it is another stack afterwards (name shop → store): a second one is
      made, with all its resources, and the one that there is stays, with its data
        help: leave its account, region and name as they are; or move what it holds,
        and `destroy` the old one from a revision that defines it
        ~ Stack name
          shop → store

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn nothing_is_at_risk_in_the_stack_that_stays() {
    let settings = [json!({ "name": "shop" }), json!({ "name": "store" })];
    let stack = of([TABLE, "Resources: {T: {Type: AWS::SNS::Topic}}"], &settings);
    assert_eq!(stack.risks.len(), 1, "{:?}", stack.risks);
    assert!(stack.risks[0].what.contains("a second one is made"));
}

#[test]
fn other_settings_make_no_other_stack() {
    let tags = |team: &str| json!({ "name": "shop", "tags": { "team": team } });
    assert!(of([TABLE, TABLE], &[tags("one"), tags("two")]).risks.is_empty());
    // What one side does not say is not known to be another.
    assert!(
        of([TABLE, TABLE], &[json!({ "name": "shop" }), json!({ "name": "shop", "region": "us-east-1" })])
            .risks
            .is_empty()
    );
}
