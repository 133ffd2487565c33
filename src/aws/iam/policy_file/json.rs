//! JSON with places: where each value stands, and what is wrong with the text, as much of it as can be told at once.

use std::ops::Range;

/// A value and the bytes it stands in.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Json,
}

#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
    /// What was wrong, and is reported.
    Unread,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// Where the name stands.
    pub(super) span: Range<usize>,
    pub(super) value: Node,
}

/// Something wrong with the text.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) message: String,
    pub(super) help: String,
    pub(super) marks: Vec<(Range<usize>, &'static str)>,
}

/// What was read of a text.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Option<Node>,
    pub(super) flaws: Vec<Flaw>,
    /// Whether it was read to its end, so that what is not there is missing.
    pub(super) whole: bool,
}

/// Reads a text. A flaw that leaves no doubt how to go on, such as one comma too many, does not end the reading.
pub(super) fn read(text: &str) -> Document {
    let mut reader = Reader { text, at: 0, flaws: Vec::new(), guessing: false, whole: true, depth: 0 };
    reader.space();
    let root = if reader.peek().is_none() {
        reader.flaw(
            "this document is empty",
            "write a policy into it: `Version`, and a `Statement`",
            &[(0..0, "here")],
        );
        None
    } else {
        reader.value()
    };
    reader.space();
    if root.is_some() && reader.whole && reader.peek().is_some() {
        let marks = [(reader.here(), "from here on")];
        reader.flaw("something stands after the document's end", "delete it, or a bracket too many before it", &marks);
    }
    Document { whole: reader.whole && root.is_some(), root, flaws: reader.flaws }
}

/// Deeper than any policy is.
const DEEPEST: usize = 64;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    flaws: Vec<Flaw>,
    /// After a wrong bracket, the next flaw may be its consequence: it is not told.
    guessing: bool,
    whole: bool,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character that comes next.
    fn here(&self) -> Range<usize> {
        self.at..self.at + self.peek().map_or(0, char::len_utf8)
    }

    fn flaw(&mut self, message: impl Into<String>, help: impl Into<String>, marks: &[(Range<usize>, &'static str)]) {
        if self.guessing {
            self.whole = false;
        } else {
            self.flaws.push(Flaw { message: message.into(), help: help.into(), marks: marks.to_vec() });
        }
    }

    /// A flaw after which nothing can be told.
    fn stop<T>(&mut self, message: impl Into<String>, help: &str, marks: &[(Range<usize>, &'static str)]) -> Option<T> {
        if self.whole {
            self.flaw(message, help, marks);
        }
        self.whole = false;
        self.at = self.text.len();
        None
    }

    /// Passes white space, and comments, which are flaws.
    fn space(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
            let end = match self.rest() {
                rest if rest.starts_with("//") || rest.starts_with('#') => rest.find('\n').unwrap_or(rest.len()),
                rest if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => return,
            };
            let marks = [(self.at..self.at + end, "this comment")];
            self.flaw("JSON has no comments", "delete it; a `Sid` can say what a statement is for", &marks);
            self.at += end;
        }
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let value = match self.peek() {
            Some('{') => self.object()?,
            Some('[') => self.list()?,
            Some('"') => Json::Text(self.quoted()?),
            Some(quote @ ('\'' | '“' | '”')) => Json::Text(self.quoted_wrongly(quote)?),
            Some(c) if c.is_ascii_alphanumeric() || c == '-' => self.word(),
            Some(c) => {
                let marks = [(self.here(), "here")];
                return self.stop(
                    format!("a value is missing before this `{c}`"),
                    "write one, or delete what waits for it",
                    &marks,
                );
            }
            None => {
                return self.stop(
                    "the document ends where a value should stand",
                    "write the rest of it",
                    &[(start..start, "here")],
                );
            }
        };
        Some(Node { span: start..self.at, value })
    }

    fn object(&mut self) -> Option<Json> {
        let mut members: Vec<Member> = Vec::new();
        self.items('}', |reader| {
            let member = reader.member()?;
            match members.iter().find(|known| known.name == member.name) {
                Some(first) => {
                    let marks = [(member.span, "again here"), (first.span.clone(), "first here")];
                    let message = format!("`{}` is there twice in one object", member.name);
                    reader.flaw(
                        message,
                        "join the two, or delete one: of two, readers keep the last in silence",
                        &marks,
                    );
                }
                None => members.push(member),
            }
            Some(())
        })?;
        Some(Json::Object(members))
    }

    fn list(&mut self) -> Option<Json> {
        let mut items = Vec::new();
        self.items(']', |reader| {
            items.push(reader.value()?);
            Some(())
        })?;
        Some(Json::List(items))
    }

    /// What stands between brackets, with commas between.
    fn items(&mut self, end: char, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let open = self.here();
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.stop("this is nested deeper than any policy", "write it flatter", &[(open, "here")]);
        }
        let mut comma: Option<Range<usize>> = None;
        for index in 0_usize.. {
            self.space();
            match self.peek() {
                None => {
                    let help = format!("write the missing `{end}`");
                    return self.stop("the document ends before this is closed", &help, &[(open, "opened here")]);
                }
                Some(']' | '}') => {
                    self.close(end, &open, comma);
                    break;
                }
                Some(',') => {
                    let marks = [(self.here(), "this comma")];
                    self.flaw("nothing stands before this comma", "delete it", &marks);
                    comma = Some(self.here());
                    self.at += 1;
                    continue;
                }
                Some(_) if index > 0 && comma.is_none() => {
                    let marks = [(self.here(), "before this")];
                    self.flaw("a comma is missing between two items", "write a `,` after the one before", &marks);
                }
                Some(_) => {}
            }
            item(self)?;
            self.space();
            comma = (self.peek() == Some(',')).then(|| self.here());
            self.at += usize::from(comma.is_some());
        }
        self.depth -= 1;
        Some(())
    }

    fn close(&mut self, end: char, open: &Range<usize>, comma: Option<Range<usize>>) {
        let found = self.here();
        self.at += 1;
        if !self.text[found.clone()].starts_with(end) {
            let (opened, closed) = (&self.text[open.clone()], &self.text[found.clone()]);
            let message = format!("`{closed}` closes what `{opened}` opened");
            let help = format!("write `{end}` here, or before it if it is missing");
            self.flaw(message, help, &[(found, "closed here"), (open.clone(), "opened here")]);
            self.guessing = true;
        } else if let Some(comma) = comma {
            let what = if end == ']' { "list" } else { "object" };
            self.flaw(
                format!("a comma stands after the last item of this {what}"),
                "delete it",
                &[(comma, "this comma")],
            );
        }
    }

    /// A name and its value.
    fn member(&mut self) -> Option<Member> {
        let start = self.at;
        let name = match self.peek() {
            Some('"') => self.quoted()?,
            Some(quote @ ('\'' | '“' | '”')) => self.quoted_wrongly(quote)?,
            _ => {
                let marks = [(self.here(), "here")];
                return self.stop(
                    "a name in `\"` should stand here",
                    "an object has names, each with `:` and a value",
                    &marks,
                );
            }
        };
        let span = start..self.at;
        self.space();
        if self.peek() == Some(':') {
            self.at += 1;
        } else {
            let marks = [(span.clone(), "after this name")];
            self.flaw(format!("a `:` is missing after `{name}`"), "write it between the name and its value", &marks);
            self.at += usize::from(self.peek() == Some('='));
        }
        self.space();
        if self.peek().is_some_and(|c| matches!(c, ',' | '}')) {
            self.flaw(format!("`{name}` has no value"), "write one after the `:`", &[(span.clone(), "this name")]);
            let value = Node { span: self.at..self.at, value: Json::Unread };
            return Some(Member { name, span, value });
        }
        Some(Member { name, span, value: self.value()? })
    }

    fn quoted(&mut self) -> Option<String> {
        let start = self.at;
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '\n' || *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((length, '"')) = end else {
            let line = self.rest().lines().next().map_or(0, str::len);
            return self.stop(
                "this text is not closed on its line",
                "write a `\"` where it ends",
                &[(start..start + line, "from here")],
            );
        };
        self.at += length + 1;
        let raw = &self.text[start..self.at];
        if let Ok(text) = serde_json::from_str(raw) {
            return Some(text);
        }
        let help = "in JSON `\\` stands before one of `\"\\/bfnrtu`; a tab is `\\t`";
        self.flaw("this text has an escape or a character that JSON does not know", help, &[(start..self.at, "here")]);
        Some(self.text[start + 1..self.at - 1].to_owned())
    }

    /// Text in quotes of another kind, which word processors and other languages write.
    fn quoted_wrongly(&mut self, quote: char) -> Option<String> {
        let start = self.at;
        let marks = [(self.here(), "this quote")];
        let last = if quote == '\'' { ['\'', '\''] } else { ['”', '"'] };
        let line = self.rest().lines().next().unwrap_or_default();
        let inner = &line[quote.len_utf8()..];
        let Some(length) = inner.find(last) else {
            return self.stop("JSON has text in `\"` alone", "write `\"` on both sides", &marks);
        };
        let text = inner[..length].to_owned();
        let closing = inner[length..].chars().next().map_or(0, char::len_utf8);
        self.at = start + quote.len_utf8() + length + closing;
        self.flaw("JSON has text in `\"` alone", format!("write `\"{text}\"`"), &marks);
        Some(text)
    }

    /// A number, `true`, `false`, `null`.
    fn word(&mut self) -> Json {
        let start = self.at;
        let is_word = |c: char| c.is_ascii_alphanumeric() || "+-._:*/".contains(c);
        self.at += self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len());
        let word = &self.text[start..self.at];
        match (word, serde_json::from_str(word)) {
            ("true", _) => Json::Bool(true),
            ("false", _) => Json::Bool(false),
            ("null", _) => Json::Null,
            (_, Ok(number)) => Json::Number(number),
            _ => {
                let help = match &*word.to_lowercase() {
                    lower @ ("true" | "false") => format!("write `{lower}`"),
                    _ => format!("write `\"{word}\"` if it is text"),
                };
                self.flaw(format!("`{word}` is no value of JSON"), help, &[(start..self.at, "here")]);
                Json::Unread
            }
        }
    }
}
