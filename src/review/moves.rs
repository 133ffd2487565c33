//! Moves: a resource that leaves and a new one that are the same but for where they are: under another logical id, in
//! another stack.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::diff::name;

/// How many exports may stand behind each other.
const DEEPEST: usize = 8;

/// A stack before and after a change, as canonical templates: an empty value where there is none.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'t> {
    /// Its path.
    pub stack: &'t str,
    /// What it was.
    pub before: &'t Value,
    /// What it becomes.
    pub after: &'t Value,
}

/// Where a resource is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLocation {
    /// The stack's path.
    pub stack: String,
    /// Its logical id.
    #[serde(rename = "logicalId")]
    pub id: String,
}

/// A resource that is somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Where it was.
    pub from: ResourceLocation,
    /// Where it is.
    pub to: ResourceLocation,
    /// Its CloudFormation type.
    pub type_name: String,
    /// Whether its template gives it a name that no two may have.
    pub named: bool,
}

/// Resources that are alike, so that it cannot be told which has become which.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// Their CloudFormation type.
    pub type_name: String,
    /// Those that leave.
    pub gone: Vec<ResourceLocation>,
    /// Those that are new.
    pub new: Vec<ResourceLocation>,
}

/// What has moved between the versions of some stacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// What has moved, by where it was.
    pub moved: Vec<Move>,
    /// What may have moved: of several that are alike none is said to have.
    pub alike: Vec<Alike>,
}

/// What has moved within and between stacks of one account and region.
///
/// A resource has moved where the same type with the same properties leaves one place and is new at another; what refers to
/// it, in its own stack or by an export, refers to the same thing still. The resources it waits for, the path that AWS
/// CDK writes into metadata, its deletion policy and the like say nothing of what it is; only where several are alike they
/// tell them apart.
///
/// ```
/// use formwork::diff::canonical;
/// use formwork::review::{Versions, moves};
/// use serde_json::json;
///
/// let table = json!({ "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": "orders" } });
/// let of = |id: &str| canonical(&json!({ "Resources": { id: table } }));
/// let (before, after) = (of("Orders"), of("Purchases"));
/// let found = moves(&[Versions { stack: "shop", before: &before, after: &after }]);
/// assert_eq!((&*found.moved[0].from.id, &*found.moved[0].to.id), ("Orders", "Purchases"));
/// ```
#[must_use]
pub fn moves(stacks: &[Versions<'_>]) -> Moves {
    let (before, after) = (World::of(stacks, |stack| stack.before), World::of(stacks, |stack| stack.after));
    let gone: Vec<At<'_>> = before.resources.keys().filter(|at| !after.resources.contains_key(*at)).copied().collect();
    let come = after.resources.keys().filter(|at| !before.resources.contains_key(*at)).copied();
    let come: Vec<Newcomer<'_>> = come.map(|at| Newcomer::of(at, &after)).collect();
    let mut moved: BTreeMap<At<'_>, At<'_>> = BTreeMap::new();
    // What refers to a resource that moved has moved with it: again, until no more are found.
    loop {
        let count = moved.len();
        for scope in [Scope::Stack, Scope::All, Scope::StackBare, Scope::Bare] {
            for (gone, new) in pairs(&before, &gone, &come, scope, &moved).into_values() {
                if let ([from], [to]) = (&gone[..], &new[..]) {
                    moved.insert(*from, *to);
                }
            }
        }
        if moved.len() == count {
            break;
        }
    }
    let type_of = |at: &At<'_>| type_of(before.resources[at]).to_owned();
    let alike = pairs(&before, &gone, &come, Scope::Bare, &moved).into_values();
    let alike = alike.filter(|(gone, new)| !gone.is_empty() && !new.is_empty()).map(|(gone, new)| Alike {
        type_name: type_of(&gone[0]),
        gone: gone.into_iter().map(location).collect(),
        new: new.into_iter().map(location).collect(),
    });
    let mut alike: Vec<Alike> = alike.collect();
    alike.sort();
    let moved = moved.iter().map(|(from, to)| {
        let type_name = type_of(from);
        let named = name(&type_name, before.resources[from]).is_some();
        Move { from: location(*from), to: location(*to), type_name, named }
    });
    Moves { moved: moved.collect(), alike }
}

/// A stack's path and a logical id.
type At<'t> = (&'t str, &'t str);

/// How far apart the two places of a resource may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// In one stack: then it waits for the same resources, too.
    Stack,
    /// In any.
    All,
    /// In one stack, whatever it waits for and whenever it is kept.
    StackBare,
    /// The same in any.
    Bare,
}

impl Scope {
    const fn in_one_stack(self) -> bool {
        matches!(self, Self::Stack | Self::StackBare)
    }
}

/// A resource that is new, with what it is.
struct Newcomer<'t> {
    at: At<'t>,
    in_its_stack: String,
    anywhere: String,
    bare: [String; 2],
}

impl<'t> Newcomer<'t> {
    fn of(at: At<'t>, after: &World<'t>) -> Self {
        let meaning = |scope| after.meaning(at, scope, &BTreeMap::new());
        let bare = [meaning(Scope::StackBare), meaning(Scope::Bare)];
        Self { at, in_its_stack: meaning(Scope::Stack), anywhere: meaning(Scope::All), bare }
    }

    fn meaning(&self, scope: Scope) -> &str {
        match scope {
            Scope::Stack => &self.in_its_stack,
            Scope::All => &self.anywhere,
            Scope::StackBare => &self.bare[0],
            Scope::Bare => &self.bare[1],
        }
    }
}

fn location((stack, id): At<'_>) -> ResourceLocation {
    ResourceLocation { stack: stack.to_owned(), id: id.to_owned() }
}

/// Those that leave and those that are new, of each meaning, without what has moved already.
fn pairs<'t>(
    before: &World<'t>,
    gone: &[At<'t>],
    come: &[Newcomer<'t>],
    scope: Scope,
    moved: &BTreeMap<At<'t>, At<'t>>,
) -> BTreeMap<String, (Vec<At<'t>>, Vec<At<'t>>)> {
    let mut pairs: BTreeMap<String, (Vec<At<'t>>, Vec<At<'t>>)> = BTreeMap::new();
    for at in gone.iter().filter(|at| !moved.contains_key(*at)) {
        pairs.entry(before.meaning(*at, scope, moved)).or_default().0.push(*at);
    }
    let taken: BTreeSet<At<'t>> = moved.values().copied().collect();
    for new in come.iter().filter(|new| !taken.contains(&new.at)) {
        pairs.entry(new.meaning(scope).to_owned()).or_default().1.push(new.at);
    }
    pairs
}

/// The templates of one side, and what their exports stand for.
struct World<'t> {
    resources: BTreeMap<At<'t>, &'t Value>,
    exports: BTreeMap<&'t str, (&'t str, &'t Value)>,
}

impl<'t> World<'t> {
    fn of(stacks: &[Versions<'t>], side: impl Fn(&Versions<'t>) -> &'t Value) -> Self {
        let mut world = Self { resources: BTreeMap::new(), exports: BTreeMap::new() };
        for stack in stacks {
            let entries = |section: &str| side(stack).get(section).and_then(Value::as_object).into_iter().flatten();
            let resources = entries("Resources").filter(|(_, resource)| !type_of(resource).is_empty());
            world.resources.extend(resources.map(|(id, resource)| ((stack.stack, id.as_str()), resource)));
            world.exports.extend(entries("Outputs").filter_map(|(_, output)| {
                Some((output.get("Export")?.get("Name")?.as_str()?, (stack.stack, output.get("Value")?)))
            }));
        }
        world
    }

    /// What a resource is, whatever it and what it refers to are called and wherever they are.
    fn meaning(&self, at: At<'t>, scope: Scope, moved: &BTreeMap<At<'t>, At<'t>>) -> String {
        let own = |(key, value): (&String, &Value)| match key.as_str() {
            "Type" | "Properties" => Some((key.clone(), value.clone())),
            _ if matches!(scope, Scope::StackBare | Scope::Bare) => None,
            "DependsOn" if scope == Scope::All => None,
            "Metadata" => without_path(value).map(|value| (key.clone(), value)),
            _ => Some((key.clone(), value.clone())),
        };
        let resource = self.resources[&at].as_object().into_iter().flatten().filter_map(own);
        let located = Located { world: self, moved }.value(&Value::Object(resource.collect()), at.0, 0);
        if scope.in_one_stack() { format!("{} {located}", at.0) } else { located.to_string() }
    }
}

/// Metadata without AWS CDK's path of the construct, which is where it is, not what.
pub(super) fn without_path(metadata: &Value) -> Option<Value> {
    let Some(map) = metadata.as_object() else { return Some(metadata.clone()) };
    let map: Map<String, Value> =
        map.iter().filter(|(key, _)| *key != "aws:cdk:path").map(|(key, value)| (key.clone(), value.clone())).collect();
    (!map.is_empty()).then_some(Value::Object(map))
}

/// References as the places they lead to, in the end.
struct Located<'w, 't> {
    world: &'w World<'t>,
    moved: &'w BTreeMap<At<'t>, At<'t>>,
}

impl Located<'_, '_> {
    /// A canonical value of a stack, references in it as places. `depth` is how many exports it stands behind.
    fn value(&self, value: &Value, stack: &str, depth: usize) -> Value {
        match value {
            Value::Object(map) => {
                if let Some(imported) = self.imported(map, depth) {
                    return imported;
                }
                let entries = map.iter().map(|(key, value)| (key.clone(), self.entry(key, value, stack, depth)));
                unsplit(Value::Object(entries.collect()))
            }
            Value::Array(items) => items.iter().map(|item| self.value(item, stack, depth)).collect(),
            other => other.clone(),
        }
    }

    fn entry(&self, key: &str, value: &Value, stack: &str, depth: usize) -> Value {
        match (key, value) {
            ("Ref", Value::String(id)) => self.place(id, stack),
            ("Fn::GetAtt", Value::Array(parts)) if parts.first().is_some_and(Value::is_string) => {
                let place = self.place(parts[0].as_str().unwrap_or_default(), stack);
                std::iter::once(place).chain(parts[1..].iter().map(|part| self.value(part, stack, depth))).collect()
            }
            ("DependsOn", Value::Array(ids)) => {
                let mut places: Vec<Value> =
                    ids.iter().map(|id| self.place(id.as_str().unwrap_or_default(), stack)).collect();
                places.sort_by_cached_key(Value::to_string);
                Value::Array(places)
            }
            _ => self.value(value, stack, depth),
        }
    }

    /// The place of a resource; what is none stays as it is.
    fn place(&self, id: &str, stack: &str) -> Value {
        match self.world.resources.get_key_value(&(stack, id)) {
            Some((at, _)) => {
                let (stack, id) = self.moved.get(at).unwrap_or(at);
                json!([stack, id])
            }
            None => id.into(),
        }
    }

    /// What an import stands for, where one of the stacks exports it.
    fn imported(&self, map: &Map<String, Value>, depth: usize) -> Option<Value> {
        let name = map.get("Fn::ImportValue").filter(|_| map.len() == 1 && depth < DEEPEST)?.as_str()?;
        let (stack, value) = self.world.exports.get(name)?;
        Some(self.value(value, stack, depth + 1))
    }
}

/// A list that is joined for an export and taken apart again is the list.
fn unsplit(value: Value) -> Value {
    let split = || -> Option<&Value> {
        let parts = value.get("Fn::Split")?;
        let joined = parts.get(1)?.get("Fn::Join")?;
        let list = joined.get(1).filter(|list| !list.is_array())?;
        (parts.get(0)? == joined.get(0)?).then_some(list)
    };
    split().cloned().unwrap_or(value)
}

fn type_of(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}
