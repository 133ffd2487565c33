//! `cookbook/networking`: networks, what connects them, and what keeps them apart.

pub mod https_redirect;
pub mod vpc;

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[
    recipe!("networking", "vpc", vpc),
    recipe!("networking", "https-redirect", https_redirect, "runbooks/certificate.md", "runbooks/https-redirect.md"),
];
