//! Selectors: which stacks a command is about.

use std::collections::BTreeSet;

use glob::{MatchOptions, Pattern};

use super::{Exit, output};

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// The paths that the selectors name, all of them where there is no selector. A selector that names none is refused,
/// with the nearest paths.
pub(super) fn select<'a>(selectors: &[String], paths: &[&'a str]) -> Result<BTreeSet<&'a str>, Exit> {
    if selectors.is_empty() {
        return Ok(paths.iter().copied().collect());
    }
    let mut selected = BTreeSet::new();
    for selector in selectors {
        let pattern = Pattern::new(selector).map_err(|error| {
            output::refuse(&format!("`{selector}` is not a pattern: {}", error.msg), "see `--help` on SELECTOR")
        })?;
        let named: Vec<&str> = paths.iter().copied().filter(|path| pattern.matches_with(path, OPTIONS)).collect();
        if named.is_empty() {
            return Err(output::refuse(&format!("no stack is named by `{selector}`"), &suggestion(selector, paths)));
        }
        selected.extend(named);
    }
    Ok(selected)
}

/// The paths nearest to what was asked for.
fn suggestion(selector: &str, paths: &[&str]) -> String {
    let below: Vec<String> = paths
        .iter()
        .filter(|path| path.strip_prefix(selector.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/')))
        .map(ToString::to_string)
        .collect();
    if !below.is_empty() {
        return format!("that is the beginning of {} paths: `{}/**` names them", below.len(), selector.trim_end_matches('/'));
    }
    let mut near: Vec<(usize, &&str)> = paths.iter().map(|path| (distance(selector, path), path)).collect();
    near.sort();
    let near: Vec<_> = near.into_iter().take(3).map(|(_, path)| format!("`{path}`")).collect();
    match near.is_empty() {
        true => "the app defines no stacks".into(),
        false => format!("the nearest are {}; `ls` lists all", near.join(", ")),
    }
}

/// How far a selector is from a path: the parts of both, each against each.
fn distance(selector: &str, path: &str) -> usize {
    let (wanted, there): (Vec<_>, Vec<_>) = (selector.split('/').collect(), path.split('/').collect());
    let paired = wanted.iter().zip(&there).map(|(a, b)| {
        if Pattern::new(a).is_ok_and(|pattern| pattern.matches(b)) { 0 } else { strsim::damerau_levenshtein(a, b) }
    });
    paired.sum::<usize>() + wanted.len().abs_diff(there.len()) * 3
}

#[cfg(test)]
mod tests {
    use super::{distance, suggestion};

    const PATHS: [&str; 3] = ["shop/dev/network", "shop/dev/web", "shop/prod/web"];

    #[test]
    fn the_nearest_paths_are_suggested_first() {
        assert!(suggestion("shop/dev/netwrok", &PATHS).starts_with("the nearest are `shop/dev/network`"));
        assert!(distance("shop/*/wev", "shop/dev/web") < distance("shop/*/wev", "shop/dev/network"));
    }

    #[test]
    fn a_folder_suggests_its_pattern() {
        assert_eq!(suggestion("shop/dev", &PATHS), "that is the beginning of 2 paths: `shop/dev/**` names them");
    }
}
