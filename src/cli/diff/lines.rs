//! The lines that made resources where the definitions are compared with a revision.
//!
//! A line that did not change is followed exactly, through the difference of its file. One that changed or is gone is looked
//! for by the construct's id, among the lines of the revision that are no longer there: where just one has it, that is it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use similar::{DiffOp, TextDiff};

use super::super::files;
use super::super::git::Revision;
use crate::review::{ResourceReview, Review, Verb};
use crate::synth::{Assembly, Synthesized};

/// A file of definitions, as the revision has it and as it is.
struct Source {
    old: Vec<String>,
    new: Vec<String>,
    ops: Vec<DiffOp>,
}

/// Says of the resources that differ where the revision made them, as far as that can be told.
pub(super) fn mark(review: &mut Review, assembly: &Assembly<'_>, revision: &Revision) {
    let differ =
        |stack: &&Synthesized<'_>| review.stacks.iter().any(|one| one.stack == stack.path && !one.resources.is_empty());
    let of_stack: BTreeMap<&str, BTreeSet<String>> =
        assembly.stacks.iter().filter(differ).map(|stack| (stack.path, sources(stack))).collect();
    let all: Vec<String> = of_stack.values().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let read = read(&all, revision);
    for stack in &mut review.stacks {
        let Some(files) = of_stack.get(stack.stack.as_str()) else { continue };
        let files: Vec<(&String, &Source)> = files.iter().filter_map(|file| read.get_key_value(file)).collect();
        for resource in stack.resources.iter_mut().filter(|resource| resource.verb != Verb::Add) {
            resource.was_at = was_at(resource, &files);
        }
    }
}

/// The files whose lines make the resources of a stack.
fn sources(stack: &Synthesized<'_>) -> BTreeSet<String> {
    let template = stack.to_value();
    let ids = template["Resources"].as_object().into_iter().flatten().map(|(id, _)| id);
    ids.filter_map(|id| Some(stack.origin(id)?.at?.file().to_owned())).collect()
}

/// Reads files on both sides. Those that one side does not have say nothing.
fn read(names: &[String], revision: &Revision) -> BTreeMap<String, Source> {
    let Some(root) = names.first().and_then(|name| root(name)) else { return BTreeMap::new() };
    let Ok(old) = revision.of(root.clone()).read(names) else { return BTreeMap::new() };
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let both = names.iter().zip(old).filter_map(|(name, old)| {
        let (old, new) = (lines(&old?), lines(&std::fs::read_to_string(root.join(name)).ok()?));
        let ops = TextDiff::from_slices(&refs(&old), &refs(&new)).ops().to_vec();
        Some((name.clone(), Source { old, new, ops }))
    });
    both.collect()
}

fn refs(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

/// The folder that the compiler's paths start from: the package's, or that of its workspace.
fn root(name: &str) -> Option<PathBuf> {
    let package = std::path::absolute(files::package()).ok()?;
    package.ancestors().find(|folder| folder.join(name).is_file()).map(PathBuf::from)
}

fn was_at(resource: &ResourceReview, files: &[(&String, &Source)]) -> Option<String> {
    let at = resource.at.as_deref().and_then(|at| at.rsplit_once(':'));
    if let (Some((name, line)), None) = (at, &resource.moved_from) {
        let (name, source) = files.iter().find(|(known, _)| *known == name)?;
        let line = line.parse::<usize>().ok()?.checked_sub(1)?;
        let line = source.before(line).or_else(|| {
            let ids: Vec<&str> = resource.construct.split('/').collect();
            let id = literals(source.new.get(line)?).into_iter().find(|literal| ids.contains(literal))?;
            only(source.gone().filter(|(_, old)| literals(old).contains(&id)).map(|(index, _)| index))
        })?;
        return Some(format!("{name}:{}", line + 1));
    }
    let id = resource.moved_from.as_ref().unwrap_or(&resource.id);
    let lines =
        files.iter().flat_map(|(name, source)| source.gone().map(move |(index, line)| (name, source, index, line)));
    let found: Vec<_> =
        lines.filter_map(|(name, source, index, line)| Some((begins(id, line)?, name, source, index))).collect();
    let longest = found.iter().map(|(length, ..)| *length).max()?;
    let (_, name, source, index) = only(found.into_iter().filter(|(length, ..)| *length == longest))?;
    Some(format!("{name}:{}", source.call(index) + 1))
}

impl Source {
    /// Where a line was that is the same on both sides, both counted from 0.
    fn before(&self, line: usize) -> Option<usize> {
        self.ops.iter().find_map(|op| match *op {
            DiffOp::Equal { old_index, new_index, len } => {
                line.checked_sub(new_index).filter(|offset| *offset < len).map(|offset| old_index + offset)
            }
            _ => None,
        })
    }

    /// The lines that are no longer there.
    fn gone(&self) -> impl Iterator<Item = (usize, &str)> {
        let ranges = self.ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(DiffOp::old_range);
        ranges.flatten().map(|index| (index, self.old[index].as_str()))
    }

    /// The line of the call that a line is the first argument of.
    fn call(&self, index: usize) -> usize {
        let above = index.checked_sub(1).filter(|above| self.old[*above].trim_end().ends_with('('));
        above.unwrap_or(index)
    }
}

/// The texts in quotes on a line.
fn literals(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).filter(|text| !text.is_empty()).collect()
}

/// How many letters of a logical id the longest text on a line accounts for, where it is the id of a construct around it.
fn begins(id: &str, line: &str) -> Option<usize> {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let begins =
        literals(line).into_iter().map(letters).filter(|text| !text.is_empty() && id.starts_with(text.as_str()));
    begins.map(|text| text.len()).max()
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::{Source, begins, literals, refs};
    use similar::TextDiff;

    fn source(old: &str, new: &str) -> Source {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (old, new) = (lines(old), lines(new));
        let ops = TextDiff::from_slices(&refs(&old), &refs(&new)).ops().to_vec();
        Source { old, new, ops }
    }

    #[test]
    fn a_line_that_stayed_is_followed_past_what_came_above_it() {
        let source = source("a\nb\nc\n", "x\na\ny\nb\nc\n");
        assert_eq!([0, 1, 2, 3, 4].map(|line| source.before(line)), [None, Some(0), None, Some(1), Some(2)]);
        assert_eq!(source.gone().count(), 0);
    }

    #[test]
    fn what_is_gone_belongs_to_the_call_above() {
        let source = source("s.add(\n    \"Jobs\",\n    queue,\n);\n", "");
        assert_eq!(source.gone().filter(|(_, line)| begins("JobsDF1CC2D4", line).is_some()).count(), 1);
        assert_eq!((source.call(1), source.call(2)), (0, 2));
    }

    #[test]
    fn an_id_begins_with_the_ids_of_the_constructs_around_it() {
        assert_eq!(begins("DbSecretAttachment7AED447C", r#"s.add("Db", spec("Secret"))"#), Some(2));
        assert_eq!(begins("JobsDF1CC2D4", r#"s.add("Tasks", "")"#), None);
        assert_eq!(literals(r#"a("x", "y z")"#), ["x", "y z"]);
    }
}
