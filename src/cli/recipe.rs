//! Recipes: stacks that others begin with.

use crate::core::Stack;

/// A stack that others can begin a project with.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The path of its stack in the app that has it: `cookbook/networking/vpc`.
    pub path: &'static str,
    /// Defines the stack.
    pub define: fn(&mut Stack),
    /// The files it is made of, by their paths from the folder of the recipe's module, and their texts. The module itself
    /// is first.
    pub files: &'static [(&'static str, &'static str)],
}
