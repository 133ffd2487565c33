//! What is said of stacks, shortened until it fits: the longest say less, and of each the least important first.

/// What is said of a stack.
#[derive(Default)]
pub(super) struct Body {
    /// What is always said.
    pub(super) head: String,
    /// Its resources and what else differs, the worst first.
    pub(super) pieces: Vec<Piece>,
}

/// What is said of one thing, in fewer and fewer words; in the end it is but counted.
pub(super) struct Piece {
    forms: [String; 3],
    form: usize,
}

impl Piece {
    /// With its values, with the names of what differs, alone.
    pub(super) const fn new(forms: [String; 3]) -> Self {
        Self { forms, form: 0 }
    }

    fn text(&self) -> &str {
        self.forms.get(self.form).map_or("", String::as_str)
    }

    fn long(&self) -> usize {
        self.text().chars().count()
    }
}

impl Body {
    pub(super) fn written(&self) -> String {
        let mut out = self.head.clone();
        out.extend(self.pieces.iter().map(Piece::text));
        match self.pieces.iter().filter(|piece| piece.form == 3).count() {
            0 => {}
            count if count == self.pieces.len() => {}
            count => out.push_str(&format!("- … and {count} more\n")),
        }
        out
    }
}

/// Takes so many characters out of the longest, if there are as many without going beyond a form: 1 is without values, 2
/// without names, 3 is only counted. How many that were.
pub(super) fn shorten(bodies: &mut [&mut Body], form: usize, excess: usize) -> usize {
    let mut gone = 0;
    // What is left to say of each, and which of its pieces is next: the last one that can still be shorter.
    let mut longs: Vec<usize> = bodies.iter().map(|body| body.pieces.iter().map(Piece::long).sum()).collect();
    let mut nexts: Vec<usize> = bodies.iter().map(|body| body.pieces.len()).collect();
    while gone < excess {
        let open = (0..bodies.len()).filter(|index| nexts[*index] > 0);
        // Of those that are as long as each other the last one.
        let Some(index) = open.max_by_key(|index| longs[*index]) else { break };
        nexts[index] -= 1;
        let piece = &mut bodies[index].pieces[nexts[index]];
        let before = piece.long();
        piece.form = piece.form.max(form);
        let less = before - piece.long();
        longs[index] -= less;
        gone += less;
    }
    gone
}
