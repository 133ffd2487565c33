//! Markdown, for a comment on a pull request: long stacks are folded, and where all of it is too long, the longest say less
//! ([`shorter`](super::shorter)).

use super::shorter::{Body, Piece, shorten};
use super::text::{own_entries, summary, verdict};
use super::{AccessReview, Extent, ResourceReview, Review, Risk, StackReview, Standing};

/// GitHub takes 65,536 characters of a comment; some are left for those who put theirs around it.
const LIMIT: usize = 65_000;
/// As many lines of one stack are shown unfolded.
const UNFOLDED: usize = 25;
/// Of more risks, and of more rights, not each must be in the comment.
const MANY: usize = 100;

/// The comment, in parts that can be shortened.
struct Comment {
    /// The verdict.
    head: String,
    /// What must not be missed.
    risks: Risks,
    /// Who may do or reach what: more, less.
    access: [Rows; 2],
    /// Of each stack its path, what happens to it, and what is said of that.
    stacks: Vec<([String; 2], Body)>,
}

/// Rows of a table, and how many are not in it.
struct Rows {
    what: &'static str,
    shown: Vec<String>,
    left_out: usize,
}

/// What must not be missed, a line each and what to do, and how many are not among them.
#[derive(Default)]
struct Risks {
    shown: Vec<[String; 2]>,
    left_out: usize,
}

pub(super) fn render(review: &Review, extent: Extent) -> String {
    let mut comment = Comment::of(review, extent);
    let whole = comment.written();
    let Some(mut excess) = excess(&whole) else { return whole };
    // What is left out takes a line of its own.
    loop {
        if !comment.shorten(excess) {
            return cut(&comment.written());
        }
        let text = comment.written() + "\nNot all of it fits into a comment: run the command to read the rest.\n";
        match self::excess(&text) {
            Some(more) => excess = more,
            None => return text,
        }
    }
}

/// How many characters a text is too long.
fn excess(text: &str) -> Option<usize> {
    text.chars().count().checked_sub(LIMIT).filter(|excess| *excess > 0)
}

/// What fits, to the end of a line; how much more there is, is said.
fn cut(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let (mut out, mut long) = (String::new(), 0);
    for (index, line) in lines.iter().enumerate() {
        long += line.chars().count() + 1;
        if long > LIMIT - 200 {
            if out.matches("<details").count() > out.matches("</details>").count() {
                out.push_str("\n</details>\n");
            }
            out.push_str(&format!("\n… and {} more lines: run the command to read them.\n", lines.len() - index));
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

impl Comment {
    fn of(review: &Review, extent: Extent) -> Self {
        let head = format!("### {}\n\nCompared with {}.\n", sentence(&verdict(review, extent)), text(&review.against));
        let differ: Vec<&StackReview> = review.stacks.iter().filter(|stack| stack.standing != Standing::Same).collect();
        let risks = risks(&differ, extent);
        let access = [access(&differ, true), access(&differ, false)];
        let stack = |stack: &&StackReview| {
            let body = if extent == Extent::Stat { Body::default() } else { body(stack) };
            ([stack.stack.clone(), summary(stack)], body)
        };
        let stacks = if extent == Extent::Security { Vec::new() } else { differ.iter().map(stack).collect() };
        Self { head, risks, access, stacks }
    }

    fn written(&self) -> String {
        let mut out = self.head.clone() + &self.risks.written();
        if self.access.iter().any(|rows| !rows.shown.is_empty() || rows.left_out > 0) {
            out.push_str("\n#### Who may do or reach what\n\n| | Stack | Resource | What |\n|---|---|---|---|\n");
            out.extend(self.access.iter().flat_map(|rows| &rows.shown).map(String::as_str));
            for Rows { what, left_out, .. } in self.access.iter().filter(|rows| rows.left_out > 0) {
                out.push_str(&format!("| {what} | | | … and {left_out} more |\n"));
            }
        }
        for ([path, summary], body) in &self.stacks {
            let body = body.written();
            if body.is_empty() {
                out.push_str(&format!("\n- {} — {}\n", code(path), text(summary)));
            } else {
                let title = format!("<code>{}</code> — {}", html(path), html(summary));
                let open = if body.lines().count() <= UNFOLDED { " open" } else { "" };
                out.push_str(&format!("\n<details{open}><summary>{title}</summary>\n\n{body}\n</details>\n"));
            }
        }
        out
    }

    /// Takes out so many characters, or as many as there are of what is least important; whether there were any.
    ///
    /// The values go first, then the names of properties; then who may do less, then the resources, then what to do about each of
    /// many risks, and who may do more, and in the end risks and rights that are among [`MANY`].
    fn shorten(&mut self, excess: usize) -> bool {
        let mut bodies: Vec<&mut Body> = self.stacks.iter_mut().map(|(_, body)| body).collect();
        let [more, less] = &mut self.access;
        [1, 2].into_iter().any(|form| shorten(&mut bodies, form, excess) > 0)
            || less.shorten(excess, 0) > 0
            || shorten(&mut bodies, 3, excess) > 0
            || self.risks.without_help() > 0
            || self.risks.shorten(excess, MANY) > 0
            || more.shorten(excess, MANY) > 0
            || more.shorten(excess, 0) > 0
    }
}

impl Rows {
    /// Takes the last rows out, of so many characters, but leaves the least; how many characters that were.
    fn shorten(&mut self, excess: usize, least: usize) -> usize {
        without_last(&mut self.shown, &mut self.left_out, excess, least, |row| row.chars().count())
    }
}

impl Risks {
    fn written(&self) -> String {
        if self.shown.is_empty() {
            return String::new();
        }
        let mut out = "\n#### Must not be missed\n\n".to_owned();
        out.extend(self.shown.iter().map(|[what, help]| format!("{what}{help}\n")));
        if self.left_out > 0 {
            out.push_str(&format!("- … and {} more\n", self.left_out));
        }
        out
    }

    /// Takes out what to do where the one before says the same; how many characters that were.
    fn without_help(&mut self) -> usize {
        let mut gone = 0;
        let mut last = String::new();
        for [_, help] in &mut self.shown {
            if *help == last {
                gone += std::mem::take(help).chars().count();
            } else {
                last.clone_from(help);
            }
        }
        gone
    }

    /// Takes the last ones out, of so many characters; how many characters that were.
    fn shorten(&mut self, excess: usize, least: usize) -> usize {
        let long = |[what, help]: &[String; 2]| what.chars().count() + help.chars().count();
        without_last(&mut self.shown, &mut self.left_out, excess, least, long)
    }
}

/// Takes the last ones out, of so many characters, but leaves the least, and counts them; how many characters that were.
fn without_last<T>(
    shown: &mut Vec<T>,
    left_out: &mut usize,
    excess: usize,
    least: usize,
    long: impl Fn(&T) -> usize,
) -> usize {
    let mut gone = 0;
    while gone < excess && shown.len() > least {
        gone += shown.pop().map_or(0, |one| long(&one));
        *left_out += 1;
    }
    gone
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn risks(stacks: &[&StackReview], extent: Extent) -> Risks {
    let risks = |stack: &StackReview| {
        if extent == Extent::Security { stack.why_not(extent) } else { stack.risks.clone() }
    };
    let all = stacks.iter().flat_map(|stack| risks(stack).into_iter().map(move |risk| (stack, risk)));
    let line = |(stack, risk): (&&StackReview, Risk)| {
        let word = match stack.is_compared(extent) {
            false => "**Not compared:** ",
            _ if risk.refused => "**CloudFormation refuses this:** ",
            _ => "",
        };
        let help = if risk.help.is_empty() { String::new() } else { format!(" _{}_", text(&risk.help)) };
        [format!("- {word}{}: {}.", code(&stack.stack), text(&risk.what)), help]
    };
    Risks { shown: all.map(line).collect(), left_out: 0 }
}

/// Who gains access, or who loses it, as rows of a table.
fn access(stacks: &[&StackReview], widens: bool) -> Rows {
    let what = if widens { "**more**" } else { "less" };
    let all = stacks.iter().flat_map(|stack| stack.access.iter().map(move |one| (&stack.stack, one)));
    let row = |(stack, change): (&String, &AccessReview)| {
        format!("| {what} | {} | {} | {} |\n", cell(stack), cell(&change.construct), cell(&change.what))
    };
    Rows { what, shown: all.filter(|(_, change)| change.widens == widens).map(row).collect(), left_out: 0 }
}

fn body(stack: &StackReview) -> Body {
    let mut body = Body::default();
    body.head.extend(stack.notes.iter().map(|note| format!("_{}_\n\n", text(note))));
    if stack.standing == Standing::Removed {
        body.head.push_str("A deployment does not delete it: `destroy` does, from a revision that defines it.\n");
        return body;
    }
    body.pieces.extend(stack.resources.iter().map(resource));
    if stack.standing == Standing::Added {
        return body;
    }
    for entry in own_entries(stack) {
        let path = if entry.path.is_empty() { String::new() } else { format!(" {}", code(&entry.path)) };
        let line = format!("- {} **{}**{path}\n", text(&entry.section), text(&entry.name));
        let values = line.clone() + &fenced(&entry.before, &entry.after);
        body.pieces.push(Piece::new([values, line.clone(), line]));
    }
    for export in &stack.exports {
        let line = format!("- export {}: {}\n", code(&export.name), format!("{:?}", export.kind).to_lowercase());
        body.pieces.push(Piece::new([line.clone(), line.clone(), line]));
    }
    body
}

/// A resource: with the values of its properties, with their names, alone.
fn resource(resource: &ResourceReview) -> Piece {
    let meaning = resource.meaning().map(|meaning| format!(": {}", text(&meaning))).unwrap_or_default();
    let at = resource.lines().map(|at| format!(" ({at})")).unwrap_or_default();
    let (sign, name) = (resource.verb.sign(), &resource.construct);
    let mut line = format!("- `{sign}` **{}** {}{}{at}\n", text(name), text(&resource.type_name), meaning);
    if let Some(disagrees) = &resource.disagrees {
        line.push_str(&format!("  - ≠ _{}_\n", text(disagrees)));
    }
    let (mut values, mut names) = (line.clone(), line.clone());
    for property in resource.said() {
        let because = property.because_of.as_ref().map(|id| format!(" follows {}", text(id))).unwrap_or_default();
        let name = format!("  - {}{because}\n", code(&property.path));
        names.push_str(&name);
        values.push_str(&name);
        if property.because_of.is_none() {
            values.push_str(&fenced(&property.before, &property.after));
        }
    }
    Piece::new([values, names, line])
}

/// What was and is, as a fenced diff.
fn fenced(before: &[String], after: &[String]) -> String {
    if before.is_empty() && after.is_empty() {
        return String::new();
    }
    // A fence is longer than any in what it holds.
    let longest = before.iter().chain(after).flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let minus = before.iter().map(|line| format!("    - {line}\n"));
    let plus = after.iter().map(|line| format!("    + {line}\n"));
    let lines: String = minus.chain(plus).collect();
    format!("    {fence}diff\n{lines}    {fence}\n")
}

/// Text as code, whatever is in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let (fence, pad) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text in which nothing is markup but code.
fn text(text: &str) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    // Where not each tick has its other one with something between, none is code.
    let paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|part| !part.is_empty());
    for (index, part) in parts.into_iter().enumerate() {
        if index % 2 == 1 && paired {
            out.push_str(&format!("`{part}`"));
            continue;
        }
        if index > 0 && !paired {
            out.push_str("&#96;");
        }
        for letter in part.chars() {
            if matches!(letter, '*' | '_' | '[' | ']' | '<' | '>' | '\\' | '#' | '@') {
                out.push('\\');
            }
            out.push(letter);
        }
    }
    out
}

fn cell(content: &str) -> String {
    text(content).replace('|', "\\|").replace('\n', " ")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
