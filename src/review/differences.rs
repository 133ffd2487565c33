//! Where two values differ, in lines: of text the lines that go and come, of a policy the statements.

use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::secrets::masked;
use super::values::{in_lines, lines, named, policy, statement};
use crate::diff::readable;

/// A line of a value.
struct Line {
    /// What is read.
    words: String,
    /// With all that the words leave out.
    exact: String,
}

type Names<'n> = &'n dyn Fn(&str) -> Option<String>;

/// What was and is, in lines; where both are there, the lines that differ.
pub(super) fn differences(before: Option<&Value>, after: Option<&Value>, called: Names<'_>) -> [Vec<String>; 2] {
    let (Some(before), Some(after)) = (before, after) else {
        return [before, after].map(|side| side.map(|value| lines(value, called)).unwrap_or_default());
    };
    let found = match (policy(before), policy(after)) {
        (Some(old), Some(new)) => between(&statements(&old, called), &statements(&new, called)),
        _ => between(&text(before, called), &text(after, called)),
    };
    if found.iter().any(|side| !side.is_empty()) {
        return found;
    }
    // What no line shows, such as how the last one ends, is in the JSON.
    let exact = [before, after].map(|value| vec![named(masked(value).to_string(), called)]);
    if exact[0] == exact[1] { [lines(before, called), lines(after, called)] } else { exact }
}

/// The lines that go, and those that come; of two that read the same but are not, all that is in them.
fn between(old: &[Line], new: &[Line]) -> [Vec<String>; 2] {
    if let ([old], [new]) = (old, new)
        && old.words != new.words
    {
        return [old, new].map(|line| vec![line.words.clone()]);
    }
    let words = |lines: &[Line]| lines.iter().map(|line| line.words.clone()).collect::<Vec<_>>();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    let both = |old: &Line, new: &Line| (old.exact != new.exact).then(|| (old.exact.clone(), new.exact.clone()));
    for op in capture_diff_slices(Algorithm::Myers, &words(old), &words(new)) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                let pairs = old[old_index..old_index + len].iter().zip(&new[new_index..new_index + len]);
                let (old, new): (Vec<_>, Vec<_>) = pairs.filter_map(|(old, new)| both(old, new)).unzip();
                gone.extend(old);
                come.extend(new);
            }
            op => {
                gone.extend(old[op.old_range()].iter().map(|line| line.words.clone()));
                come.extend(new[op.new_range()].iter().map(|line| line.words.clone()));
            }
        }
    }
    [gone, come]
}

fn text(value: &Value, called: Names<'_>) -> Vec<Line> {
    lines(value, called).into_iter().map(|line| Line { exact: line.clone(), words: line }).collect()
}

/// A policy as lines: what is said of all of it, `version 2012-10-17`, then its statements.
fn statements(policy: &Map<String, Value>, called: Names<'_>) -> Vec<Line> {
    let whole = policy.iter().filter(|(key, _)| *key != "Statement").map(|(key, value)| {
        let words = in_lines(&format!("{} {}", key.to_lowercase(), named(readable(value), called))).join(" ");
        Line { exact: words.clone(), words }
    });
    let all = match policy.get("Statement") {
        Some(Value::Array(all)) => all.iter().collect(),
        one => one.into_iter().collect::<Vec<_>>(),
    };
    let statements = all.into_iter().map(|one| {
        let words = statement(one, called);
        let rest = unsaid(one).map(|rest| named(rest, called));
        Line { exact: rest.map_or_else(|| words.clone(), |rest| format!("{words} ({rest})")), words }
    });
    whole.chain(statements).collect()
}

/// What the words leave out of a statement: `Sid: Read`.
fn unsaid(statement: &Value) -> Option<String> {
    let said = |key: &str| {
        matches!(
            key,
            "Effect" | "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource" | "NotResource" | "Condition"
        )
    };
    let map = statement.as_object().filter(|map| map.contains_key("Effect"))?;
    let rest: Vec<String> =
        map.iter().filter(|(key, _)| !said(key)).map(|(key, value)| format!("{key}: {}", readable(value))).collect();
    (!rest.is_empty()).then(|| rest.join(", "))
}
