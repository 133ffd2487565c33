//! A reader of YAML 1.1, as strict as the oldest that people have: plain text is resolved by the type repository of
//! YAML 1.1, and short-form intrinsics are put into their long form.

use regex_lite::Regex;
use serde_json::{Map, Number, Value, json};
use yaml_rust2::parser::{Event, MarkedEventReceiver, Parser, Tag};
use yaml_rust2::scanner::{Marker, TScalarStyle};

/// Reads one document.
pub fn read(text: &str) -> Result<Value, String> {
    let mut events = Events::default();
    Parser::new(text.chars()).load(&mut events, false).map_err(|error| error.to_string())?;
    let mut events = events.0.into_iter().filter(|event| {
        !matches!(
            event,
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart | Event::DocumentEnd | Event::Nothing
        )
    });
    let first = events.next().ok_or("no document")?;
    value(first, &mut events)
}

#[derive(Default)]
struct Events(Vec<Event>);

impl MarkedEventReceiver for Events {
    fn on_event(&mut self, event: Event, _: Marker) {
        self.0.push(event);
    }
}

fn value(event: Event, events: &mut impl Iterator<Item = Event>) -> Result<Value, String> {
    match event {
        Event::Scalar(text, style, _, tag) => {
            let plain = style == TScalarStyle::Plain && tag.is_none();
            Ok(tagged(tag, if plain { resolved(&text)? } else { text.into() }))
        }
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                match events.next().ok_or("the list does not end")? {
                    Event::SequenceEnd => return Ok(tagged(tag, items.into())),
                    event => items.push(value(event, events)?),
                }
            }
        }
        Event::MappingStart(_, tag) => {
            let mut map = Map::new();
            loop {
                let key = match events.next().ok_or("the map does not end")? {
                    Event::MappingEnd => return Ok(tagged(tag, map.into())),
                    event => value(event, events)?,
                };
                let Value::String(key) = key else { return Err(format!("the key {key} is not text")) };
                let next = events.next().ok_or("a key has no value")?;
                let there = map.insert(key.clone(), value(next, events)?);
                if there.is_some() {
                    return Err(format!("the key {key} is there twice"));
                }
            }
        }
        other => Err(format!("unexpected {other:?}")),
    }
}

/// `!Ref a` is `{"Ref": "a"}`, `!GetAtt a.b.c` is `{"Fn::GetAtt": ["a", "b.c"]}`, the others are `{"Fn::…": …}`.
fn tagged(tag: Option<Tag>, value: Value) -> Value {
    match tag.map(|tag| tag.suffix) {
        None => value,
        Some(name) if name == "Ref" || name == "Condition" => json!({ name: value }),
        Some(name) if name == "GetAtt" => {
            let text = value.as_str().unwrap_or_default();
            json!({ "Fn::GetAtt": text.split_once('.').map_or(json!(text), |(id, attribute)| json!([id, attribute])) })
        }
        Some(name) => json!({ format!("Fn::{name}"): value }),
    }
}

/// What plain text is. Source: yaml.org, "Language-Independent Types for YAML Version 1.1".
fn resolved(text: &str) -> Result<Value, String> {
    let is = |pattern: &str| Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text));
    if is("y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE") {
        return Ok(true.into());
    }
    if is("n|N|no|No|NO|off|Off|OFF|false|False|FALSE") {
        return Ok(false.into());
    }
    if is("~|null|Null|NULL|") {
        return Ok(Value::Null);
    }
    if is("=|<<") {
        return Err(format!("`{text}` is a word of YAML's"));
    }
    let date = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?";
    if is(date) {
        return Err(format!("`{text}` is a date"));
    }
    if is("[-+]?(?:0|[1-9][0-9_]*)") {
        return text
            .replace('_', "")
            .trim_start_matches('+')
            .parse::<i64>()
            .map(Value::from)
            .map_err(|e| e.to_string());
    }
    if is("[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+") {
        return Err(format!("`{text}` is a number in another base"));
    }
    if is(r"[-+]?(?:[0-9][0-9_]*)?\.[0-9.]*(?:[eE][-+][0-9]+)?") || is("[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+") {
        let number = text.replace('_', "").parse::<f64>().ok().and_then(Number::from_f64);
        return number.map(Value::from).ok_or_else(|| format!("`{text}` is a number that JSON has not"));
    }
    if is(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)") {
        return Err(format!("`{text}` is a number that JSON has not"));
    }
    Ok(text.into())
}
