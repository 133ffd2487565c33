//! `cookbook`: recipes. Each is a problem that somebody has with AWS, and one stack that solves it: what has to be there before,
//! and the steps, in one. They go wherever the credentials lead; nothing in them belongs to one account or region.

/// A recipe of this folder: the stack `cookbook/GROUP/NAME`, which the function of the module's own name defines, and the
/// files that the module needs beside itself. Its tests are at the same place in `tests/cookbook`.
macro_rules! recipe {
    ($group:literal, $name:literal, $module:ident $(, $file:literal)* $(,)?) => {
        formwork::cli::Recipe {
            path: concat!("cookbook/", $group, "/", $name),
            define: $module::$module,
            files: &[
                (concat!(stringify!($module), ".rs"), include_str!(concat!(stringify!($module), ".rs"))),
                $(($file, include_str!($file)),)*
            ],
            tests: &[
                (
                    concat!(stringify!($module), ".rs"),
                    include_str!(concat!("../../../tests/cookbook/", $group, "/", stringify!($module), ".rs")),
                ),
                ("support.rs", include_str!("../../../tests/cookbook/support.rs")),
            ],
        }
    };
}

pub mod containers;
pub mod databases;
mod host;
pub mod networking;

use formwork::cli::Recipe;
use formwork::{App, Env};

/// Every recipe, in the order of the book.
pub fn recipes() -> impl Iterator<Item = &'static Recipe> {
    [networking::RECIPES, databases::RECIPES, containers::RECIPES].into_iter().flatten()
}

/// A stack for each recipe.
pub fn define(app: &mut App) {
    for recipe in recipes() {
        app.stack(recipe.path, Env::any(), recipe.define);
    }
}
