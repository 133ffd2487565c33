//! Files and folders: sent once, found again, refused before anything is changed.

use std::io::{Cursor, Read as _};

use serde_json::json;

use super::proxy::Proxy;
use super::{Project, bucket, ended, with_code};
use crate::deploy::emulator::Emulator;
use crate::program::snapshot;

/// What a zip file holds: names and contents.
pub(super) fn unzipped(bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut content = String::new();
            file.read_to_string(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// A project with a stack that has a folder with it.
fn with_folder() -> Project {
    let project = Project::new();
    project.write("lambda/app.py", "print(1)");
    project.write("lambda/lib/help.py", "help");
    project.define(&json!([with_code("shop", &json!({ "folder": "lambda" }))]));
    project
}

#[test]
fn a_folder_is_uploaded_as_one_zip_file_that_unpacks_to_it() {
    let project = with_folder();
    assert_eq!(project.deploy(), ended([("shop", "created")]));
    let key = project.parameter("shop", "CodeAssetKey");
    assert_eq!(project.parameter("shop", "AssetsBucket"), bucket(&project.account));
    let zip = project.content(&bucket(&project.account), &key);
    let files = [("app.py", "print(1)"), ("lib/help.py", "help")];
    assert_eq!(unzipped(zip), files.map(|(name, content)| (name.to_owned(), content.to_owned())));
}

#[test]
fn an_unchanged_stack_asks_nothing_of_the_bucket() {
    let project = with_folder();
    let proxy = Proxy::before(Emulator::get().url(), |_| false);
    project.deploy_through(&proxy).done();
    let key = project.parameter("shop", "CodeAssetKey");
    let path = format!("/{}/{key}", bucket(&project.account));
    let asked: Vec<String> = proxy.objects().iter().map(|line| line.split('?').next().unwrap().to_owned()).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].starts_with(&format!("HEAD {path}")) && asked[1].starts_with(&format!("PUT {path}")), "{asked:?}");
    let run = project.deploy_through(&proxy).done();
    assert!(run.err.contains("shop: unchanged"), "{}", run.err);
    assert_eq!(proxy.objects().len(), 2, "{:?}", proxy.objects());
}

#[test]
fn changed_content_is_an_update_with_a_new_key_and_the_old_object_stays() {
    let project = with_folder();
    project.deploy();
    let before = project.parameter("shop", "CodeAssetKey");
    project.write("lambda/app.py", "print(2)");
    assert_eq!(project.deploy(), ended([("shop", "updated")]));
    let after = project.parameter("shop", "CodeAssetKey");
    assert_ne!(before, after);
    let objects = project.objects(&bucket(&project.account));
    assert!(objects.contains_key(&before) && objects.contains_key(&after), "{objects:?}");
}

#[test]
fn a_change_of_content_alone_is_a_change_to_approve() {
    let project = with_folder();
    project.deploy();
    let ask = ["deploy", "--require-approval", "any"];
    project.run(ask).done();
    project.write("lambda/app.py", "print(2)");
    let run = project.run(ask).ended(2);
    assert!(run.err.contains("\n  shop: it is changed\n"), "{}", run.err);
    assert_eq!(project.puts(), 1);
}

#[test]
fn what_is_there_is_not_sent_again_by_another_stack_nor_by_another_run() {
    let project = with_folder();
    let code = json!({ "folder": "lambda" });
    project.define(&json!([with_code("shop", &code), with_code("store", &code)]));
    assert_eq!(project.deploy(), ended([("shop", "created"), ("store", "created")]));
    assert_eq!(project.puts(), 1);
    project.define(&json!([with_code("shop", &code), with_code("store", &code), with_code("stall", &code)]));
    assert_eq!(project.deploy(), ended([("shop", "unchanged"), ("store", "unchanged"), ("stall", "created")]));
    assert_eq!(project.puts(), 1);
}

#[test]
fn a_stack_that_changes_for_another_reason_gets_an_object_back_that_is_gone() {
    let project = with_folder();
    project.deploy();
    let (key, bucket) = (project.parameter("shop", "CodeAssetKey"), bucket(&project.account));
    project.aws.done(project.aws.s3.delete_object().bucket(&bucket).key(&key).send());
    let mut stack = with_code("shop", &json!({ "folder": "lambda" }));
    stack["resources"]["Where"]["Properties"]["Description"] = "where the code is".into();
    project.define(&json!([stack]));
    assert_eq!(project.deploy(), ended([("shop", "updated")]));
    assert!(project.objects(&bucket).contains_key(&key));
}

#[test]
fn a_big_file_arrives_in_parts_as_it_is() {
    let project = Project::new();
    // 20 MiB that no part repeats.
    let content: Vec<u8> = (0..5 * 1024 * 1024_u32).flat_map(u32::to_le_bytes).collect();
    project.write("seed.bin", &content);
    project.define(&json!([with_code("shop", &json!({ "file": "seed.bin" }))]));
    let run = project.run(["deploy", "--yes", "--json"]).done();
    let key = project.parameter("shop", "CodeAssetKey");
    assert_eq!(key.rsplit_once('.').map(|(_, extension)| extension), Some("bin"));
    assert!(project.content(&bucket(&project.account), &key) == content, "the file was changed on its way");
    let uploads = run.out.lines().filter(|line| line.contains(r#""event":"upload""#));
    let sent: Vec<u64> = uploads
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["sent"].as_u64().unwrap())
        .collect();
    assert_eq!((sent.len(), sent[0], sent[3]), (4, 0, content.len() as u64), "{sent:?}");
}

#[test]
fn an_upload_that_fails_halfway_is_taken_back_and_the_stack_is_as_it_was() {
    let project = Project::new();
    project.write("seed.bin", vec![1; 20 * 1024 * 1024]);
    project.define(&json!([with_code("shop", &json!({ "file": "seed.bin" }))]));
    let proxy = Proxy::before(Emulator::get().url(), |line| line.contains("partNumber=2"));
    let run = project.deploy_through(&proxy).ended(3);
    snapshot("deploy_upload_fails", project.told(&run).split_once("error: ").unwrap().1.split_once("STACK").unwrap().0);
    assert!(proxy.objects().iter().any(|line| line.starts_with("DELETE ")), "{:?}", proxy.objects());
    let bucket = bucket(&project.account);
    assert!(project.aws.done(project.aws.s3.list_multipart_uploads().bucket(&bucket).send()).uploads().is_empty());
    assert_eq!((project.aws.status("shop"), project.objects(&bucket).len()), ("-".into(), 0));
    assert_eq!(project.deploy(), ended([("shop", "created")]));
}

#[test]
fn a_file_without_content_is_a_file() {
    let project = Project::new();
    project.write("empty", "");
    project.define(&json!([with_code("shop", &json!({ "file": "empty" }))]));
    project.deploy();
    assert_eq!(project.objects(&bucket(&project.account))[&project.parameter("shop", "CodeAssetKey")], 0);
}

#[test]
fn every_asset_that_is_not_there_is_refused_before_anything_is_changed() {
    let project = Project::new();
    project.define(&json!([
        { "path": "first", "name": "first", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } },
        with_code("shop", &json!({ "folder": "lambda" })),
        with_code("store", &json!({ "file": "data.json" })),
    ]));
    let run = project.run(["deploy", "--yes"]).ended(2);
    snapshot("deploy_asset_missing", &project.told(&run));
    assert_eq!((project.aws.status("first"), project.puts()), ("-".into(), 0));
}

#[test]
fn without_a_bucket_files_are_refused_before_anything_is_changed() {
    let project = Project::bare();
    project.write("data.json", "{}");
    project.define(&json!([
        { "path": "first", "name": "first", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } } },
        with_code("shop", &json!({ "file": "data.json" })),
    ]));
    let run = project.run(["deploy", "--yes"]).ended(2);
    snapshot("deploy_no_bucket_for_files", &project.told(&run));
    assert_eq!(project.aws.status("first"), "-");
}

#[test]
fn the_bucket_of_a_cdk_bootstrap_does_too() {
    let project = Project::bare();
    let toolkit = json!({
        "Resources": {
            "StagingBucket": { "Type": "AWS::S3::Bucket" },
            "Repository": { "Type": "AWS::ECR::Repository", "Properties": { "RepositoryName": "cdk-assets" } },
        },
        "Outputs": {
            "BucketName": { "Value": { "Ref": "StagingBucket" } },
            "ImageRepositoryName": { "Value": { "Ref": "Repository" } },
        },
    });
    project.aws.deploy("CDKToolkit", &toolkit);
    project.write("data.json", "{}");
    project.define(&json!([with_code("shop", &json!({ "file": "data.json" }))]));
    assert_eq!(project.deploy(), ended([("shop", "created")]));
    let bucket = &project.aws.outputs("CDKToolkit")["BucketName"];
    assert_eq!(project.parameter("shop", "AssetsBucket"), *bucket);
    assert!(project.objects(bucket).contains_key(&project.parameter("shop", "CodeAssetKey")));
}
