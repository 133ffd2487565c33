//! What a reviewer of a pull request must not miss, in `snapshots/stacks/`: a file for each stack.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use formwork::{App, testing};

/// Where the views are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/stacks")
}

fn views() -> Vec<(String, String)> {
    let mut app = App::new();
    super::define(&mut app);
    testing::review(&app)
}

#[test]
fn each_stack_is_as_it_was_reviewed() {
    for (path, view) in views() {
        let (inside, name) = path.rsplit_once('/').unwrap_or(("", &path));
        insta::with_settings!({ snapshot_path => folder().join(inside), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, view);
        });
    }
}

#[test]
fn no_view_is_left_of_a_stack_that_is_gone() {
    let known: BTreeSet<PathBuf> = views().iter().map(|(path, _)| folder().join(format!("{path}.snap"))).collect();
    let (mut open, mut left) = (vec![folder()], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !known.contains(&path) && path.extension().is_some_and(|extension| extension == "snap") {
            left.push(path);
        }
    }
    assert!(left.is_empty(), "delete {left:?}");
}
