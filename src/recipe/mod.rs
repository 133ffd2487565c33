//! Recipes: stacks that others begin with. Each has a page that tells what it is for and what it makes, and becomes a project
//! of somebody's own. Nothing here prints or touches files.

mod about;
mod page;
pub(crate) mod project;
mod rewrite;

pub use about::About;
use rewrite::Rewrite;

use crate::core::{App, Env, Stack};
use crate::graph::{Detail, Graph};
use crate::synth::Problems;

/// A stack that others can begin a project with: `stacks new` makes one of it.
///
/// Its module is at the path of the stack below the folder `stacks`, with `_` for `-`, and has a function of its own name that
/// defines the stack: `cookbook/networking/nat-gateway` is `stacks/cookbook/networking/nat_gateway.rs`, the module
/// `crate::cookbook::networking::nat_gateway`. Its `//!` lines say what it is for: see [`About`].
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The path of its stack in the app that has it: `cookbook/networking/vpc`.
    pub path: &'static str,
    /// Defines the stack.
    pub define: fn(&mut Stack),
    /// The files it is made of, by their paths from the folder of the recipe's module, and their texts. The module itself
    /// is first; it refers to the others as `crate::…`, and to nothing else of the app.
    pub files: &'static [(&'static str, &'static str)],
    /// The files of its tests, by their names, and their texts: each is a module of the crate that the tests are in, and refers
    /// to the others as `crate::…`, to the recipe as the app does.
    pub tests: &'static [(&'static str, &'static str)],
}

impl Recipe {
    /// The last part of its path, which its stack is called in a project of its own.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('/').map_or(self.path, |(_, name)| name)
    }

    /// What its module says of it.
    #[must_use]
    pub fn about(&self) -> About {
        About::of(self.files.first().map_or("", |(_, text)| text))
    }

    /// The page that says what it is for, what it makes and what is to be done, in Markdown; made for the file
    /// `docs/<path>.md`, with the picture beside it.
    ///
    /// # Errors
    ///
    /// The problems of its definition.
    pub fn page(&self) -> Result<String, Problems> {
        page::page(self)
    }

    /// The picture of its resources, as SVG.
    ///
    /// # Errors
    ///
    /// The problems of its definition.
    pub fn picture(&self) -> Result<String, Problems> {
        Ok(Graph::of_resources(&self.app(self.path).synth()?, Detail::Main, |_| true).to_svg())
    }

    /// What its files say of places in its app, said of a project of its own.
    pub(crate) fn rewrite(&self) -> Rewrite {
        Rewrite::of(self)
    }

    /// An app that has its stack alone, at a path.
    pub(crate) fn app(&self, path: &str) -> App {
        let mut app = App::new();
        app.stack(path, Env::any(), self.define);
        app
    }
}
