//! `stacks new`: which recipe, where to, under which name, and that what it writes compiles and passes its tests.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command_line::{all_paths, folder, program};
use crate::program::{PACKAGE, Run, STACKS, cargo, example, snapshot};

fn new<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Run {
    program(STACKS, folder).arg("new").args(args).output().unwrap().into()
}

/// The files of a folder, with their texts.
fn files(root: &Path) -> BTreeMap<String, String> {
    let (mut open, mut files) = (vec![root.to_owned()], BTreeMap::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    files
}

/// The recipes of the catalogue, by the last parts of their paths.
fn recipes() -> Vec<String> {
    let paths = all_paths().into_iter();
    paths.filter_map(|path| Some(path.strip_prefix("cookbook/")?.rsplit_once('/')?.1.to_owned())).collect()
}

#[test]
fn without_a_recipe_all_are_listed() {
    let listed = new(folder().path(), [""; 0]).done().out;
    let named: Vec<String> =
        listed.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().into()).collect();
    let known: Vec<String> =
        all_paths().iter().filter_map(|path| Some(path.strip_prefix("cookbook/")?.into())).collect();
    assert!(known.iter().all(|path| named.iter().any(|name| path.ends_with(name.as_str()))), "{listed}");
    assert_eq!(named.len(), known.len());
    assert!(listed.contains("  A network of your own, with room to grow\n"), "{listed}");
}

#[test]
fn a_recipe_is_its_path_or_the_end_of_it() {
    let here = folder();
    for (index, asked) in ["vpc", "networking/vpc", "cookbook/networking/vpc", "/networking/vpc/"].iter().enumerate() {
        new(here.path(), [asked, format!("net{index}").as_str()]).done();
    }
    let [a, b] = ["net0", "net2"].map(|name| files(&here.path().join(name)));
    assert!(a.keys().eq(b.keys()));
    new(here.path(), ["pc", "other"]).ended(2).told("there is no recipe `pc`");
    new(here.path(), ["working/vpc", "other"]).ended(2).told("did you mean `networking/vpc`?");
    new(here.path(), ["proxy", "other"]).ended(2).told("did you mean `databases/rds-proxy`?");
    let networking = new(here.path(), ["networking/", "other"]).ended(2).told("say which of them");
    assert!(networking.err.contains("\n          cookbook/networking/subnets\n"), "{}", networking.err);
    snapshot("new_near_miss", &new(here.path(), ["networking/vcp", "other"]).ended(2).err);
    snapshot("new_nothing_near", &new(here.path(), ["kubernetes", "other"]).ended(2).err);
    assert!(!here.path().join("other").exists());
}

#[test]
fn a_program_without_recipes_does_not_offer_it() {
    let run = |args: &[&str]| Run::from(program(example("broken"), folder().path()).args(args).output().unwrap());
    run(&["new"]).ended(2).told("unrecognized subcommand 'new'");
    assert!(!run(&["--help"]).done().out.contains("new "));
    assert!(!run(&["completions", "bash"]).done().out.contains("RECIPE"));
    snapshot("cli_new_help", &new(folder().path(), ["--help"]).done().out);
}

#[test]
fn a_folder_that_has_something_in_it_is_left_alone() {
    let here = folder();
    fs::create_dir(here.path().join("full")).unwrap();
    fs::write(here.path().join("full/notes"), "mine").unwrap();
    fs::write(here.path().join("file"), "mine").unwrap();
    let before = files(here.path());
    new(here.path(), ["vpc", "full"]).ended(2).told("full is not empty").told("name a folder that is not there yet");
    new(here.path(), ["vpc", "."]).ended(2).told(". is not empty");
    new(here.path(), ["vpc", "file"]).ended(2).told("file is not a folder");
    new(here.path(), ["vpc", "file/below"]).ended(2);
    new(here.path(), ["vpc"]).ended(2).told("where the project goes is not said").told("`new vpc my-vpc`");
    assert_eq!(files(here.path()), before);
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 2);
}

#[test]
fn an_empty_folder_and_one_that_is_not_there_become_the_project() {
    let here = folder();
    fs::create_dir(here.path().join("empty")).unwrap();
    let told = new(here.path(), ["vpc", "empty"]).done().err;
    assert!(told.contains("  cd empty\n  cargo test\n"), "{told}");
    let told = new(here.path(), ["vpc", "some/where/deep"]).done().err;
    assert!(told.starts_with("some/where/deep: a project with the stack `vpc`"), "{told}");
    fs::create_dir(here.path().join("inside")).unwrap();
    let told = new(&here.path().join("inside"), ["vpc", "."]).done().err;
    assert!(!told.contains("cd "), "{told}");
    let [a, b, c] = ["empty", "some/where/deep", "inside"].map(|name| files(&here.path().join(name)));
    assert!(a.keys().eq(b.keys()) && a.keys().eq(c.keys()), "{:?}", a.keys());
    assert!(c["Cargo.toml"].contains("name = \"inside\"") && b["Cargo.toml"].contains("name = \"deep\""));
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 3, "nothing is left beside");
}

#[cfg(unix)]
#[test]
fn the_project_belongs_to_whom_other_folders_belong() {
    use std::os::unix::fs::PermissionsExt as _;
    let here = folder();
    new(here.path(), ["vpc", "net"]).done();
    fs::create_dir(here.path().join("other")).unwrap();
    let [net, other] = ["net", "other"].map(|name| fs::metadata(here.path().join(name)).unwrap().permissions().mode());
    assert_eq!(net, other);
}

#[test]
fn a_folder_that_cannot_be_made_leaves_nothing() {
    let here = folder();
    let long = "x".repeat(300);
    new(here.path(), ["vpc", &format!("some/where/{long}"), "--name", "x"]).ended(2).told("nothing was written");
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
}

#[test]
fn the_package_is_named_after_the_folder_or_as_one_says() {
    let here = folder();
    let name = |args: &[&str]| {
        new(here.path(), ["vpc"].iter().chain(args)).done();
        let text = fs::read_to_string(here.path().join(args[0]).join("Cargo.toml")).unwrap();
        text.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().to_owned()
    };
    assert_eq!(name(&["My Network"]), "\"my-network\"");
    assert_eq!(name(&["3rd"]), "\"stacks-3rd\"");
    assert_eq!(name(&["日本", "--name", "nihon"]), "\"nihon\"");
    new(here.path(), ["vpc", "日本2"]).done();
    new(here.path(), ["vpc", "網"]).ended(2).told("no name for a package can be made of `網`").told("`--name`");
    let refused = new(here.path(), ["vpc", "x", "--name", "My Net"]).ended(2);
    refused.told("a package cannot be called `My Net`").told("such as `my-net`");
    new(here.path(), ["vpc", "x", "--name", "formwork"]).ended(2).told("such as `formwork-stacks`");
}

#[test]
fn formwork_comes_by_its_version_or_from_a_folder() {
    let here = folder();
    let dependency = |dir: &str| {
        let text = fs::read_to_string(here.path().join(dir).join("Cargo.toml")).unwrap();
        text.lines().find_map(|line| line.strip_prefix("formwork = ").map(str::to_owned)).unwrap()
    };
    new(here.path(), ["vpc", "a"]).done();
    assert_eq!(dependency("a"), format!("{{ version = {:?} }}", env!("CARGO_PKG_VERSION")));
    new(here.path(), ["vpc", "b", "--path", PACKAGE]).done();
    assert_eq!(dependency("b"), format!("{{ path = {PACKAGE:?} }}"));
    fs::create_dir_all(here.path().join("lib/formwork")).unwrap();
    fs::copy(Path::new(PACKAGE).join("Cargo.toml"), here.path().join("lib/formwork/Cargo.toml")).unwrap();
    new(here.path(), ["vpc", "below/c", "--path", "lib/formwork"]).done();
    assert_eq!(dependency("below/c"), "{ path = \"../../lib/formwork\" }");
    new(here.path(), ["vpc", "d", "--path", "lib"]).ended(2).told("lib is not formwork");
}

#[test]
fn a_project_reads_as_if_it_had_been_written_by_hand() {
    let here = folder();
    new(here.path(), ["vpc", "net"]).done();
    let files = files(&here.path().join("net"));
    snapshot("new_files", &(files.keys().map(String::as_str).collect::<Vec<_>>().join("\n") + "\n"));
    snapshot("new_cargo_toml", &files["Cargo.toml"].replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    snapshot("new_readme", &files["README.md"]);
    snapshot("new_main", &files["stacks/main.rs"]);
}

/// The projects of all recipes, as `new` writes them, in one workspace: what they depend on is compiled once, most of it has
/// been for this test itself, and the rest is kept from run to run. Only files that differ are written, for cargo goes by times.
fn workspace() -> PathBuf {
    let (root, fresh) = (Path::new(env!("CARGO_TARGET_TMPDIR")).join("new"), folder());
    for recipe in recipes() {
        new(fresh.path(), [&recipe, &recipe, "--path", PACKAGE]).done();
    }
    let mut wanted = files(fresh.path());
    let profile = wanted.values().find_map(|text| text.split_once("\n[profile.dev]")).unwrap().1;
    let manifest =
        format!("[workspace]\nmembers = [\"*\"]\nexclude = [\"target\"]\nresolver = \"3\"\n\n[profile.dev]{profile}");
    wanted.insert("Cargo.toml".into(), manifest);
    let kept = if root.exists() { files_of_projects(&root) } else { BTreeMap::new() };
    for name in kept.keys().filter(|name| !wanted.contains_key(*name)) {
        fs::remove_file(root.join(name)).unwrap();
    }
    for (name, text) in wanted.iter().filter(|(name, text)| kept.get(*name) != Some(text)) {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), text).unwrap();
    }
    for entry in fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.ends_with("target") && !entry.join("Cargo.toml").exists() {
            fs::remove_dir_all(entry).unwrap();
        }
    }
    // The versions that this package was built with: nothing has to be looked up.
    fs::copy(Path::new(PACKAGE).join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    root
}

fn files_of_projects(root: &Path) -> BTreeMap<String, String> {
    let _ = fs::remove_dir_all(root.join("target"));
    let mut files = files(root);
    files.remove("Cargo.lock");
    files
}

#[test]
fn every_recipe_becomes_a_project_that_compiles_and_passes_its_tests() {
    let root = workspace();
    let mains: Vec<_> = recipes().iter().map(|recipe| root.join(recipe).join("stacks/main.rs")).collect();
    let formatted = Command::new("rustfmt").arg("--check").args(["--edition", "2024"]).args(&mains).output().unwrap();
    Run::from(formatted).done();
    let target = Path::new(STACKS).ancestors().nth(2).unwrap();
    let mut tests = cargo();
    tests.current_dir(&root).args(["test", "--workspace", "--offline"]);
    tests.env("CARGO_BUILD_BUILD_DIR", target).env("CARGO_TARGET_DIR", root.join("target"));
    tests.env("INSTA_UPDATE", "no");
    let run = Run::from(tests.output().unwrap()).done();
    assert!(!run.err.contains("warning: unused") && !run.err.contains("never used"), "{}", run.err);
    let passed = run.out.matches("review::each_stack_is_as_it_was_reviewed ... ok").count();
    assert_eq!(passed, recipes().len(), "{}", run.out);
}
