//! What the tests of recipes ask with.

use formwork::testing::Template;
use formwork::{App, Env, Stack};
use serde_json::Value;

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
