//! Snapshots that change with a definition, not with an asset's content.

/// The text with every asset's hash masked: 64 hexadecimal digits, numbered in the order they first appear, so that
/// two uses of one asset still read as one.
///
/// ```
/// let hash = "0123456789abcdef".repeat(4);
/// let text = formwork::testing::masked(&format!("S3Key: {hash}.zip"));
/// assert_eq!(text, "S3Key: <asset 1>.zip");
/// ```
#[must_use]
pub fn masked(text: &str) -> String {
    const DIGITS: usize = 64;
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let run = rest[start..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len() - start);
        let (before, word) = (&rest[..start], &rest[start..start + run]);
        out.push_str(before);
        let alone = !before.ends_with(|c: char| c.is_ascii_alphanumeric())
            && !rest[start + run..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if run == DIGITS && alone {
            let number = seen.iter().position(|known| *known == word).unwrap_or_else(|| {
                seen.push(word);
                seen.len() - 1
            });
            out.push_str(&format!("<asset {}>", number + 1));
        } else {
            out.push_str(word);
        }
        rest = &rest[start + run..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn two_uses_of_one_asset_read_as_one_and_other_hashes_stay() {
        let (one, two) = ("a".repeat(64), "b".repeat(64));
        let text = format!("{one}.zip {two}.zip {one}.zip {} Vpc8378EB38 x{one}", "c".repeat(65));
        let expected = format!("<asset 1>.zip <asset 2>.zip <asset 1>.zip {} Vpc8378EB38 x{one}", "c".repeat(65));
        assert_eq!(masked(&text), expected);
    }
}
