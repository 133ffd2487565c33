//! `synth`: which files it writes, removes, and leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::{all_paths, folder, program, stacks};
use crate::program::{Run, STACKS, snapshot};

const VPC: &str = "financial-data-api/dev/vpc";
const GROUPS: &str = "financial-data-api/dev/security-groups";

/// Runs `synth --out templates` in a folder, with more arguments.
fn synth(folder: &Path, more: &[&str]) -> Run {
    stacks(folder, [&["synth", "--out", "templates"], more].concat())
}

/// A folder with fresh templates.
fn fresh() -> tempfile::TempDir {
    let folder = folder();
    synth(folder.path(), &[]).done();
    folder
}

/// Every file below a folder with its content.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

fn edit(path: impl AsRef<Path>, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, change(text)).unwrap();
}

fn manifest(folder: &Path) -> PathBuf {
    folder.join("templates/manifest.json")
}

/// Adds a stack that no longer exists to the manifest, with a file.
fn list(folder: &Path, path: &str, file: &str) {
    edit(manifest(folder), |text| {
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["stacks"].as_array_mut().unwrap().push(json!({ "path": path, "template": file }));
        manifest.to_string()
    });
}

// ---------------------------------------------------------------------------------------------------------- writing

#[test]
fn every_stack_gets_a_file_and_the_manifest_lists_them_all() {
    let folder = folder();
    let run = synth(folder.path(), &[]).done();
    let paths = all_paths();
    assert_eq!(run.out, "");
    assert_eq!(run.err, format!("templates: {0} templates, {0} written\n", paths.len()));
    let files = files(&folder.path().join("templates"));
    let mut expected: Vec<String> = paths.iter().map(|path| format!("{path}.yaml")).collect();
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).unwrap();
    let listed: Vec<_> = manifest["stacks"].as_array().unwrap().iter().map(|stack| stack["template"].clone()).collect();
    assert_eq!(json!(listed), json!(expected), "in deployment order");
    expected.push("manifest.json".into());
    expected.sort();
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
    assert!(files.values().all(|text| text.ends_with('\n') && !text.ends_with("\n\n")));
}

#[test]
fn a_second_run_touches_nothing() {
    let folder = fresh();
    let before = modified(&folder.path().join("templates"));
    let run = synth(folder.path(), &[]).done();
    assert!(run.err.ends_with("templates, none changed\n"), "{}", run.err);
    assert_eq!(modified(&folder.path().join("templates")), before);
}

#[test]
fn only_what_changed_is_written() {
    let folder = fresh();
    let root = folder.path().join("templates");
    let (content, before) = (files(&root), modified(&root));
    edit(root.join(format!("{VPC}.yaml")), |text| text + "# edited\n");
    let run = synth(folder.path(), &[]).done();
    assert!(run.err.ends_with(" templates, 1 written\n"), "{}", run.err);
    assert_eq!(files(&root), content);
    let after = modified(&root);
    let changed: Vec<_> = after.iter().filter(|(name, time)| before[*name] != **time).map(|(name, _)| name).collect();
    assert_eq!(changed, [&format!("{VPC}.yaml")]);
}

/// When each file was last written.
fn modified(root: &Path) -> BTreeMap<String, SystemTime> {
    let time = |name: String| (name.clone(), fs::metadata(root.join(name)).unwrap().modified().unwrap());
    files(root).into_keys().map(time).collect()
}

#[test]
fn a_part_of_the_stacks_leaves_the_files_of_the_others_alone() {
    let folder = fresh();
    let root = folder.path().join("templates");
    let before = files(&root);
    edit(root.join(format!("{VPC}.yaml")), |_| "damaged".into());
    edit(root.join(format!("{GROUPS}.yaml")), |_| "damaged too".into());
    let run = synth(folder.path(), &[VPC]).done();
    assert_eq!(run.err, "templates: 1 template, 1 written\n");
    let after = files(&root);
    assert_eq!(after.len(), before.len());
    assert_eq!(after["manifest.json"], before["manifest.json"]);
    assert_eq!(after[&format!("{VPC}.yaml")], before[&format!("{VPC}.yaml")]);
    assert_eq!(after[&format!("{GROUPS}.yaml")], "damaged too");
}

#[test]
fn a_part_of_the_stacks_alone_is_listed_alone() {
    let folder = folder();
    synth(folder.path(), &[VPC]).done();
    let files = files(&folder.path().join("templates"));
    assert_eq!(files.keys().collect::<Vec<_>>(), [&format!("{VPC}.yaml"), "manifest.json"]);
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["stacks"].as_array().unwrap().len(), 1);
}

// --------------------------------------------------------------------------------------------------------- the forms

#[test]
fn stdout_prints_what_would_be_written_and_writes_nothing() {
    let (folder, fresh) = (folder(), fresh());
    let run = stacks(folder.path(), ["synth", "--stdout", VPC]).done();
    assert_eq!(run.err, "");
    assert_eq!(run.out, files(&fresh.path().join("templates"))[&format!("{VPC}.yaml")]);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn several_templates_on_stdout_are_documents_of_one_stream() {
    let out = stacks(folder().path(), ["synth", "--stdout", VPC, GROUPS]).done().out;
    let names: Vec<_> =
        out.lines().zip(out.lines().skip(1)).filter(|(line, _)| *line == "---").map(|(_, name)| name).collect();
    assert_eq!(names, [format!("# {VPC}"), format!("# {GROUPS}")]);
}

#[test]
fn json_is_written_into_files_of_its_own_and_takes_the_place_of_yaml() {
    let folder = fresh();
    synth(folder.path(), &["--format", "json"]).done();
    let now = files(&folder.path().join("templates"));
    assert!(now.keys().all(|name| Path::new(name).extension() == Some("json".as_ref())), "{:?}", now.keys());
    let template: Value = serde_json::from_str(&now[&format!("{VPC}.json")]).unwrap();
    assert_eq!(template["AWSTemplateFormatVersion"], "2010-09-09");
    synth(folder.path(), &[]).done();
    assert_eq!(files(&folder.path().join("templates")), files(&fresh().path().join("templates")));
}

#[test]
fn minified_json_is_the_same_in_one_line() {
    let folder = folder();
    let print = |more: &[&str]| {
        stacks(folder.path(), [&["synth", "--stdout", VPC, "--format", "json"], more].concat()).done().out
    };
    let (long, short) = (print(&[]), print(&["--minify"]));
    assert_eq!(short.lines().count(), 1);
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parse(&long), parse(&short));
    let both = stacks(folder.path(), ["synth", "--stdout", VPC, GROUPS, "--format", "json", "--minify"]).done().out;
    assert_eq!(both.lines().map(parse).collect::<Vec<_>>().len(), 2, "one template a line");
}

#[test]
fn yaml_cannot_be_minified() {
    let folder = folder();
    let run = synth(folder.path(), &["--minify"]).ended(2);
    assert_eq!(run.err, "error: YAML cannot be minified\n  help: add `--format json`\n");
    assert!(files(folder.path()).is_empty());
}

// ---------------------------------------------------------------------------------------------------------- checking

#[test]
fn a_check_of_fresh_templates_finds_nothing() {
    let folder = fresh();
    let run = synth(folder.path(), &["--check"]).done();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "templates is up to date\n"));
}

#[test]
fn a_check_of_stale_templates_shows_a_diff_and_writes_nothing() {
    let folder = fresh();
    let root = folder.path().join("templates");
    edit(root.join(format!("{VPC}.yaml")), |text| text.replacen("10.0.0.0/16", "10.9.0.0/16", 1));
    let before = files(&root);
    let run = synth(folder.path(), &["--check", VPC]).ended(1);
    assert_eq!(files(&root), before);
    snapshot("cli_check", &format!("{}{}", run.out, run.err));
}

#[test]
fn a_check_finds_files_that_are_not_there_and_files_that_no_stack_makes() {
    let folder = fresh();
    let root = folder.path().join("templates");
    fs::remove_file(root.join(format!("{VPC}.yaml"))).unwrap();
    list(folder.path(), "gone/vpc", "gone/vpc.yaml");
    fs::create_dir(root.join("gone")).unwrap();
    fs::write(root.join("gone/vpc.yaml"), "Resources: {}\n").unwrap();
    let run = synth(folder.path(), &["--check"]).ended(1);
    assert!(run.out.starts_with(&format!("--- /dev/null\n+++ templates/{VPC}.yaml\n@@ ")), "{}", run.out);
    assert!(run.out.ends_with("templates/gone/vpc.yaml is made by no stack any more\n"), "{}", run.out);
    assert!(run.err.starts_with("3 files are stale; "), "the manifest is one of them: {}", run.err);
    assert!(root.join("gone/vpc.yaml").exists() && !root.join(format!("{VPC}.yaml")).exists());
}

#[test]
fn a_check_of_a_folder_that_is_not_there_does_not_make_it() {
    let folder = folder();
    synth(folder.path(), &["--check"]).ended(1);
    assert!(!folder.path().join("templates").exists());
}

// ---------------------------------------------------------------------------------------------------------- removing

#[test]
fn files_that_no_stack_makes_any_more_are_removed_and_nothing_else() {
    let folder = fresh();
    let root = folder.path().join("templates");
    let before = files(&root);
    let own = ["README.md", "hand.yaml", "gone/notes.txt", "financial-data-api/dev/hand.yaml"];
    fs::create_dir_all(root.join("gone/dev")).unwrap();
    fs::create_dir_all(root.join("empty/dev")).unwrap();
    for file in own.iter().chain(&["gone/dev/vpc.yaml", "empty/dev/vpc.json"]) {
        fs::write(root.join(file), "mine\n").unwrap();
    }
    list(folder.path(), "gone/dev/vpc", "gone/dev/vpc.yaml");
    list(folder.path(), "empty/dev/vpc", "empty/dev/vpc.json");
    list(folder.path(), "never/was", "never/was.yaml");
    let run = synth(folder.path(), &[]).done();
    assert!(run.err.ends_with(" templates, 0 written, 2 removed\n"), "{}", run.err);
    let mut expected = before;
    expected.extend(own.map(|file| (file.to_owned(), "mine\n".to_owned())));
    assert_eq!(files(&root), expected);
    assert!(!root.join("gone/dev").exists() && !root.join("empty").exists(), "folders that became empty go too");
}

#[test]
fn a_manifest_that_points_elsewhere_is_not_followed() {
    let folder = fresh();
    let outside = [folder.path().join("x.yaml"), folder.path().join("templates/README.md")];
    for file in &outside {
        fs::write(file, "mine\n").unwrap();
    }
    let absolute = outside[0].to_str().unwrap();
    let points = [
        ("../x", "../x.yaml"),
        (&absolute[..absolute.len() - 5], absolute),
        ("gone", "README.md"),
        ("a", "../x.yaml"),
        ("b", ""),
        ("c", "."),
    ];
    for (path, file) in points {
        list(folder.path(), path, file);
    }
    let run = synth(folder.path(), &[]).done();
    assert!(run.err.ends_with(" templates, none changed\n"), "{}", run.err);
    assert!(outside.iter().all(|file| file.exists()));
    assert_eq!(
        fs::read_to_string(manifest(folder.path())).unwrap(),
        files(&fresh().path().join("templates"))["manifest.json"]
    );
}

#[test]
fn a_damaged_manifest_is_an_error_and_nothing_is_lost() {
    let damaged = [
        ("<<<<<<< ours\n{}\n", "expected value at line 1 column 1"),
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[]", "its version is null, and only 1 is known"),
        (r#"{ "version": 2, "stacks": [] }"#, "its version is 2, and only 1 is known"),
        (r#"{ "version": 1 }"#, "it has no list `stacks`"),
        (r#"{ "version": 1, "stacks": [{ "path": "a" }] }"#, r#"a stack without a path or a template: {"path":"a"}"#),
    ];
    for (text, why) in damaged {
        let folder = fresh();
        edit(folder.path().join(format!("templates/{VPC}.yaml")), |_| "stale".into());
        fs::write(manifest(folder.path()), text).unwrap();
        let before = files(folder.path());
        for more in [&[][..], &["--check"]] {
            let run = synth(folder.path(), more).ended(2);
            assert!(run.err.starts_with(&format!("error: templates/manifest.json is damaged: {why}\n")), "{}", run.err);
            assert!(run.err.contains("  help: "), "{}", run.err);
        }
        assert_eq!(files(folder.path()), before);
    }
}

// ------------------------------------------------------------------------------------------------- what the disk says

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = folder();
    fs::write(folder.path().join("file"), "mine\n").unwrap();
    let run = stacks(folder.path(), ["synth", "--out", "file/templates"]).ended(2);
    assert!(run.err.starts_with("error: cannot read file/templates/manifest.json: "), "{}", run.err);
    assert!(run.err.ends_with("  help: nothing was written\n"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_left_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = fresh();
    let dev = folder.path().join("templates/financial-data-api/dev");
    edit(dev.join("vpc.yaml"), |_| "stale".into());
    let before = files(folder.path());
    fs::set_permissions(&dev, fs::Permissions::from_mode(0o555)).unwrap();
    let enforced = fs::write(dev.join("probe"), "").is_err(); // nothing is read-only to root
    let _ = fs::remove_file(dev.join("probe"));
    let run = synth(folder.path(), &[]);
    fs::set_permissions(&dev, fs::Permissions::from_mode(0o755)).unwrap();
    if enforced {
        let run = run.ended(2);
        let why = "permission denied\n  help: nothing was written\n";
        assert_eq!(run.err, format!("error: cannot write templates/{VPC}.yaml: {why}"));
        assert_eq!(files(folder.path()), before);
    }
}

#[test]
fn a_folder_in_the_place_of_a_template_is_told_before_anything_is_written() {
    let folder = folder();
    fs::create_dir_all(folder.path().join(format!("templates/{GROUPS}.yaml/mine"))).unwrap();
    let run = synth(folder.path(), &[]).ended(2);
    assert!(run.err.starts_with(&format!("error: cannot read templates/{GROUPS}.yaml: ")), "{}", run.err);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn what_cannot_be_removed_is_told_and_the_next_run_finishes() {
    let folder = fresh();
    let gone = folder.path().join("templates/gone.yaml");
    list(folder.path(), "gone", "gone.yaml");
    fs::create_dir_all(gone.join("mine")).unwrap();
    let run = synth(folder.path(), &[]).ended(2);
    assert!(run.err.starts_with("error: cannot remove templates/gone.yaml: "), "{}", run.err);
    assert!(run.err.ends_with("run the same command again\n"), "{}", run.err);
    assert!(fs::read_to_string(manifest(folder.path())).unwrap().contains("gone.yaml"), "it is still listed");
    fs::remove_dir_all(&gone).unwrap();
    fs::write(&gone, "Resources: {}\n").unwrap();
    let run = synth(folder.path(), &[]).done();
    assert!(run.err.ends_with("1 removed\n"), "{}", run.err);
    assert!(!gone.exists());
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt as _;
    for (umask, mode) in [("022", 0o644), ("027", 0o640), ("002", 0o664)] {
        let folder = folder();
        let script = format!("umask {umask}; exec \"$0\" synth --out templates");
        let run = Run::from(program("sh", folder.path()).args(["-c", &script, STACKS]).output().unwrap());
        run.done();
        for name in files(folder.path()).keys() {
            let found = fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{name}: {found:o}, with umask {umask}");
        }
    }
}

// ------------------------------------------------------------------------------------------------ where templates are

#[test]
fn templates_stand_beside_the_packages_cargo_toml_wherever_below_it_one_is() {
    let folder = folder();
    fs::write(folder.path().join("Cargo.toml"), "[package]\n").unwrap();
    let below = folder.path().join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let run = stacks(&below, ["synth", VPC]).done();
    assert!(run.err.contains("/templates: 1 template, 1 written"), "{}", run.err);
    assert!(folder.path().join(format!("templates/{VPC}.yaml")).exists());
    assert!(files(&below).is_empty());
    assert_eq!(stacks(folder.path(), ["synth", VPC, "--check"]).done().err, "templates is up to date\n");
}

#[test]
fn without_a_package_templates_stand_where_one_is() {
    let folder = folder();
    stacks(folder.path(), ["synth", VPC]).done();
    assert!(folder.path().join(format!("templates/{VPC}.yaml")).exists());
}

#[test]
fn a_folder_is_called_as_it_was_given_or_by_its_place_below() {
    let folder = folder();
    let called = |out: &str| {
        let err = stacks(folder.path(), ["synth", VPC, "--out", out]).done().err;
        err.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(called("here/below"), "here/below");
    let whole = folder.path().canonicalize().unwrap();
    assert_eq!(called(whole.to_str().unwrap()), ".");
    assert_eq!(called(whole.join("there").to_str().unwrap()), "there");
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for args in [["synth", "--stdout", "--check"], ["synth", "--stdout", "--out=x"]] {
        let run = stacks(folder().path(), args).ended(2);
        assert!(run.err.contains("cannot be used with"), "{}", run.err);
    }
}
