//! `synth`: templates.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value, json};
use similar::TextDiff;

use super::files::{Changes, Folder, MANIFEST, Trouble, shown};
use super::{Exit, files, output, report, select};
use crate::core::{App, Asset, AssetKind, AssetSource, DeclaredAsset};
use crate::synth::{BucketObjects, Format, Problems, Synthesized};

/// Write the templates of stacks, after checking them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is written while there is a problem. Files that no stack makes any more are removed; files that synth did not \
make are left alone. What is written here is what CloudFormation is given.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Where to write [default: templates/ beside Cargo.toml]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// yaml (short-form intrinsics) or json
    #[arg(long, value_enum, default_value_t = FormatArg::Yaml, hide_possible_values = true)]
    format: FormatArg,
    /// Leave out white space; with `--format json`
    #[arg(long)]
    minify: bool,
    /// Print the templates instead of writing them
    #[arg(long, conflicts_with_all = ["out", "check"])]
    stdout: bool,
    /// Write nothing; if anything is stale, show it and exit 1
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Yaml,
    Json,
}

impl Args {
    fn format(&self) -> Result<Format, Exit> {
        match (self.format, self.minify) {
            (FormatArg::Yaml, false) => Ok(Format::Yaml),
            (FormatArg::Json, false) => Ok(Format::Json),
            (FormatArg::Json, true) => Ok(Format::JsonMinified),
            (FormatArg::Yaml, true) => Err(output::refuse("YAML cannot be minified", "add `--format json`")),
        }
    }

    const fn extension(&self) -> &'static str {
        match self.format {
            FormatArg::Yaml => "yaml",
            FormatArg::Json => "json",
        }
    }
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    synth(args, app).unwrap_or_else(|exit| exit)
}

fn synth(args: &Args, app: &App) -> Result<Exit, Exit> {
    let format = args.format()?;
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(&args.selectors, &paths)?;
    let refused = |problems: Problems| report::refuse(&problems.0, "; nothing was written");
    let assembly = app.synth_only(|path| selected.contains(path)).map_err(refused)?;
    report::warn(&assembly.warnings);
    let templates = assembly.templates(format, |path| selected.contains(path)).map_err(refused)?;
    if args.stdout {
        output::out(&printed(&templates, format))?;
        return Ok(Exit::Done);
    }
    let root = args.out.clone().unwrap_or_else(|| files::package().join("templates"));
    let failed = |trouble: Trouble| output::refuse(&trouble.what, &trouble.help);
    let folder = Folder::open(&root).map_err(failed)?;
    let extension = args.extension();
    let templates: Vec<_> =
        templates.into_iter().map(|(stack, body)| (stack.path, format!("{}.{extension}", stack.path), body)).collect();
    let about = about(app, &assembly.stacks);
    let changes = folder.compare(&templates, &about).map_err(failed)?;
    if args.check {
        return check(&root, &changes);
    }
    folder.apply(&changes).map_err(failed)?;
    output::err(&summary(&root, templates.len(), &changes));
    Ok(Exit::Done)
}

/// What the manifest says of every stack, in deployment order. Those beyond the selection are resolved too, for the
/// manifest lists all.
pub(super) fn about<'a>(app: &'a App, selected: &[Synthesized<'a>]) -> Vec<(&'a str, Value)> {
    let entry = |stack: &Synthesized<'a>| {
        let mut about = json!({
            "path": stack.path,
            "name": stack.name,
            "account": stack.env.account_id(),
            "region": stack.env.region_code(),
            "needs": stack.needs,
        });
        // What is deployed beside the template is reviewed with it, where there is any.
        if !stack.tags.is_empty() {
            about["tags"] = json!(stack.tags);
        }
        if stack.termination_protection {
            about["terminationProtection"] = true.into();
        }
        if let Some(policy) = stack.policy() {
            about["policy"] = policy;
        }
        if !stack.notification_arns.is_empty() {
            about["notificationArns"] = json!(stack.notification_arns);
        }
        if !stack.assets.is_empty() {
            about["assets"] = stack.assets.iter().map(asset).collect();
        }
        if !stack.objects.is_empty() {
            about["objects"] = stack.objects.iter().map(objects).collect();
        }
        let runbooks: Vec<&str> = stack.runbooks().collect();
        if !runbooks.is_empty() {
            about["runbooks"] = json!(runbooks);
        }
        (stack.path, about)
    };
    if selected.len() == app.paths().count() {
        return selected.iter().map(entry).collect();
    }
    app.outline().iter().map(entry).collect()
}

/// What the manifest says of an asset: what it is made from, and the parameters that deploying fills in.
fn asset(declared: &DeclaredAsset) -> Value {
    let mut about = json!({ "id": declared.id });
    match &declared.source {
        AssetSource::Files { asset, bucket_parameter, key_parameter } => {
            files(&mut about, asset);
            about["parameters"] = json!({ "bucket": bucket_parameter, "key": key_parameter });
        }
        AssetSource::Image { image, uri_parameter } => {
            about["image"] = json!(image.path);
            about["dockerfile"] = json!(image.dockerfile);
            if let Some(target) = &image.target {
                about["target"] = json!(target);
            }
            about["platform"] = json!(image.platform);
            if !image.build_args.is_empty() {
                about["buildArgs"] = json!(image.build_args);
            }
            about["parameters"] = json!({ "uri": uri_parameter });
        }
    }
    about
}

/// What the manifest says of files that go into a bucket of the stack.
fn objects(objects: &BucketObjects<'_>) -> Value {
    let mut about = json!({ "id": objects.id });
    files(&mut about, objects.asset);
    about["bucket"] = json!(objects.bucket);
    if !objects.prefix.is_empty() {
        about["prefix"] = json!(objects.prefix);
    }
    if objects.prune {
        about["prune"] = true.into();
    }
    about
}

fn files(about: &mut Value, asset: &Asset) {
    let kind = match asset.kind {
        AssetKind::Folder => "folder",
        AssetKind::File => "file",
    };
    about[kind] = json!(asset.path);
    if !asset.exclude.is_empty() {
        about["exclude"] = json!(asset.exclude);
    }
    if !asset.build.is_empty() {
        about["build"] = json!(asset.build);
    }
}

fn printed(templates: &[(&Synthesized<'_>, String)], format: Format) -> String {
    let mut out = String::new();
    for (stack, body) in templates {
        if format == Format::Yaml && templates.len() > 1 {
            // Documents of one stream, each named.
            out.extend(["---\n# ", stack.path, "\n"]);
        }
        out.push_str(body);
        if !body.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

fn check(root: &Path, changes: &Changes) -> Result<Exit, Exit> {
    if changes.write.is_empty() && changes.remove.is_empty() {
        output::err(&format!("{} is up to date\n", shown(root)));
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for (file, before, after) in &changes.write {
        let path = format!("{}/{file}", shown(root));
        let old = if before.is_some() { path.as_str() } else { "/dev/null" };
        let diff = TextDiff::from_lines(before.as_deref().unwrap_or(""), after);
        text.push_str(&coloured(&diff.unified_diff().context_radius(3).header(old, &path).to_string()));
    }
    for file in &changes.remove {
        text.extend([&shown(root), "/", file, " is made by no stack any more\n"]);
    }
    match output::out(&text) {
        Ok(()) | Err(Exit::Done) => {}
        Err(exit) => return Err(exit),
    }
    let count = changes.write.len() + changes.remove.len();
    let stale = if count == 1 { "1 file is stale" } else { &format!("{count} files are stale") };
    output::err(&format!("{}; the same command without `--check` brings them up to date\n", output::bold(stale)));
    Ok(Exit::Found)
}

fn coloured(diff: &str) -> String {
    let colour = |line: &str| match line.as_bytes().first() {
        Some(b'+') => format!("\u{1b}[32m{line}\u{1b}[0m\n"),
        Some(b'-') => format!("\u{1b}[31m{line}\u{1b}[0m\n"),
        Some(b'@') => format!("\u{1b}[36m{line}\u{1b}[0m\n"),
        _ => format!("{line}\n"),
    };
    diff.lines().map(colour).collect()
}

fn summary(root: &Path, count: usize, changes: &Changes) -> String {
    let written = changes.write.iter().filter(|(file, ..)| file != MANIFEST).count();
    let done = match (written, changes.remove.len()) {
        (0, 0) => "none changed".into(),
        (written, 0) => format!("{written} written"),
        (written, removed) => format!("{written} written, {removed} removed"),
    };
    format!("{}: {}, {done}\n", shown(root), output::counted(count, "template"))
}
