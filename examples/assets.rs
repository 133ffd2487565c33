//! What travels beside a template: a function's code, a layer, an image, a website. `cargo run --example assets -- synth`
//!
//! None of the files is there, and nobody minds before the stack is deployed: parameters stand for them.

use std::process::ExitCode;

use formwork::cfn::{ecs, lambda, s3};
use formwork::{Asset, Env, ImageAsset, Stack};

fn main() -> ExitCode {
    formwork::cli::main(|app| app.stack("thumbnails", Env::new("111111111111", "eu-west-1"), thumbnails))
}

fn thumbnails(s: &mut Stack) {
    let codecs = s.asset("Codecs", Asset::file("build/codecs.zip"));
    let content = lambda::layer_version::Content::new(codecs.bucket(), codecs.key());
    let layer = s.add("CodecsLayer", lambda::LayerVersion::new(content));

    let code = s.asset("Code", Asset::folder("lambda/resize").exclude(["**/*.pyc", "tests"]));
    let code = lambda::function::Code::new().s3_bucket(code.bucket()).s3_key(code.key());
    let role = "arn:aws:iam::111111111111:role/resize";
    let resize = lambda::Function::new(code, role).handler("resize.handler").runtime("python3.13");
    s.add("Resize", resize.layers([layer]));

    let image = ImageAsset::build("services/web").target("release").platform("linux/arm64");
    let image = s.image("Web", image.build_args([("PORT", "8080")]));
    let web = ecs::task_definition::ContainerDefinition::new(image.uri(), "web");
    s.add("Task", ecs::TaskDefinition::new().container_definitions([web]));

    let site = s.add("Site", s3::Bucket::new());
    s.objects("Pages", site, Asset::folder("site/dist")).prefix("docs/").prune(true);
}
