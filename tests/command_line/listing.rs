//! `ls`, and the selectors of every command.

use super::{all_paths, folder, stacks};
use crate::program::snapshot;

const TWO_OF_EACH: [&str; 3] = ["ls", "financial-data-api/*/vpc", "financial-data-api/*/security-groups"];

fn listed(selectors: &[&str]) -> Vec<String> {
    let run = stacks(folder().path(), [&["ls"], selectors].concat()).done();
    assert_eq!(run.err, "");
    run.out.lines().skip(1).map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn ls_shows_where_each_stack_goes_and_what_it_needs() {
    snapshot("cli_ls", &stacks(folder().path(), TWO_OF_EACH).done().out);
}

#[test]
fn ls_as_json_is_one_list_of_objects() {
    let json = stacks(folder().path(), TWO_OF_EACH.iter().chain(&["--json"])).done().out;
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    snapshot("cli_ls_json", &json);
}

#[test]
fn ls_lists_every_stack_after_those_it_needs() {
    let json = stacks(folder().path(), ["ls", "--json"]).done().out;
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let listed = listed.as_array().unwrap();
    let place = |path: &serde_json::Value| listed.iter().position(|stack| stack["path"] == *path).unwrap();
    for (index, stack) in listed.iter().enumerate() {
        for need in stack["needs"].as_array().unwrap() {
            assert!(place(need) < index, "{need} stands behind {}", stack["path"]);
        }
    }
}

#[test]
fn the_columns_of_ls_are_aligned_and_no_line_ends_in_a_space() {
    let out = stacks(folder().path(), ["ls"]).done().out;
    let column = out.lines().next().unwrap().find("ENVIRONMENT").unwrap();
    for line in out.lines().skip(1) {
        assert!(
            line.is_char_boundary(column) && line[..column].ends_with("  ") && !line[column..].starts_with(' '),
            "{line}"
        );
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn a_path_names_one_stack() {
    assert_eq!(listed(&["financial-data-api/dev/vpc"]), ["financial-data-api/dev/vpc"]);
}

#[test]
fn a_star_stands_for_anything_within_a_part() {
    assert_eq!(listed(&["financial-data-api/*/vpc"]), ["financial-data-api/dev/vpc", "financial-data-api/prod/vpc"]);
    assert_eq!(listed(&["financial-data-api/dev/v*"])[0], "financial-data-api/dev/vpc");
    stacks(folder().path(), ["ls", "financial-data-api/*"]).ended(2);
}

#[test]
fn two_stars_stand_for_any_number_of_parts() {
    assert_eq!(listed(&["**"]), all_paths());
    let vpcs = listed(&["**/vpc"]);
    assert!(vpcs.contains(&"financial-data-api/dev/vpc".into()) && vpcs.iter().all(|path| path.ends_with("/vpc")));
    assert!(listed(&["financial-data-api/**"]).iter().all(|path| path.starts_with("financial-data-api/")));
}

#[test]
fn several_selectors_add_up_in_deployment_order() {
    let two = listed(&["financial-data-api/dev/security-groups", "financial-data-api/dev/vpc", "**/dev/vpc"]);
    assert_eq!(two, ["financial-data-api/dev/vpc", "financial-data-api/dev/security-groups"]);
}

#[test]
fn a_selector_that_names_nothing_is_refused_with_the_nearest_names() {
    let run = stacks(folder().path(), ["ls", "financial-data-api/dev/vcp"]).ended(2);
    assert_eq!(run.out, "");
    let expected = "error: no stack is named by `financial-data-api/dev/vcp`\n  help: `ls` lists all stacks; the nearest are\n          financial-data-api/dev/vpc\n";
    assert!(run.err.starts_with(expected), "{}", run.err);
}

#[test]
fn one_selector_of_several_that_names_nothing_is_refused() {
    let run = stacks(folder().path(), ["ls", "**/vpc", "**/vcp"]).ended(2);
    assert!(run.out.is_empty() && run.err.contains("`**/vcp`"), "{}", run.err);
}

#[test]
fn a_part_of_a_path_suggests_the_pattern_around_it() {
    let said = |selector| stacks(folder().path(), ["ls", selector]).ended(2).err;
    assert!(said("financial-data-api/dev").contains("help: `financial-data-api/dev/**` names "));
    assert!(said("financial-data-api/dev/").contains("help: `financial-data-api/dev/**` names "));
    assert!(said("vpc").contains("help: `**/vpc` names "));
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    let run = stacks(folder().path(), ["ls", "shop/[a"]).ended(2);
    assert!(run.err.starts_with("error: `shop/[a` is not a pattern: "), "{}", run.err);
}
