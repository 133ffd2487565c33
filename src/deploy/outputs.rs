//! Outputs: what a stack gives, for people, programs and shells.

use indexmap::IndexMap;
use serde_json::Value;

use super::{Deployment, Trouble};
use crate::synth::holds_secret;

/// What stands for a value that is not shown.
pub const HIDDEN: &str = "(hidden)";

/// One output of one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The stack's path.
    pub stack: String,
    /// Its key.
    pub key: String,
    /// Its value; none if it is a secret.
    pub value: Option<String>,
    /// Whether the value is a list, joined by commas.
    pub list: bool,
    /// Other names that the definitions give it.
    pub aliases: Vec<String>,
    /// What it is.
    pub description: Option<String>,
}

/// Which names an output has in a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// Upper snake case: `VPC_ISOLATED_SUBNET_1`.
    Upper,
    /// The key as it is: `VpcIsolatedSubnet1`.
    Key,
    /// Both.
    #[default]
    Both,
}

impl Deployment<'_> {
    /// The outputs of the plan's stacks that are deployed, in the plan's order; and the stacks that are not.
    pub async fn outputs(&self) -> Result<(Vec<Output>, Vec<String>), Trouble> {
        self.survey().await?;
        let stacks = (0..self.plan.steps.len()).map(|index| async move {
            let stack = self.stack(index);
            let session = self.session(stack);
            let doing = format!("cannot read {}", stack.path);
            let Some(now) = session.read(stack.name).await.map_err(|fault| fault.trouble(&doing))? else {
                return Ok(None);
            };
            let defined = stack.to_value();
            let known = |key: &str| !defined["Outputs"][key].is_null();
            // An output of an earlier definition may be a secret too; only its own template tells.
            let deployed = if now.outputs().iter().all(|output| output.output_key().is_none_or(known)) {
                Value::Null
            } else {
                let text = session.template(&now).await.map_err(|fault| fault.trouble(&doing))?;
                crate::diff::read(&text).unwrap_or_default()
            };
            let outputs = now.outputs().iter().map(|output| {
                let key = output.output_key().unwrap_or_default();
                let template = if known(key) { &defined } else { &deployed };
                let expression = &template["Outputs"][key]["Value"];
                let value = output.output_value().unwrap_or_default().to_owned();
                Output {
                    stack: stack.path.to_owned(),
                    key: key.to_owned(),
                    value: Some(value).filter(|_| !reads_secret(expression, template)),
                    list: expression["Fn::Join"][0] == ",",
                    aliases: stack.aliases(key).to_vec(),
                    description: output.description().map(str::to_owned).filter(|text| !text.is_empty()),
                }
            });
            Ok(Some(outputs.collect::<Vec<_>>()))
        });
        let (mut outputs, mut absent) = (Vec::new(), Vec::new());
        let read = futures_util::future::join_all(stacks).await;
        for (index, read) in read.into_iter().enumerate() {
            match read? {
                Some(of_stack) => outputs.extend(of_stack),
                None => absent.push(self.plan.steps[index].path.to_owned()),
            }
        }
        Ok((outputs, absent))
    }
}

/// Whether an expression reads a secret: a parameter that hides its value, a secret attribute, a dynamic
/// reference to a secret.
pub(super) fn reads_secret(expression: &Value, template: &Value) -> bool {
    let no_echo = |name: &str| {
        let flag = &template["Parameters"][name]["NoEcho"];
        flag == &Value::Bool(true) || flag.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    };
    match expression {
        Value::String(text) => text.contains("{{resolve:secretsmanager") || text.contains("{{resolve:ssm-secure"),
        Value::Array(items) => items.iter().any(|item| reads_secret(item, template)),
        Value::Object(map) => map.iter().any(|(key, value)| match (key.as_str(), value) {
            ("Ref", Value::String(name)) => no_echo(name),
            ("Fn::GetAtt", Value::Array(parts)) => parts.last().and_then(Value::as_str).is_some_and(holds_secret),
            ("Fn::GetAtt", Value::String(text)) => text.rsplit('.').next().is_some_and(holds_secret),
            ("Fn::Sub", value) => {
                let text = value.as_str().or(value[0].as_str()).unwrap_or_default();
                let named =
                    |name: &str| no_echo(name) || name.rsplit_once('.').is_some_and(|(_, att)| holds_secret(att));
                text.split("${").skip(1).filter_map(|rest| rest.split('}').next()).any(named)
                    || reads_secret(value, template)
            }
            _ => reads_secret(value, template),
        }),
        _ => false,
    }
}

impl Output {
    /// The names it has in a shell: by style, then its aliases.
    #[must_use]
    pub fn names(&self, style: Style) -> Vec<String> {
        let upper = upper_snake(&self.key);
        let key = variable(&self.key);
        let mut names = match style {
            Style::Upper => vec![upper],
            Style::Key => vec![key],
            Style::Both => vec![upper, key],
        };
        names.extend(self.aliases.iter().cloned());
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    /// Its value as a shell takes it: a list as a quoted list, `"a", "b"`.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        if !self.list {
            return Some(value.clone());
        }
        Some(value.split(',').map(|item| format!("\"{}\"", item.trim())).collect::<Vec<_>>().join(", "))
    }
}

/// A key in upper snake case: broken before capitals and before numbers; initials stay together.
///
/// ```
/// use formwork::deploy::outputs::upper_snake;
/// assert_eq!(upper_snake("VpcIsolatedSubnet1"), "VPC_ISOLATED_SUBNET_1");
/// assert_eq!(upper_snake("VPCId"), "VPC_ID");
/// assert_eq!(upper_snake("InstanceSG"), "INSTANCE_SG");
/// ```
#[must_use]
pub fn upper_snake(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let mut out = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let next_is_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let breaks = before.is_some_and(|before| {
            (letter.is_ascii_digit() && !before.is_ascii_digit())
                || (letter.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower))
        });
        if breaks {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    variable(&out)
}

/// A name that a shell takes: it does not begin with a digit.
fn variable(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name.to_owned() }
}

/// A value in single quotes, as every POSIX shell reads it back.
#[must_use]
pub fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// An assignment for a file of GitHub Actions, `GITHUB_OUTPUT` or `GITHUB_ENV`. Source: GitHub's "Workflow commands".
#[must_use]
pub fn github(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut end = "EOF".to_owned();
    while value.lines().any(|line| line == end) {
        end.push('_');
    }
    format!("{name}<<{end}\n{value}\n{end}\n")
}

/// Each name and the output it stands for. Two outputs with other values under one name are refused, by that name.
pub fn named(outputs: &[Output], style: Style) -> Result<IndexMap<String, &Output>, Trouble> {
    let mut names: IndexMap<String, &Output> = IndexMap::new();
    for output in outputs {
        for name in output.names(style) {
            match names.get(&name) {
                Some(other) if other.value != output.value => {
                    return Err(Trouble::refused(
                        format!(
                            "two outputs would be called {name}: {} of {}, and {} of {}",
                            other.key, other.stack, output.key, output.stack
                        ),
                        "name the stack whose outputs you want, or give one of them another key",
                    ));
                }
                Some(_) => {}
                None => {
                    names.insert(name, output);
                }
            }
        }
    }
    Ok(names)
}

/// The output that has this name in any style; else the nearest names there are.
pub fn find<'a>(outputs: &'a [Output], name: &str) -> Result<&'a Output, Trouble> {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let exact = outputs.iter().find(|output| output.names(Style::Both).iter().any(|known| known == name));
    if let Some(output) = exact {
        return Ok(output);
    }
    let names: Vec<String> = outputs.iter().flat_map(|output| output.names(Style::Both)).collect();
    // What differs in capitals and underscores alone is the nearest.
    let distance = |known: &str| strsim::damerau_levenshtein(&plain(known), &plain(name));
    let mut near: Vec<(usize, &String)> = names.iter().map(|known| (distance(known), known)).collect();
    near.sort();
    let near: Vec<&str> =
        near.iter().filter(|(distance, _)| *distance <= 3).map(|(_, known)| known.as_str()).take(3).collect();
    Err(Trouble::refused(
        format!("no output is called {name}"),
        match &near[..] {
            [] => format!("there are {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") }),
            near => format!("did you mean {}?", near.join(" or ")),
        },
    ))
}
