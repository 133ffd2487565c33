//! Packing: the same files give the same hash and the same bytes, and a zip file gives them back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use formwork::Asset;
use formwork::assets::{Trouble, fingerprint, object_key, pack, pack_built, template_key};
use proptest::prelude::{prop, prop_assert_eq, proptest};
use zip::ZipArchive;

use super::{package, told, write};

const FILES: &[(&str, &str)] = &[("code/main.py", "print(1)\n"), ("code/lib/a.py", "a = 1\n"), ("code/z", "")];

/// The bytes that are sent for an asset, and its hash.
fn packed(root: &Path, asset: &Asset) -> (Vec<u8>, String) {
    let packed = pack(root, asset).unwrap();
    let bytes = fs::read(packed.path()).unwrap();
    assert_eq!(packed.size, bytes.len() as u64);
    assert_eq!(packed.fingerprint, fingerprint(root, asset).unwrap(), "it is called the same without packing it");
    (bytes, packed.fingerprint.hash)
}

/// The files in a zip file, in its order: name, permissions, content.
fn unpacked(bytes: Vec<u8>) -> Vec<(String, u32, String)> {
    let mut zip = ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        assert_eq!(file.last_modified(), Some(zip::DateTime::DEFAULT));
        assert_eq!(file.extra_data().unwrap_or_default(), b"");
        let (name, mode) = (file.name().unwrap().into_owned(), file.unix_mode().unwrap());
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.push((name, mode, content));
    }
    files
}

fn entry(name: &str, mode: u32, content: &str) -> (String, u32, String) {
    (name.to_owned(), 0o100_000 | mode, content.to_owned())
}

#[cfg(unix)]
fn permit(path: impl AsRef<Path>, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn link(root: &Path, name: &str, target: &str) {
    std::os::unix::fs::symlink(target, root.join(name)).unwrap();
}

/// What is wrong with packing an asset, as a person reads it.
#[track_caller]
fn trouble(root: &Path, asset: &Asset) -> String {
    let text = told(&pack(root, asset).unwrap_err(), root);
    assert_eq!(told(&fingerprint(root, asset).unwrap_err(), root), text, "whether it is packed or not");
    text
}

// ------------------------------------------------------------------------------------------------------------- built

#[test]
fn what_is_built_is_called_after_the_folder_and_the_command() {
    let (one, other) = (package(FILES), package(&[("code/main.py", "print(2)\n")]));
    let built = |command: &[&str]| Asset::folder("code").built_by(command.iter().copied());
    let hash = |root: &Path, command: &[&str]| fingerprint(root, &built(command)).unwrap().hash;
    let all = [
        hash(one.path(), &[]),
        hash(one.path(), &["make", "{out}"]),
        hash(one.path(), &["make", "-O", "{out}"]),
        hash(one.path(), &["make", "-O{out}"]),
        hash(other.path(), &["make", "{out}"]),
    ];
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len(), "{all:?}");
    assert_eq!(hash(one.path(), &["make", "{out}"]), hash(package(FILES).path(), &["make", "{out}"]));
}

#[test]
fn what_a_command_made_is_sent_and_not_what_it_made_it_of() {
    let (package, made) = (package(FILES), package(&[("python/lib.py", "lib = 1\n")]));
    let asset = Asset::folder("code").built_by(["make", "{out}"]);
    let packed = pack_built(package.path(), &asset, made.path()).unwrap();
    assert_eq!(packed.fingerprint, fingerprint(package.path(), &asset).unwrap());
    let files = unpacked(fs::read(packed.path()).unwrap());
    assert_eq!(files, [entry("python/lib.py", 0o644, "lib = 1\n")]);
    let empty = tempfile::tempdir().unwrap();
    let nothing = pack_built(package.path(), &asset, empty.path()).unwrap_err();
    assert_eq!(nothing.what, "`make {out}` has made nothing of code");
    assert!(pack(package.path(), &asset).unwrap_err().what.starts_with("code is not sent itself"));
}

// ------------------------------------------------------------------------------------------------------ the same way

#[test]
fn a_folder_is_packed_the_same_way_whenever_it_was_made_and_in_whatever_order() {
    let first = package(FILES);
    let reversed: Vec<_> = FILES.iter().rev().copied().collect();
    let second = package(&reversed);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(second.path().join("code/z")).unwrap().set_modified(long_ago).unwrap();
    let code = Asset::folder("code");
    assert_eq!(packed(first.path(), &code), packed(second.path(), &code));
}

#[test]
fn a_folder_is_packed_the_same_way_whatever_it_is_called() {
    let root = package(FILES);
    let before = packed(root.path(), &Asset::folder("code"));
    fs::rename(root.path().join("code"), root.path().join("renamed")).unwrap();
    assert_eq!(packed(root.path(), &Asset::folder("./renamed/")), before);
}

#[cfg(unix)]
#[test]
fn of_permissions_only_the_owners_right_to_run_it_counts() {
    let root = package(FILES);
    let (main, code) = (root.path().join("code/main.py"), Asset::folder("code"));
    let with = |mode| {
        permit(&main, mode);
        packed(root.path(), &code)
    };
    assert_eq!(with(0o600), with(0o664));
    assert_eq!(with(0o700), with(0o775));
    assert_ne!(with(0o600).1, with(0o700).1);
    permit(root.path().join("code/lib"), 0o700);
    assert_eq!(with(0o600), packed(root.path(), &code), "a folder's own permissions do not");
}

#[test]
fn empty_folders_do_not_count() {
    let root = package(FILES);
    let before = packed(root.path(), &Asset::folder("code"));
    fs::create_dir_all(root.path().join("code/empty/inside")).unwrap();
    assert_eq!(packed(root.path(), &Asset::folder("code")), before);
}

/// The hash is what objects are called: a change of it sends every asset of everybody again.
#[test]
fn the_hash_of_a_folder_is_what_it_always_was() {
    let root = package(FILES);
    let hash = packed(root.path(), &Asset::folder("code")).1;
    // What another program computes: SHA-256 of the format's line, then for each file of its name's length, its name,
    // `644` or `755`, and the SHA-256 of its content.
    assert_eq!(hash, "02fada5ee57cdd18e77c0e73f61d40b2fee374c626f60e22695b1ef64b8cd2bb");
}

proptest! {
    #[test]
    fn a_name_or_content_that_differs_gives_another_hash(
        one in prop::collection::btree_map("[a-c]{1,2}", "[x ]{0,2}", 1..4),
        two in prop::collection::btree_map("[a-c]{1,2}", "[x ]{0,2}", 1..4),
    ) {
        let hash = |files: &BTreeMap<String, String>| {
            let root = package(&[]);
            for (name, content) in files {
                write(root.path(), &format!("code/{name}"), content);
            }
            fingerprint(root.path(), &Asset::folder("code")).unwrap()
        };
        prop_assert_eq!(hash(&one) == hash(&two), one == two);
    }
}

// ---------------------------------------------------------------------------------------------------- what is packed

#[test]
fn a_zip_file_gives_the_files_back_sorted_by_their_names() {
    let root = package(FILES);
    write(root.path(), "code/Ünïcode name.txt", "ü");
    #[cfg(unix)]
    permit(root.path().join("code/main.py"), 0o755);
    let main = if cfg!(unix) { 0o755 } else { 0o644 };
    assert_eq!(
        unpacked(packed(root.path(), &Asset::folder("code")).0),
        [
            entry("lib/a.py", 0o644, "a = 1\n"),
            entry("main.py", main, "print(1)\n"),
            entry("z", 0o644, ""),
            entry("Ünïcode name.txt", 0o644, "ü"),
        ]
    );
}

#[cfg(unix)]
#[test]
fn another_program_reads_the_zip_file_too() {
    let root = package(FILES);
    let packed = pack(root.path(), &Asset::folder("code")).unwrap();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                  print([(i.filename, oct(i.external_attr >> 16), i.date_time[0]) for i in z.infolist()])";
    let output = std::process::Command::new("python3").args(["-c", script]).arg(packed.path()).output();
    // Only `./test` needs Python.
    let Ok(output) = output else { return };
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "[('lib/a.py', '0o100644', 1980), ('main.py', '0o100644', 1980), ('z', '0o100644', 1980)]\n"
    );
}

#[test]
fn what_is_excluded_is_not_packed() {
    let files = ["main.py", "main.pyc", "lib/a.py", "lib/a.pyc", "tests/t.py", "lib/tests/t.py"];
    let root = package(&files.map(|name| (name, "x")));
    let names = |patterns: &[&str]| {
        let asset = Asset::folder(".").exclude(patterns.iter().copied());
        unpacked(packed(root.path(), &asset).0).into_iter().map(|(name, ..)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(&["**/*.pyc", "tests"]), ["lib/a.py", "lib/tests/t.py", "main.py"]);
    assert_eq!(names(&["**/*.pyc", "**/tests/"]), ["lib/a.py", "main.py"]);
    assert_eq!(names(&["*.py?", "lib/**"]), ["main.py", "tests/t.py"]);
    assert_eq!(names(&["nothing/**", "*.rb"]).len(), files.len(), "a pattern may match nothing");
}

#[test]
fn a_temporary_zip_file_goes_with_what_holds_it() {
    let root = package(FILES);
    let packed = pack(root.path(), &Asset::folder("code")).unwrap();
    let path = packed.path().to_owned();
    assert!(path.exists());
    drop(packed);
    assert!(!path.exists());
}

// ------------------------------------------------------------------------------------------------------------- files

#[test]
fn a_file_is_sent_as_it_is_and_called_after_its_content() {
    let root = package(&[("build/layer.zip", "abc")]);
    let asset = Asset::file("build/layer.zip");
    let packed = pack(root.path(), &asset).unwrap();
    assert_eq!(packed.path(), root.path().join("build/layer.zip"));
    assert_eq!(packed.size, 3);
    // What sha256sum says, so that an object can be told by hand.
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(packed.fingerprint.key(), format!("assets/{hash}.zip"));
    assert_eq!(fingerprint(root.path(), &asset).unwrap(), packed.fingerprint);
}

#[test]
fn a_file_keeps_an_extension_that_can_stand_in_a_key() {
    let extension = |name| {
        let root = package(&[(name, "abc")]);
        fingerprint(root.path(), &Asset::file(name)).unwrap().extension
    };
    assert_eq!(extension("app.JAR"), "JAR");
    assert_eq!(extension("nested.template.yaml"), "yaml");
    for none in ["bootstrap", ".env", "a.b c", "a.ü", "v.12345678901234567"] {
        assert_eq!(extension(none), "", "{none}");
    }
}

#[test]
fn keys_are_hashes_in_two_folders() {
    assert_eq!(object_key("12ab", "zip"), "assets/12ab.zip");
    assert_eq!(object_key("12ab", ""), "assets/12ab");
    assert_eq!(template_key("12ab"), "templates/12ab.yaml");
}

// ------------------------------------------------------------------------------------------------------------- links

#[cfg(unix)]
#[test]
fn a_link_inside_a_folder_is_packed_as_what_it_points_to() {
    let root = package(FILES);
    link(root.path(), "code/again.py", "main.py");
    link(root.path(), "code/more", "lib");
    let names: Vec<_> = unpacked(packed(root.path(), &Asset::folder("code")).0);
    assert_eq!(
        names,
        [
            entry("again.py", 0o644, "print(1)\n"),
            entry("lib/a.py", 0o644, "a = 1\n"),
            entry("main.py", 0o644, "print(1)\n"),
            entry("more/a.py", 0o644, "a = 1\n"),
            entry("z", 0o644, ""),
        ]
    );
}

#[cfg(unix)]
#[test]
fn the_asset_itself_may_be_a_link_to_anywhere() {
    let (root, elsewhere) = (package(&[]), package(FILES));
    link(root.path(), "build", elsewhere.path().join("code").to_str().unwrap());
    let (there, here) =
        (packed(elsewhere.path(), &Asset::folder("code")), packed(root.path(), &Asset::folder("build")));
    assert_eq!(here, there);
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_folder_or_lead_nowhere_are_trouble_unless_they_are_excluded() {
    let cases =
        [("../../secret", "is a link out of code"), ("gone", "is a link to nothing"), ("..", "a folder that it is in")];
    for (target, says) in cases {
        let root = package(FILES);
        write(root.path(), "secret", "hunter2");
        link(root.path(), "code/lib/link", target);
        let text = trouble(root.path(), &Asset::folder("code"));
        assert!(text.contains(says), "{text}");
        packed(root.path(), &Asset::folder("code").exclude(["lib/link"]));
    }
}

// ----------------------------------------------------------------------------------------------------------- trouble

#[test]
fn every_trouble_says_what_is_wrong_which_line_asked_and_what_to_do() {
    let root = package(&[("code/main.py", "x"), ("empty/.keep", "")]);
    let root = root.path();
    let mut text = [
        trouble(root, &Asset::folder("lambda/resize")),
        trouble(root, &Asset::file("build/layer.zip")),
        trouble(root, &Asset::file("code/main.py/inside")),
        trouble(root, &Asset::folder("code/main.py")),
        trouble(root, &Asset::file("code")),
        trouble(root, &Asset::folder("empty").exclude([".keep"])),
        trouble(root, &Asset::folder("code").exclude(["a***"])),
    ]
    .concat();
    #[cfg(unix)]
    {
        for (folder, target) in [("out", "../code"), ("nowhere", "gone"), ("round", "../round")] {
            fs::create_dir(root.join(folder)).unwrap();
            link(root, &format!("{folder}/link"), target);
            text += &trouble(root, &Asset::folder(folder));
        }
        fs::create_dir(root.join("pipe")).unwrap();
        std::os::unix::net::UnixListener::bind(root.join("pipe/socket")).unwrap();
        text += &trouble(root, &Asset::folder("pipe"));
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        fs::create_dir(root.join("names")).unwrap();
        fs::write(root.join("names").join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "x").unwrap();
        text += &trouble(root, &Asset::folder("names"));
    }
    #[cfg(target_os = "linux")]
    super::snapshot("assets_trouble", &text);
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_system_cannot_read_is_named_with_its_reason() {
    let root = package(FILES);
    link(root.path(), "code/lib/link", "link");
    insta::assert_snapshot!(trouble(root.path(), &Asset::folder("code")), @r"
    cannot read code/lib/link: Too many levels of symbolic links (os error 40)
      at <line> (asked for here)
      help: let it be read, or leave it out of the asset
    ");
}

#[test]
fn trouble_can_be_shown_as_a_problem_with_its_line() {
    let root = package(&[]);
    let trouble: Trouble = pack(root.path(), &Asset::file("gone.zip")).unwrap_err();
    let (what, at) = (trouble.what.clone(), trouble.at);
    let problem = formwork::Problem::from(trouble);
    assert_eq!((problem.message, problem.places[0].at), (what, at));
    assert_eq!(problem.help.as_deref(), Some("build it first, or mend the path"));
}
