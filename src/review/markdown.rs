//! Markdown, for a comment on a pull request: long stacks are folded, and what is least important goes first where all of
//! it is too long.

use super::text::{own_entries, summary, verdict};
use super::{Extent, ResourceReview, Review, StackReview, Standing, Verb};

/// GitHub takes 65,536 characters of a comment; some are left for those who put theirs around it.
const LIMIT: usize = 65_000;
/// As many lines of one stack are shown unfolded.
const UNFOLDED: usize = 25;

/// How much is said of each stack, most first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Every value.
    Values,
    /// The values of what is replaced; of the rest the names of the properties.
    Replaced,
    /// The names of resources.
    Resources,
    /// What must not be missed, and counts.
    Risks,
}

pub(super) fn render(review: &Review, extent: Extent) -> String {
    let details = [Detail::Values, Detail::Replaced, Detail::Resources, Detail::Risks];
    let all = details.into_iter().map(|detail| at(review, extent, detail));
    let shortest = at(review, extent, Detail::Risks);
    all.into_iter().find(|text| text.chars().count() <= LIMIT).unwrap_or_else(|| cut(&shortest))
}

/// What fits, to the end of a line; how much more there is, is said.
fn cut(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if out.chars().count() + line.chars().count() > LIMIT - 200 {
            out.push_str(&format!("\n… and {} more lines: run the command to read them.\n", lines.len() - index));
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn at(review: &Review, extent: Extent, detail: Detail) -> String {
    let mut out = format!("### {}\n\nCompared with {}.\n", sentence(&verdict(review, extent)), review.against);
    let differ: Vec<&StackReview> = review.stacks.iter().filter(|stack| stack.standing != Standing::Same).collect();
    risks(&differ, extent, &mut out);
    access(&differ, &mut out);
    if extent == Extent::Security {
        return out;
    }
    for stack in differ {
        let body = if extent == Extent::Stat { String::new() } else { body(stack, detail) };
        let title = format!("<code>{}</code> — {}", html(&stack.stack), html(&summary(stack)));
        if body.is_empty() {
            out.push_str(&format!("\n- {title}\n"));
        } else {
            let open = if body.lines().count() <= UNFOLDED { " open" } else { "" };
            out.push_str(&format!("\n<details{open}><summary>{title}</summary>\n\n{body}\n</details>\n"));
        }
    }
    if detail > Detail::Values {
        out.push_str("\nNot all of it fits into a comment: values are left out above.\n");
    }
    out
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn risks(stacks: &[&StackReview], extent: Extent, out: &mut String) {
    let said = |stack: &&&StackReview| extent != Extent::Security || stack.standing == Standing::Unreadable;
    let all: Vec<_> = stacks
        .iter()
        .filter(said)
        .flat_map(|stack| stack.risks.iter().map(move |risk| (&stack.stack, risk, stack.standing)))
        .collect();
    if all.is_empty() {
        return;
    }
    out.push_str("\n#### Must not be missed\n\n");
    for (stack, risk, standing) in all {
        let word = match standing {
            Standing::Unreadable => "**Not compared:** ",
            _ if risk.refused => "**CloudFormation refuses this:** ",
            _ => "",
        };
        let help = if risk.help.is_empty() { String::new() } else { format!(" _{}_", text(&risk.help)) };
        out.push_str(&format!("- {word}`{stack}`: {}.{help}\n", text(&risk.what)));
    }
}

/// Who gains access and who loses it, as a table.
fn access(stacks: &[&StackReview], out: &mut String) {
    let all: Vec<_> = stacks.iter().flat_map(|stack| stack.access.iter().map(move |one| (&stack.stack, one))).collect();
    if all.is_empty() {
        return;
    }
    out.push_str("\n#### Who may do or reach what\n\n| | Stack | Resource | What |\n|---|---|---|---|\n");
    for (stack, change) in all {
        let word = if change.widens { "**more**" } else { "less" };
        out.push_str(&format!("| {word} | {} | {} | {} |\n", cell(stack), cell(&change.construct), cell(&change.what)));
    }
}

fn body(stack: &StackReview, detail: Detail) -> String {
    let mut out = String::new();
    if stack.standing == Standing::Removed {
        return "A deployment does not delete it: `destroy` does, from a revision that defines it.\n".into();
    }
    if detail == Detail::Risks {
        return out;
    }
    out.extend(stack.notes.iter().map(|note| format!("_{}_\n\n", text(note))));
    for resource in &stack.resources {
        let meaning = resource.meaning().map(|meaning| format!(": {}", text(&meaning))).unwrap_or_default();
        let at = resource.lines().map(|at| format!(" ({at})")).unwrap_or_default();
        let (sign, name) = (resource.verb.sign(), &resource.construct);
        out.push_str(&format!("- `{sign}` **{}** {}{}{at}\n", text(name), text(&resource.type_name), meaning));
        if let Some(disagrees) = &resource.disagrees {
            out.push_str(&format!("  - ≠ _{}_\n", text(disagrees)));
        }
        out.push_str(&properties(resource, detail));
    }
    if stack.standing == Standing::Added {
        return out;
    }
    for entry in own_entries(stack) {
        let path = if entry.path.is_empty() { String::new() } else { format!(" `{}`", entry.path) };
        out.push_str(&format!("- {} **{}**{path}\n", text(&entry.section), text(&entry.name)));
        if detail == Detail::Values {
            out.push_str(&fenced(&entry.before, &entry.after));
        }
    }
    for export in &stack.exports {
        out.push_str(&format!("- export `{}`: {}\n", export.name, format!("{:?}", export.kind).to_lowercase()));
    }
    out
}

fn properties(resource: &ResourceReview, detail: Detail) -> String {
    if matches!(resource.verb, Verb::Add | Verb::Remove | Verb::Move) || detail >= Detail::Resources {
        return String::new();
    }
    let values = detail == Detail::Values || resource.verb == Verb::Replace;
    let mut out = String::new();
    for property in &resource.properties {
        let because = property.because_of.as_ref().map(|id| format!(" follows {}", text(id))).unwrap_or_default();
        out.push_str(&format!("  - `{}`{because}\n", property.path));
        if values && property.because_of.is_none() {
            out.push_str(&fenced(&property.before, &property.after));
        }
    }
    out
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

/// Text in which nothing is markup but code.
fn text(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&format!("`{part}`"));
            continue;
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
