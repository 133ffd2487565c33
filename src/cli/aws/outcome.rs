//! How a deployment ended, as people read it: causes first, then one table.

use super::super::{Exit, output, report, table};
use crate::deploy::{Failure, FailureKind, Outcome, Report};

/// How many failures after the cause are listed.
const MOST: usize = 5;

/// Prints why a stack failed: the cause, then what happened, then the rest folded.
pub(in super::super) fn failed(stack: &str, failure: &Failure) {
    if !failure.causes.is_empty() {
        output::err(&report::render(&failure.causes, true));
    }
    let label = "\u{1b}[1;91merror\u{1b}[0m";
    let mut text = format!("{label}{}\n", output::bold(&format!(": {stack}: {}", failure.what)));
    for other in failure.others.iter().take(MOST) {
        text.push_str(&format!("  {other}\n"));
    }
    if failure.others.len() > MOST {
        text.push_str(&format!("  and {} more\n", failure.others.len() - MOST));
    }
    if let Some(said) = &failure.said {
        text.push_str(&format!("  the last that `{}` said:\n", said.program));
        said.lines.iter().for_each(|line| text.push_str(&format!("  | {line}\n")));
    }
    if failure.cancelled > 0 {
        text.push_str(&format!("  {} cancelled because of it\n", output::counted(failure.cancelled, "more resource")));
    }
    for (index, line) in failure.help.lines().enumerate() {
        let label = if index == 0 { "help: " } else { "      " };
        text.push_str(&format!("  {}\n", output::dim(&format!("{label}{line}"))));
    }
    output::err(&(text + "\n"));
}

/// Prints how each stack ended, unless `json`, and gives the exit code.
pub(in super::super) fn conclude(reports: &[Report<'_>], json: bool, interrupted: bool) -> Result<Exit, Exit> {
    if !json {
        output::err("\n");
        for report in reports {
            if let Some(failure) =
                report.failure.as_ref().filter(|_| matches!(report.outcome, Outcome::Failed | Outcome::Refused))
            {
                failed(report.stack, failure);
            }
        }
        output::out(&summary(reports))?;
    }
    Ok(exit(reports, interrupted))
}

fn summary(reports: &[Report<'_>]) -> String {
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|report| {
            let note = report.because.map(|because| format!("because of {because}"));
            let declined = report.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Declined);
            vec![
                report.stack.to_owned(),
                if declined { "not approved" } else { word(report.outcome) }.to_owned(),
                if report.seconds > 0.0 { output::took(report.seconds) } else { String::new() },
                note.unwrap_or_default(),
            ]
        })
        .collect();
    table::render(&["STACK", "OUTCOME", "TIME", ""], &rows)
}

/// An outcome in a word.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Imported => "imported",
        Outcome::Refactored => "refactored",
        Outcome::Unchanged => "unchanged",
        Outcome::Deleted => "deleted",
        Outcome::Absent => "not there",
        Outcome::Failed => "failed",
        Outcome::Refused => "refused",
        Outcome::Skipped => "skipped",
        Outcome::NotStarted => "not started",
    }
}

fn exit(reports: &[Report<'_>], interrupted: bool) -> Exit {
    if interrupted {
        return Exit::Interrupted;
    }
    let failures: Vec<&Failure> = reports.iter().filter_map(|report| report.failure.as_ref()).collect();
    let done = |outcome| {
        matches!(
            outcome,
            Outcome::Created | Outcome::Updated | Outcome::Imported | Outcome::Refactored | Outcome::Deleted
        )
    };
    let changed = reports.iter().any(|report| done(report.outcome));
    let refused = |failure: &&Failure| matches!(failure.kind, FailureKind::Refused | FailureKind::Declined);
    match failures.iter().all(refused) {
        true if failures.is_empty() => Exit::Done,
        // Refused, and nothing at all was changed.
        true if !changed => Exit::Refused,
        _ => Exit::Failed,
    }
}
