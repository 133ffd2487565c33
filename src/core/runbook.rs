//! Runbooks: what people do by hand beside a stack, with the stack's outputs filled in.

use super::At;

/// Manual steps: Markdown, in which `{{VpcId}}` stands for the stack's output of that key, and `{{shop/dev/web:Url}}` for
/// one of another stack. [`Stack::runbook`](super::Stack::runbook) declares one.
#[derive(Clone, Debug)]
pub struct Runbook {
    /// What it is about, in a line.
    pub title: String,
    /// The steps.
    pub text: String,
    pub(crate) at: At,
}

/// A place in a runbook that an output stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placeholder<'a> {
    /// The path of the stack, where it is another one.
    pub stack: Option<&'a str>,
    /// The output's key.
    pub key: &'a str,
}

/// A piece of a runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Output(Placeholder<'a>),
}

impl Runbook {
    /// The places that outputs stand in, in the order of the text.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder<'_>> {
        pieces(&self.text).into_iter().filter_map(|piece| match piece {
            Piece::Output(placeholder) => Some(placeholder),
            Piece::Text(_) => None,
        })
    }

    /// The text with `value` of each placeholder in its place.
    #[must_use]
    pub fn fill(&self, mut value: impl FnMut(Placeholder<'_>) -> String) -> String {
        let filled = pieces(&self.text).into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Output(placeholder) => value(placeholder),
        });
        filled.collect()
    }
}

/// Cuts a text into its pieces. Braces around anything but a name are text: templates of other tools, dynamic references.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let Some(close) = text[open..].find("}}").map(|found| open + found) else { break };
        match placeholder(text[open + 2..close].trim()) {
            Some(placeholder) => {
                pieces.push(Piece::Text(&text[start..open]));
                pieces.push(Piece::Output(placeholder));
                (start, at) = (close + 2, close + 2);
            }
            // What follows the first brace may begin a placeholder.
            None => at = open + 1,
        }
    }
    pieces.push(Piece::Text(&text[start..]));
    pieces
}

fn placeholder(name: &str) -> Option<Placeholder<'_>> {
    let (stack, key) = name.split_once(':').map_or((None, name), |(stack, key)| (Some(stack), key));
    let of = |text: &str, more: &[u8]| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
        text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(letter)
    };
    (of(key, b"_-") && stack.is_none_or(|stack| of(stack, b"_-./"))).then_some(Placeholder { stack, key })
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, Placeholder, pieces};

    #[test]
    fn names_in_braces_are_placeholders_and_all_else_is_text() {
        let own = |key| Output(Placeholder { stack: None, key });
        assert_eq!(pieces("a {{Url}}b"), [Text("a "), own("Url"), Text("b")]);
        assert_eq!(pieces("{{ Url }}"), [Text(""), own("Url"), Text("")]);
        let other = Output(Placeholder { stack: Some("shop/dev/web"), key: "Url" });
        assert_eq!(pieces("{{shop/dev/web:Url}}"), [Text(""), other, Text("")]);
        for text in
            ["{{.Id}}", "{{ a b }}", "{{resolve:secretsmanager:x:SecretString}}", "{{", "{{}}", "{Url}", "é{{ü}}"]
        {
            assert_eq!(pieces(text), [Text(text)]);
        }
        assert_eq!(pieces("{{.Id}} {{{Url}}}"), [Text("{{.Id}} {"), own("Url"), Text("}")]);
    }
}
