//! Text of templates that cannot do anything where it is read: to a terminal, to the markup around it.

use super::{Review, StackReview};

impl Review {
    /// The same with everything written so that it is on one line, and tells a terminal nothing.
    pub(super) fn tame(&self) -> Self {
        let mut review = self.clone();
        tame(&mut review.against);
        review.stacks.iter_mut().for_each(stack);
        review
    }
}

fn stack(stack: &mut StackReview) {
    tame(&mut stack.stack);
    stack.notes.iter_mut().for_each(tame);
    for risk in &mut stack.risks {
        [&mut risk.what, &mut risk.help].into_iter().for_each(tame);
    }
    for one in &mut stack.resources {
        [&mut one.construct, &mut one.id, &mut one.type_name].into_iter().for_each(tame);
        let others = [&mut one.at, &mut one.was_at, &mut one.moved_from, &mut one.disagrees];
        others.into_iter().flatten().for_each(tame);
        for property in &mut one.properties {
            tame(&mut property.path);
            property.because_of.iter_mut().chain(&mut property.before).chain(&mut property.after).for_each(tame);
        }
    }
    for entry in &mut stack.entries {
        [&mut entry.section, &mut entry.name, &mut entry.path].into_iter().for_each(tame);
        entry.before.iter_mut().chain(&mut entry.after).for_each(tame);
    }
    for export in &mut stack.exports {
        [&mut export.name, &mut export.output].into_iter().chain(&mut export.importers).for_each(tame);
    }
    for change in &mut stack.access {
        [&mut change.construct, &mut change.what].into_iter().for_each(tame);
    }
}

/// Writes what is not to be seen so that it is: `\\u{1b}`, `\\n`.
fn tame(text: &mut String) {
    if text.contains(unseen) {
        let seen = |letter: char| if unseen(letter) { letter.escape_default().to_string() } else { letter.into() };
        *text = text.chars().map(seen).collect();
    }
}

/// Whether a letter moves the cursor, begins a line, or turns the direction of those around it. A tab is but wide.
fn unseen(letter: char) -> bool {
    let line = matches!(letter, '\u{2028}' | '\u{2029}');
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter != '\t' && (letter.is_control() || line || turns)
}
