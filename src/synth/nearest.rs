//! "Did you mean": the nearest of the names that exist.

/// The name of `names` that `wrong` most likely meant, if one is near enough.
pub(crate) fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 4);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, name)| (*distance, name.len()))
        .map(|(_, name)| name)
}

/// A list in words, cut after `most`: "`a`, `b`, `c` and 4 more".
pub(crate) fn listed<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let shown: Vec<_> = names.iter().take(most).map(|name| format!("`{}`", name.as_ref())).collect();
    match names.len() {
        0 => "nothing".into(),
        n if n > most => format!("{} and {} more", shown.join(", "), n - most),
        1 => shown.join(""),
        n => format!("{} and {}", shown[..n - 1].join(", "), shown[n - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::{listed, nearest};

    #[test]
    fn the_nearest_name_is_found_and_nonsense_has_none() {
        assert_eq!(nearest("dedicate", ["default", "dedicated", "host"]), Some("dedicated"));
        assert_eq!(nearest("CIDRBlock", ["CidrBlock", "Tags"]), Some("CidrBlock"));
        assert_eq!(nearest("banana", ["CidrBlock", "Tags"]), None);
    }

    #[test]
    fn lists_read_as_words() {
        assert_eq!(listed(&["a"], 3), "`a`");
        assert_eq!(listed(&["a", "b", "c"], 3), "`a`, `b` and `c`");
        assert_eq!(listed(&["a", "b", "c", "d"], 2), "`a`, `b` and 2 more");
    }
}
