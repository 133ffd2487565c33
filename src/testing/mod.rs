//! Tests of stacks: synthesize one, find resources, match properties partly, capture values, take snapshots.
//!
//! ```
//! use formwork::{cfn::sqs, testing::{Template, any, capture, json}};
//!
//! let template = Template::of(|s| {
//!     let dead = s.add("DeadLetters", sqs::Queue::new().message_retention_period(1_209_600));
//!     let redrive = formwork::json!({ "deadLetterTargetArn": dead.arn(), "maxReceiveCount": 3 });
//!     s.add("Jobs", sqs::Queue::new().visibility_timeout(60).redrive_policy(redrive));
//!     s.output("DeadLetters", dead.arn());
//! });
//! template.resource_count("AWS::SQS::Queue", 2);
//! template.has_resource("AWS::SQS::Queue", json!({ "VisibilityTimeout": 60 }));
//! template.has_resource("AWS::SQS::Queue", json!({ "RedrivePolicy": any() }));
//! let found = template.has_resource("AWS::SQS::Queue", json!({ "MessageRetentionPeriod": capture("days") }));
//! assert_eq!(found.captured("days"), 1_209_600);
//! template.has_output("DeadLetters", json!({ "Value": { "Fn::GetAtt": ["DeadLetters", "Arn"] } }));
//! ```

mod matching;
mod reach;
mod review;
mod snapshot;

use std::fmt::Write as _;

use serde_json::{Map, Value};

pub use matching::{Match, absent, any, array_with, capture, containing, exactly};
pub use reach::{assert_reachable, assert_unreachable};
pub use review::review;
/// JSON to compare a template with: `serde_json`'s, without references.
pub use serde_json::json;
pub use snapshot::masked;

use crate::core::{App, Env, Stack};
use crate::synth::{Format, Synthesized};

/// A synthesized template, to ask questions of. Each question panics where its answer is no, and says what there is
/// instead: it is for tests.
#[derive(Clone, Debug)]
pub struct Template {
    json: Value,
    yaml: String,
}

/// A resource of a template.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// All that the template says of it: `Type`, `Properties`, policies.
    pub resource: &'a Value,
}

impl Template {
    /// The template of one stack, in no environment in particular.
    ///
    /// Panics with the problems, where there are any.
    #[must_use]
    #[track_caller]
    pub fn of<T>(define: impl FnOnce(&mut Stack) -> T) -> Self {
        Self::of_env(Env::any(), define)
    }

    /// The template of one stack in an environment.
    ///
    /// Panics with the problems, where there are any.
    #[must_use]
    #[track_caller]
    pub fn of_env<T>(env: Env, define: impl FnOnce(&mut Stack) -> T) -> Self {
        let mut app = App::new();
        app.stack("test", env, define);
        match app.synth() {
            Ok(assembly) => Self::from(&assembly.stacks[0]),
            Err(problems) => panic!("the stack has problems:\n{problems}"),
        }
    }

    /// The problems of one stack, as text: for tests of checks. Empty where there is none.
    #[must_use]
    pub fn problems_of<T>(env: Env, define: impl FnOnce(&mut Stack) -> T) -> String {
        let mut app = App::new();
        app.stack("test", env, define);
        match app.synth() {
            Ok(assembly) => crate::synth::Problems(assembly.warnings).to_string(),
            Err(problems) => problems.to_string(),
        }
    }

    /// The template as a JSON value, intrinsics in their long form.
    #[must_use]
    pub const fn json(&self) -> &Value {
        &self.json
    }

    /// The template as `synth` writes it.
    #[must_use]
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// The template for a snapshot: what an asset's content decides is masked, so that a snapshot does not change with
    /// it.
    ///
    /// ```
    /// # use formwork::{cfn::sqs, testing::Template};
    /// let template = Template::of(|s| s.add("Jobs", sqs::Queue::new()));
    /// insta::assert_snapshot!(template.snapshot(), @r#"
    /// AWSTemplateFormatVersion: "2010-09-09"
    /// Resources:
    ///   Jobs:
    ///     Type: AWS::SQS::Queue
    /// "#);
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        masked(&self.yaml)
    }

    /// Every resource of a type, in definition order.
    #[must_use]
    pub fn resources(&self, type_name: &str) -> Vec<Found<'_>> {
        let all = self.json["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, resource)| resource["Type"] == type_name).map(|(id, resource)| Found { id, resource }).collect()
    }

    /// The resource with a logical id.
    #[must_use]
    #[track_caller]
    pub fn resource(&self, id: &str) -> &Value {
        match self.json["Resources"].get(id) {
            Some(resource) => resource,
            None => panic!("there is no resource `{id}`; there are {}", keys(&self.json["Resources"])),
        }
    }

    /// Asserts how many resources of a type there are.
    #[track_caller]
    pub fn resource_count(&self, type_name: &str, count: usize) {
        let found = self.resources(type_name);
        let ids: Vec<_> = found.iter().map(|found| found.id).collect();
        assert_eq!(found.len(), count, "resources of type {type_name}: {ids:?}");
    }

    /// Asserts that a resource of a type has at least these properties, and gives the first that has.
    #[track_caller]
    pub fn has_resource(&self, type_name: &str, properties: impl Into<Value>) -> Match<'_> {
        self.find(type_name, "Properties", &properties.into())
    }

    /// Asserts that a resource of a type says at least this, beside its properties too: `{"DeletionPolicy": "Retain"}`.
    #[track_caller]
    pub fn has_resource_with(&self, type_name: &str, resource: impl Into<Value>) -> Match<'_> {
        self.find(type_name, "", &resource.into())
    }

    /// Asserts that no resource of a type has these properties.
    #[track_caller]
    pub fn has_no_resource(&self, type_name: &str, properties: impl Into<Value>) {
        let properties = properties.into();
        for found in self.resources(type_name) {
            let matches = matching::compare(&properties, &found.resource["Properties"]).is_ok();
            assert!(!matches, "the {type_name} `{}` has them: {:#}", found.id, found.resource["Properties"]);
        }
    }

    #[track_caller]
    fn find(&self, type_name: &str, part: &str, wanted: &Value) -> Match<'_> {
        let mut why = String::new();
        let found = self.resources(type_name);
        for Found { id, resource } in &found {
            let there = if part.is_empty() { resource } else { &resource[part] };
            match matching::compare(wanted, there) {
                Ok(captured) => return Match::new(id, resource, captured),
                Err(differences) => {
                    let _ = writeln!(why, "\n  {id}:");
                    for difference in differences {
                        let _ = writeln!(why, "    {difference}");
                    }
                }
            }
        }
        if found.is_empty() {
            why = format!("; there are {}", self.types());
        }
        panic!("no {type_name} has what is wanted{why}");
    }

    /// Asserts that an output says at least this: `Value`, `Export`, `Description`.
    #[track_caller]
    pub fn has_output(&self, key: &str, output: impl Into<Value>) {
        let outputs = &self.json["Outputs"];
        let Some(there) = outputs.get(key) else { panic!("there is no output `{key}`; there are {}", keys(outputs)) };
        if let Err(differences) = matching::compare(&output.into(), there) {
            panic!("the output `{key}` differs:\n  {}", differences.join("\n  "));
        }
    }

    fn types(&self) -> String {
        let all = self.json["Resources"].as_object().into_iter().flatten();
        let mut types: Vec<_> = all.filter_map(|(_, resource)| resource["Type"].as_str()).collect();
        types.sort_unstable();
        types.dedup();
        if types.is_empty() { "no resources".into() } else { types.join(", ") }
    }
}

impl From<&Synthesized<'_>> for Template {
    fn from(stack: &Synthesized<'_>) -> Self {
        Self { json: stack.to_value(), yaml: stack.template(Format::Yaml) }
    }
}

fn keys(map: &Value) -> String {
    let keys: Vec<_> = map.as_object().map(Map::keys).into_iter().flatten().map(String::as_str).collect();
    if keys.is_empty() { "none".into() } else { keys.join(", ") }
}
