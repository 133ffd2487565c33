//! `cookbook/databases`: data that is kept, moved, encrypted and reached.

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[];
