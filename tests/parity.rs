//! The same written for AWS CDK gives the same: logical ids, types, properties. Each deviation stands in
//! `tests/parity/deviations.json` with its reason, and one that no longer happens fails.
//!
//! The references are made by `tests/parity/reference.js`, from the cases in `tests/parity/cases/`.

mod apigatewayv2;
mod certificatemanager;
mod cloudfront;
mod cloudtrail;
mod cloudwatch;
mod codedeploy;
mod dynamodb;
mod ec2;
mod ecr;
mod ecs;
mod ecs_patterns;
mod elasticloadbalancingv2;
mod events;
mod iam;
mod kms;
mod lambda;
mod logs;
mod rds;
mod route53;
mod s3;
mod secretsmanager;
mod sns;
mod sqs;
mod ssm;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use formwork::diff::{self, Kind};
use formwork::{App, Env, Format, Stack};
use serde_json::Value;

use crate::program::{PACKAGE, snapshot};

/// A case's name, and what makes it.
type Case = (&'static str, fn(&mut Stack));

const SERVICES: &[(&str, &[Case])] = &[
    ("apigatewayv2", apigatewayv2::CASES),
    ("certificatemanager", certificatemanager::CASES),
    ("cloudfront", cloudfront::CASES),
    ("cloudtrail", cloudtrail::CASES),
    ("cloudwatch", cloudwatch::CASES),
    ("codedeploy", codedeploy::CASES),
    ("dynamodb", dynamodb::CASES),
    ("ec2", ec2::CASES),
    ("ecr", ecr::CASES),
    ("ecs", ecs::CASES),
    ("ecs_patterns", ecs_patterns::CASES),
    ("elasticloadbalancingv2", elasticloadbalancingv2::CASES),
    ("events", events::CASES),
    ("iam", iam::CASES),
    ("kms", kms::CASES),
    ("lambda", lambda::CASES),
    ("logs", logs::CASES),
    ("rds", rds::CASES),
    ("route53", route53::CASES),
    ("s3", s3::CASES),
    ("secretsmanager", secretsmanager::CASES),
    ("sns", sns::CASES),
    ("sqs", sqs::CASES),
    ("ssm", ssm::CASES),
];

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(PACKAGE).join("tests/parity").join(path)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Takes out the tags that only AWS CDK reads: `aws-cdk:subnet-type` and the like tell its own lookups what it made.
fn without_own_tags(mut template: Value) -> Value {
    for resource in template["Resources"].as_object_mut().unwrap().values_mut() {
        if let Some(tags) = resource.pointer_mut("/Properties/Tags").and_then(Value::as_array_mut) {
            tags.retain(|tag| !tag["Key"].as_str().is_some_and(|key| key.starts_with("aws-cdk:")));
        }
    }
    template
}

/// The region of a case, where AWS CDK has to know one.
fn env(case: &str) -> Env {
    if case == "elasticloadbalancingv2/access_logs" { Env::region("us-east-1") } else { Env::any() }
}

/// What differs: the logical id, and the property or what happened to the whole; with what it is for either.
fn differences(case: &str, reference: &Value, define: fn(&mut Stack)) -> BTreeMap<String, [Value; 2]> {
    let mut app = App::new();
    app.stack("test", env(case), define);
    let assembly = app.synth().unwrap_or_else(|problems| panic!("the stack has problems:\n{problems}"));
    let ours = diff::read(&assembly.stacks[0].template(Format::Json)).unwrap();
    let theirs = diff::read(&without_own_tags(reference.clone()).to_string()).unwrap();
    let changes = diff::changes(&theirs, &ours);
    let both = |pointer: &str| [&theirs, &ours].map(|side| side.pointer(pointer).cloned().unwrap_or_default());
    let mut out = BTreeMap::new();
    for change in changes.resources {
        let resource = format!("/Resources/{}", change.id);
        match change.kind {
            Kind::Added => drop(out.insert(format!("{} is ours alone", change.id), both(&resource))),
            Kind::Removed => drop(out.insert(format!("{} is CDK's alone", change.id), both(&resource))),
            Kind::Changed => {
                let own = change.paths.into_iter().filter(|path| path.because_of.is_none());
                out.extend(own.map(|path| {
                    (format!("{}{}", change.id, path.path), both(&format!("{resource}{}", whole(&path.path))))
                }));
            }
        }
    }
    let entries = changes.entries.into_iter();
    out.extend(entries.map(|entry| {
        let place = format!("/{}/{}", entry.section, entry.name);
        (format!("{} {}", entry.section, entry.name).trim_end().to_owned(), both(place.trim_end_matches('/')))
    }));
    out
}

/// The whole property or attribute that a place in a resource is in: an item of a list may stand elsewhere in the other.
fn whole(path: &str) -> &str {
    let parts = if path.starts_with("/Properties/") { 2 } else { 1 };
    path.match_indices('/').nth(parts).map_or(path, |(end, _)| &path[..end])
}

/// What every case differs in, by `service/case`.
fn found() -> BTreeMap<String, BTreeMap<String, [Value; 2]>> {
    let mut found = BTreeMap::new();
    for (service, cases) in SERVICES {
        let references = read(&format!("reference/{service}.json"));
        let names: BTreeSet<_> = references.as_object().unwrap().keys().map(String::as_str).collect();
        let ours: BTreeSet<_> = cases.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ours, "the cases of {service}");
        for (name, define) in *cases {
            let case = format!("{service}/{name}");
            let differences = differences(&case, &references[name], *define);
            if !differences.is_empty() {
                found.insert(case, differences);
            }
        }
    }
    found
}

#[test]
fn each_construct_is_as_aws_cdk_makes_it_but_for_listed_deviations() {
    let listed: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_value(read("deviations.json")).unwrap();
    let found = found();
    let mut wrong = Vec::new();
    for (case, differences) in &found {
        let reasons = listed.get(case);
        let unknown = differences.keys().filter(|line| reasons.is_none_or(|reasons| !reasons.contains_key(*line)));
        wrong.extend(unknown.map(|line| format!("{case}: {line}: not in deviations.json")));
    }
    for (case, reasons) in &listed {
        let gone = reasons.keys().filter(|line| found.get(case).is_none_or(|found| !found.contains_key(*line)));
        wrong.extend(gone.map(|line| format!("{case}: {line}: listed, and no longer so")));
        let empty = reasons.iter().filter(|(_, reason)| reason.trim().is_empty());
        wrong.extend(empty.map(|(line, _)| format!("{case}: {line}: has no reason")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A reason is for what it was written for: another value in the same place is to be read anew.
#[test]
fn what_each_deviation_is_for_either_side_is_pinned() {
    let mut text = String::new();
    for (case, differences) in found() {
        writeln!(text, "{case}").unwrap();
        let mut last = None;
        for (place, values) in differences {
            writeln!(text, "  {place}").unwrap();
            if last.as_ref() != Some(&values) {
                for (whose, value) in ["CDK ", "ours"].iter().zip(&values) {
                    writeln!(text, "    {whose} {value}").unwrap();
                }
            }
            last = Some(values);
        }
    }
    snapshot("parity_deviations", &text);
}
