//! Text with expressions in it: `Fn::Sub` and `Fn::Join` say the same in two ways.

use serde_json::{Map, Value, json};

use super::{Place, one};
use crate::diff::expression::{function, is_no_value, is_one_value};
use crate::synth::sub::{Piece, pieces};

/// `"A.B"` as `["A", "B"]`.
pub(super) fn attribute(argument: &Value) -> Value {
    let parts = argument.as_str().and_then(|text| text.split_once('.'));
    let argument = parts.map_or_else(|| Place::Text.value(argument), |(id, attribute)| json!([id, attribute]));
    one("Fn::GetAtt", argument)
}

/// `Fn::Sub` as the text, the reference or the `Fn::Join` that it equals.
pub(super) fn sub(argument: &Value) -> Value {
    let none = Map::new();
    let (text, variables) = match argument {
        Value::String(text) => (text, &none),
        Value::Array(parts) => match &parts[..] {
            [Value::String(text), Value::Object(variables)] => (text, variables),
            _ => return one("Fn::Sub", Place::Text.value(argument)),
        },
        _ => return one("Fn::Sub", Place::Text.value(argument)),
    };
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.replace("${!", "${").into(),
        Piece::Name(name) => variables.get(name).map_or_else(|| reference(name), |value| Place::Text.value(value)),
    });
    concatenated(pieces.collect())
}

fn reference(name: &str) -> Value {
    if name.contains('.') { attribute(&name.into()) } else { json!({ "Ref": name }) }
}

/// `Fn::Join` with an empty delimiter, literal text in one piece; what cannot be taken apart stays as it is.
pub(super) fn join(argument: &Value) -> Value {
    let parts = match argument.as_array().map(Vec::as_slice) {
        Some([Value::String(delimiter), Value::Array(items)]) => Some((delimiter, items)),
        _ => None,
    };
    let Some((delimiter, items)) = parts else { return one("Fn::Join", Place::Text.value(argument)) };
    let items: Vec<Value> = items.iter().map(|item| Place::Text.value(item)).collect();
    let literal = items.iter().all(Value::is_string);
    // An item that may turn out to be nothing, or a list, decides how many delimiters there are.
    let divided = literal || items.len() > 1 && items.iter().all(is_one_text);
    if !delimiter.is_empty() && !divided {
        return one("Fn::Join", json!([delimiter, items]));
    }
    let mut pieces = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            pieces.push(delimiter.as_str().into());
        }
        pieces.push(item);
    }
    concatenated(pieces)
}

/// Whether an item of a `Fn::Join` is one piece of text.
fn is_one_text(item: &Value) -> bool {
    item.is_string() || is_one_value(item) && !is_no_value(item)
}

/// Pieces one after the other: a `Fn::Join`, or the one piece that there is.
fn concatenated(pieces: Vec<Value>) -> Value {
    let mut out: Vec<Value> = Vec::new();
    for piece in pieces {
        let inner = match inner_pieces(&piece) {
            Some(inner) => inner.clone(),
            None => vec![piece],
        };
        for piece in inner {
            match (out.last_mut(), piece) {
                (_, Value::String(text)) if text.is_empty() => {}
                (Some(Value::String(before)), Value::String(text)) => before.push_str(&text),
                (_, piece) => out.push(piece),
            }
        }
    }
    match out.len() {
        0 => "".into(),
        1 => out.swap_remove(0),
        _ => one("Fn::Join", json!(["", out])),
    }
}

/// The pieces of a `Fn::Join` with an empty delimiter.
fn inner_pieces(value: &Value) -> Option<&Vec<Value>> {
    match function(value)? {
        ("Fn::Join", Value::Array(parts)) => match &parts[..] {
            [Value::String(delimiter), Value::Array(items)] if delimiter.is_empty() => Some(items),
            _ => None,
        },
        _ => None,
    }
}
