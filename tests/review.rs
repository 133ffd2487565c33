//! What a change will do, as a reviewer reads it: decided from two templates, said in text, Markdown and JSON.

mod another;
mod command;
mod complete;
mod data;
mod documented;
mod formats;
mod imports;
mod lines;
mod moved;
mod refused;
mod values;

use formwork::review::{Compared, Review, StackReview};
use serde_json::Value;

/// A template, in YAML.
#[track_caller]
fn read(text: &str) -> Value {
    formwork::diff::read(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

/// What a change from one template to another does, to a stack `shop/web` that nobody else is beside.
#[track_caller]
fn reviewed(before: &str, after: &str) -> StackReview {
    among(before, after, &|_| Vec::new())
}

#[track_caller]
fn among(before: &str, after: &str, importers: &(dyn Fn(&str) -> Vec<String> + Sync)) -> StackReview {
    let (before, after) = (read(before), read(after));
    let (path, settings, origin) = ("shop/web", [None, None], |_: &str| None);
    formwork::review::stack(&Compared {
        path,
        before: Some(&before),
        after: Some(&after),
        settings,
        origin: &origin,
        importers,
    })
}

fn review(stacks: Vec<StackReview>) -> Review {
    let method = formwork::review::Method::Templates;
    Review { against: "the templates in templates".into(), method, stacks }
}

/// Text without its colours.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn told(stack: StackReview) -> String {
    plain(&review(vec![stack]).to_text(formwork::review::Extent::Full))
}
