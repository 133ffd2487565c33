//! The templates of a refactoring: those that are deployed, resources at their new places and nothing else changed.
//! Pure: no AWS. Rules: the AWS CloudFormation user guide, "Stack refactoring".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::exports::exported;
use super::rewrite::{Place, Rewriter};
use crate::diff::{canonical, changes};
use crate::review::{Alike, Move, Moves, ResourceLocation, Versions, moves};

/// The most stacks that one refactoring takes.
const MOST_STACKS: usize = 5;
/// The macro that is part of the language: what it makes of a template is known.
const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// What a template says beside its resources and outputs that a stack can be created with.
const ABOUT: [&str; 3] = ["AWSTemplateFormatVersion", "Description", "Transform"];

/// A stack as it is deployed and as it is defined.
#[derive(Clone, Debug)]
pub struct Deployed<'a> {
    /// Its path.
    pub path: &'a str,
    /// The template that is deployed, intrinsics in their long form; none where there is no such stack.
    pub template: Option<Value>,
    /// The values of its parameters by name; none for one that is hidden.
    pub parameters: BTreeMap<String, Option<String>>,
    /// The template that the definitions make.
    pub defined: Value,
}

/// Moves that are carried out together.
#[derive(Clone, Debug)]
pub struct Refactoring {
    /// What moves, by where it is.
    pub moves: Vec<Move>,
    /// The stacks whose templates change with it, in deployment order.
    pub stacks: Vec<Refactored>,
    /// What stands in the way.
    pub blocks: Vec<Block>,
    /// The exports that keep their names until those that import them are deployed.
    pub kept: Vec<Kept>,
}

/// An export that keeps its name, though the definitions call it differently: others import it still. It goes with the
/// deployment of its stack, which has to come after theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The path of its stack.
    pub stack: String,
    /// Its name.
    pub export: String,
    /// The paths of the stacks that import it.
    pub importers: Vec<String>,
}

/// A stack of a refactoring.
#[derive(Clone, Debug)]
pub struct Refactored {
    /// Its path.
    pub path: String,
    /// Whether the refactoring creates it.
    pub creates: bool,
    /// Its template afterwards.
    pub template: Value,
    /// Whether that is all that the definitions want: nothing is left to deploy.
    pub complete: bool,
    /// Whether it means what the definitions' own template does, to the letter.
    pub(super) same: bool,
}

/// Something that stands in the way, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// What it is.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What has moved among stacks of one account and region, apart where it can be carried out apart; and what is alike, so
/// that nobody can tell.
#[must_use]
pub fn refactorings(stacks: &[Deployed<'_>]) -> (Vec<Refactoring>, Vec<Alike>) {
    let nothing = json!({});
    let before: Vec<Value> = stacks.iter().map(|s| canonical(s.template.as_ref().unwrap_or(&nothing))).collect();
    let after: Vec<Value> = stacks.iter().map(|s| canonical(&s.defined)).collect();
    let versions = stacks.iter().zip(&before).zip(&after);
    let versions = versions.map(|((stack, before), after)| Versions { stack: stack.path, before, after });
    let Moves { moved, alike } = moves(&versions.collect::<Vec<_>>());
    if moved.is_empty() {
        return (Vec::new(), alike);
    }
    let mut build = Build::new(stacks, &before, &after, &moved);
    build.resources();
    build.outputs();
    (build.apart(&moved), alike)
}

/// The stack's index and a logical id.
pub(super) type At = (usize, String);

/// The templates while they are made.
pub(super) struct Build<'a> {
    pub(super) stacks: &'a [Deployed<'a>],
    /// The same, canonical.
    pub(super) before: &'a [Value],
    pub(super) after: &'a [Value],
    /// Where each resource goes that moves.
    moved: BTreeMap<At, At>,
    /// The exports that there are: the stack, and the value as its template has it.
    pub(super) exports: BTreeMap<String, (usize, Value)>,
    /// The exports that do not stay with their stack.
    pub(super) gone: BTreeSet<String>,
    pub(super) templates: Vec<Map<String, Value>>,
    pub(super) blocks: Vec<(usize, Block)>,
    /// Stacks that can only change together.
    links: BTreeSet<(usize, usize)>,
    pub(super) kept: Vec<(usize, Kept)>,
}

impl<'a> Build<'a> {
    fn new(stacks: &'a [Deployed<'a>], before: &'a [Value], after: &'a [Value], moved: &[Move]) -> Self {
        let index: BTreeMap<&str, usize> = stacks.iter().enumerate().map(|(index, s)| (s.path, index)).collect();
        let at = |place: &ResourceLocation| (index[place.stack.as_str()], place.id.clone());
        let mut exports = BTreeMap::new();
        for (index, stack) in stacks.iter().enumerate() {
            for (_, output) in entries(stack.template.as_ref(), "Outputs") {
                if let (Some(name), Some(value)) = (exported(output), output.get("Value")) {
                    exports.insert(name.to_owned(), (index, value.clone()));
                }
            }
        }
        Self {
            stacks,
            before,
            after,
            moved: moved.iter().map(|moved| (at(&moved.from), at(&moved.to))).collect(),
            exports,
            gone: BTreeSet::new(),
            templates: stacks.iter().map(base).collect(),
            blocks: Vec::new(),
            links: BTreeSet::new(),
            kept: Vec::new(),
        }
    }

    /// Where a resource that is deployed will be.
    pub(super) fn place_of(&self, stack: usize, id: &str) -> At {
        let at = (stack, id.to_owned());
        self.moved.get(&at).cloned().unwrap_or(at)
    }

    /// Whether a stack that is deployed has a resource.
    pub(super) fn is_resource(&self, stack: usize, id: &str) -> bool {
        self.before[stack]["Resources"].get(id).is_some_and(|resource| resource.get("Type").is_some())
    }

    pub(super) fn link(&mut self, one: usize, other: usize) {
        self.links.insert((one, other));
    }

    pub(super) fn block(&mut self, stack: usize, what: String, help: &str) {
        let block = (stack, Block { what, help: help.to_owned() });
        if !self.blocks.contains(&block) {
            self.blocks.push(block);
        }
    }

    /// Every resource to its place. Which exports stay has to be known first.
    fn resources(&mut self) {
        self.leaving_exports();
        for stack in 0..self.stacks.len() {
            let resources: Vec<(String, Value)> = entries(self.stacks[stack].template.as_ref(), "Resources")
                .map(|(id, resource)| (id.clone(), resource.clone()))
                .collect();
            for (id, resource) in resources {
                let (to, new_id) = self.place_of(stack, &id);
                if to != stack {
                    self.link(stack, to);
                }
                let place = Place { from: stack, to, who: format!("`{id}` of {}", self.stacks[stack].path) };
                let resource = Rewriter::new(self, place).resource(&resource);
                self.put(to, "Resources", new_id, resource);
            }
        }
    }

    pub(super) fn put(&mut self, stack: usize, section: &str, key: String, value: Value) {
        let section = self.templates[stack].entry(section).or_insert_with(|| json!({}));
        if let Some(section) = section.as_object_mut() {
            section.insert(key, value);
        }
    }

    /// Puts together what can only change together, and leaves out what does not change.
    fn apart(mut self, all: &[Move]) -> Vec<Refactoring> {
        let templates: Vec<Value> = std::mem::take(&mut self.templates).into_iter().map(Value::Object).collect();
        let after: Vec<Value> = templates.iter().map(canonical).collect();
        let changed: Vec<bool> = (0..self.stacks.len())
            .map(|index| match &self.stacks[index].template {
                _ if self.blocks.iter().any(|(at, _)| *at == index) => true,
                Some(_) => after[index] != self.before[index],
                None => after[index].get("Resources").is_some(),
            })
            .collect();
        let groups = groups(self.stacks.len(), &self.links);
        let mut refactorings = Vec::new();
        for group in groups {
            let members: Vec<usize> = group.into_iter().filter(|index| changed[*index]).collect();
            let paths: Vec<&str> = members.iter().map(|index| self.stacks[*index].path).collect();
            let own: Vec<Move> = all.iter().filter(|one| paths.contains(&&*one.to.stack)).cloned().collect();
            if own.is_empty() {
                continue;
            }
            for index in &members {
                self.limits(*index, &after[*index]);
            }
            let mut blocks: Vec<Block> =
                self.blocks.iter().filter(|(at, _)| members.contains(at)).map(|(_, block)| block.clone()).collect();
            if members.len() > MOST_STACKS {
                blocks.push(Block {
                    what: format!("{} stacks change together: {}", members.len(), paths.join(", ")),
                    help: format!(
                        "CloudFormation refactors {MOST_STACKS} at a time: move fewer resources, and the rest afterwards"
                    ),
                });
            }
            let kept = self.kept.iter().filter(|(at, _)| members.contains(at)).map(|(_, kept)| kept.clone());
            let stacks = members.iter().map(|index| Refactored {
                path: self.stacks[*index].path.to_owned(),
                creates: self.stacks[*index].template.is_none(),
                template: templates[*index].clone(),
                complete: changes(&after[*index], &self.after[*index]).is_empty(),
                same: after[*index] == self.after[*index],
            });
            refactorings.push(Refactoring { moves: own, stacks: stacks.collect(), blocks, kept: kept.collect() });
        }
        refactorings
    }

    /// What CloudFormation does not take of a stack.
    fn limits(&mut self, index: usize, after: &Value) {
        let path = self.stacks[index].path;
        if after.get("Resources").is_none() {
            let what = format!("{path} would be left without resources");
            self.block(index, what, "CloudFormation keeps no empty stack: deploy one resource that stays there first");
        }
        let transforms = self.before[index].get("Transform").and_then(Value::as_array).into_iter().flatten();
        let other: Vec<&str> =
            transforms.filter_map(Value::as_str).filter(|name| *name != LANGUAGE_EXTENSIONS).collect();
        if !other.is_empty() {
            let what = format!("the template of {path} goes through {}", other.join(", "));
            self.block(index, what, "what that makes of it is not known here: `.moved_from(…)` keeps logical ids");
        }
        if entries(self.stacks[index].template.as_ref(), "Resources").any(|(key, _)| key.starts_with("Fn::ForEach")) {
            let what = format!("the template of {path} makes resources in a loop (`Fn::ForEach`)");
            self.block(
                index,
                what,
                "what is in it refers to others in ways not known here: `.moved_from(…)` keeps logical ids",
            );
        }
    }
}

/// A template to begin with: what is deployed but for resources and outputs; of a stack that is new, what says what it is.
fn base(stack: &Deployed<'_>) -> Map<String, Value> {
    let Some(Value::Object(deployed)) = &stack.template else { return new_base(&stack.defined) };
    let mut template = deployed.clone();
    for section in ["Resources", "Outputs"] {
        if let Some(section) = template.get_mut(section) {
            *section = json!({});
        }
    }
    template
}

/// The same of a stack that is new: CloudFormation creates none with parameters here.
fn new_base(defined: &Value) -> Map<String, Value> {
    let is_extended = canonical(defined).get("Transform") == Some(&json!([LANGUAGE_EXTENSIONS]));
    let takes = |key: &str| ABOUT.contains(&key) && (key != "Transform" || is_extended);
    let parts = defined.as_object().into_iter().flatten().filter(|(key, _)| takes(key));
    parts.map(|(key, value)| (key.clone(), value.clone())).collect()
}

pub(super) fn entries<'t>(template: Option<&'t Value>, section: &str) -> impl Iterator<Item = (&'t String, &'t Value)> {
    template.and_then(|template| template.get(section)).and_then(Value::as_object).into_iter().flatten()
}

/// The groups that links make of so many, each in order.
fn groups(count: usize, links: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..count).collect();
    for (one, other) in links {
        let (keep, drop) = (group[*one].min(group[*other]), group[*one].max(group[*other]));
        group.iter_mut().filter(|of| **of == drop).for_each(|of| *of = keep);
    }
    let members = |of: usize| (0..count).filter(|index| group[*index] == of).collect::<Vec<_>>();
    (0..count).map(members).filter(|members| !members.is_empty()).collect()
}
