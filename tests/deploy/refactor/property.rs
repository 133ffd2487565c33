//! Whatever moves: every resource is where it is defined, and refers to what it referred to.

use std::collections::{BTreeMap, BTreeSet};

use formwork::deploy::refactor::{Deployed, refactorings};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// How many stacks there are.
const STACKS: usize = 4;

/// Resources of which each may refer to earlier ones, before and after they are moved.
#[derive(Clone, Debug)]
struct World {
    /// Of each resource the earlier ones that it refers to, and how.
    refers: Vec<Vec<(usize, How)>>,
    before: Vec<(usize, String)>,
    after: Vec<(usize, String)>,
}

/// How something refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Ref,
    Att,
    Text,
}

fn stack(index: usize) -> String {
    format!("s{index}")
}

/// A world: resources keep their ids where `renames` says so, and the stacks where `moves` does.
fn world() -> impl Strategy<Value = World> {
    let how = prop_oneof![Just(How::Ref), Just(How::Att), Just(How::Text)];
    let one = (
        proptest::collection::vec((any::<prop::sample::Index>(), how), 0..3),
        0..STACKS,
        proptest::option::weighted(0.3, 0..STACKS),
        any::<bool>(),
    );
    proptest::collection::vec(one, 2..9).prop_map(|all| {
        let mut world = World { refers: Vec::new(), before: Vec::new(), after: Vec::new() };
        for (index, (refers, home, away, renamed)) in all.into_iter().enumerate() {
            let earlier = refers.into_iter().filter(|_| index > 0).map(|(other, how)| (other.index(index.max(1)), how));
            world.refers.push(earlier.collect());
            world.before.push((home, format!("R{index}")));
            let id = if renamed { format!("N{index}") } else { format!("R{index}") };
            world.after.push((away.unwrap_or(home), id));
        }
        world
    })
}

/// The templates of a world, resources at these places: what is in another stack is exported and imported, as synth does it.
fn templates(world: &World, places: &[(usize, String)]) -> Vec<Value> {
    let mut stacks: Vec<(Map<String, Value>, Map<String, Value>)> = vec![(Map::new(), Map::new()); STACKS];
    for (index, (home, id)) in places.iter().enumerate() {
        let mut properties = Map::from_iter([("DisplayName".to_owned(), json!(format!("name {index}")))]);
        for (number, (other, how)) in world.refers[index].iter().enumerate() {
            let (there, other_id) = &places[*other];
            let local = match how {
                How::Ref | How::Text => json!({ "Ref": other_id }),
                How::Att => json!({ "Fn::GetAtt": [other_id, "TopicName"] }),
            };
            let read = if there == home {
                if *how == How::Text { json!({ "Fn::Sub": format!("a ${{{other_id}}} b") }) } else { local }
            } else {
                let att = if *how == How::Att { "Att" } else { "Ref" };
                let name = format!("{}:{att}{other_id}", stack(*there));
                let output = json!({ "Value": local, "Export": { "Name": name } });
                stacks[*there].1.insert(format!("Exports{att}{other_id}"), output);
                let import = json!({ "Fn::ImportValue": name });
                if *how == How::Text { json!({ "Fn::Join": ["", ["a ", import, " b"]] }) } else { import }
            };
            properties.insert(format!("Use{number}"), read);
        }
        stacks[*home].0.insert(id.clone(), json!({ "Type": "AWS::SNS::Topic", "Properties": properties }));
    }
    let template = |(resources, outputs): (Map<String, Value>, Map<String, Value>)| {
        let mut template = Map::new();
        template.insert("Resources".into(), resources.into());
        if !outputs.is_empty() {
            template.insert("Outputs".into(), outputs.into());
        }
        Value::Object(template)
    };
    stacks.into_iter().map(template).collect()
}

/// What a value means: references as the names of what they lead to, in the end.
fn meaning(value: &Value, own: usize, stacks: &[Value]) -> Result<Value, String> {
    let name = |id: &str| {
        let resource = &stacks[own]["Resources"][id];
        resource["Properties"]["DisplayName"]
            .as_str()
            .map(str::to_owned)
            .ok_or(format!("nothing is called {id} in s{own}"))
    };
    let map = match value {
        Value::Object(map) => map,
        Value::Array(items) => return items.iter().map(|item| meaning(item, own, stacks)).collect(),
        other => return Ok(other.clone()),
    };
    match map.iter().next().filter(|_| map.len() == 1) {
        Some((key, Value::String(id))) if key == "Ref" => Ok(format!("<{}>", name(id)?).into()),
        Some((key, parts)) if key == "Fn::GetAtt" => {
            Ok(format!("<{}.{}>", name(parts[0].as_str().unwrap())?, parts[1].as_str().unwrap()).into())
        }
        Some((key, Value::String(export))) if key == "Fn::ImportValue" => {
            let exports = |index: &usize| {
                let outputs = stacks[*index]["Outputs"].as_object().into_iter().flatten();
                outputs.map(|(_, output)| output).find(|o| o["Export"]["Name"] == *export).map(|o| o["Value"].clone())
            };
            let from: Vec<usize> = (0..stacks.len()).filter(|index| exports(index).is_some()).collect();
            match from[..] {
                [from] if from == own => Err(format!("s{own} imports its own {export}")),
                [from] => meaning(&exports(&from).unwrap(), from, stacks),
                [] => Err(format!("nothing exports {export}")),
                _ => Err(format!("{export} is there twice")),
            }
        }
        Some((key, parts)) if key == "Fn::Join" => {
            let items = meaning(&parts[1], own, stacks)?;
            Ok(items.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect::<String>().into())
        }
        Some((key, argument)) if key == "Fn::Sub" => {
            let (text, variables) = match argument {
                Value::String(text) => (text.clone(), json!({})),
                parts => (parts[0].as_str().unwrap().to_owned(), parts[1].clone()),
            };
            let mut out = String::new();
            for (index, part) in text.split("${").enumerate() {
                let Some((id, rest)) = part.split_once('}').filter(|_| index > 0) else {
                    out.push_str(part);
                    continue;
                };
                let value = variables.get(id).cloned().unwrap_or_else(|| json!({ "Ref": id }));
                out.push_str(meaning(&value, own, stacks)?.as_str().unwrap());
                out.push_str(rest);
            }
            Ok(out.into())
        }
        _ => map.iter().map(|(key, value)| Ok((key.clone(), meaning(value, own, stacks)?))).collect(),
    }
}

/// What each resource means, by its name, and where it is.
fn resources(stacks: &[Value]) -> Result<BTreeMap<String, (Value, usize, String)>, String> {
    let mut all = BTreeMap::new();
    for (index, template) in stacks.iter().enumerate() {
        for (id, resource) in template["Resources"].as_object().into_iter().flatten() {
            let meaning = meaning(&resource["Properties"], index, stacks)?;
            let name = resource["Properties"]["DisplayName"].as_str().unwrap().to_owned();
            if all.insert(name.clone(), (meaning, index, id.clone())).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
    }
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_resource_is_where_it_is_defined_and_refers_to_what_it_referred_to(world in world()) {
        let (before, after) = (templates(&world, &world.before), templates(&world, &world.after));
        let paths: Vec<String> = (0..STACKS).map(stack).collect();
        let empty = |template: &Value| template["Resources"].as_object().is_some_and(Map::is_empty);
        let stacks: Vec<Deployed<'_>> = (0..STACKS)
            .map(|index| Deployed {
                path: &paths[index],
                template: Some(before[index].clone()).filter(|template| !empty(template)),
                parameters: BTreeMap::new(),
                defined: after[index].clone(),
            })
            .collect();
        let (all, alike) = refactorings(&stacks);
        prop_assert!(alike.is_empty());
        let mut then = before.clone();
        let mut done = BTreeSet::new();
        for refactoring in &all {
            for block in &refactoring.blocks {
                prop_assert!(block.what.contains("left without resources"), "{}", block.what);
            }
            for one in &refactoring.stacks {
                let index = paths.iter().position(|path| *path == one.path).unwrap();
                prop_assert!(done.insert(index), "two refactorings change {}", one.path);
                then[index] = one.template.clone();
            }
        }
        let (was, wanted) = (resources(&before).unwrap(), resources(&after).unwrap());
        let is = resources(&then).map_err(|why| TestCaseError::fail(format!("{why}\n{then:#?}")))?;
        for (name, (meaning, stack, id)) in &is {
            prop_assert_eq!(meaning, &was[name].0, "{} means something else", name);
            prop_assert_eq!((stack, id), (&wanted[name].1, &wanted[name].2), "{} is somewhere else", name);
        }
        prop_assert_eq!(is.len(), was.len());
        // What every export gives is what it gave.
        for (index, template) in then.iter().enumerate() {
            for (key, output) in template["Outputs"].as_object().into_iter().flatten() {
                let value = meaning(&output["Value"], index, &then);
                prop_assert!(value.is_ok(), "{}: {:?}", key, value);
            }
        }
    }
}
