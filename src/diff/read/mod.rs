//! A template's text as JSON, intrinsics in their long form.

mod json;
mod scalar;
mod yaml;

use std::fmt;

use serde_json::Value;

/// How many lists and mappings may stand inside each other: serde_json stops soon after.
const DEEPEST: usize = 120;

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Unreadable {
    fn new(message: impl Into<String>, (line, column): (usize, usize)) -> Self {
        Self { message: message.into(), line, column }
    }

    fn too_deep(at: (usize, usize)) -> Self {
        Self::new(too_deep(), at)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the template cannot be read: line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Unreadable {}

fn too_deep() -> String {
    format!("there are more than {DEEPEST} lists and mappings, one inside the other")
}

fn twice(key: &str) -> String {
    format!("the key `{key}` is there twice: remove or rename one")
}

/// Reads data that is no template, JSON or YAML: a list or a mapping.
#[cfg(feature = "deploy")]
pub(crate) fn read_data(text: &str) -> Result<Value, Unreadable> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(error) if text.trim_start().starts_with(['{', '[']) => {
            let unreadable = Unreadable::new(format!("this is not JSON: {error}"), (error.line(), error.column()));
            yaml::read_data(text).map(|(value, _)| value).map_err(|_| unreadable)
        }
        Err(_) => yaml::read_data(text).map(|(value, _)| value),
    }
}

/// Reads a CloudFormation template, JSON or YAML. Short-form intrinsics become long ones.
///
/// In YAML, plain text is resolved as YAML 1.1 does (`yes` and `on` are true, `010` is eight), but dates, `y` and `n`
/// stay text, as in CloudFormation. Aliases and merge keys (`<<`) are followed.
///
/// Fails where the text is neither, holds more than one document, is not a mapping, has a key twice, or is nested
/// deeper than any template.
///
/// ```
/// let template = formwork::diff::read("Outputs:\n  Arn:\n    Value: !GetAtt Jobs.Arn\n").unwrap();
/// assert_eq!(template["Outputs"]["Arn"]["Value"]["Fn::GetAtt"][1], "Arn");
/// ```
pub fn read(text: &str) -> Result<Value, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // To the reader of YAML it is the end of the text, and what follows would be lost.
    if let Some(zero) = text.find('\0') {
        let before = &text[..zero];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let at = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        return Err(Unreadable::new("there is a zero character", at));
    }
    if !text.trim_start().starts_with('{') {
        return yaml::read(text);
    }
    match json::read(text) {
        // A flow mapping of YAML starts like JSON does.
        Err(json::Error::Syntax(error)) => yaml::read(text).map_err(|_| error),
        Err(json::Error::Content(error)) => Err(error),
        Ok(value) => Ok(value),
    }
}
