//! Problems: what is wrong, where, and what to do next. They are collected, never panicked.

use std::ops::Range;
use std::sync::Arc;

use super::{At, NodeId};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written or deployed while there is one.
    Error,
    /// Worth knowing; stops nothing.
    Warning,
}

/// Something wrong in the definitions.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which check found it, such as `allowed-values`: what [`Stack::allow`](super::Stack::allow) names.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The stack's path.
    pub stack: Option<String>,
    /// The construct's path below the stack, and its CloudFormation type.
    pub construct: Option<(String, String)>,
    /// The construct itself.
    pub node: Option<NodeId>,
    /// The property, as a path: `SecurityGroupIngress[0].IpProtocol`.
    pub property: Option<String>,
    /// The lines that made it, the most telling first, each with what it did.
    pub places: Vec<Place>,
    /// What is meant in a text that is not Rust, such as a policy document. It is more telling than any line.
    pub text: Option<TextPlace>,
    /// What to do next.
    pub help: Option<String>,
}

/// A line of source, and what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub at: At,
    /// What it did: `set here`, `added here`.
    pub did: &'static str,
}

/// Places in a text that the definitions include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPlace {
    /// What the text is called: the path of its file, as a rule.
    pub name: Arc<str>,
    /// All of it.
    pub source: Arc<str>,
    /// The most telling first: the bytes that are meant, and what they are. One at least.
    pub marks: Vec<(Range<usize>, &'static str)>,
}

impl TextPlace {
    /// Each mark as `name:line:column (what it is)`. Lines and columns count from 1, columns in characters.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.marks.iter().map(|(span, what)| {
            let before = self.source.get(..span.start).unwrap_or(&self.source);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("{}:{line}:{column} ({what})", self.name)
        })
    }
}

impl Problem {
    /// An error that `check` found.
    #[must_use]
    pub fn error(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            severity: Severity::Error,
            message: message.into(),
            stack: None,
            construct: None,
            node: None,
            property: None,
            places: Vec::new(),
            text: None,
            help: None,
        }
    }

    /// A warning that `check` found.
    #[must_use]
    pub fn warning(check: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(check, message) }
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The stack, construct, type and property, in one line.
    #[must_use]
    pub fn whereabouts(&self) -> Option<String> {
        let stack = self.stack.as_deref()?;
        let mut line = format!("in stack {stack}");
        if let Some((path, type_name)) = &self.construct {
            line = format!("in {stack}, {path}");
            if !type_name.is_empty() {
                line.push_str(&format!(" ({type_name})"));
            }
        }
        if let Some(property) = &self.property {
            line.push_str(&format!(", {property}"));
        }
        Some(line)
    }

    /// Points at a place in another text than the definitions.
    #[must_use]
    pub fn in_text(mut self, text: TextPlace) -> Self {
        self.text = Some(text);
        self
    }

    /// Adds a line that made it; a line that is there already is not repeated.
    #[must_use]
    pub fn at(mut self, at: At, did: &'static str) -> Self {
        if !self.places.iter().any(|place| place.at == at) {
            self.places.push(Place { at, did });
        }
        self
    }
}
