//! Images: one hash of all that they are built from.

use std::fs;
use std::path::Path;

use formwork::ImageAsset;
use formwork::assets::image_hash;

use super::{package, snapshot, told, write};

const FILES: &[(&str, &str)] =
    &[("web/Dockerfile", "FROM scratch\n"), ("web/src/main.rs", "fn main() {}\n"), ("web/target/app", "binary")];

fn hash(root: &Path, image: &ImageAsset) -> String {
    image_hash(root, image).unwrap()
}

fn web() -> ImageAsset {
    ImageAsset::build("web")
}

/// Whether the hash differs after a file was written.
fn counts(root: &Path, path: &str) -> bool {
    let before = hash(root, &web());
    write(root, path, "changed");
    hash(root, &web()) != before
}

#[test]
fn the_context_the_dockerfile_and_every_option_count() {
    let root = package(FILES);
    write(root.path(), "web/Other", "FROM scratch\n");
    let hash = |image| hash(root.path(), &image);
    let hashes = [
        hash(web()),
        hash(web().dockerfile("Other")),
        hash(web().target("release")),
        hash(web().platform("linux/arm64")),
        hash(web().build_args([("PORT", "80")])),
        hash(web().build_args([("PORT", "8"), ("0", "")])),
    ];
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len(), "{hashes:?}");
    assert!(hashes.iter().all(|hash| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit())));
    assert!(counts(root.path(), "web/src/main.rs"));
    assert!(counts(root.path(), "web/Dockerfile"));
    let (one, two) = ([("A", "1"), ("B", "2")], [("B", "2"), ("A", "1")]);
    assert_eq!(hash(web().build_args(one)), hash(web().build_args(two)), "in whatever order");
}

/// The hash is an image's tag: a change of it builds every image of everybody again.
#[test]
fn the_hash_of_an_image_is_what_it_always_was() {
    let expected = "2215decfdd1bd9cc64f17a251214ebcd9abaa808eb17feaaa013dc91bd33ed86";
    assert_eq!(hash(package(FILES).path(), &web()), expected);
}

#[test]
fn what_is_ignored_does_not_count() {
    let root = package(FILES);
    write(root.path(), "web/.dockerignore", "target\n**/*.md\n!docs/api.md\n");
    assert!(!counts(root.path(), "web/target/app"));
    assert!(!counts(root.path(), "web/docs/guide.md"));
    assert!(counts(root.path(), "web/docs/api.md"));
    assert!(counts(root.path(), "web/src/target.rs"));
}

#[test]
fn what_is_taken_back_from_an_ignored_folder_counts() {
    let root = package(FILES);
    write(root.path(), "web/.dockerignore", "*\n!target/app\n");
    assert!(counts(root.path(), "web/target/app"));
    assert!(!counts(root.path(), "web/target/other"));
    assert!(!counts(root.path(), "web/src/main.rs"));
    assert!(counts(root.path(), "web/Dockerfile"), "the Dockerfile counts even where it is ignored");
}

#[test]
fn a_dockerfile_may_have_a_file_of_what_is_ignored_of_its_own() {
    let root = package(FILES);
    write(root.path(), "web/.dockerignore", "src\n");
    write(root.path(), "web/Dockerfile.dockerignore", "target\n");
    assert!(!counts(root.path(), "web/target/app"));
    assert!(counts(root.path(), "web/src/main.rs"));
}

#[cfg(unix)]
#[test]
fn a_link_counts_as_where_it_points_for_a_build_gets_it_as_a_link() {
    let root = package(FILES);
    let link = root.path().join("web/link");
    let with = |target: &str| {
        std::os::unix::fs::symlink(target, &link).unwrap();
        let hash = hash(root.path(), &web());
        fs::remove_file(&link).unwrap();
        hash
    };
    assert_ne!(with("/usr/bin/python3"), with("/usr/bin/python4"));
}

#[test]
fn every_trouble_says_what_is_wrong_which_line_asked_and_what_to_do() {
    let root = package(FILES);
    write(root.path(), "broken/Dockerfile", "");
    write(root.path(), "broken/.dockerignore", "# logs\n[a-\n");
    let trouble = |image: ImageAsset| told(&image_hash(root.path(), &image).unwrap_err(), root.path());
    let text = [
        trouble(ImageAsset::build("services/web")),
        trouble(ImageAsset::build("web/Dockerfile")),
        trouble(ImageAsset::build("web/src")),
        trouble(web().dockerfile("docker/Release")),
        trouble(ImageAsset::build("broken")),
    ];
    snapshot("assets_image_trouble", &text.concat());
}
