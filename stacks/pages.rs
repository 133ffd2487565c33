//! The pages of the catalogue, in `docs/`: one for each recipe, with its picture beside it, and the list of all systems.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use formwork::App;
use formwork::recipe::{About, Recipe};

use crate::cookbook;

const AGAIN: &str = "`INSTA_UPDATE=always cargo test --bin stacks pages` writes the pages anew";

/// A file of the package.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What the module says that is at a path of the catalogue.
fn about(path: &str) -> About {
    let module = path.replace('-', "_");
    let text =
        [format!("stacks/{module}.rs"), format!("stacks/{module}/mod.rs")].map(|path| fs::read_to_string(file(&path)));
    About::of(&text.into_iter().find_map(Result::ok).unwrap_or_else(|| panic!("{path} has no module")))
}

/// Every page and picture, by its file.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([("docs/catalogue.md".to_owned(), catalogue())]);
    for recipe in cookbook::recipes() {
        pages.insert(format!("docs/{}.md", recipe.path), recipe.page().unwrap());
        pages.insert(format!("docs/{}.svg", recipe.path), recipe.picture().unwrap());
    }
    pages
}

/// The list of all systems.
fn catalogue() -> String {
    let mut app = App::new();
    super::define(&mut app);
    let paths: Vec<&str> = app.paths().collect();
    let mut systems: Vec<&str> = Vec::new();
    for system in paths.iter().map(|path| path.split('/').next().unwrap()) {
        if !systems.contains(&system) {
            systems.push(system);
        }
    }
    let mut out = "# The catalogue\n\nWhat is defined in [stacks](../stacks), by what it is for.\n".to_owned();
    for system in systems {
        out += &format!("\n## {system}\n\n{}", introduced(system));
        if system == "cookbook" {
            out += "\n`cargo run -- new RECIPE DIR` begins a project of your own with a recipe.\n";
            out += &groups();
        } else {
            out += &stacks(system, &paths);
        }
    }
    out
}

/// What a system or a group says of itself, without its name.
fn introduced(path: &str) -> String {
    let About { title, text } = about(path);
    let (_, title) = title.split_once(": ").unwrap_or(("", &title));
    let title = format!("{}{}.\n", title[..1].to_uppercase(), &title[1..]);
    if text.is_empty() { title } else { format!("{title}\n{text}\n") }
}

/// The recipes, in their groups.
fn groups() -> String {
    let mut out = String::new();
    let mut before = "";
    for recipe in cookbook::recipes() {
        let (folder, _) = recipe.path.rsplit_once('/').unwrap();
        if folder != before {
            let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
            out += &format!(
                "\n### {name}\n\n{}\n| recipe | what it solves | costs |\n|---|---|---|\n",
                introduced(folder)
            );
            before = folder;
        }
        out += &row(recipe);
    }
    out
}

fn row(recipe: &Recipe) -> String {
    let about = recipe.about();
    let part = |name: &str| about.part(name).unwrap_or_else(|| panic!("{} says no **{name}.**", recipe.path));
    let (title, path, name) = (&about.title, recipe.path, recipe.name());
    format!("| [{title}]({path}.md)<br>`{name}` | {} | {} |\n", part("Problem"), part("Costs"))
}

/// The stacks of a system: those of several stages are one.
fn stacks(system: &str, paths: &[&str]) -> String {
    let mut modules: Vec<(&str, Vec<&str>)> = Vec::new();
    for path in paths.iter().filter(|path| path.split('/').next() == Some(system)) {
        let (_, name) = path.rsplit_once('/').unwrap();
        match modules.iter_mut().find(|(known, _)| *known == name) {
            Some((_, stacks)) => stacks.push(path),
            None => modules.push((name, vec![path])),
        }
    }
    let rows = modules.iter().map(|(name, stacks)| {
        let selector = if stacks.len() == 1 { stacks[0].to_owned() } else { format!("{system}/*/{name}") };
        let (module, path) = (system.replace('-', "_"), format!("{system}/{name}"));
        let source = format!("../stacks/{module}/{}.rs", name.replace('-', "_"));
        format!("| [`{selector}`]({source}) | {} |\n", about(&path).title)
    });
    let table = format!("\n| stacks | what it is |\n|---|---|\n{}", rows.collect::<String>());
    let picture = format!("{system}.svg");
    if file(&format!("docs/{picture}")).exists() {
        table + &format!("\n![The stacks of {system}, and what each needs]({picture})\n")
    } else {
        table
    }
}

#[test]
fn the_pages_are_those_of_the_definitions() {
    let mut stale = Vec::new();
    for (path, text) in pages() {
        let file = file(&path);
        if fs::read_to_string(&file).is_ok_and(|kept| kept == text) {
            continue;
        }
        if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
        } else {
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "{} are stale: {AGAIN}", stale.join(", "));
}

#[test]
fn no_page_is_left_of_a_recipe_that_is_gone() {
    let known: BTreeSet<PathBuf> = pages().keys().map(|path| file(path)).collect();
    let (mut open, mut left) = (vec![file("docs/cookbook")], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !known.contains(&path)
            && path.extension().is_some_and(|extension| extension == "md" || extension == "svg")
        {
            left.push(path);
        }
    }
    assert!(left.is_empty(), "delete {left:?}");
}

#[test]
fn a_recipe_says_what_it_solves_how_and_at_what_costs() {
    for recipe in cookbook::recipes() {
        let about = recipe.about();
        for part in ["Problem", "Solution", "Costs"] {
            assert!(about.part(part).is_some_and(|text| !text.is_empty()), "{} says no **{part}.**", recipe.path);
        }
    }
}
