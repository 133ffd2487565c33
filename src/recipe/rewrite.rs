//! What a recipe's files say of places in its app, said of a project of its own: there it is one stack, and its modules are at
//! the root of the crate.

use super::Recipe;

/// What is replaced, by what, in order.
pub(crate) struct Rewrite {
    places: Vec<(String, String)>,
    modules: Vec<(String, String)>,
    /// What a file of tests includes.
    included: Vec<(String, String)>,
    tests: Vec<(String, String)>,
}

/// A file of the recipe, from the project's folder of definitions.
pub(super) fn placed(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("../") {
        path = rest;
    }
    path
}

impl Rewrite {
    pub(super) fn of(recipe: &Recipe) -> Self {
        let folders: Vec<&str> = recipe.path.rsplit_once('/').map_or(vec![], |(folder, _)| folder.split('/').collect());
        // The folders of the recipe's module, down to a depth.
        let below = |depth: usize, separator: &str| {
            let parts = folders[..depth].iter().map(|part| part.replace('-', "_") + separator);
            parts.collect::<String>()
        };
        let folder = |depth: usize| format!("stacks/{}", below(depth, "/"));
        let mut places: Vec<_> = (1..=folders.len()).rev().map(|depth| (folder(depth), "stacks/".to_owned())).collect();
        // Tests are as deep in their folder as the recipe is in its.
        let out = format!("\"{}", "../".repeat(folders.len() + 1));
        let included = places.iter().map(|(folder, _)| (format!("{out}{folder}"), "\"../stacks/".to_owned())).collect();
        places.push((recipe.path.to_owned(), recipe.name().to_owned()));
        places.push((recipe.path.replace('/', "-"), recipe.name().to_owned()));
        let module = |path: &str| {
            let depth = folders.len().saturating_sub(path.matches("../").count());
            let name = placed(path).strip_suffix(".rs")?.replace('/', "::");
            Some((format!("crate::{}{name}", below(depth, "::")), format!("crate::{name}")))
        };
        let modules = recipe.files.iter().filter_map(|(path, _)| module(path)).collect();
        let test = |path: &str| path.strip_suffix(".rs").map(|name| name.replace('/', "::"));
        let tests = recipe.tests.iter().filter_map(|(path, _)| test(path));
        let tests = tests.map(|name| (format!("crate::{name}"), format!("crate::tests::{name}"))).collect();
        Self { places, modules, included, tests }
    }

    /// Text for people, or a template.
    pub(crate) fn text(&self, text: &str) -> String {
        replaced(text, &self.places)
    }

    /// A file of definitions, which was at `path`.
    pub(super) fn code(&self, recipe: &Recipe, path: &str, text: &str) -> String {
        let mut text = replaced(&self.text(text), &self.modules);
        if !path.starts_with("../") {
            for (other, _) in recipe.files.iter().filter(|(other, _)| other.starts_with("../")) {
                text = text.replace(&format!("\"{other}\""), &format!("\"{}\"", placed(other)));
            }
        }
        sorted(&text)
    }

    /// A file of tests.
    pub(super) fn test(&self, text: &str) -> String {
        let text = self.included.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        // Modules of tests first: a recipe may be called as one of them.
        sorted(&replaced(&replaced(&self.text(&text), &self.tests), &self.modules))
    }
}

/// Text with all `pairs` replaced, where they are whole words.
fn replaced(text: &str, pairs: &[(String, String)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| replaced_one(&text, from, to))
}

fn replaced_one(text: &str, from: &str, to: &str) -> String {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let begins = !before.chars().next_back().or_else(|| out.chars().next_back()).is_some_and(word);
        let ends = from.ends_with('/') || !after.starts_with(word);
        out.push_str(before);
        out.push_str(if begins && ends { to } else { from });
        rest = after;
    }
    out + rest
}

/// Code whose lines `use crate::…` are in order again, as rustfmt wants them.
fn sorted(code: &str) -> String {
    let mut lines: Vec<&str> = code.split_inclusive('\n').collect();
    for group in lines.chunk_by_mut(|a, b| is_use(a) && is_use(b)) {
        group.sort_unstable();
    }
    lines.concat()
}

fn is_use(line: &str) -> bool {
    line.starts_with("use crate::") && line.trim_end().ends_with(';')
}

#[cfg(test)]
mod tests {
    use super::{Rewrite, placed};
    use crate::recipe::Recipe;

    const RECIPE: Recipe = Recipe {
        path: "book/big-nets/nat",
        define: |_| {},
        files: &[("nat.rs", ""), ("nat/parts.rs", ""), ("../host.rs", ""), ("../runbooks/look.md", ""), ("run.md", "")],
        tests: &[("nat.rs", ""), ("support.rs", "")],
    };

    #[test]
    fn modules_are_at_the_root_of_the_crate() {
        let code =
            "use crate::book::big_nets::nat::parts;\nuse crate::book::host::{host, isolated};\nuse formwork::Stack;\n";
        let expected = "use crate::host::{host, isolated};\nuse crate::nat::parts;\nuse formwork::Stack;\n";
        assert_eq!(Rewrite::of(&RECIPE).code(&RECIPE, "nat.rs", code), expected);
        assert_eq!(placed("../../host.rs"), "host.rs");
    }

    #[test]
    fn tests_are_in_a_module_of_their_own() {
        let code = "use crate::book::big_nets::nat::nat;\nuse crate::support::template;\n";
        let expected = "use crate::nat::nat;\nuse crate::tests::support::template;\n";
        assert_eq!(Rewrite::of(&RECIPE).test(code), expected);
    }

    #[test]
    fn tests_include_files_of_the_recipe() {
        let code = "include_str!(\"../../../stacks/book/big_nets/run.md\")";
        assert_eq!(Rewrite::of(&RECIPE).test(code), "include_str!(\"../stacks/run.md\")");
    }

    #[test]
    fn included_files_are_beside_what_includes_them() {
        let code = "include_str!(\"../runbooks/look.md\"); include_str!(\"run.md\")";
        let expected = "include_str!(\"runbooks/look.md\"); include_str!(\"run.md\")";
        assert_eq!(Rewrite::of(&RECIPE).code(&RECIPE, "nat.rs", code), expected);
        assert_eq!(Rewrite::of(&RECIPE).code(&RECIPE, "../host.rs", code), code);
    }

    #[test]
    fn texts_speak_of_the_one_stack_and_of_its_files() {
        let text = "stacks reach book/big-nets/nat/Host internet # book/big-nets/nat-gateway, handbook/big-nets/nat\n\
                    stacks/book/big_nets/lambda templates/book/big-nets/nat.yaml --stack-name book-big-nets-nat";
        let expected = "stacks reach nat/Host internet # book/big-nets/nat-gateway, handbook/big-nets/nat\n\
                        stacks/lambda templates/nat.yaml --stack-name nat";
        assert_eq!(Rewrite::of(&RECIPE).text(text), expected);
    }
}
