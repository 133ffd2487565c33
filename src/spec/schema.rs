//! The schema of a type: what `spec/condense.py` keeps of the registry's JSON Schema.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use indexmap::IndexMap;
use regex_lite::Regex;
use serde::Deserialize;

use super::later::{Additional, Later};

/// A resource type: its properties and rules, and what the registry and CDK's data say about it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'static"))]
pub struct TypeSpec {
    /// The properties and the rules between them.
    pub schema: Schema,
    /// The nested types.
    #[serde(default)]
    pub definitions: BTreeMap<String, Later>,
    /// What `Fn::GetAtt` answers.
    #[serde(default)]
    pub attributes: IndexMap<String, Attribute>,
    /// Which identifier `Ref` returns; empty where it is not one alone.
    #[serde(default)]
    pub refs: String,
    /// The properties that identify a resource.
    #[serde(default)]
    pub primary: Vec<String>,
    /// Properties whose change replaces the resource, as paths `A/B/*/C`.
    #[serde(default)]
    pub create_only: Vec<String>,
    /// Properties some of whose changes replace the resource.
    #[serde(default)]
    pub conditional_create_only: Vec<String>,
    /// Properties that no reading of the resource returns: secrets among them.
    #[serde(default)]
    pub write_only: Vec<String>,
    /// Properties that only the service sets.
    #[serde(default)]
    pub read_only: Vec<String>,
    /// Properties that AWS advises against.
    #[serde(default)]
    pub deprecated: Vec<String>,
    /// The ARN's form.
    #[serde(default)]
    pub arn: Option<String>,
    /// Whether it holds data that a replacement loses.
    #[serde(default)]
    pub stateful: bool,
    /// The property of its tags, and their form.
    #[serde(default)]
    pub tags: Option<(String, String)>,
    /// The regions that do not offer it, as indices into [`regions`](super::regions).
    #[serde(default)]
    absent: Vec<usize>,
}

/// An attribute that `Fn::GetAtt` answers.
#[derive(Debug, Deserialize)]
pub struct Attribute {
    /// `string`, `strings`, `integer`, `number`, `boolean` or `json`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which identifier it is.
    #[serde(rename = "kind")]
    pub identifies: Option<String>,
}

/// What a value must be: the keywords of JSON Schema that the registry uses.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'static"))]
pub struct Schema {
    /// The nested type it refers to.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The JSON types it may have; none: any.
    #[serde(rename = "type")]
    pub types: Types,
    /// The only values it may have.
    #[serde(rename = "enum")]
    pub allowed: Option<Vec<serde_json::Value>>,
    /// The same, capitals not counting.
    pub enum_case_insensitive: Option<Vec<serde_json::Value>>,
    /// The one value it may have.
    #[serde(rename = "const")]
    pub constant: Option<serde_json::Value>,
    /// A regular expression that part of the text must match.
    pub pattern: Option<Pattern>,
    /// The form of the text: `ipv4-network`, `date-time`, …
    pub format: Option<String>,
    /// The identifiers it takes.
    pub kinds: Vec<String>,
    /// Characters, at least.
    pub min_length: Option<u64>,
    /// Characters, at most.
    pub max_length: Option<u64>,
    /// The least number.
    pub minimum: Option<f64>,
    /// The greatest number.
    pub maximum: Option<f64>,
    /// The number it must be greater than.
    pub exclusive_minimum: Option<f64>,
    /// The number it must be less than.
    pub exclusive_maximum: Option<f64>,
    /// What it must be a multiple of.
    pub multiple_of: Option<f64>,
    /// What each item must be.
    pub items: Option<Later>,
    /// What the first items must be, each in its place.
    pub prefix_items: Vec<Schema>,
    /// Items, at least.
    pub min_items: Option<u64>,
    /// Items, at most.
    pub max_items: Option<u64>,
    /// Different items, at most.
    pub max_unique_items: Option<u64>,
    /// Whether no two items may be the same.
    pub unique_items: bool,
    /// Keys whose values no two items may share.
    pub unique_keys: Vec<String>,
    /// Whether the order of the items means nothing.
    pub unordered: bool,
    /// The properties of an object.
    pub properties: BTreeMap<String, Later>,
    /// What the values of free keys must be, by a pattern of the key.
    pub pattern_properties: IndexMap<Pattern, Later>,
    /// Whether other keys are refused, or what they must be.
    pub additional_properties: Option<Additional>,
    /// Keys, at least.
    pub min_properties: Option<u64>,
    /// Keys, at most.
    pub max_properties: Option<u64>,
    /// Properties that must be there.
    pub required: Vec<String>,
    /// Properties of which exactly one must be there.
    pub required_xor: Vec<String>,
    /// Properties of which one at least must be there.
    pub required_or: Vec<String>,
    /// Properties that need others.
    pub dependent_required: BTreeMap<String, Vec<String>>,
    /// Properties that exclude others.
    pub dependent_excluded: BTreeMap<String, Vec<String>>,
    /// All of these hold.
    pub all_of: Vec<Schema>,
    /// One of these holds at least.
    pub any_of: Vec<Schema>,
    /// Exactly one of these holds.
    pub one_of: Vec<Schema>,
    /// This does not hold.
    pub not: Option<Box<Schema>>,
    /// Where this holds, `then` does; where not, `otherwise`.
    #[serde(rename = "if")]
    pub condition: Option<Box<Schema>>,
    /// See `condition`.
    pub then: Option<Box<Schema>>,
    /// See `condition`.
    #[serde(rename = "else")]
    pub otherwise: Option<Box<Schema>>,
}

/// JSON types, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Types(u8);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Types {
    fn from(names: OneOrMany) -> Self {
        let names = match names {
            OneOrMany::One(name) => vec![name],
            OneOrMany::Many(names) => names,
        };
        names.iter().fold(Self(0), |set, name| {
            set | match name.as_str() {
                "string" => Self::STRING,
                "integer" => Self::INTEGER,
                "number" => Self::NUMBER,
                "boolean" => Self::BOOLEAN,
                "object" => Self::OBJECT,
                "array" => Self::ARRAY,
                _ => Self(0),
            }
        })
    }
}

impl Types {
    /// Text.
    pub const STRING: Self = Self(1);
    /// A whole number.
    pub const INTEGER: Self = Self(2);
    /// Any number.
    pub const NUMBER: Self = Self(4);
    /// `true` or `false`.
    pub const BOOLEAN: Self = Self(8);
    /// An object.
    pub const OBJECT: Self = Self(16);
    /// A list.
    pub const ARRAY: Self = Self(32);

    const NAMES: [(Self, &'static str); 6] = [
        (Self::STRING, "text"),
        (Self::INTEGER, "a whole number"),
        (Self::NUMBER, "a number"),
        (Self::BOOLEAN, "true or false"),
        (Self::OBJECT, "an object"),
        (Self::ARRAY, "a list"),
    ];

    /// Whether nothing is said of the type.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.0 == 0
    }

    /// Whether one of `other`'s types is among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// In words: `text or an object`.
    #[must_use]
    pub fn words(self) -> String {
        let names: Vec<_> = Self::NAMES.iter().filter(|(one, _)| self.has(*one)).map(|(_, name)| *name).collect();
        names.join(" or ")
    }
}

impl std::ops::BitOr for Types {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A regular expression of the specification, compiled when it is first needed.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    /// As the specification writes it.
    pub text: String,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    must: Regex,
    /// The inside of a negative look-ahead at the start, `^(?!…)`, which the engine has not.
    must_not: Option<Regex>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    /// Whether part of `text` matches; `None` where the pattern is beyond the engine (look-around inside it).
    #[must_use]
    pub fn matches(&self, text: &str) -> Option<bool> {
        let compiled = self.compiled.get_or_init(|| Compiled::new(&self.text)).as_ref()?;
        let refused = compiled.must_not.as_ref().is_some_and(|not| not.is_match(text));
        Some(!refused && compiled.must.is_match(text))
    }
}

impl Compiled {
    fn new(pattern: &str) -> Option<Self> {
        let (must, must_not) = match pattern.strip_prefix("^(?!") {
            Some(rest) => {
                let end = closing(rest)?;
                (format!("^{}", &rest[end + 1..]), Some(format!("^(?:{})", &rest[..end])))
            }
            None => (pattern.to_owned(), None),
        };
        let compile = |pattern: &str| Regex::new(&translate(pattern)?).ok();
        Some(Self {
            must: compile(&must)?,
            must_not: match must_not {
                Some(not) => Some(compile(&not)?),
                None => None,
            },
        })
    }
}

/// Where the group closes that is open at the start of `pattern`.
fn closing(pattern: &str) -> Option<usize> {
    let (mut depth, mut class, mut escaped) = (0, false, false);
    for (index, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class && depth == 0 => return Some(index),
            ')' if !class => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The members of a Unicode class: those of ASCII, and whatever is not ASCII. That is wider than written, never
/// narrower; in a class that is `negated` it is narrower, so that the whole still is wider.
fn unicode_class(name: &str, negated: bool) -> Option<String> {
    let ascii = match name {
        "ASCII" => return Some(r"\x00-\x7F".into()),
        "Print" => r"\x20-\x7E",
        "Graph" => r"!-~",
        _ if name.starts_with('L') || name.starts_with("Alpha") => "A-Za-z",
        _ if name.starts_with('N') || name.starts_with("Digit") => "0-9",
        // Control characters among the separators are wider than written.
        _ if name.starts_with('Z') || name.starts_with("Space") => {
            if negated {
                " "
            } else {
                r"\s"
            }
        }
        _ if name.starts_with('P') || name.starts_with('S') => r"!-/:-@\[-`{-~",
        _ if name.starts_with('M') => "",
        _ if name.starts_with('C') => r"\x00-\x1F\x7F",
        _ => return None,
    };
    match (negated, ascii) {
        (true, "") => None,
        (true, _) => Some(ascii.into()),
        (false, _) => Some(format!(r"{ascii}\x{{80}}-\x{{10FFFF}}")),
    }
}

/// A pattern of Java or ECMAScript in the engine's syntax.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let (mut class, mut negated, mut first) = (false, false, false);
    while let Some(c) = chars.next() {
        let was_first = std::mem::replace(&mut first, false);
        match c {
            '\\' => match chars.next()? {
                negative @ ('p' | 'P') if chars.peek() == Some(&'{') => {
                    chars.next();
                    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    let members = if negative == 'P' {
                        if negated {
                            return None;
                        }
                        r"\s\S".to_owned() // whatever it leaves out, nearly all that is written belongs to it
                    } else {
                        unicode_class(name.trim_start_matches("Is"), negated)?
                    };
                    if class { out.push_str(&members) } else { out.push_str(&format!("[{members}]")) }
                }
                'u' => {
                    let hex: String = (0..4).map_while(|_| chars.next()).collect();
                    let code = u32::from_str_radix(&hex, 16).ok()?;
                    if (0xD800..=0xDFFF).contains(&code) {
                        return None; // half of a character that UTF-8 does not split
                    }
                    out.push_str(&format!("\\x{{{hex}}}"));
                }
                'Z' | 'z' => out.push_str("\\z"),
                'A' => out.push_str("\\A"),
                'Q' | 'E' | 'k' | '1'..='9' => return None,
                // Escapes that the engine does not know, of characters that mean nothing special.
                c @ ('/' | '_' | '@' | '%' | '"' | '\'' | ',' | ';' | ':' | '=' | '!' | '<' | '>' | ' ' | '`') => {
                    out.push(c);
                }
                c => out.extend(['\\', c]),
            },
            // Both dialects let `[` and a lone `&`, `~`, `-` stand in a class; the engine reserves doubles.
            '[' if class => out.push_str("\\["),
            '&' | '~' if class => out.extend(['\\', c]),
            '[' => {
                (class, first) = (true, true);
                out.push('[');
                negated = chars.next_if_eq(&'^').is_some();
                if negated {
                    out.push('^');
                }
            }
            ']' if class && !was_first => {
                (class, negated) = (false, false);
                out.push(']');
            }
            // A dash after a range is itself: `[a-z-_]`.
            '-' if class && chars.peek().is_some_and(|next| *next != ']') && !was_first && ends_range(&out) => {
                out.push_str("\\-");
            }
            '/' => out.push('/'),
            c => out.push(c),
        }
    }
    Some(out)
}

/// Whether what is written of a class ends in a range or a class of its own, so that a dash now cannot start one.
fn ends_range(out: &str) -> bool {
    let start = out.rfind('[').map_or(0, |at| at + 1);
    let inside = &out[start..];
    let ends_class = ["\\w", "\\d", "\\s", "\\W", "\\D", "\\S"].iter().any(|class| inside.ends_with(class));
    let mut tail = inside.chars().rev();
    let range = tail.next().is_some() && tail.next() == Some('-') && tail.next().is_some_and(|c| c != '\\');
    ends_class || range
}

impl TypeSpec {
    pub(super) fn read(json: &'static str) -> Self {
        serde_json::from_str(json).expect("the build wrote it")
    }

    /// The schema that `schema` refers to, or itself.
    #[must_use]
    pub fn resolve<'a>(&'a self, mut schema: &'a Schema) -> &'a Schema {
        for _ in 0..8 {
            match schema.reference.as_deref().map(|name| self.definitions.get(name)) {
                None => return schema,
                Some(Some(next)) => schema = next,
                Some(None) => break,
            }
        }
        &EMPTY
    }

    /// Whether the region offers the type; an unknown region offers everything.
    #[must_use]
    pub fn offered_in(&self, region: &str) -> bool {
        super::regions().iter().position(|known| *known == region).is_none_or(|index| !self.absent.contains(&index))
    }

    /// The regions that offer the type.
    pub fn offered(&self) -> impl Iterator<Item = &'static str> {
        super::regions().iter().enumerate().filter(|(i, _)| !self.absent.contains(i)).map(|(_, region)| *region)
    }
}

static EMPTY: std::sync::LazyLock<Schema> = std::sync::LazyLock::new(Schema::default);
