//! Wildcards of IAM: `*` is any text, `?` any character.

/// Whether everything that `text` stands for, wildcards in it too, is among what `pattern` stands for.
pub(super) fn covers(pattern: &str, text: &str) -> bool {
    // `${*}` is a star, not a wildcard.
    let escaped = ["${*}", "${?}", "${$}"].iter().any(|escape| pattern.contains(escape));
    pattern == text || !escaped && matches(pattern.as_bytes(), text.as_bytes(), !text.contains("${"))
}

/// Whether certainly nothing is among what both stand for: they begin or end with other characters.
pub(super) fn apart(one: &str, other: &str) -> bool {
    const WILD: [char; 3] = ['*', '?', '$'];
    let literal = |text: &str| !text.contains(WILD);
    if literal(one) && literal(other) {
        return one != other;
    }
    let first = |text: &'_ str| text.split(WILD).next().unwrap_or_default().to_owned();
    // An expression ends with a brace.
    let last = |text: &'_ str| text.rsplit(['*', '?', '}']).next().unwrap_or_default().to_owned();
    let (first, last) = ([first(one), first(other)], [last(one), last(other)]);
    !(first[0].starts_with(&*first[1]) || first[1].starts_with(&*first[0]))
        || !(last[0].ends_with(&*last[1]) || last[1].ends_with(&*last[0]))
}

/// `one`: whether `?` may match a character; where an expression stands in the text, one character of it is not one of
/// its value.
fn matches(pattern: &[u8], text: &[u8], one: bool) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star = None;
    while at < text.len() {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(b'?') if text[at] == b'?' || one && text[at] != b'*' && text[at].is_ascii() => {
                (at, of) = (at + 1, of + 1);
            }
            Some(byte) if *byte == text[at] && *byte != b'?' => (at, of) = (at + 1, of + 1),
            _ => {
                let Some((back, from)) = star else { return false };
                star = Some((back, from + 1));
                (at, of) = (from + 1, back + 1);
            }
        }
    }
    pattern[of..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{apart, covers};

    #[test]
    fn a_pattern_covers_what_it_matches_wildcards_included() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "s3:*"),
            ("s3:*", "s3:Get*"),
            ("s3:Get*", "s3:Get?bject"),
            ("a*b*c", "aXbYbZc"),
            ("a?c", "abc"),
            ("a?c", "a?c"),
            ("${Bucket.Arn}/*", "${Bucket.Arn}/a"),
            ("*", "${Bucket.Arn}"),
            ("${*}", "${*}"),
        ] {
            assert!(covers(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("s3:Get*", "s3:*"),
            ("s3:Get*", "s3:Ge"),
            ("a?c", "a*c"),
            ("a?c", "ac"),
            ("a", "A"),
            ("?????", "${X}a"),
            ("${*}", "${a}"),
            ("a*b", "a*"),
        ] {
            assert!(!covers(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_are_apart_where_their_ends_cannot_both_be() {
        for (one, other) in [("a", "b"), ("a*", "b*"), ("*a", "*b"), ("a*", "ba"), ("${X}/a", "*/b"), ("a${X}", "b")] {
            assert!(apart(one, other) && apart(other, one), "{one} {other}");
        }
        for (one, other) in [("a", "a"), ("a*", "*b"), ("a*", "ab*"), ("", "*"), ("${X}", "a"), ("${X}", "${Y}")] {
            assert!(!apart(one, other) && !apart(other, one), "{one} {other}");
        }
    }
}
