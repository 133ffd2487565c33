//! The command: against the disk and git, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use crate::program::{PACKAGE, Run, STACKS, snapshot};

fn diff_in(folder: &Path, arguments: &[&str]) -> Run {
    let mut program = Command::new(STACKS);
    program.current_dir(folder).arg("diff").args(arguments).env("NO_COLOR", "1");
    // A repository around the temporary folder is none of ours.
    program.env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
    Run::from(program.output().unwrap())
}

pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let run = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A package with the catalogue's templates.
fn package() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    copy(&Path::new(PACKAGE).join("templates"), &folder.path().join("templates"));
    folder
}

/// The same in a repository, all of it committed.
fn repository() -> tempfile::TempDir {
    let folder = package();
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(folder.path());
    folder
}

pub(super) fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "templates"]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join("templates").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The catalogue grows; this system is what these tests are about.
const SYSTEM: &str = "financial-data-api/**";

const RDS: &str = "financial-data-api/dev/rds.yaml";

/// What the definitions change, where the templates of before were these.
fn older(folder: &Path) {
    edit(folder, RDS, "StorageEncrypted: true", "StorageEncrypted: false");
    edit(folder, RDS, "DBInstanceClass: db.t3.micro", "DBInstanceClass: db.t3.small");
    edit(folder, "financial-data-api/dev/security-groups.yaml", "18.206.107.24/29", "18.206.107.24/32");
}

#[test]
fn the_templates_on_the_disk_are_those_of_the_definitions() {
    let run = diff_in(Path::new(PACKAGE), &["--against", "templates", "--exit-code", SYSTEM]).done();
    assert_snapshot!(run.out, @"
    nothing differs: 20 stacks
    compared with the templates in templates
    ");
}

#[test]
fn a_difference_is_told_and_ends_with_1_where_that_is_asked_for() {
    let folder = package();
    older(folder.path());
    let run = diff_in(folder.path(), &["--against", "templates", SYSTEM]).done();
    snapshot("diff_catalogue", &run.out);
    diff_in(folder.path(), &["--against", "templates", "--exit-code"]).ended(1);
    diff_in(folder.path(), &["--against", "templates", "--exit-code", "account/*"]).done();
    let run = diff_in(folder.path(), &["--against", "templates", "--format", "markdown", SYSTEM]).done();
    snapshot("diff_catalogue_markdown", &run.out);
}

#[test]
fn a_revision_is_read_without_being_checked_out() {
    let folder = repository();
    older(folder.path());
    commit(folder.path());
    fs::remove_dir_all(folder.path().join("templates")).unwrap();
    let stat = |against| diff_in(folder.path(), &["--against", against, "--stat", SYSTEM]).done().out;
    assert!(
        stat("HEAD~1").starts_with("nothing differs: 20 stacks\ncompared with the templates in templates at HEAD~1 (")
    );
    let text = stat("main");
    assert!(text.contains("financial-data-api/dev/rds              1 replaced"), "{text}");
}

#[test]
fn a_stack_that_is_not_defined_any_more_is_said_to_stay() {
    let folder = package();
    edit(folder.path(), "manifest.json", "\"path\": \"account/billing\"", "\"path\": \"account/bills\"");
    edit(folder.path(), "manifest.json", "\"account/billing.yaml\"", "\"account/bills.yaml\"");
    let templates = folder.path().join("templates/account");
    fs::rename(templates.join("billing.yaml"), templates.join("bills.yaml")).unwrap();
    let run = diff_in(folder.path(), &["--against", "templates", "account/bills"]).done();
    assert_snapshot!(run.out, @"
    account/bills  not defined any more
      a deployment does not delete it: `destroy` does, from a revision that defines
      it

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn a_revision_that_does_not_exist_is_refused() {
    let folder = repository();
    assert_snapshot!(diff_in(folder.path(), &["--against", "mian"]).ended(2).err, @"
    error: there is no revision `mian` in this repository
      help: name a branch, tag or commit; `git fetch` brings those of the remote. Of a shallow clone, only the last commits are there
    ");
    diff_in(folder.path(), &["--against=--help"]).ended(2).told("there is no revision `--help`");
}

#[test]
fn a_revision_without_templates_is_refused() {
    let folder = repository();
    fs::remove_dir_all(folder.path().join("templates")).unwrap();
    commit(folder.path());
    let run = diff_in(folder.path(), &["--against", "main"]).ended(2);
    let said = run.err;
    assert!(said.contains("there are no templates in templates at main ("), "{said}");
    assert!(said.contains("help: compare with a revision in which `synth` wrote them"), "{said}");
}

#[test]
fn without_templates_on_the_disk_there_is_nothing_to_compare_with() {
    let folder = package();
    fs::remove_dir_all(folder.path().join("templates")).unwrap();
    assert_snapshot!(diff_in(folder.path(), &["--against", "templates"]).ended(2).err, @"
    error: there are no templates in templates: manifest.json is not there
      help: `synth` writes them
    ");
}

#[test]
fn a_template_that_is_listed_and_not_there_is_not_a_new_stack() {
    let folder = repository();
    fs::remove_file(folder.path().join("templates").join(RDS)).unwrap();
    let missing = "its template is listed in the templates in templates, and is not there";
    let disk = |against| {
        let run = diff_in(folder.path(), &["--against", against, "financial-data-api/dev/rds"]).ended(3);
        assert!(run.out.replace("\n  ", " ").contains("! its template is listed in the templates in"), "{}", run.out);
        run.out
    };
    assert!(disk("templates").replace("\n  ", " ").contains(missing));
    commit(folder.path());
    disk("HEAD");
}

#[test]
fn outside_a_repository_no_revision_is_known() {
    let folder = package();
    let run = diff_in(folder.path(), &["--against", "main"]).ended(2);
    assert!(run.err.contains("is not in a git repository"), "{}", run.err);
    assert!(run.err.contains("help: `--against templates` compares with the templates on the disk"), "{}", run.err);
}

#[test]
fn without_git_no_revision_is_known() {
    let folder = package();
    let mut program = Command::new(STACKS);
    program.current_dir(folder.path()).args(["diff", "--against", "main"]).env("PATH", folder.path());
    assert_snapshot!(Run::from(program.output().unwrap()).ended(2).err, @r"
    error: git cannot be run: No such file or directory (os error 2)
      help: install git, or compare with `--against templates`
    ");
}

#[test]
fn a_template_that_cannot_be_read_is_said_and_the_others_are_compared() {
    let folder = package();
    let path = folder.path().join("templates").join(RDS);
    fs::write(path, "Resources: [").unwrap();
    let run = diff_in(folder.path(), &["--against", "templates", "financial-data-api/dev/*"]).ended(3);
    assert_snapshot!(run.out, @"
    financial-data-api/dev/rds  not compared
      ! the template cannot be read: line 2, column 1: this is not YAML: while
      parsing a node, did not find expected node content
        help: look at the template itself

    nothing differs: 9 stacks; 1 was not compared
    compared with the templates in templates
    ");
}

#[test]
fn a_template_that_goes_through_a_macro_is_not_guessed_at() {
    let folder = package();
    let path = folder.path().join("templates").join(RDS);
    fs::write(path, "Transform: AWS::Serverless-2016-10-31\nResources: {}\n").unwrap();
    let run = diff_in(folder.path(), &["--against", "templates", "financial-data-api/dev/rds"]).ended(3);
    run.told("not compared").told("AWS::Serverless-2016-10-31");
}
