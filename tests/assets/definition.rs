//! What a stack says of its assets, and what a template does.

use std::path::Path;

use formwork::cfn::{cloudformation, ecs, lambda, s3, sqs};
use formwork::core::{AssetKind, AssetSource};
use formwork::testing::Template;
use formwork::{App, Asset, Construct, Env, ImageAsset, Parameter, Stack};
use serde_json::{Value, json};

use super::snapshot;
use crate::command_line::{folder, program};
use crate::program::{Run, example};

/// The template of a definition, with a resource that it need not care about.
fn of<T>(define: impl FnOnce(&mut Stack) -> T) -> Template {
    Template::of(|s| {
        define(s);
        s.add("Last", sqs::Queue::new());
    })
}

/// The problems of a definition: what they say, or the lines that made them.
fn lines<T>(define: impl FnOnce(&mut Stack) -> T, places: bool) -> Vec<String> {
    let text = Template::problems_of(Env::any(), |s| {
        define(s);
        s.add("Last", sqs::Queue::new());
    });
    text.lines().filter(|line| line.starts_with("  at ") == places).map(str::to_owned).collect()
}

fn problems<T>(define: impl FnOnce(&mut Stack) -> T) -> String {
    lines(define, false).iter().fold(String::new(), |all, line| all + line + "\n")
}

fn places<T>(define: impl FnOnce(&mut Stack) -> T) -> Vec<String> {
    lines(define, true)
}

/// An L2 with code of its own.
struct Worker;

impl Construct for Worker {
    type Out = ();

    fn build(self, s: &mut Stack) {
        let code = s.asset("Code", Asset::folder("worker"));
        let content = lambda::layer_version::Content::new(code.bucket(), code.key());
        s.add("Layer", lambda::LayerVersion::new(content));
    }
}

// ------------------------------------------------------------------------------------------------------- parameters

#[test]
fn an_asset_becomes_parameters_that_deploying_fills_in() {
    let template = of(|s| {
        s.asset("Code", Asset::folder("lambda/resize"));
        s.asset("Layer", Asset::file("build/layer.zip"));
        s.image("Web", ImageAsset::build("services/web"));
    });
    assert_eq!(
        template.json()["Parameters"],
        json!({
            "AssetsBucket": {
                "Type": "String",
                "Description": "The bucket of this stack's assets. Deploying fills it in.",
            },
            "CodeAssetKey": {
                "Type": "String",
                "Description": "The key in AssetsBucket of `lambda/resize`, zipped. Deploying fills it in.",
            },
            "LayerAssetKey": {
                "Type": "String",
                "Description": "The key in AssetsBucket of `build/layer.zip`. Deploying fills it in.",
            },
            "WebImageUri": {
                "Type": "String",
                "Description": "The image that is built from `services/web`. Deploying fills it in.",
            },
        })
    );
}

#[test]
fn a_stack_without_files_needs_no_bucket_for_them() {
    let template = of(|s| s.image("Web", ImageAsset::build("services/web")));
    assert_eq!(template.json()["Parameters"].as_object().unwrap().keys().collect::<Vec<_>>(), ["WebImageUri"]);
}

#[test]
fn parameters_are_named_after_the_path_in_letters_and_digits() {
    let template = Template::of(|s| {
        s.asset("my-code_1", Asset::folder("code"));
        s.add("Jobs", Worker);
        s.add("Mail", Worker);
    });
    let names: Vec<_> = template.json()["Parameters"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["AssetsBucket", "mycode1AssetKey", "JobsCode8BB4E06FAssetKey", "MailCode2E720B37AssetKey"]);
}

#[test]
fn a_handle_stands_wherever_an_asset_is_wanted() {
    let template = Template::of(|s| {
        let code = s.asset("Code", Asset::folder("lambda/resize"));
        let content = lambda::layer_version::Content::new(code.bucket(), code.key());
        s.add("Layer", lambda::LayerVersion::new(content));
        let function = lambda::function::Code::new().s3_bucket(code.bucket()).s3_key(code.key());
        s.add("Resize", lambda::Function::new(function, "arn:aws:iam::111111111111:role/resize"));
        s.add("Nested", cloudformation::Stack::new(code.https_url()));
        let image = s.image("Web", ImageAsset::build("services/web"));
        let web = ecs::task_definition::ContainerDefinition::new(image.uri(), "web");
        s.add("Task", ecs::TaskDefinition::new().container_definitions([web]));
        s.output("Where", code.s3_url());
    });
    let (bucket, key) = (json!({ "Ref": "AssetsBucket" }), json!({ "Ref": "CodeAssetKey" }));
    let code = json!({ "S3Bucket": bucket, "S3Key": key });
    template.has_resource("AWS::Lambda::LayerVersion", json!({ "Content": code }));
    template.has_resource("AWS::Lambda::Function", json!({ "Code": code }));
    let https = "https://${AssetsBucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${CodeAssetKey}";
    template.has_resource("AWS::CloudFormation::Stack", json!({ "TemplateURL": { "Fn::Sub": https } }));
    let container = json!([{ "Name": "web", "Image": { "Ref": "WebImageUri" } }]);
    template.has_resource("AWS::ECS::TaskDefinition", json!({ "ContainerDefinitions": container }));
    template.has_output("Where", json!({ "Value": { "Fn::Sub": "s3://${AssetsBucket}/${CodeAssetKey}" } }));
}

#[test]
fn the_template_is_the_same_whatever_the_files_hold() {
    let root = super::package(&[("code/a.py", "1")]);
    let path = "code";
    let template = || of(|s| s.asset("Code", Asset::folder(path))).yaml().to_owned();
    let before = template();
    super::write(root.path(), "code/a.py", "2");
    assert_eq!(template(), before);
    assert!(!Path::new(path).exists(), "nothing is read, so nothing need be there");
}

// ------------------------------------------------------------------------------------------- what deploying is told

#[test]
fn a_synthesized_stack_says_what_deploying_has_to_provide() {
    let mut app = App::new();
    app.stack("test", Env::any(), |s| {
        s.asset("Code", Asset::folder("lambda/resize").exclude(["tests"]));
        s.add("Jobs", Worker);
        s.image("Web", ImageAsset::build("services/web").target("release").build_args([("PORT", "80")]));
        let site = s.add("Site", s3::Bucket::new());
        s.objects("Pages", site, Asset::folder("dist")).prefix("docs/").prune(true);
    });
    let assembly = app.synth().unwrap();
    let stack = &assembly.stacks[0];
    let ids: Vec<_> = stack.assets.iter().map(|asset| asset.id.as_str()).collect();
    assert_eq!(ids, ["Code", "Jobs/Code", "Web"]);
    assert_eq!(stack.assets[0].at.file(), "tests/assets/definition.rs");
    let AssetSource::Files { asset, bucket_parameter, key_parameter } = &stack.assets[0].source else {
        panic!("it is a folder")
    };
    assert_eq!((asset.path.as_str(), asset.kind), ("lambda/resize", AssetKind::Folder));
    assert_eq!(asset.exclude, ["tests"]);
    assert_eq!((bucket_parameter.as_str(), key_parameter.as_str()), ("AssetsBucket", "CodeAssetKey"));
    let AssetSource::Image { image, uri_parameter } = &stack.assets[2].source else { panic!("it is an image") };
    assert_eq!((image.dockerfile.as_str(), image.platform.as_str()), ("Dockerfile", "linux/amd64"));
    assert_eq!((image.target.as_deref(), image.build_args["PORT"].as_str()), (Some("release"), "80"));
    assert_eq!(uri_parameter, "WebImageUri");
    let pages = &stack.objects[0];
    assert_eq!((pages.id, &*pages.bucket, pages.prefix, pages.prune), ("Pages", "Site", "docs/", true));
    assert!(!stack.template(formwork::Format::Yaml).contains("dist"), "objects are no part of the template");
}

#[test]
fn the_manifest_lists_what_is_deployed_beside_the_template() {
    let folder = folder();
    let output = program(example("assets"), folder.path()).args(["synth", "--out", "templates"]).output().unwrap();
    Run::from(output).done();
    let manifest = std::fs::read_to_string(folder.path().join("templates/manifest.json")).unwrap();
    snapshot("assets_manifest", &manifest);
    let template = std::fs::read_to_string(folder.path().join("templates/thumbnails.yaml")).unwrap();
    snapshot("assets_template", &template);
}

#[test]
fn the_manifest_of_a_stack_without_assets_does_not_mention_them() {
    let manifest: Value = serde_json::from_str(include_str!("../../templates/manifest.json")).unwrap();
    let stack = manifest["stacks"][0].as_object().unwrap();
    assert!(!stack.contains_key("assets") && !stack.contains_key("objects"));
}

// --------------------------------------------------------------------------------------------------------- problems

#[test]
fn a_command_that_builds_a_folder_says_where_it_puts_what_it_makes() {
    let make = |asset: Asset| problems(|s| drop(s.asset("Code", asset)));
    assert_eq!(make(Asset::folder("code").built_by(["make", "OUT={out}"])), "");
    insta::assert_snapshot!(make(Asset::folder("code").built_by(["make"])), @r"
    error[asset]: the command that builds `code` is not told where to put what it makes
      in stack test
      help: `{out}` in one of its arguments is the folder that is sent
    ");
    insta::assert_snapshot!(make(Asset::file("code.c").built_by(["cc", "-o", "{out}/code"])), @r"
    error[asset]: `code.c` is a file, and only a folder is built
      in stack test
      help: name the folder it is in with `Asset::folder`
    ");
    insta::assert_snapshot!(make(Asset::folder("code").built_by(["", "{out}"])), @r"
    error[asset]: the command that builds `code` has no program
      in stack test
      help: name it first
    ");
}

#[test]
fn what_is_built_is_not_for_a_bucket_of_files() {
    let told = problems(|s| {
        let bucket = s.add("Site", s3::Bucket::new());
        s.objects("Pages", bucket, Asset::folder("site").built_by(["hugo", "--destination", "{out}"]));
    });
    insta::assert_snapshot!(told, @r"
    error[asset]: `site` is built, and files for a bucket are not
      in stack test
      help: build it before, and name the folder that it is built into
    ");
}

#[test]
fn an_id_that_is_declared_twice_is_a_problem_with_both_lines() {
    let twice = |s: &mut Stack| {
        s.asset("Code", Asset::folder("one"));
        s.image("Code", ImageAsset::build("two"));
    };
    insta::assert_snapshot!(problems(twice), @r"
    error[name-used-twice]: the asset `Code` is declared twice
      in stack test
      help: give one of them another name
    ");
    assert_eq!(places(twice).len(), 2);
}

#[test]
fn a_parameter_of_the_users_with_the_same_name_is_a_problem_with_both_lines() {
    let before = |s: &mut Stack| {
        s.parameter("CodeAssetKey", Parameter::string());
        s.asset("Code", Asset::folder("code"));
    };
    let after = |s: &mut Stack| {
        s.asset("Code", Asset::folder("code"));
        s.parameter("AssetsBucket", Parameter::string());
    };
    let ids = |s: &mut Stack| {
        s.image("a-b", ImageAsset::build("one"));
        s.image("ab", ImageAsset::build("two"));
    };
    assert_eq!([places(before).len(), places(after).len(), places(ids).len()], [2, 2, 2]);
    insta::assert_snapshot!([problems(before), problems(after), problems(ids)].concat(), @r"
    error[name-used-twice]: the parameter `CodeAssetKey` is declared twice
      in stack test
      help: give one of them another name
    error[name-used-twice]: the parameter `AssetsBucket` is declared twice
      in stack test
      help: give one of them another name
    error[name-used-twice]: the parameter `abImageUri` is declared twice
      in stack test
      help: give one of them another name
    ");
}

#[test]
fn every_mistake_in_a_declaration_is_told() {
    let bucket = |s: &mut Stack| s.add("Site", s3::Bucket::new());
    let text = [
        problems(|s| s.asset("--", Asset::folder("code"))),
        problems(|s| s.asset("Code", Asset::folder(""))),
        problems(|s| s.asset("Code", Asset::folder("/home/me/code"))),
        problems(|s| s.asset("Code", Asset::file("C:/code.zip"))),
        problems(|s| s.asset("Code", Asset::folder("lambda\\resize"))),
        problems(|s| s.asset("Code", Asset::folder("lambda/../../secrets"))),
        problems(|s| s.asset("Code", Asset::file("code.zip").exclude(["tests"]))),
        problems(|s| s.asset("Code", Asset::folder("code").exclude(["a***"]))),
        problems(|s| s.image("Web", ImageAsset::build("../web"))),
        problems(|s| s.image("Web", ImageAsset::build("web").dockerfile("../Dockerfile"))),
        problems(|s| s.image("Web", ImageAsset::build("web").platform("arm64"))),
        problems(|s| s.image("Web", ImageAsset::build("web").target(""))),
        problems(|s| s.image("Web", ImageAsset::build("web").build_args([("1ST", "x")]))),
        problems(|s| s.image("Web", ImageAsset::build("web").build_args([("DB_PASSWORD", "hunter2")]))),
        problems(|s| {
            s.objects("Pages", "my-bucket", Asset::folder("dist"));
        }),
        problems(|s| {
            let jobs = s.add("Jobs", sqs::Queue::new());
            s.objects("Pages", jobs, Asset::folder("dist"));
        }),
        problems(|s| {
            let site = bucket(s);
            s.objects("Pages", site, Asset::folder("dist")).prefix("docs");
        }),
        problems(|s| {
            let site = bucket(s);
            s.objects("Pages", site, Asset::folder("dist")).prefix("/docs/");
        }),
        problems(|s| {
            let site = bucket(s);
            s.objects("Pages", site, Asset::folder("dist")).prune(true);
            s.objects("Data", site, Asset::folder("data")).prefix("data/");
        }),
    ];
    assert!(!text.concat().contains("hunter2"));
    snapshot("assets_problems", &text.join("\n"));
}

#[test]
fn a_bucket_of_another_stack_is_a_problem() {
    let mut app = App::new();
    let site = app.stack("one", Env::any(), |s| s.add("Site", s3::Bucket::new()));
    app.stack("two", Env::any(), |s| {
        s.objects("Pages", site, Asset::folder("dist"));
        s.add("Last", sqs::Queue::new());
    });
    let problems = app.synth().unwrap_err().to_string();
    assert!(
        problems.starts_with("error[asset]: the files of `Pages` are not for a bucket of this stack"),
        "{problems}"
    );
}

#[test]
fn a_path_with_dots_that_stays_in_the_package_is_none_and_neither_are_two_prefixes_side_by_side() {
    let found = problems(|s| {
        s.asset("Code", Asset::folder("a/../b/./c/"));
        s.asset("All", Asset::folder("."));
        let site = s.add("Site", s3::Bucket::new());
        s.objects("Pages", site, Asset::folder("dist")).prefix("docs/").prune(true);
        s.objects("Data", site, Asset::folder("data")).prefix("data/").prune(true);
    });
    assert_eq!(found, "");
}

#[test]
fn an_asset_of_another_stack_is_a_problem() {
    let mut app = App::new();
    let code = app.stack("one", Env::any(), |s| {
        s.add("Last", sqs::Queue::new());
        s.asset("Code", Asset::folder("code"))
    });
    app.stack("two", Env::any(), |s| s.add("Nested", cloudformation::Stack::new(code.https_url())));
    let problems = app.synth().unwrap_err().to_string();
    assert!(problems.contains("the parameter `CodeAssetKey` belongs to another stack"), "{problems}");
}
