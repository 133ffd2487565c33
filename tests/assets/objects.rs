//! Files that go into a bucket one by one.

use formwork::Asset;
use formwork::assets::objects;

use super::{package, told};

#[test]
fn each_file_of_a_folder_is_an_object_under_its_path_behind_the_prefix() {
    let root = package(&[("dist/index.html", "<p>"), ("dist/img/a.png", "png"), ("dist/a.map", "{}")]);
    let found = objects(root.path(), &Asset::folder("dist").exclude(["*.map"]), "docs/").unwrap();
    let told: Vec<_> = found.iter().map(|o| (o.key.as_str(), o.size, o.content_type, o.md5.as_str())).collect();
    assert_eq!(
        told,
        [
            ("docs/img/a.png", 3, "image/png", "bff139fa05ac583f685a523ab3d110a0"),
            ("docs/index.html", 3, "text/html; charset=utf-8", "4da1a46ec20cf93ee5c846a51e04f0ed"),
        ]
    );
    assert!(found.iter().all(|object| object.path.exists()));
}

#[test]
fn a_single_file_is_an_object_under_its_name() {
    let root = package(&[("data/seed.json", "{}")]);
    let found = objects(root.path(), &Asset::file("data/seed.json"), "").unwrap();
    assert_eq!(found.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), ["seed.json"]);
}

#[test]
fn what_cannot_be_sent_is_trouble() {
    let root = package(&[("dist/index.html", "<p>")]);
    let trouble = |asset: Asset, prefix: &str| told(&objects(root.path(), &asset, prefix).unwrap_err(), root.path());
    insta::assert_snapshot!(trouble(Asset::folder("site/dist"), ""), @r"
    there is no site/dist: looked for <package>/site/dist
      at <line> (asked for here)
      help: build it first, or mend the path
    ");
    let long = trouble(Asset::folder("dist"), &format!("{}/", "a".repeat(1020)));
    insta::assert_snapshot!(long.replace(&"a".repeat(1020), "aaa…"), @r"
    the key `aaa…/index.html` has 1031 bytes, and S3 takes 1024
      at <line> (asked for here)
      help: shorten the prefix or the names of folders
    ");
}
