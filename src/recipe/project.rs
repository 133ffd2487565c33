//! A recipe as a project of somebody's own: every file of it but the templates, which the command line writes as ever.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::page::{Page, together};
use super::rewrite::{Rewrite, placed};
use super::{About, Recipe};
use crate::core::App;
use crate::review;
use crate::synth::{Problems, Synthesized};

/// The package's own manifest: it lists the features that are on by default.
const MANIFEST: &str = include_str!("../../Cargo.toml");
/// The workflow that docs/pull-requests.md speaks of.
const WORKFLOW: &str = include_str!("../../docs/pull-request.yml");
/// What a project's tests are written with, where they name it; the first they always do.
const DEV_DEPENDENCIES: [(&str, &str); 4] =
    [("insta", "1.49"), ("ipnet", "2.12"), ("regex-lite", "0.1"), ("serde_json", "1")];

/// A project: files by their paths in it, without the templates.
pub(crate) struct Project {
    pub(crate) files: Vec<(String, String)>,
}

/// Where a project has formwork from.
pub(crate) enum Dependency {
    /// From the registry, this version or a compatible one.
    Version(&'static str),
    /// From a folder.
    Path(String),
}

/// A name for a package out of any text; none if it has nothing that a name could be made of.
pub(crate) fn package_name(text: &str) -> Option<String> {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let letters: String = text.to_ascii_lowercase().chars().map(letter).collect();
    let parts: Vec<&str> = letters.split('-').filter(|part| !part.is_empty()).collect();
    let name = parts.join("-");
    let first = name.trim_start_matches('_').chars().next()?;
    let name = if first.is_ascii_digit() { format!("stacks-{name}") } else { name };
    // A package cannot depend on one of its own name.
    let taken = name == "formwork" || DEV_DEPENDENCIES.iter().any(|(dependency, _)| *dependency == name);
    Some(if taken { format!("{name}-stacks") } else { name })
}

impl Project {
    /// The project of a recipe. `app` is what it will define: the stack under its own name.
    pub(crate) fn of(recipe: &Recipe, app: &App, name: &str, formwork: &Dependency) -> Result<Self, Problems> {
        let assembly = app.synth()?;
        let stack = &assembly.stacks[0];
        let page = Page::of(app, stack);
        let rewrite = Rewrite::of(recipe);
        let mut files = vec![
            (".github/workflows/pull-request.yml".to_owned(), workflow()),
            (".gitignore".to_owned(), "/target\n*.pending-snap\n*.snap.new\n".to_owned()),
            ("Cargo.toml".to_owned(), manifest(recipe, name, formwork, &services(page.types().into_keys()))),
            ("README.md".to_owned(), rewrite.text(&readme(recipe, &page))),
            ("rustfmt.toml".to_owned(), RUSTFMT.to_owned()),
            (format!("snapshots/{}.snap", stack.path), rewrite.text(&snapshot(stack))),
            ("stacks/main.rs".to_owned(), main(recipe)),
            ("tests/mod.rs".to_owned(), tests(recipe)),
            ("tests/review.rs".to_owned(), REVIEW.to_owned()),
        ];
        for (path, text) in recipe.files {
            let code = std::path::Path::new(path).extension().is_some_and(|extension| extension == "rs");
            let text = if code { rewrite.code(recipe, path, text) } else { rewrite.text(text) };
            files.push((format!("stacks/{}", placed(path)), text));
        }
        files.extend(recipe.tests.iter().map(|(path, text)| (format!("tests/{path}"), rewrite.test(text))));
        files.sort();
        Ok(Self { files })
    }
}

/// The features of the services that types are of.
fn services<'a>(types: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let service = |type_name: &str| {
        let mut parts = type_name.split("::");
        match (parts.next()?, parts.next()?) {
            ("AWS", service) => Some(service.to_lowercase()),
            // A type of somebody else's, or of the user's own, needs no feature.
            ("Custom", _) => None,
            (vendor, service) => Some(format!("{vendor}-{service}").to_lowercase()),
        }
    };
    let services: BTreeSet<String> = types.filter_map(service).collect();
    services.into_iter().filter(|service| MANIFEST.contains(&format!("\n{service} = ["))).collect()
}

/// The features that are on by default.
fn default_features() -> impl Iterator<Item = &'static str> {
    let list = MANIFEST.split_once("\ndefault = [").and_then(|(_, rest)| rest.split_once(']'));
    list.map_or("", |(list, _)| list).split('"').skip(1).step_by(2)
}

fn manifest(recipe: &Recipe, name: &str, formwork: &Dependency, services: &BTreeSet<String>) -> String {
    let defaults: BTreeSet<&str> = default_features().collect();
    let beyond: Vec<&str> = services.iter().map(String::as_str).filter(|name| !defaults.contains(name)).collect();
    let all: Vec<&str> = ["deploy"].into_iter().chain(services.iter().map(String::as_str)).collect();
    let (key, value) = match formwork {
        Dependency::Version(version) => ("version", *version),
        Dependency::Path(path) => ("path", path.as_str()),
    };
    let named = |package: &str| {
        let module = format!("{}::", package.replace('-', "_"));
        package == "insta" || recipe.tests.iter().any(|(_, text)| text.contains(&module))
    };
    let dev = DEV_DEPENDENCIES.iter().filter(|(package, _)| named(package));
    let dev: Vec<String> = dev.map(|(package, version)| format!("{package} = {version:?}\n")).collect();
    let more = if beyond.is_empty() { "" } else { ", and those it needs beyond them" };
    let features = if beyond.is_empty() { String::new() } else { format!(", features = {beyond:?}") };
    format!(
        "\
[package]
name = {name:?}
version = \"0.1.0\"
edition = \"2024\"
publish = false
description = {:?}
# `tests/` is a module of the program: nothing is compiled or linked twice.
autotests = false

[[bin]]
name = \"stacks\"
path = \"stacks/main.rs\"

[dependencies]
# The services that are on by default{more}. It builds faster with `default-features = false` and the features of its
# resources alone, with what the constructs of `formwork::aws` need beside those:
# {all:?}
formwork = {{ {key} = {value:?}{features} }}

[dev-dependencies]
{dev}
[profile.dev]
# Enough for a backtrace with lines.
debug = \"line-tables-only\"

[profile.dev.package.\"*\"]
debug = false
",
        recipe.about().title,
        dev = dev.concat(),
    )
}

const RUSTFMT: &str = "edition = \"2024\"\nmax_width = 120\nuse_small_heuristics = \"Max\"\n";

/// The workflow, without the lines that say where to put it.
fn workflow() -> String {
    let body: String = WORKFLOW.split_inclusive('\n').skip_while(|line| line.starts_with('#')).collect();
    format!(
        "# Checks a pull request, and says in one comment what it will do: `diff` against the branch it goes to. It needs no\n\
         # credentials of AWS: templates/ is what the branch has, committed.\n{body}"
    )
}

/// The view as insta keeps it.
fn snapshot(stack: &Synthesized<'_>) -> String {
    format!("---\nsource: tests/review.rs\n---\n{}", review::short(stack))
}

/// The names of the modules that are files of the crate's root.
fn modules(recipe: &Recipe) -> impl Iterator<Item = &'static str> {
    recipe.files.iter().filter_map(|(path, _)| placed(path).strip_suffix(".rs")).filter(|name| !name.contains('/'))
}

fn main(recipe: &Recipe) -> String {
    let own = modules(recipe).next().unwrap_or_default();
    let mut declared: Vec<(&str, &str)> = vec![("tests", "#[cfg(test)]\n#[path = \"../tests/mod.rs\"]\n")];
    declared.extend(modules(recipe).map(|name| {
        let shared = "#[allow(dead_code, reason = \"recipes share it, and each uses a part\")]\n";
        (name, if name == own { "" } else { shared })
    }));
    declared.sort_unstable();
    let mut out = "//! The stacks, and the command line over them.\n\n".to_owned();
    for (name, attribute) in declared {
        let _ = writeln!(out, "{attribute}mod {name};");
    }
    let _ = write!(
        out,
        "
use std::process::ExitCode;

use formwork::{{App, Env}};

fn main() -> ExitCode {{
    formwork::cli::main(define)
}}

fn define(app: &mut App) {{
    // Wherever the credentials lead; `Env::new(\"111111111111\", \"us-east-1\")` is one account and region.
    app.stack({:?}, Env::any(), {own}::{own});
}}
",
        recipe.name()
    );
    out
}

fn tests(recipe: &Recipe) -> String {
    let own = recipe.tests.iter().filter_map(|(path, _)| path.strip_suffix(".rs")).filter(|name| !name.contains('/'));
    let mut declared: Vec<(&str, &str)> = vec![("review", "")];
    declared.extend(own.enumerate().map(|(at, name)| {
        let shared = "#[allow(dead_code, reason = \"recipes share it, and each uses a part\")]\n";
        (name, if at == 0 { "" } else { shared })
    }));
    declared.sort_unstable();
    let declared = declared.iter().map(|(name, attribute)| format!("{attribute}mod {name};\n"));
    format!("//! What the stacks promise, and what a reviewer must not miss.\n\n{}", declared.collect::<String>())
}

const REVIEW: &str = r#"//! What a reviewer of a pull request must not miss, in `snapshots/`; what is deployed, in `templates/`.

use std::fs;
use std::path::Path;

use formwork::{App, Format, testing};

fn app() -> App {
    let mut app = App::new();
    crate::define(&mut app);
    app
}

/// `INSTA_UPDATE=always cargo test` writes the views anew. Look at what is different.
#[test]
fn each_stack_is_as_it_was_reviewed() {
    for (path, view) in testing::review(&app()) {
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(path.replace('/', "-"), view);
        });
    }
}

/// `cargo run -- synth` writes them anew.
#[test]
fn the_templates_are_those_of_the_definitions() {
    let app = app();
    for stack in app.synth().expect("the definitions have no problems").stacks {
        let file = format!("templates/{}.yaml", stack.path);
        let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap_or_default();
        assert!(kept == stack.template(Format::Yaml), "{file} is stale: `cargo run -- synth` writes it anew");
    }
}
"#;

fn readme(recipe: &Recipe, page: &Page<'_>) -> String {
    let About { title, text } = recipe.about();
    together(&[
        format!("# {title}\n"),
        format!("{text}\n"),
        format!("## Commands\n\n{}", page.commands()),
        format!("## What it makes\n\n{}", page.resources()),
        page.outputs(),
        page.parameters(),
        LAYOUT.to_owned(),
    ])
}

const LAYOUT: &str = "\
## What is where

| | |
|---|---|
| `stacks/` | the definitions: change them, and `cargo run -- synth` |
| `tests/` | what they promise; `cargo test` |
| `templates/` | what CloudFormation is given, committed: a pull request shows what changes in it |
| `snapshots/` | what a reviewer must not miss; `INSTA_UPDATE=always cargo test` writes it anew |
| `.github/workflows/` | checks of pull requests, and a comment that says what one will do |

`cargo run -- diff` says what a change will do before it is done, `cargo run -- --help` what else there is. Made by formwork.
";

#[cfg(test)]
mod tests {
    use super::{WORKFLOW, default_features, package_name, services, workflow};

    #[test]
    fn names_of_folders_become_names_of_packages() {
        for (folder, name) in [
            ("my-network", "my-network"),
            ("My Network (2)", "my-network-2"),
            ("3-tier", "stacks-3-tier"),
            ("formwork", "formwork-stacks"),
            ("größe", "gr-e"),
            ("_", "none"),
            ("日本", "none"),
            ("...", "none"),
        ] {
            assert_eq!(package_name(folder).as_deref().unwrap_or("none"), name, "{folder}");
        }
    }

    #[test]
    fn features_are_read_from_the_manifest() {
        let defaults: Vec<&str> = default_features().collect();
        assert!(defaults.contains(&"deploy") && defaults.contains(&"ec2") && !defaults.contains(&"cognito"));
        let types =
            ["AWS::EC2::VPC", "AWS::Cognito::UserPool", "Custom::Thing", "Alexa::ASK::Skill", "Acme::Own::Type"];
        assert_eq!(services(types.into_iter()).into_iter().collect::<Vec<_>>(), ["alexa-ask", "cognito", "ec2"]);
    }

    #[test]
    fn the_workflow_says_what_it_does_and_not_where_to_put_it() {
        assert!(WORKFLOW.starts_with("# Copy this"));
        let workflow = workflow();
        assert!(workflow.starts_with("# Checks a pull request") && !workflow.contains("Copy this"), "{workflow}");
        assert!(workflow.contains("\nname: pull request\n"));
    }
}
