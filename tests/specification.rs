//! The generated types: all there, and each can be used.
//!
//! With the default features these tests are about the services of the catalogue; `./test` runs them a second time
//! with `all-services`.

mod instance;

use std::collections::BTreeSet;

use formwork::spec;
use formwork::{App, Env, RawResource, Resource as _};

const CARGO: &str = include_str!("../Cargo.toml");

#[test]
fn the_specification_has_every_type_of_every_region() {
    let names: BTreeSet<_> = spec::all_type_names().collect();
    assert_eq!(names.len(), 1884, "spec/condense.py prints this number: change it with the specification");
}

#[test]
fn every_service_is_a_feature_and_every_feature_a_service() {
    let features: BTreeSet<_> = CARGO.lines().filter_map(|line| line.strip_suffix(" = []")).collect();
    let services: BTreeSet<_> = spec::features().collect();
    assert_eq!(features, services);
}

#[test]
#[cfg(feature = "all-services")]
fn all_services_enables_every_type() {
    assert_eq!(spec::type_names().count(), spec::all_type_names().count());
    let offered = spec::type_names().filter(|name| spec::known(name).is_some_and(|spec| spec.offered_in("us-east-1")));
    assert_eq!(offered.count(), 1854, "types in us-east-1");
    let properties = |name: &str| spec::known(name).map_or(0, |spec| spec.schema.properties.len());
    let home = spec::type_names().filter(|name| spec::known(name).is_some_and(|spec| spec.offered_in("us-east-1")));
    assert_eq!(home.map(properties).sum::<usize>(), 12_174, "settable properties in us-east-1");
}

#[test]
fn every_schema_reads_and_its_references_lead_somewhere() {
    for name in spec::type_names() {
        let spec = spec::known(name).unwrap_or_else(|| panic!("{name} has no schema"));
        assert!(
            !spec.schema.properties.is_empty() || !spec.attributes.is_empty() || spec.primary.is_empty(),
            "{name} has neither properties nor attributes"
        );
        let mut dangling = Vec::new();
        instance::each_reference(&spec.schema, &mut |reference| {
            if !spec.definitions.contains_key(reference) {
                dangling.push(reference.to_owned());
            }
        });
        assert!(dangling.is_empty(), "{name} refers to {dangling:?}");
    }
}

#[test]
fn an_instance_of_every_type_renders_and_passes_its_own_checks() {
    let mut failed = Vec::new();
    let mut beyond = 0;
    for name in spec::type_names() {
        let spec = spec::known(name).unwrap_or_else(|| panic!("{name} has no schema"));
        let Some(instance) = instance::of(spec) else {
            beyond += 1; // a required text whose pattern nothing here can satisfy
            continue;
        };
        let mut app = App::new();
        // What guards CloudFront is there alone.
        let region = spec.offered().max_by_key(|region| *region == "us-east-1").unwrap_or("us-east-1");
        app.stack("test", Env::region(region), |s| {
            let mut resource = RawResource::new(name);
            for (key, value) in instance.as_object().unwrap() {
                resource = resource.raw(key, value.clone());
            }
            let resource = s.add("Instance", resource);
            s.allow("a made-up value in a property that holds one", "secret", resource);
            if name == "AWS::IAM::Role" {
                s.allow("who may assume it, no schema says", "policy-document", resource);
            }
        });
        match app.synth() {
            Ok(assembly) => {
                let json = assembly.stacks[0].to_value();
                assert_eq!(json["Resources"]["Instance"]["Type"], name);
                let properties = json["Resources"]["Instance"].get("Properties").cloned().unwrap_or_default();
                assert_eq!(properties.as_object().map_or(0, serde_json::Map::len), instance.as_object().unwrap().len());
            }
            Err(problems) => failed.push(format!("{name} {instance}\n{problems}")),
        }
    }
    assert!(failed.is_empty(), "{} types:\n{}", failed.len(), failed.join("\n"));
    let all = spec::type_names().count();
    assert!(beyond * 50 <= all, "no instance could be made of {beyond} of {all} types");
}

#[test]
fn nearly_every_pattern_is_checked() {
    let mut patterns = BTreeSet::new();
    for name in spec::type_names() {
        let spec = spec::known(name).unwrap();
        let definitions = spec.definitions.values().map(|schema| &**schema).chain([&spec.schema]);
        for schema in definitions {
            instance::each_pattern(schema, &mut |pattern| {
                patterns.insert(pattern.text.clone());
            });
        }
    }
    let beyond: Vec<_> =
        patterns.iter().filter(|text| spec::Pattern::from((*text).clone()).matches("a").is_none()).collect();
    assert!(patterns.len() > 300, "only {} patterns", patterns.len());
    // Look-around inside a pattern is beyond the engine; such a pattern lets everything through.
    assert!(beyond.len() * 20 <= patterns.len(), "{} of {} are not: {beyond:#?}", beyond.len(), patterns.len());
}
