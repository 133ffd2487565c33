//! What the tests of recipes ask with.

use formwork::testing::Template;
use formwork::{App, Env, Stack};
use serde_json::{Value, json};

/// The template that a recipe makes.
pub fn template(define: fn(&mut Stack)) -> Template {
    Template::of_env(Env::any(), define)
}

/// An app with the recipe as its stack `recipe`: for questions about who reaches what.
pub fn app(define: fn(&mut Stack)) -> App {
    let mut app = App::new();
    app.stack("recipe", Env::any(), define);
    app
}

/// Asserts that a template has these outputs, and no others.
#[track_caller]
pub fn assert_outputs(template: &Template, expected: &[&str]) {
    let there = template.json()["Outputs"].as_object().map(|all| all.keys().map(String::as_str).collect::<Vec<_>>());
    let (mut there, mut expected) = (there.unwrap_or_default(), expected.to_vec());
    there.sort_unstable();
    expected.sort_unstable();
    assert_eq!(there, expected);
}

/// The properties of every resource of a type: `EC2::Subnet`.
pub fn properties<'a>(template: &'a Template, type_name: &str) -> Vec<&'a Value> {
    let type_name = format!("AWS::{type_name}");
    let all = template.json()["Resources"].as_object().unwrap().values();
    all.filter(|resource| resource["Type"] == type_name.as_str()).map(|resource| &resource["Properties"]).collect()
}

/// The one resource of a type: `EC2::Subnet`.
#[track_caller]
pub fn one<'a>(template: &'a Template, type_name: &str) -> &'a Value {
    let found = template.resources(&format!("AWS::{type_name}"));
    assert_eq!(found.len(), 1, "{type_name}");
    found[0].resource
}

/// The statements of the policies that a role was given: AWS's own are not among them.
pub fn statements(template: &Template, role: &str) -> Value {
    let policies = template.resources("AWS::IAM::Policy").into_iter();
    let policies = policies.filter(|policy| policy.resource["Properties"]["Roles"] == json!([{ "Ref": role }]));
    let all = policies.map(|policy| policy.resource["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap());
    all.flatten().cloned().collect()
}

/// Asserts that nothing is kept when the stack goes: what has a policy is deleted, and nothing refuses to be.
#[track_caller]
pub fn assert_leaves_nothing(template: &Template) {
    for (id, resource) in template.json()["Resources"].as_object().unwrap() {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            let policy = &resource[policy];
            assert!(policy.is_null() || policy == "Delete", "{id}: {policy}");
        }
        // Without a policy, CloudFormation takes a last snapshot of these.
        let taken = ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"].contains(&resource["Type"].as_str().unwrap());
        assert!(!taken || resource["DeletionPolicy"] == "Delete", "{id} leaves a snapshot");
        assert!(resource["Properties"]["DeletionProtection"] != true, "{id} is protected");
    }
}
