//! `.dockerignore`: what of a context is not sent to a build.
//!
//! One pattern a line, from the context's root, later lines over earlier ones. `*` and `?` stand for characters of one
//! part, `**` for anything, `[a-z]` for one character, `\` takes the next character as it is; a pattern is about all
//! below a folder it matches. `!` before a pattern takes back what earlier lines left out. `#` begins a comment. Rules:
//! Docker's documentation, "Build context", ".dockerignore files".

use regex_lite::Regex;

/// The rules of one file, in its order.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    leaves_out: bool,
    pattern: Regex,
}

impl Rules {
    /// Reads a file; a pattern that is none is given back with its line, counted from 1.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut rules = Vec::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let pattern = line.trim();
            if line.starts_with('#') || pattern.is_empty() {
                continue;
            }
            let (leaves_out, pattern) = match pattern.strip_prefix('!') {
                Some(rest) => (false, rest.trim()),
                None => (true, pattern),
            };
            let compiled = Regex::new(&regex(&cleaned(pattern))).map_err(|_| (number, pattern.to_owned()))?;
            rules.push(Rule { leaves_out, pattern: compiled });
        }
        Ok(Self(rules))
    }

    /// Whether a path is left out, by itself or with a folder it is in.
    pub(super) fn leave_out(&self, name: &str) -> bool {
        let mut out = false;
        for rule in &self.0 {
            // A rule that would change nothing need not be asked.
            if rule.leaves_out != out && paths(name).any(|path| rule.pattern.is_match(path)) {
                out = rule.leaves_out;
            }
        }
        out
    }

    /// Whether something below a folder that is left out may be taken back.
    pub(super) fn take_back(&self) -> bool {
        self.0.iter().any(|rule| !rule.leaves_out)
    }
}

/// A path and the folders it is in.
fn paths(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(index, _)| &name[..index]).chain([name])
}

/// A pattern without what means nothing in it: `/a/./b/` is `a/b`.
fn cleaned(pattern: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// A pattern as a regular expression, as Docker makes it.
fn regex(pattern: &str) -> String {
    let mut out = String::from("^");
    let mut rest = pattern.chars().peekable();
    let (mut first, mut class) = (true, false);
    while let Some(c) = rest.next() {
        match c {
            ']' | '^' | '-' if class => {
                class = c != ']';
                out.push(c);
            }
            '*' if rest.next_if_eq(&'*').is_some() => {
                let folder = rest.next_if_eq(&'/').is_some();
                // `**` at an end takes all; `**.log` at the start takes what ends so; in between it takes whole folders.
                out.push_str(if rest.peek().is_none() || (first && !folder) { ".*" } else { "(.*/)?" });
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => {
                class = true;
                out.push(c);
            }
            '\\' => {
                let next = rest.next().unwrap_or('\\');
                out.push_str(&regex_lite::escape(&next.to_string()));
            }
            _ => out.push_str(&regex_lite::escape(&c.to_string())),
        }
        first = false;
    }
    out + "$"
}

#[cfg(test)]
mod tests {
    use super::Rules;

    /// Which of the names the rules leave out.
    fn left_out<'a>(rules: &str, names: &[&'a str]) -> Vec<&'a str> {
        let rules = Rules::parse(rules).unwrap();
        names.iter().copied().filter(|name| rules.leave_out(name)).collect()
    }

    #[test]
    fn a_pattern_is_about_the_root_and_all_below_what_it_matches() {
        let names = ["target/a", "target/b/c", "src/target/a", "target.txt"];
        for pattern in ["target", "/target/", "./target", "x/../target", "  target  ", "\u{feff}target"] {
            assert_eq!(left_out(pattern, &names), ["target/a", "target/b/c"], "{pattern}");
        }
        assert_eq!(left_out("**/target", &names), ["target/a", "target/b/c", "src/target/a"]);
    }

    #[test]
    fn stars_question_marks_and_classes_stand_for_characters() {
        let names = ["a.log", "b/a.log", "b/c/a.log", "ab.log"];
        assert_eq!(left_out("*.log", &names), ["a.log", "ab.log"]);
        assert_eq!(left_out("?.log", &names), ["a.log"]);
        assert_eq!(left_out("*/a.log", &names), ["b/a.log"]);
        assert_eq!(left_out("b/**/a.log", &names), ["b/a.log", "b/c/a.log"]);
        assert_eq!(left_out("**.log", &names), names);
        assert_eq!(left_out("b/**", &names), ["b/a.log", "b/c/a.log"]);
        assert_eq!(left_out("[a-b].log", &names), ["a.log"]);
        assert_eq!(left_out("[^b].log", &names), ["a.log"]);
        assert_eq!(left_out("**", &names), names);
    }

    #[test]
    fn what_means_something_in_an_expression_means_itself_in_a_pattern() {
        let names = ["a+b(c)", "a.b", "axb", "x^y", "[x]", "a*"];
        assert_eq!(left_out("a+b(c)", &names), ["a+b(c)"]);
        assert_eq!(left_out("a.b", &names), ["a.b"]);
        assert_eq!(left_out("x^y", &names), ["x^y"]);
        assert_eq!(left_out("\\[x\\]", &names), ["[x]"]);
        assert_eq!(left_out("a\\*", &names), ["a*"]);
    }

    #[test]
    fn later_lines_count_over_earlier_ones_and_comments_for_nothing() {
        let names = ["a.md", "README.md", "docs/a.md"];
        assert_eq!(left_out("# all\n*.md\n\n!README.md\n", &names), ["a.md"]);
        assert_eq!(left_out("!README.md\n*.md", &names), ["a.md", "README.md"]);
        assert_eq!(left_out("*\n!docs/a.md", &names), ["a.md", "README.md"]);
        assert!(!Rules::parse("*.md").unwrap().take_back());
        assert!(Rules::parse("*.md\n!README.md").unwrap().take_back());
    }

    #[test]
    fn a_pattern_that_is_none_is_told_with_its_line() {
        assert_eq!(Rules::parse("*.md\n[a-\n").unwrap_err(), (2, "[a-".to_owned()));
    }
}
