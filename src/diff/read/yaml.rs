//! YAML, event by event, for its tags: short-form intrinsics.

use std::collections::BTreeMap;
use std::str::Chars;

use serde_json::{Map, Value, json};
use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

use super::scalar::resolved;
use super::{DEEPEST, Unreadable, twice};

/// How many values all aliases together may stand for: far more than a template has, far fewer than a few lines of
/// aliases of aliases can make.
const MOST_ALIASED: usize = 100_000;

/// The handle of YAML's own tags, which `!!` stands for.
const CORE: &str = "tag:yaml.org,2002:";

type At = (usize, usize);
type Result<T> = std::result::Result<T, Unreadable>;

pub(super) fn read(text: &str) -> Result<Value> {
    let (root, at) = read_data(text)?;
    if root.is_object() {
        Ok(root)
    } else {
        Err(Unreadable::new("a template is a mapping, with `Resources` in it", at))
    }
}

/// Any document, and where it starts.
pub(super) fn read_data(text: &str) -> Result<(Value, At)> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: BTreeMap::new(), aliased: 0 };
    reader.document()
}

/// A value, how deep it is, and of how many values it is made.
#[derive(Clone)]
struct Node {
    value: Value,
    depth: usize,
    size: usize,
}

struct Reader<'a> {
    parser: Parser<Chars<'a>>,
    anchors: BTreeMap<usize, Node>,
    aliased: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<(Event, At)> {
        self.parser.next_token().map(|(event, mark)| (event, place(mark))).map_err(unreadable)
    }

    fn document(&mut self) -> Result<(Value, At)> {
        self.next()?;
        let (event, at) = self.next()?;
        if event == Event::StreamEnd {
            return Err(Unreadable::new("the template is empty", at));
        }
        let (event, at) = self.next()?;
        let root = self.node(event, at, 1)?.value;
        self.next()?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok((root, at)),
            (_, at) => Err(Unreadable::new("a second document starts here: a template is one document", at)),
        }
    }

    fn node(&mut self, event: Event, at: At, level: usize) -> Result<Node> {
        let (anchor, node) = match event {
            Event::Alias(anchor) => return self.alias(anchor, at, level),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(text, style, tag.as_ref()).map_err(|message| Unreadable::new(message, at))?;
                let depth = usize::from(value.is_object());
                (anchor, Node { value, depth, size: 1 })
            }
            Event::SequenceStart(anchor, tag) => (anchor, self.sequence(tag.as_ref(), at, level)?),
            Event::MappingStart(anchor, tag) => (anchor, self.mapping(tag.as_ref(), at, level)?),
            _ => return Err(Unreadable::new("a value is missing", at)),
        };
        if level + node.depth > DEEPEST + 1 {
            return Err(Unreadable::too_deep(at));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, at: At, level: usize) -> Result<Node> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(Unreadable::new("this alias stands inside of what it stands for", at));
        };
        self.aliased += node.size;
        if self.aliased > MOST_ALIASED {
            return Err(Unreadable::new(format!("the aliases stand for more than {MOST_ALIASED} values"), at));
        }
        if level + node.depth > DEEPEST + 1 {
            return Err(Unreadable::too_deep(at));
        }
        Ok(node.clone())
    }

    fn sequence(&mut self, tag: Option<&Tag>, at: At, level: usize) -> Result<Node> {
        let (mut items, mut depth, mut size) = (Vec::new(), 0, 1);
        enter(at, level)?;
        loop {
            let (event, item_at) = self.next()?;
            if event == Event::SequenceEnd {
                return tagged(tag, items.into(), depth, size, at);
            }
            let item = self.node(event, item_at, level + 1)?;
            (depth, size) = (depth.max(item.depth), size + item.size);
            items.push(item.value);
        }
    }

    fn mapping(&mut self, tag: Option<&Tag>, at: At, level: usize) -> Result<Node> {
        let (mut map, mut brought, mut depth, mut size) = (Map::new(), Vec::new(), 0, 1);
        enter(at, level)?;
        loop {
            let (event, key_at) = self.next()?;
            let (key, merges) = match event {
                Event::MappingEnd => break,
                Event::Scalar(key, style, _, _) => {
                    let merges = key == "<<" && style == TScalarStyle::Plain;
                    (key, merges)
                }
                _ => return Err(Unreadable::new("a key is text here, not a list, a mapping or an alias", key_at)),
            };
            let (event, value_at) = self.next()?;
            let node = self.node(event, value_at, level + 1)?;
            (depth, size) = (depth.max(node.depth), size + node.size);
            if merges {
                brought.extend(sources(node.value, value_at)?);
            } else if map.insert(key.clone(), node.value).is_some() {
                return Err(Unreadable::new(twice(&key), key_at));
            }
        }
        // What stands in the mapping itself goes first, then the earlier of what is merged.
        for (key, value) in brought.into_iter().flatten() {
            if !map.contains_key(&key) {
                map.insert(key, value);
            }
        }
        tagged(tag, map.into(), depth, size, at)
    }
}

fn place(mark: Marker) -> At {
    (mark.line().max(1), mark.col() + 1)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
fn unreadable(error: ScanError) -> Unreadable {
    let at = place(*error.marker());
    match error.info() {
        "recursion limit exceeded" => Unreadable::too_deep(at),
        info => Unreadable::new(format!("this is not YAML: {info}"), at),
    }
}

/// Whether one more list or mapping may start.
fn enter(at: At, level: usize) -> Result<()> {
    if level > DEEPEST { Err(Unreadable::too_deep(at)) } else { Ok(()) }
}

/// The mappings that a merge key brings in.
fn sources(value: Value, at: At) -> Result<Vec<Map<String, Value>>> {
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    let mappings = values.into_iter().map(|value| match value {
        Value::Object(map) => Ok(map),
        _ => Err(Unreadable::new("`<<` merges a mapping or a list of mappings: quote it where it is text", at)),
    });
    mappings.collect()
}

/// A tag that is a function's, or what is wrong with it.
fn function(tag: &Tag) -> std::result::Result<String, String> {
    let short = tag.handle == "!" && !tag.suffix.is_empty();
    match tag.suffix.as_str() {
        _ if !short => Err(format!("the tag `{}{}` is none that CloudFormation knows", tag.handle, tag.suffix)),
        name @ ("Ref" | "Condition") => Ok(name.to_owned()),
        name => Ok(format!("Fn::{name}")),
    }
}

fn scalar(text: String, style: TScalarStyle, tag: Option<&Tag>) -> std::result::Result<Value, String> {
    match tag {
        None if style == TScalarStyle::Plain => resolved(&text),
        None => Ok(text.into()),
        // A lone `!` says that this is text.
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Ok(text.into()),
        Some(tag) if tag.handle == CORE => match tag.suffix.as_str() {
            "str" => Ok(text.into()),
            "int" | "float" | "bool" | "null" => resolved(&text),
            other => Err(format!("CloudFormation does not know the tag `!!{other}`")),
        },
        // To a reader of templates what is behind a tag is text.
        Some(tag) if tag.suffix == "GetAtt" && tag.handle == "!" => Ok(attribute(&text)),
        Some(tag) => Ok(json!({ function(tag)?: text })),
    }
}

/// `A.B` as `["A", "B"]`; the first full stop divides.
fn attribute(text: &str) -> Value {
    let parts = text.split_once('.').map_or_else(|| json!(text), |(id, attribute)| json!([id, attribute]));
    json!({ "Fn::GetAtt": parts })
}

/// A list or mapping in the function that its tag names.
fn tagged(tag: Option<&Tag>, value: Value, depth: usize, size: usize, at: At) -> Result<Node> {
    let core = |tag: &&Tag| tag.handle == CORE && matches!(tag.suffix.as_str(), "map" | "seq");
    match tag {
        Some(tag) if !core(&tag) => {
            let name = function(tag).map_err(|message| Unreadable::new(message, at))?;
            Ok(Node { value: json!({ name: value }), depth: depth + 2, size: size + 1 })
        }
        _ => Ok(Node { value, depth: depth + 1, size }),
    }
}
