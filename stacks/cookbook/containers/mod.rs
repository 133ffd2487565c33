//! `cookbook/containers`: images, and where they run.

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[];
