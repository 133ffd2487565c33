//! The text of `Fn::Sub`: what is literal, what is replaced.

/// A piece of the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text that stays, `${!Name}` included.
    Text(&'a str),
    /// The name in `${Name}`.
    Name(&'a str),
}

/// Cuts a text into its pieces. A `${` that nothing closes is text.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(open) = text[at..].find("${").map(|found| at + found) {
        let Some(close) = text[open..].find('}').map(|found| open + found) else { break };
        let name = &text[open + 2..close];
        at = close + 1;
        if name.starts_with('!') {
            continue;
        }
        if open > start {
            pieces.push(Piece::Text(&text[start..open]));
        }
        pieces.push(Piece::Name(name.trim()));
        start = at;
    }
    if start < text.len() {
        pieces.push(Piece::Text(&text[start..]));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, pieces};

    #[test]
    fn names_are_told_from_text_and_from_literal_names() {
        assert_eq!(pieces("a${B}c"), [Text("a"), Name("B"), Text("c")]);
        assert_eq!(pieces("${!B}${A::B}"), [Text("${!B}"), Name("A::B")]);
        assert_eq!(pieces("open ${ and } shut"), [Text("open "), Name("and"), Text(" shut")]);
        assert_eq!(pieces("$B ${"), [Text("$B ${")]);
        assert_eq!(pieces(""), []);
    }
}
