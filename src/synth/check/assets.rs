//! Assets: that their paths stay in the package, and that their options can mean something. Nothing is read.

use super::{Report, secrets};
use crate::core::{Asset, AssetKind, AssetSource, At, Expr, ImageAsset, NodeId, OUT, Objects, Problem};

/// The type of what files can be put into.
const BUCKET: &str = "AWS::S3::Bucket";

pub(super) fn check(out: &mut Report<'_>) {
    let stack = out.resolved.stack;
    for declared in &stack.assets {
        let (problems, at) = match &declared.source {
            AssetSource::Files { asset, .. } => (files(asset), asset.at),
            AssetSource::Image { image, .. } => (image_problems(image), image.at),
        };
        push(out, problems, at, declared.scope);
    }
    for objects in &stack.objects {
        let problems = files(&objects.asset).into_iter().chain(unbuilt(&objects.asset)).collect();
        push(out, problems, objects.asset.at, objects.scope);
        let problems = bucket(out, objects).into_iter().chain(prefix(objects));
        push(out, problems.collect(), objects.at, objects.scope);
    }
    for (first, second) in pairs(&stack.objects) {
        for problem in pruned(first, second).into_iter().chain(pruned(second, first)) {
            push(out, vec![problem], second.at, second.scope);
        }
    }
}

fn push(out: &mut Report<'_>, problems: Vec<Problem>, at: At, scope: Option<NodeId>) {
    for problem in problems {
        let problem = match scope {
            Some(scope) => out.resolved.stack.tree.locate(problem, scope, Some(at)),
            None => problem.at(at, "declared here"),
        };
        out.push(problem);
    }
}

fn problem(message: String, help: &str) -> Problem {
    Problem::error("asset", message).help(help)
}

fn files(asset: &Asset) -> Vec<Problem> {
    let mut problems: Vec<_> = inside(&asset.path, "the package").into_iter().collect();
    if asset.kind == AssetKind::File && !asset.exclude.is_empty() {
        let message = format!("`{}` is a file, and nothing of a file can be excluded", asset.path);
        problems.push(problem(message, "leave `.exclude(…)` out, or send the folder it is in with `Asset::folder`"));
    }
    problems.extend(build(asset));
    for pattern in &asset.exclude {
        if let Err(error) = glob::Pattern::new(pattern) {
            let message = format!("`{pattern}` is no pattern: {} at character {}", error.msg, error.pos + 1);
            problems.push(problem(message, "patterns are like `**/*.pyc`; `[[]` stands for a bracket"));
        }
    }
    problems
}

/// What is wrong with the command that builds an asset.
fn build(asset: &Asset) -> Option<Problem> {
    let (program, arguments) = asset.build.split_first()?;
    if asset.kind == AssetKind::File {
        let message = format!("`{}` is a file, and only a folder is built", asset.path);
        return Some(problem(message, "name the folder it is in with `Asset::folder`"));
    }
    if program.trim().is_empty() {
        return Some(problem(format!("the command that builds `{}` has no program", asset.path), "name it first"));
    }
    (!arguments.iter().any(|argument| argument.contains(OUT))).then(|| {
        let message = format!("the command that builds `{}` is not told where to put what it makes", asset.path);
        problem(message, &format!("`{OUT}` in one of its arguments is the folder that is sent"))
    })
}

/// Files for a bucket are compared one by one before anything is deployed, and so before anything is built.
fn unbuilt(asset: &Asset) -> Option<Problem> {
    (!asset.build.is_empty()).then(|| {
        let message = format!("`{}` is built, and files for a bucket are not", asset.path);
        problem(message, "build it before, and name the folder that it is built into")
    })
}

/// What is wrong with a path that is to stay below a folder.
fn inside(path: &str, folder: &str) -> Option<Problem> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.is_empty() {
        return Some(problem("the path of an asset is empty".into(), "a path is like `lambda/resize`; `.` is all"));
    }
    if path.starts_with('/') || drive {
        let message = format!("`{path}` is an absolute path, which no other machine has");
        return Some(problem(message, &format!("write the path from {folder}")));
    }
    if path.contains('\\') {
        let message = format!("the path `{path}` has a `\\`");
        return Some(problem(message, "write `/` between its parts, on every system"));
    }
    let mut depth = 0_i32;
    for part in path.split('/') {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        if depth < 0 {
            let message = format!("`{path}` is outside {folder}");
            let help = format!("put it below {folder}: what is deployed is reviewed and kept with it");
            return Some(problem(message, &help));
        }
    }
    None
}

fn image_problems(image: &ImageAsset) -> Vec<Problem> {
    let mut problems: Vec<_> = inside(&image.path, "the package").into_iter().collect();
    problems.extend(inside(&image.dockerfile, "the folder that the image is built from"));
    let mut parts = image.platform.split('/');
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if !(2..=3).contains(&parts.clone().count()) || !parts.all(word) {
        let message = format!("`{}` is not a platform", image.platform);
        problems.push(problem(message, "it is an operating system and a processor: `linux/amd64`, `linux/arm64`"));
    }
    if image.target.as_ref().is_some_and(String::is_empty) {
        problems.push(problem("the target of an image is empty".into(), "name a stage of its Dockerfile"));
    }
    for (name, value) in &image.build_args {
        let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if name.is_empty() || !letters || name.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("`{name}` cannot be the name of a build argument");
            problems.push(problem(message, "letters, digits and `_`, as the Dockerfile's `ARG` says"));
        }
        problems.extend(secrets::build_arg(name, value));
    }
    problems
}

fn bucket(out: &Report<'_>, objects: &Objects) -> Option<Problem> {
    let stack = out.resolved.stack;
    let what = format!("the files of `{}` are not for a bucket of this stack", objects.id);
    let help = "give it the bucket itself, as `s.add` returned it, where the bucket is defined";
    let Expr::Ref(node) = &objects.bucket else { return Some(problem(what, help)) };
    if node.stack != stack.key {
        return Some(problem(what, help));
    }
    let type_name = &stack.tree.nodes.get(node.index as usize)?.resource.as_ref()?.type_name;
    (type_name != BUCKET).then(|| {
        problem(format!("the files of `{}` go into a bucket, and this is of type {type_name}", objects.id), help)
    })
}

fn prefix(objects: &Objects) -> Option<Problem> {
    let prefix = &objects.prefix;
    let help = format!("keys would begin with it as it is: write `{}/`", prefix.trim_matches('/'));
    if prefix.starts_with('/') {
        return Some(problem(format!("the prefix `{prefix}` begins with `/`"), &help));
    }
    (!prefix.is_empty() && !prefix.ends_with('/'))
        .then(|| problem(format!("the prefix `{prefix}` does not end with `/`"), &help))
}

fn pairs(all: &[Objects]) -> impl Iterator<Item = (&Objects, &Objects)> {
    all.iter().enumerate().flat_map(|(index, second)| all[..index].iter().map(move |first| (first, second)))
}

/// Pruning for one deletes the files of another in the same bucket, below its prefix.
fn pruned(pruning: &Objects, other: &Objects) -> Option<Problem> {
    let loses = pruning.prune && pruning.bucket == other.bucket && other.prefix.starts_with(&pruning.prefix);
    loses.then(|| {
        let message = format!("pruning for `{}` would delete the files of `{}`", pruning.id, other.id);
        problem(message, "give the two prefixes of which neither is inside the other, or do not prune")
            .at(pruning.at, "pruned here")
    })
}
