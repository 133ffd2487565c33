//! Problems in the definitions: an app full of them, `examples/broken.rs`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{folder, program};
use crate::program::{PACKAGE, Run, example, snapshot};

/// The program of the example.
fn broken() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| example("broken"))
}

fn run(folder: &Path, args: &[&str]) -> Run {
    program(broken(), folder).args(args).output().unwrap().into()
}

#[test]
fn problems_show_what_is_wrong_the_lines_that_made_it_and_what_to_do() {
    let out = folder();
    let run = run(Path::new(PACKAGE), &["synth", "--out", out.path().join("templates").to_str().unwrap()]).ended(2);
    assert_eq!(run.out, "");
    snapshot("cli_problems", &run.err);
    assert!(!out.path().join("templates").exists(), "nothing is written while there is a problem");
}

#[test]
fn help_and_notes_of_problems_fit_into_80_columns() {
    let err = run(Path::new(PACKAGE), &["synth"]).ended(2).err;
    let drawn = |line: &&str| line.trim_start().starts_with('=') || line.starts_with("      ");
    for line in err.lines().filter(drawn).filter(|line| !line.contains('|')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_secret_that_is_written_out_is_not_repeated() {
    let err = run(Path::new(PACKAGE), &["synth"]).ended(2).err;
    assert!(err.contains("error[secret]: `MasterUserPassword` holds a secret, and is written out"), "{err}");
    assert!(!err.contains("correct horse"), "{err}");
}

#[test]
fn without_the_sources_problems_name_the_lines() {
    let folder = folder();
    let run = run(folder.path(), &["synth", "shop/network", "--stdout"]).ended(2);
    assert_eq!(run.out, "");
    snapshot("cli_problems_without_sources", &run.err);
}

#[test]
fn only_the_stacks_that_are_asked_for_are_checked() {
    let folder = folder();
    let err = run(folder.path(), &["synth", "shop/network"]).ended(2).err;
    assert!(err.contains("in shop/network") && !err.contains("in shop/data"), "{err}");
}

#[test]
fn ls_tells_problems_too() {
    let run = run(folder().path(), &["ls"]).ended(2);
    assert_eq!(run.out, "");
    assert!(run.err.ends_with(" problems, 1 warning\n"), "{}", run.err);
}

#[test]
fn a_selector_is_refused_before_anything_is_checked() {
    let run = run(folder().path(), &["synth", "shop/netwrok"]).ended(2);
    snapshot("cli_unknown_stack", &run.err);
}

#[test]
fn problems_are_coloured_only_where_colour_is_wanted() {
    let folder = folder();
    let coloured = |variable, value| {
        let run = Run::from(program(broken(), folder.path()).env(variable, value).arg("ls").output().unwrap());
        run.err.contains('\u{1b}')
    };
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(!coloured("NO_COLOR", "1"));
}
