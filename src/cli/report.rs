//! Problems as people read them: what is wrong, the lines that made it, what to do. Drawn by the renderer of rustc.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Exit, output};
use crate::core::{At, Place, Problem, Severity, TextPlace, is_library};

/// The check whose problems are about secrets written out.
const SECRET: &str = "secret";

/// Prints problems and refuses to go on; `so` says what that means for the command.
pub(super) fn refuse(problems: &[Problem], so: &str) -> Exit {
    output::err(&render(problems, true));
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let counts = [(errors, "problem"), (problems.len() - errors, "warning")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, what)| output::counted(count, what)).collect();
    output::err(&format!("{}{so}\n", output::bold(&counts.join(", "))));
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
    let mut sources = Sources::around(problems);
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
    let places = telling(&problem.places);
    sources.read(&places);
    let mut group = Group::with_title(level.primary_title(&problem.message).id(problem.check));
    // One snippet for a file: a line with two marks is shown once.
    let mut snippets: Vec<(&str, Snippet<'_, Annotation<'_>>)> = Vec::new();
    let mut notes = Vec::new();
    if let Some(text) = &problem.text {
        group = group.element(in_text(text));
    }
    for (index, place) in places.iter().enumerate() {
        let Some((path, text)) = sources.get(place.at).filter(|_| !sources.shows_secret(&places, place.at.file()))
        else {
            notes.push(format!("{} at {}", place.did, place.at));
            continue;
        };
        let kind = if index == 0 && problem.text.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(span(text, place.at)).label(place.did);
        match snippets.iter().position(|(known, _)| *known == path) {
            Some(index) => {
                let (path, snippet) = snippets.remove(index);
                snippets.insert(index, (path, snippet.annotation(annotation)));
            }
            None => snippets.push((path, Snippet::source(text).path(path).annotation(annotation))),
        }
    }
    for (_, snippet) in snippets {
        group = group.element(snippet);
    }
    notes.extend(problem.whereabouts());
    for note in notes {
        group = group.element(Level::NOTE.message(wrapped(&note)));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(wrapped(help)));
    }
    renderer.render(&[group])
}

/// The marks in a text that is not Rust.
fn in_text(text: &TextPlace) -> Snippet<'_, Annotation<'_>> {
    let marks = text.marks.iter().enumerate().map(|(index, (span, what))| {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(span.clone()).label(*what)
    });
    Snippet::source(&*text.source).path(&*text.name).annotations(marks)
}

/// The user's lines; this library's own only where there is no other, for nobody can change them.
fn telling(places: &[Place]) -> Vec<Place> {
    let own: Vec<Place> = places.iter().copied().filter(|place| !is_library(place.at)).collect();
    if own.is_empty() { places.to_vec() } else { own }
}

/// Breaks a sentence into lines that fit, with what the renderer puts before them, into 80 columns.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 68;
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// The files that places stand in, read once each. A program that runs without its sources shows no lines.
struct Sources {
    files: BTreeMap<&'static str, Option<(String, String)>>,
    /// Lines that write a secret out, by file: no error repeats it.
    secrets: BTreeSet<(&'static str, u32)>,
}

impl Sources {
    fn around(problems: &[Problem]) -> Self {
        let secrets = problems.iter().filter(|problem| problem.check == SECRET).filter_map(|p| p.places.first());
        let secrets = secrets.map(|place| (place.at.file(), place.at.line())).collect();
        Self { files: BTreeMap::new(), secrets }
    }

    /// Whether showing the lines of these places in a file, and those between, would show a secret.
    fn shows_secret(&self, places: &[Place], file: &'static str) -> bool {
        let lines = places.iter().filter(|place| place.at.file() == file).map(|place| place.at.line());
        let (Some(first), Some(last)) = (lines.clone().min(), lines.max()) else { return false };
        self.secrets.range((file, first)..=(file, last)).next().is_some()
    }

    fn read(&mut self, places: &[Place]) {
        for place in places {
            let file = place.at.file();
            self.files.entry(file).or_insert_with(|| {
                let path = find(Path::new(file))?;
                Some((file.to_owned(), std::fs::read_to_string(path).ok()?))
            });
        }
    }

    fn get(&self, at: At) -> Option<(&str, &str)> {
        let (path, text) = self.files.get(at.file())?.as_ref()?;
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
    let word =
        line[start..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#')).unwrap_or(line.len() - start);
    line_start + start..line_start + start + word.max(1).min(line.len() - start)
}
