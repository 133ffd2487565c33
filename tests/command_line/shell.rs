//! What every command has: help, version, completions, colour, pipes.

use std::process::Stdio;

use super::{folder, program, stacks};
use crate::program::{Run, STACKS, snapshot};

fn run<const N: usize>(args: [&str; N]) -> Run {
    stacks(folder().path(), args)
}

// ---------------------------------------------------------------------------------------------------- help, version

const COMMANDS: [&str; 16] = [
    "ls",
    "synth",
    "diff",
    "graph",
    "reach",
    "deploy",
    "destroy",
    "outputs",
    "status",
    "drift",
    "import",
    "refactor",
    "recover",
    "runbook",
    "bootstrap",
    "completions",
];

#[test]
fn help_tells_commands_selectors_and_exit_codes() {
    let help = run(["--help"]).done().out;
    snapshot("cli_help", &help);
    assert_eq!(run(["-h"]).done().out, help);
}

#[test]
fn each_command_has_help_of_its_own() {
    for command in COMMANDS {
        let help = run([command, "--help"]).done().out;
        snapshot(&format!("cli_{command}_help"), &help);
        assert_eq!(run([command, "-h"]).done().out, help);
    }
}

#[test]
fn help_fits_into_80_columns() {
    for args in COMMANDS.map(|command| [command, "--help"]).into_iter().chain([["--help", "--help"]]) {
        for line in run(args).done().out.lines() {
            assert!(line.chars().count() <= 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn the_version_says_whose_it_is() {
    assert_eq!(run(["--version"]).done().out, concat!("stacks (formwork ", env!("CARGO_PKG_VERSION"), ")\n"));
}

#[test]
fn an_unknown_command_is_refused() {
    let refused = run(["frobnicate"]).ended(2);
    assert_eq!(refused.out, "");
    snapshot("cli_unknown_command", &refused.err);
}

#[test]
fn an_unknown_option_is_refused() {
    let refused = run(["synth", "--chekc"]).ended(2);
    assert!(refused.out.is_empty() && refused.err.contains("'--check'"), "{}", refused.err);
}

#[test]
fn no_command_at_all_is_refused_with_help() {
    let refused = run([]).ended(2);
    assert!(refused.out.is_empty() && refused.err.contains("Usage: stacks <COMMAND>"), "{}", refused.err);
}

#[cfg(unix)]
#[test]
fn a_program_of_another_name_calls_itself_by_it() {
    let folder = folder();
    let infra = folder.path().join("infra.dev");
    std::os::unix::fs::symlink(STACKS, &infra).unwrap();
    let run = |args: [&str; 2]| Run::from(program(&infra, folder.path()).args(args).output().unwrap()).done().out;
    assert!(run(["--help", "--help"]).contains("Usage: infra.dev <COMMAND>"));
    assert!(run(["completions", "--help"]).contains("source <(infra.dev completions bash)"));
    assert!(run(["completions", "fish"]).contains("complete -c infra.dev"));
}

// ------------------------------------------------------------------------------------------------------ completions

#[test]
fn completions_know_the_commands_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(["completions", shell]).done().out;
        for word in ["synth", "completions", "check", "minify"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    run(["completions", "tcsh"]).ended(2);
}

#[cfg(unix)]
#[test]
fn the_completions_of_a_shell_that_is_here_are_valid_there() {
    for shell in ["bash", "zsh", "fish"] {
        let folder = folder();
        let script = folder.path().join("script");
        std::fs::write(&script, run(["completions", shell]).done().out).unwrap();
        if let Ok(output) = program(shell, folder.path()).arg("-n").arg(&script).output() {
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

// ----------------------------------------------------------------------------------------------------------- colour

const ESCAPE: char = '\u{1b}';

fn coloured(variables: &[(&str, &str)]) -> bool {
    let folder = folder();
    let one = |args: &[&str]| {
        let mut command = program(STACKS, folder.path());
        let run = Run::from(command.envs(variables.iter().copied()).args(args).output().unwrap());
        run.out.contains(ESCAPE) || run.err.contains(ESCAPE)
    };
    let every = [one(&["ls"]), one(&["ls", "nothing"]), one(&["--help"]), one(&["synth", "--check"])];
    assert!(every.iter().all(|coloured| *coloured == every[0]), "all agree: {every:?}");
    every[0]
}

#[test]
fn there_is_no_colour_in_a_pipe_unless_it_is_forced_and_never_with_no_color() {
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

// ------------------------------------------------------------------------------------------------------------ pipes

/// Runs with a reader of standard output that has gone before anything is written.
fn unread(args: &[&str]) -> Run {
    let folder = folder();
    let mut command = program(STACKS, folder.path());
    let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_reader_that_has_gone_ends_a_command_without_a_word() {
    for args in [&["ls"][..], &["ls", "--json"], &["synth", "--stdout"], &["completions", "bash"], &["--help"]] {
        let run = unread(args).done();
        assert_eq!(run.err, "", "{args:?}");
    }
}

#[test]
fn a_check_whose_reader_has_gone_still_says_what_it_found() {
    unread(&["synth", "--check"]).ended(1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let folder = folder();
    let run = Run::from(program(STACKS, folder.path()).args(["synth", "--stdout"]).stdout(full).output().unwrap());
    assert!(run.ended(2).err.starts_with("error: cannot write to standard output: "));
}
