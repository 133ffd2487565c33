//! Functions that a raw property spells as JSON does, `{"Ref": "Vpc"}`, rather than with `intrinsics`: CloudFormation
//! runs them all the same, so they are functions here too.

use crate::core::{Expr, Props, Pseudo};
use crate::synth::sub::{Piece, pieces};

/// The function that an object is: its one key.
pub(crate) fn function(props: &Props) -> Option<&str> {
    let mut entries = props.iter();
    let (first, None) = (entries.next()?, entries.next()) else { return None };
    let key = &*first.key;
    (key == "Ref" || key.starts_with("Fn::")).then_some(key)
}

/// Whether CloudFormation puts properties into an object while it deploys: what is there is then not all.
pub(super) fn completed_later(props: &Props) -> bool {
    props.iter().any(|entry| fills_in(&entry.key))
}

/// Whether a key stands for whatever a macro or a loop makes.
pub(super) fn fills_in(key: &str) -> bool {
    key == "Fn::Transform" || key.starts_with("Fn::ForEach::")
}

pub(super) fn is_no_value(props: &Props) -> bool {
    function(props) == Some("Ref") && props.iter().all(|entry| entry.value.as_str() == Some(Pseudo::NoValue.name()))
}

/// The names that an object refers to, each with the attribute that it reads.
pub(crate) fn names(props: &Props) -> Vec<(String, Option<String>)> {
    let Some(function) = function(props) else { return Vec::new() };
    let split = |name: &str| match name.split_once('.') {
        Some((id, attribute)) => (id.to_owned(), Some(attribute.to_owned())),
        None => (name.to_owned(), None),
    };
    let Some(argument) = props.iter().next().map(|entry| &entry.value) else { return Vec::new() };
    match (function, argument) {
        ("Ref", Expr::String(name)) => vec![(name.to_string(), None)],
        ("Fn::GetAtt", Expr::String(name)) => vec![split(name)],
        ("Fn::GetAtt", Expr::List(parts)) => match &parts[..] {
            [Expr::String(id), Expr::String(attribute)] => vec![(id.to_string(), Some(attribute.to_string()))],
            _ => Vec::new(),
        },
        ("Fn::Sub", Expr::String(text)) => substituted(text, &[]).map(split).collect(),
        ("Fn::Sub", Expr::List(parts)) => match &parts[..] {
            [Expr::String(text), Expr::Map(vars)] => {
                let vars: Vec<&str> = vars.iter().map(|entry| &*entry.key).collect();
                substituted(text, &vars).map(split).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The names in a text that no variable stands for.
pub(crate) fn substituted<'a>(text: &'a str, vars: &[&str]) -> impl Iterator<Item = &'a str> {
    pieces(text).into_iter().filter_map(move |piece| match piece {
        Piece::Name(name) if !vars.contains(&name) => Some(name),
        _ => None,
    })
}
