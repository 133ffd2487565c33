//! `cookbook/networking`: networks, what connects them, and what keeps them apart.

pub mod vpc;

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[recipe!("networking", "vpc", vpc)];
