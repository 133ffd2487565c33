//! The files that a recipe names: all that it is made of, so that it works where it is copied to.

use std::fs;
use std::path::{Path, PathBuf};

use formwork::App;

use crate::cookbook;
use crate::support::{assert_leaves_nothing, template};

/// What stands between `before` and the next quote, wherever `before` is.
fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every file in a folder, or the file itself.
fn files_in(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    fs::read_dir(path).unwrap().flat_map(|entry| files_in(&entry.unwrap().path())).collect()
}

#[test]
fn a_recipe_names_every_file_that_it_needs() {
    for recipe in cookbook::recipes() {
        let (module, text) = recipe.files[0];
        let named = |file: &str| recipe.files.iter().any(|(name, _)| *name == file);
        for file in quoted(text, "include_str!(\"") {
            assert!(named(file), "{module} includes {file}");
        }
        assert!(!text.contains("cookbook::host") || named("../host.rs"), "{module} uses ../host.rs");
        let group = recipe.path.rsplit_once('/').unwrap().0;
        let group = Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks").join(group);
        for asset in
            ["Asset::folder(\"", "Asset::file(\"", "ImageAsset::build(\""].iter().flat_map(|of| quoted(text, of))
        {
            for file in files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(asset)) {
                let file = file.strip_prefix(&group).unwrap().to_str().unwrap();
                assert!(named(file), "{module} sends {file}");
            }
        }
    }
}

#[test]
fn the_stacks_of_the_cookbook_are_the_recipes() {
    let mut app = App::new();
    cookbook::define(&mut app);
    let recipes: Vec<&str> = cookbook::recipes().map(|recipe| recipe.path).collect();
    assert_eq!(app.paths().collect::<Vec<_>>(), recipes);
    assert!(app.synth().is_ok());
}

#[test]
fn a_recipe_leaves_nothing_behind() {
    for recipe in cookbook::recipes() {
        assert_leaves_nothing(&template(recipe.define));
    }
}
