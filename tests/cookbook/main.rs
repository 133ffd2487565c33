//! The recipes: what each promises, asked of its template and of its network. One module for each, in the folder of its group.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[path = "../../stacks/cookbook/mod.rs"]
mod cookbook;

mod containers;
mod databases;
mod files;
mod networking;
mod support;

#[test]
fn there_are_as_many_recipes_as_the_book_has() {
    assert_eq!(cookbook::recipes().count(), 28);
}
