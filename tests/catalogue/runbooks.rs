//! What is done by hand: that it can be pasted into a shell, as it is printed.

use std::process::Command;

use crate::program::{Run, STACKS};

/// Every runbook of the catalogue, by its name, as it is printed where nothing is deployed.
fn runbooks() -> Vec<(String, String)> {
    let runbook =
        |args: &[&str]| Run::from(Command::new(STACKS).arg("runbook").args(args).output().unwrap()).done().out;
    let listed = runbook(&[]);
    let names = listed.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.map(|name| (name.clone(), runbook(&[&name, "--offline"]))).collect()
}

/// The blocks of code in Markdown, as they stand there.
fn blocks(text: &str) -> Vec<String> {
    let (mut blocks, mut fenced, mut open) = (Vec::new(), false, String::new());
    for line in text.lines() {
        let fence = line.starts_with("```");
        fenced ^= fence;
        if !fence && (fenced || line.starts_with("    ") || (line.is_empty() && !open.is_empty())) {
            open += line;
            open.push('\n');
        } else if !open.trim().is_empty() {
            blocks.push(std::mem::take(&mut open));
        }
    }
    blocks.extend((!open.trim().is_empty()).then_some(open));
    blocks
}

#[test]
fn the_commands_of_a_runbook_can_be_pasted_as_they_are_printed() {
    let place = regex_lite::Regex::new("<[A-Z][A-Za-z0-9]*>").unwrap();
    let mut count = 0;
    for (name, text) in runbooks() {
        for block in blocks(&text) {
            // Nothing has to be replaced in it but what an output says, and no line of it is taken for more than it is.
            let script = place.replace_all(&block, "value");
            let read = Command::new("bash").args(["-n", "-c", &script]).output().unwrap();
            assert!(read.status.success() && read.stderr.is_empty(), "{name}:\n{block}{read:?}");
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
