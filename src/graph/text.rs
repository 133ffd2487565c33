//! How wide text is. Nobody knows which font a reader has, so letters are as wide as in the widest common one.

/// Thousandths of the font's size for each printable ASCII character from the space on: DejaVu Sans, next to Verdana
/// the widest of the fonts that `sans-serif` stands for.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
];

/// The width of text in a font of this size, never less than what is drawn.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    let thousandths = text.chars().map(|letter| {
        let known = (letter as usize).checked_sub(32).and_then(|index| WIDTHS.get(index));
        known.map_or(1050.0, |width| f64::from(*width))
    });
    thousandths.sum::<f64>() * size / 1000.0
}

/// Text of at most `most` characters: from the middle of a longer one, something is left out.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let (before, after) = (most.saturating_sub(1) / 2, most.saturating_sub(1).div_ceil(2));
    let end: String = letters[letters.len() - after..].iter().collect();
    letters[..before].iter().collect::<String>() + "…" + &end
}
