//! `graph`: a picture of stacks or of their resources.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, files, output, report, select};
use crate::core::App;
use crate::graph::{Detail, Graph};

/// Draw stacks and what they need, or their resources
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks graph --format svg -o stacks.svg
stacks graph shop/dev/network --resources --format svg -o network.svg
stacks graph --format dot | dot -Tpng > stacks.png

An arrow leads from what needs to what is needed; a dashed one is about order alone.")]
pub(super) struct Args {
    /// Which stacks: paths, or patterns over paths
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// dot (Graphviz), mermaid, svg (a picture, without another program)
    #[arg(long, value_enum, default_value_t = FormatArg::Dot, hide_possible_values = true)]
    format: FormatArg,
    /// Draw the stacks' resources and their references, in their VPCs and subnets. What belongs to one other is part of its
    /// box, what connects two is an arrow
    #[arg(long)]
    resources: bool,
    /// With `--resources`: draw every resource as a box of its own
    #[arg(long, requires = "resources")]
    every: bool,
    /// Write to a file rather than to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Dot,
    Mermaid,
    Svg,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    graph(args, app).unwrap_or_else(|exit| exit)
}

fn graph(args: &Args, app: &App) -> Result<Exit, Exit> {
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(&args.selectors, &paths)?;
    let assembly =
        app.synth_only(|path| selected.contains(path)).map_err(|problems| report::refuse(&problems.0, ""))?;
    report::warn(&assembly.warnings);
    let wanted = |path: &str| selected.contains(path);
    let graph = match (args.resources, args.every) {
        (false, _) => Graph::of_stacks(&assembly, wanted),
        (true, false) => Graph::of_resources(&assembly, Detail::Main, wanted),
        (true, true) => Graph::of_resources(&assembly, Detail::Every, wanted),
    };
    let text = match args.format {
        FormatArg::Dot => graph.to_dot(),
        FormatArg::Mermaid => graph.to_mermaid(),
        FormatArg::Svg => graph.to_svg(),
    };
    match &args.output {
        Some(path) => files::replace(path, &text).map_err(|trouble| output::refuse(&trouble.what, &trouble.help))?,
        None => output::out(&text)?,
    }
    Ok(Exit::Done)
}
