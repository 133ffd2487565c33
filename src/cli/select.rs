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

/// What was probably meant: a pattern around the selector that names something, or else the nearest paths.
fn suggestion(selector: &str, paths: &[&str]) -> String {
    if paths.is_empty() {
        return "the app defines no stacks".into();
    }
    let bare = selector.trim_matches('/');
    for pattern in [format!("{bare}/**"), format!("**/{bare}"), format!("**/{bare}/**")] {
        let named =
            Pattern::new(&pattern).map_or(0, |p| paths.iter().filter(|path| p.matches_with(path, OPTIONS)).count());
        if named > 0 {
            return format!("`{pattern}` names {}", output::counted(named, "stack"));
        }
    }
    let mut near: Vec<(usize, &&str)> = paths.iter().map(|path| (distance(selector, path), path)).collect();
    near.sort();
    let near: Vec<_> = near.into_iter().take(3).map(|(_, path)| format!("\n  {path}")).collect();
    format!("`ls` lists all stacks; the nearest are{}", near.concat())
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
        let suggested = suggestion("shop/dev/netwrok", &PATHS);
        assert!(suggested.starts_with("`ls` lists all stacks; the nearest are\n  shop/dev/network\n"), "{suggested}");
        assert!(distance("shop/*/wev", "shop/dev/web") < distance("shop/*/wev", "shop/dev/network"));
    }

    #[test]
    fn a_part_of_a_path_suggests_the_pattern_around_it() {
        assert_eq!(suggestion("shop/dev/", &PATHS), "`shop/dev/**` names 2 stacks");
        assert_eq!(suggestion("network", &PATHS), "`**/network` names 1 stack");
        assert_eq!(suggestion("prod", &PATHS), "`**/prod/**` names 1 stack");
    }
}
