//! Text, for a terminal: what must not be missed first, right without colour.

use super::{EntryReview, Extent, Review, StackReview, Standing, Values, Verb};
use crate::diff::Kind;

/// What is shown of a value; JSON has all of it.
const LONGEST: usize = 300;
/// What is shown of a value that is cut before it differs.
const LEAD: usize = 40;

/// Text so far, and how many columns a line of it may take.
struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn push(&mut self, letter: char) {
        self.text.push(letter);
    }

    /// A paragraph, in lines that fit.
    fn put(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// A paragraph whose lines after the first stand further in.
    fn hanging(&mut self, first: usize, rest: usize, text: &str) {
        let mut column = first;
        self.push_str(&" ".repeat(first));
        for (index, word) in text.split(' ').enumerate() {
            let wide = visible(word);
            if index > 0 && column + 1 + wide > self.width {
                self.push('\n');
                self.push_str(&" ".repeat(rest));
                column = rest;
            } else if index > 0 {
                self.push(' ');
                column += 1;
            }
            self.push_str(word);
            column += wide;
        }
        self.push('\n');
    }
}

pub(super) fn render(review: &Review, extent: Extent, width: usize) -> String {
    let mut out = Page { text: String::new(), width };
    for stack in review.stacks.iter().filter(|stack| said(stack, extent)) {
        match extent {
            Extent::Full => full(stack, &mut out),
            Extent::Security => security(stack, &mut out),
            Extent::Stat => {}
        }
    }
    if extent == Extent::Stat {
        stat(review, &mut out);
    }
    out.push_str(&format!("{}\ncompared with {}\n", verdict(review, extent), review.against));
    out.text
}

fn said(stack: &StackReview, extent: Extent) -> bool {
    match extent {
        Extent::Security => !stack.access.is_empty() || !stack.is_compared(extent),
        _ => stack.standing != Standing::Same,
    }
}

/// `2 stacks differ, 29 do not; 1 was not compared`.
pub(super) fn verdict(review: &Review, extent: Extent) -> String {
    let not_compared = review.stacks.iter().filter(|stack| !stack.is_compared(extent)).count();
    let differ = review.stacks.iter().filter(|stack| said(stack, extent)).count() - not_compared;
    let same = review.stacks.len() - differ - not_compared;
    let stacks = |count: usize| if count == 1 { "1 stack".to_owned() } else { format!("{count} stacks") };
    let in_what = if extent == Extent::Security { " in who may do or reach what" } else { "" };
    let compared = match (differ, same) {
        (0, 0) if not_compared > 0 => String::new(),
        (0, _) => format!("nothing differs{in_what}: {}", stacks(same)),
        (1, 0) => format!("1 stack differs{in_what}"),
        (_, 0) => format!("{} differ{in_what}", stacks(differ)),
        (1, _) => format!("1 stack differs{in_what}, {same} {}", if same == 1 { "does not" } else { "do not" }),
        _ => format!("{} differ{in_what}, {same} {}", stacks(differ), if same == 1 { "does not" } else { "do not" }),
    };
    let were = if not_compared == 1 { "was" } else { "were" };
    match (compared.as_str(), not_compared) {
        (_, 0) => compared,
        ("", _) => format!("{} {were} not compared", stacks(not_compared)),
        _ => format!("{compared}; {not_compared} {were} not compared"),
    }
}

/// What happens to a stack, in a line: `1 replaced, 2 changed in place`.
pub(super) fn summary(stack: &StackReview) -> String {
    let counts = Verb::ALL.into_iter().map(|verb| (verb, stack.count(verb))).filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(verb, count)| verb.counted(count)).collect();
    let counts = counts.join(", ");
    match (stack.standing, counts.as_str()) {
        (Standing::Same, _) => "no difference".into(),
        (Standing::Unreadable, _) => "not compared".into(),
        (Standing::Added, "") => "new, and empty".into(),
        (Standing::Added, _) => format!("new: {counts}{}", disagreements(stack)),
        (Standing::Removed, _) => "not defined any more".into(),
        (Standing::Changed, _) if !stack.another().is_empty() => {
            let parts: Vec<&str> = stack.another().iter().map(|entry| entry.name.as_str()).collect();
            let (last, before) = parts.split_last().map_or(("", &[][..]), |(last, before)| (*last, before));
            let and = if before.is_empty() { "" } else { " and " };
            format!("another {}{and}{last}: a second stack is made", before.join(", "))
        }
        (Standing::Changed, "") => beside(stack),
        (Standing::Changed, _) => counts + &disagreements(stack),
    }
}

/// How often a change set and the templates alone do not say the same: `; 1 disagreement`.
fn disagreements(stack: &StackReview) -> String {
    match stack.resources.iter().filter(|resource| resource.disagrees.is_some()).count() {
        0 => String::new(),
        1 => "; 1 disagreement".into(),
        count => format!("; {count} disagreements"),
    }
}

/// What differs beside resources: `4 outputs, 1 parameter`.
fn beside(stack: &StackReview) -> String {
    let mut names: Vec<(&str, &str)> =
        stack.entries.iter().map(|entry| (entry.section.as_str(), entry.name.as_str())).collect();
    names.extend(stack.exports.iter().map(|export| ("Outputs", export.output.as_str())));
    names.sort_unstable();
    names.dedup();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for (section, _) in names {
        let word = match section {
            "Stack" => "setting".to_owned(),
            section => section.strip_suffix('s').unwrap_or(section).to_lowercase(),
        };
        match counts.last_mut() {
            Some((last, count)) if *last == word => *count += 1,
            _ => counts.push((word, 1)),
        }
    }
    let words = counts.iter().map(|(word, count)| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    });
    format!("no resource differs: {}", words.collect::<Vec<_>>().join(", "))
}

/// The entries that say more than the exports do: an output that only carries an export is said with that.
pub(super) fn own_entries(stack: &StackReview) -> impl Iterator<Item = &EntryReview> {
    let carries = |entry: &EntryReview| {
        let exported = stack.exports.iter().any(|export| export.output == entry.name && export.kind == entry.kind);
        entry.section == "Outputs" && entry.path.is_empty() && exported
    };
    stack.entries.iter().filter(move |entry| !carries(entry))
}

fn full(stack: &StackReview, out: &mut Page) {
    out.push_str(&format!("{}  {}\n", bold(&stack.stack), summary(stack)));
    for risk in &stack.risks {
        let word = match (stack.standing, risk.refused) {
            (Standing::Unreadable, _) => "!",
            (_, true) => "! refused:",
            (_, false) => "! at risk:",
        };
        out.put(2, &format!("{} {}", red(word), risk.what));
        if !risk.help.is_empty() {
            out.put(4, &dim(&format!("help: {}", risk.help)));
        }
    }
    for note in &stack.notes {
        out.put(2, &dim(note));
    }
    if stack.standing == Standing::Removed {
        out.put(2, "a deployment does not delete it: `destroy` does, from a revision that defines it");
        out.push('\n');
        return;
    }
    for resource in &stack.resources {
        let sign = format!("{:>3}", resource.verb.sign());
        let line = format!("  {} {}  {}", colour(resource.verb, &sign), resource.construct, resource.type_name);
        out.push_str(&line);
        match resource.lines() {
            Some(at) if visible(&line) + 2 + at.chars().count() <= out.width => {
                out.push_str(&format!("  {}\n", dim(&at)));
            }
            Some(at) => out.push_str(&format!("\n      {}\n", dim(&at))),
            None => out.push('\n'),
        }
        if let Some(meaning) = resource.meaning() {
            out.put(6, &meaning);
        }
        if let Some(disagrees) = &resource.disagrees {
            out.put(6, &format!("{} {disagrees}", yellow("≠")));
        }
        for property in resource.said() {
            if let Some(id) = &property.because_of {
                out.put(6, &format!("{}: follows {id}", property.path));
            } else {
                difference(out, &property.path, &property.values, &property.before, &property.after);
            }
        }
    }
    if stack.standing != Standing::Added {
        entries(stack, out);
    }
    access(stack, out);
    out.push('\n');
}

fn entries(stack: &StackReview, out: &mut Page) {
    for EntryReview { section, name, kind, path, values, before, after, .. } in own_entries(stack) {
        let sign = sign(*kind);
        let title = if name.is_empty() { section.clone() } else { format!("{section} {name}") };
        out.push_str(&format!("  {sign:>3} {title}\n"));
        difference(out, path, values, before, after);
    }
    for export in &stack.exports {
        let by = match &export.importers[..] {
            [] => String::new(),
            by => format!(", imported by {}", by.join(", ")),
        };
        out.push_str(&format!("  {:>3} export {}{by}\n", sign(export.kind), export.name));
    }
}

const fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "+",
        Kind::Removed => "-",
        Kind::Changed => "~",
    }
}

/// What was and is at a place: on one line where it fits, else below each other.
fn difference(out: &mut Page, path: &str, values: &Values, before: &[String], after: &[String]) {
    let label = if path.is_empty() { String::new() } else { format!("{path}: ") };
    // A line that comes or goes is not all that is there.
    let partial = values.before.is_some() && values.after.is_some();
    let line = match (before, after) {
        ([], [new]) if !partial => format!("{label}{new}"),
        ([old], []) if !partial => format!("{label}{old} → nothing"),
        ([old], [new]) => format!("{label}{old} → {new}"),
        _ => String::new(),
    };
    if !line.is_empty() && line.chars().count() + 8 <= out.width {
        out.put(6, &line);
        return;
    }
    if !path.is_empty() {
        out.put(6, path);
    }
    for line in before {
        out.push_str(&format!("        {}\n", red(&format!("- {}", cut(line, after)))));
    }
    for line in after {
        out.push_str(&format!("        {}\n", green(&format!("+ {}", cut(line, before)))));
    }
}

fn security(stack: &StackReview, out: &mut Page) {
    out.push_str(&format!("{}\n", bold(&stack.stack)));
    for risk in stack.why_not(Extent::Security) {
        out.put(2, &format!("not compared: {}", risk.what));
        if !risk.help.is_empty() {
            out.put(4, &dim(&format!("help: {}", risk.help)));
        }
    }
    access(stack, out);
    out.push('\n');
}

/// Who may do and reach what, as a table: more or less, who, what.
fn access(stack: &StackReview, out: &mut Page) {
    if stack.access.is_empty() {
        return;
    }
    out.push_str(&format!("  {}\n", bold("access")));
    for change in &stack.access {
        let word = if change.widens { red("more") } else { green("less") };
        out.hanging(6, 12, &format!("{word}  {}: {}", change.construct, change.what));
    }
}

fn stat(review: &Review, out: &mut Page) {
    let stacks: Vec<&StackReview> = review.stacks.iter().filter(|stack| stack.standing != Standing::Same).collect();
    let wide = stacks.iter().map(|stack| stack.stack.chars().count()).max().unwrap_or(0);
    for stack in stacks {
        let more = stack.access.iter().filter(|change| change.widens).count();
        let less = stack.access.len() - more;
        let access =
            if stack.access.is_empty() { String::new() } else { format!("; access: {more} more, {less} less") };
        let risks = if stack.risks.is_empty() { "" } else { "  !" };
        out.push_str(&format!("{:wide$}  {}{access}{risks}\n", stack.stack, summary(stack)));
        for risk in stack.why_not(Extent::Stat) {
            out.put(2, &dim(&risk.what));
        }
    }
}

/// A value that is not too long to read: of a long one, what is around its first difference from what stands beside it.
fn cut(text: &str, beside: &[String]) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= LONGEST {
        return text.to_owned();
    }
    let same = |other: &String| letters.iter().zip(other.chars()).take_while(|(one, other)| **one == *other).count();
    let shared = beside.iter().map(same).max().unwrap_or(0);
    let start = if shared + LEAD < LONGEST { 0 } else { (shared - LEAD).min(letters.len() - LONGEST) };
    let end = start + LONGEST;
    let mut out: String = letters[start..end].iter().collect();
    if start > 0 {
        out.insert(0, '…');
    }
    if end < letters.len() {
        out.push('…');
    }
    out
}

/// How many columns text takes: colours take none.
fn visible(text: &str) -> usize {
    text.split('\u{1b}')
        .enumerate()
        .map(|(index, part)| match (index, part.split_once('m')) {
            (0, _) | (_, None) => part.chars().count(),
            (_, Some((_, shown))) => shown.chars().count(),
        })
        .sum()
}

fn colour(verb: Verb, text: &str) -> String {
    match verb {
        Verb::Remove | Verb::Replace | Verb::MayRemove | Verb::MayReplace | Verb::Move => red(text),
        Verb::Change => yellow(text),
        Verb::MayAdd | Verb::Add => green(text),
    }
}

fn red(text: &str) -> String {
    format!("\u{1b}[31m{text}\u{1b}[0m")
}

fn green(text: &str) -> String {
    format!("\u{1b}[32m{text}\u{1b}[0m")
}

fn yellow(text: &str) -> String {
    format!("\u{1b}[33m{text}\u{1b}[0m")
}

fn bold(text: &str) -> String {
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

fn dim(text: &str) -> String {
    format!("\u{1b}[2m{text}\u{1b}[0m")
}
