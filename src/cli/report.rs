//! Problems as people read them: what is wrong, the lines that made it, what to do. Drawn by the renderer of rustc.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Exit, output};
use crate::core::{At, Place, Problem, Severity};

/// Prints problems and refuses to go on.
pub(super) fn refuse(problems: &[Problem]) -> Exit {
    output::err(&render(problems, true));
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let count = |count: usize, what: &str| match count {
        0 => String::new(),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let parts: Vec<_> = [count(errors, "problem"), count(warnings, "warning")].into_iter().filter(|p| !p.is_empty()).collect();
    output::err(&format!("{}; nothing was written\n", output::bold(&parts.join(" and "))));
    Exit::Refused
}

/// Prints warnings.
pub(super) fn warn(problems: &[Problem]) {
    if !problems.is_empty() {
        output::err(&render(problems, true));
    }
}

/// Problems as text, with colour or without.
pub(super) fn render(problems: &[Problem], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut sources = Sources::default();
    let mut out = String::new();
    for problem in problems {
        out.push_str(&one(problem, &renderer, &mut sources));
        out.push_str("\n\n");
    }
    out
}

fn one(problem: &Problem, renderer: &Renderer, sources: &mut Sources) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    sources.read(&problem.places);
    let mut group = Group::with_title(level.primary_title(&problem.message).id(problem.check));
    let mut elsewhere = Vec::new();
    for (index, place) in problem.places.iter().enumerate() {
        let Some((path, text)) = sources.get(place.at) else {
            elsewhere.push(format!("{} at {}:{}:{}", place.did, place.at.file(), place.at.line(), place.at.column()));
            continue;
        };
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(span(text, place.at)).label(place.did);
        group = group.element(Snippet::source(text).path(path).annotation(annotation));
    }
    for line in elsewhere {
        group = group.element(Level::NOTE.message(line));
    }
    if let Some(place) = whereabouts(problem) {
        group = group.element(Level::NOTE.message(place));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}

/// The construct and property, in one line.
fn whereabouts(problem: &Problem) -> Option<String> {
    let stack = problem.stack.as_deref()?;
    let mut line = format!("in stack {stack}");
    if let Some((path, type_name)) = &problem.construct {
        line = format!("in {stack}, {path}");
        if !type_name.is_empty() {
            line.push_str(&format!(" ({type_name})"));
        }
    }
    if let Some(property) = &problem.property {
        line.push_str(&format!(", {property}"));
    }
    Some(line)
}

/// The files that places stand in, read once each. A program that runs without its sources shows no lines.
#[derive(Default)]
struct Sources(BTreeMap<&'static str, Option<(String, String)>>);

impl Sources {
    fn read(&mut self, places: &[Place]) {
        for place in places {
            let file = place.at.file();
            self.0.entry(file).or_insert_with(|| {
                let path = find(Path::new(file))?;
                Some((file.to_owned(), std::fs::read_to_string(path).ok()?))
            });
        }
    }

    fn get(&self, at: At) -> Option<(&str, &str)> {
        let (path, text) = self.0.get(at.file())?.as_ref()?;
        (text.lines().count() >= at.line() as usize).then_some((path.as_str(), text.as_str()))
    }
}

/// The compiler notes files as it was given them, which is often from the workspace's root: look there from below.
fn find(file: &Path) -> Option<PathBuf> {
    if file.is_absolute() {
        return file.exists().then(|| file.to_owned());
    }
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(file)).find(|path| path.exists())
}

/// The word that a place points at.
fn span(text: &str, at: At) -> std::ops::Range<usize> {
    let line_start: usize = text.split_inclusive('\n').take(at.line() as usize - 1).map(str::len).sum();
    let line = text[line_start..].lines().next().unwrap_or_default();
    let start = line.char_indices().nth(at.column() as usize - 1).map_or(line.len(), |(index, _)| index);
    let word = line[start..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#')).unwrap_or(line.len() - start);
    line_start + start..line_start + start + word.max(1).min(line.len() - start)
}
