//! What is said of a recipe's stack, in Markdown: what it makes, what it gives and takes, what is done with it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Recipe;
use crate::core::{App, AssetSource, DeclaredAsset, Runbook};
use crate::synth::{Problems, Synthesized};

/// How the program of an app is called, from the app's folder.
const PROGRAM: &str = "cargo run --";

/// A stack that is written about.
pub(super) struct Page<'a> {
    stack: &'a Synthesized<'a>,
    template: Value,
    /// The runbooks, by name.
    runbooks: Vec<(&'a str, &'a Runbook)>,
}

/// The page of a recipe in the catalogue that has it.
pub(super) fn page(recipe: &Recipe) -> Result<String, Problems> {
    let app = recipe.app(recipe.path);
    let assembly = app.synth()?;
    let page = Page::of(&app, &assembly.stacks[0]);
    let (about, path, name) = (recipe.about(), recipe.path, recipe.name());
    let (module, up) = (path.replace('-', "_"), "../".repeat(path.matches('/').count() + 1));
    let picture = format!("![The resources of {path}, and what they refer to]({name}.svg)\n");
    let parts = [
        format!("# {}\n", about.title),
        format!("`{path}`: [definition]({up}stacks/{module}.rs), [template]({up}templates/{path}.yaml)\n"),
        format!("{}\n", about.text),
        format!(
            "## Commands\n\n{}\n`{PROGRAM} new {name} DIR` begins a project of your own with it.\n",
            page.commands()
        ),
        format!("## What it makes\n\n{picture}\n{}", page.resources()),
        page.outputs(),
        page.parameters(),
        page.runbooks(),
    ];
    Ok(together(&parts))
}

/// Parts with an empty line between them; those without text are left out.
pub(super) fn together(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

impl<'a> Page<'a> {
    pub(super) fn of(app: &'a App, stack: &'a Synthesized<'a>) -> Self {
        let own = app.runbooks().into_iter().filter(|(path, ..)| *path == stack.path);
        let runbooks = own.map(|(_, name, runbook)| (name, runbook)).collect();
        Self { stack, template: stack.to_value(), runbooks }
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.template[name].as_object().into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
    }

    /// How many resources of each type there are.
    pub(super) fn types(&self) -> BTreeMap<&str, usize> {
        let mut types = BTreeMap::new();
        for (_, resource) in self.section("Resources") {
            *types.entry(resource["Type"].as_str().unwrap_or_default()).or_default() += 1;
        }
        types
    }

    /// Deploying, using and destroying it, as commands.
    pub(super) fn commands(&self) -> String {
        let path = self.stack.path;
        let mut lines = Vec::new();
        if !self.stack.assets.is_empty() {
            lines.push((format!("{PROGRAM} bootstrap"), "once for an account and region"));
        }
        let wanted = self.wanted().map(|name| format!(" --parameters {name}=VALUE"));
        lines.push((format!("{PROGRAM} deploy {path}{}", wanted.collect::<String>()), ""));
        match &self.runbooks[..] {
            [] => lines.push((format!("{PROGRAM} outputs {path}"), "")),
            [(_, one)] => lines.push((format!("{PROGRAM} runbook {path}"), &one.title)),
            all => {
                let each = all.iter().map(|(name, one)| (format!("{PROGRAM} runbook {path}#{name}"), &*one.title));
                lines.extend(each);
            }
        }
        let buckets = if self.types().contains_key("AWS::S3::Bucket") { " --empty-buckets" } else { "" };
        lines.push((format!("{PROGRAM} destroy {path}{buckets}"), ""));
        let explained = lines.iter().filter(|(_, why)| !why.is_empty());
        let width = explained.map(|(command, _)| command.chars().count()).max().unwrap_or(0);
        let line = |(command, why): &(String, &str)| match *why {
            "" => format!("{command}\n"),
            why => format!("{command:width$}  # {why}\n"),
        };
        format!("```sh\n{}```\n", lines.iter().map(line).collect::<String>())
    }

    /// The parameters that have no default: somebody has to say them.
    fn wanted(&self) -> impl Iterator<Item = &str> {
        self.section("Parameters")
            .filter(|(name, parameter)| parameter.get("Default").is_none() && !self.is_filled_in(name))
            .map(|(name, _)| name)
    }

    /// Whether deploying fills a parameter in: it stands for an asset.
    fn is_filled_in(&self, name: &str) -> bool {
        self.stack.assets.iter().any(|asset| match &asset.source {
            AssetSource::Files { bucket_parameter, key_parameter, .. } => {
                bucket_parameter == name || key_parameter == name
            }
            AssetSource::Image { uri_parameter, .. } => uri_parameter == name,
        })
    }

    /// A table of the resources' types.
    pub(super) fn resources(&self) -> String {
        let rows = self.types().into_iter().map(|(type_name, count)| vec![format!("`{type_name}`"), count.to_string()]);
        let all = match self.section("Resources").count() {
            1 => "One resource:".to_owned(),
            all => format!("{all} resources:"),
        };
        format!(
            "{all}\n\n{}{}",
            table(&["type", "how many"], &rows.collect::<Vec<_>>()),
            self.files() + &self.looked_up()
        )
    }

    /// What travels beside the template.
    fn files(&self) -> String {
        let objects = self.stack.objects.iter().map(|objects| &objects.asset.path);
        let files = self.stack.assets.iter().map(path_of);
        let mut paths: Vec<String> = files.chain(objects.map(String::as_str)).map(|path| format!("`{path}`")).collect();
        paths.sort();
        paths.dedup();
        if paths.is_empty() { String::new() } else { format!("\nWith it go the files of {}.\n", paths.join(", ")) }
    }

    /// The outputs, with what each is.
    pub(super) fn outputs(&self) -> String {
        let rows = self.section("Outputs").map(|(key, output)| vec![format!("`{key}`"), described(output)]);
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return String::new();
        }
        let path = self.stack.path;
        let shell = format!("`eval \"$({PROGRAM} outputs {path} --format env)\"` makes variables of a shell of them.");
        format!("## Outputs\n\n{}\n{shell}\n", table(&["output", "what it is"], &rows))
    }

    /// The parameters that people may give a value, with what each is for.
    pub(super) fn parameters(&self) -> String {
        let rows =
            self.section("Parameters").filter(|(name, parameter)| !self.is_filled_in(name) && !is_looked_up(parameter));
        let rows = rows.map(|(name, parameter)| {
            let default =
                parameter.get("Default").map_or_else(|| "has to be given".to_owned(), |default| code(&text(default)));
            let hidden = if parameter["NoEcho"] == true { "; hidden" } else { "" };
            vec![format!("`{name}`"), described(parameter), default + hidden]
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return String::new();
        }
        let how = format!("`{PROGRAM} deploy {} --parameters NAME=VALUE` gives one.", self.stack.path);
        format!("## Parameters\n\n{}\n{how}\n", table(&["parameter", "what it is", "default"], &rows))
    }

    /// What CloudFormation looks up in Systems Manager, such as the newest machine image.
    fn looked_up(&self) -> String {
        let parameters = self.section("Parameters").filter(|(_, parameter)| is_looked_up(parameter));
        let mut names: Vec<String> = parameters.map(|(_, parameter)| code(&text(&parameter["Default"]))).collect();
        names.sort();
        names.dedup();
        if names.is_empty() {
            String::new()
        } else {
            format!("\nCloudFormation reads {} from Systems Manager.\n", names.join(", "))
        }
    }

    /// The runbooks, with all their text.
    fn runbooks(&self) -> String {
        let each = self.runbooks.iter().map(|(name, runbook)| {
            let text = shown(&runbook.fill(|place| format!("{OPEN}{}{CLOSE}", place.key)));
            let how = format!("`{PROGRAM} runbook {}#{name}` prints it with its values.", self.stack.path);
            format!("## {}\n\n{how}\n\n{}\n", runbook.title, deeper(text.trim_end()))
        });
        each.collect::<Vec<_>>().join("\n")
    }
}

/// The file or folder that an asset is made from.
fn path_of(asset: &DeclaredAsset) -> &str {
    match &asset.source {
        AssetSource::Files { asset, .. } => &asset.path,
        AssetSource::Image { image, .. } => &image.path,
    }
}

/// Whether a parameter's value is read from Systems Manager, and nobody is meant to give another.
fn is_looked_up(parameter: &Value) -> bool {
    let value = parameter["Type"].as_str().is_some_and(|name| name.starts_with("AWS::SSM::Parameter::Value<"));
    value && parameter.get("Description").is_none() && parameter.get("Default").is_some()
}

/// A value of a template without quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What an output or a parameter says of itself.
fn described(declared: &Value) -> String {
    cell(declared["Description"].as_str().unwrap_or_default())
}

/// Text that can stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;")
}

/// A value as code: the beginning of one that is long.
fn code(text: &str) -> String {
    const LONGEST: usize = 72;
    let shown: String = text.lines().next().unwrap_or_default().chars().take(LONGEST).collect();
    let shown = shown.replace('|', "\\|");
    match text.len() {
        0 => "empty".to_owned(),
        _ if shown == text.replace('|', "\\|") => format!("`{shown}`"),
        _ => format!("`{shown}…`"),
    }
}

fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let header: Vec<String> = header.iter().map(|&title| title.to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(header.len()));
    line(&header) + &rule + &rows.iter().map(|row| line(row)).collect::<String>()
}

/// What stands around the name of an output until it is known whether that is in code.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Markdown with `<OutputKey>` for outputs: in code as it is, elsewhere so that it is no HTML.
fn shown(text: &str) -> String {
    let mut fenced = false;
    let lines = text.split_inclusive('\n').map(|line| {
        fenced ^= line.trim_start().starts_with("```");
        let mut code = fenced || line.starts_with("    ");
        let mut out = String::with_capacity(line.len());
        for letter in line.chars() {
            code ^= letter == '`' && !fenced;
            match letter {
                OPEN => out.push_str(if code { "<" } else { "&lt;" }),
                CLOSE => out.push_str(if code { ">" } else { "&gt;" }),
                letter => out.push(letter),
            }
        }
        out
    });
    lines.collect()
}

/// Markdown whose headings are one level further down; what is fenced is no heading.
fn deeper(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().map(|line| {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && line.starts_with('#') { format!("#{line}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{cell, code, deeper, shown};

    #[test]
    fn a_name_of_an_output_is_no_html() {
        let text = "The bucket \u{2}Name\u{3}, or `\u{2}Name\u{3}`:\n\n    ls \u{2}Name\u{3}\n\n```sh\nls \u{2}Name\u{3}\n```\n";
        let expected = "The bucket &lt;Name&gt;, or `<Name>`:\n\n    ls <Name>\n\n```sh\nls <Name>\n```\n";
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn headings_go_down_and_comments_of_a_shell_stay() {
        let text = "## Then\n\n```sh\n# not a heading\n```\n\n### And";
        assert_eq!(deeper(text), "### Then\n\n```sh\n# not a heading\n```\n\n#### And");
    }

    #[test]
    fn nothing_in_a_cell_ends_it() {
        assert_eq!(cell("a | b\n<c>"), "a \\| b &lt;c>");
        assert_eq!([code("a|b"), code(""), code("a\nb")], ["`a\\|b`", "empty", "`a…`"]);
        assert_eq!(code(&"x".repeat(100)), format!("`{}…`", "x".repeat(72)));
    }
}
